#pragma once

#include <functional>
#include <map>
#include <pugixml.hpp>
#include <string>
#include <vector>

#include "support/message.hpp"

namespace customercare::test {

/// Text by path ("CustomerCallLog/Requestor/Fax[2]/Phone"); open content in canonical XML.
using Fields = std::map<std::string, std::string>;

/// The text of a simple element, by its type ("s:int") and name; each has a number of its own.
using ValueOf =
    std::function<std::string(const std::string& type, const std::string& name, int number)>;
/// The rest of an open element's start tag, and its content.
using OpenContentOf = std::function<std::string(const std::string& name, int number)>;

/// A CreateCallLogRequest with every element that the WSDL knows, repeating ones twice.
class FilledRequest {
public:
    FilledRequest(ValueOf value_of, OpenContentOf open_content_of);

    [[nodiscard]] std::string message(Soap version, Content credentials = {}) const;
    /// What must come back for it.
    [[nodiscard]] Fields expected() const;

private:
    void fill_type(const std::string& type, const std::string& path);
    void fill_element(const std::string& name, const std::string& type, const std::string& path);
    [[nodiscard]] std::vector<pugi::xml_node> elements_of(const std::string& type) const;

    ValueOf value_of_;
    OpenContentOf open_content_of_;
    pugi::xml_document wsdl_;
    pugi::xml_node schema_;
    std::string xml_;
    Fields values_;
    std::vector<std::string> open_;
    int count_ = 0;
};

}  // namespace customercare::test
