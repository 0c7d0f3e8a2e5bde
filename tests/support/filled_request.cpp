#include "support/filled_request.hpp"

#include <algorithm>
#include <utility>

#include "support/xml.hpp"

namespace customercare::test {
namespace {

pugi::xml_node element_at(pugi::xml_node node, const std::string& path) {
    for (std::size_t begin = 0; begin < path.size();) {
        const std::size_t end = std::min(path.find('/', begin), path.size());
        const std::string step = path.substr(begin, end - begin);
        const std::size_t bracket = step.find('[');
        const std::string name = step.substr(0, bracket);
        node = node.child(name.c_str());
        if (bracket != std::string::npos) {
            for (int skip = std::stoi(step.substr(bracket + 1)); skip > 1; --skip) {
                node = node.next_sibling(name.c_str());
            }
        }
        begin = end + 1;
    }
    return node;
}

}  // namespace

FilledRequest::FilledRequest(ValueOf value_of, OpenContentOf open_content_of)
    : value_of_(std::move(value_of)), open_content_of_(std::move(open_content_of)) {
    wsdl_.load_file(CUSTOMERCARE_SOURCE_DIR "/schema/CustomerCareService.wsdl");
    schema_ = wsdl_.document_element().child("wsdl:types").child("s:schema");
    fill_type("CreateCallLogRequest", "");
}

std::string FilledRequest::message(Soap version, Content credentials) const {
    credentials.emplace_back("CreateCallLogRequest", xml_);
    return replace_first(sample_message(version, credentials), "<soap:Envelope",
                         "<soap:Envelope xmlns:outer=\"urn:outer\""
                         " xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\""
                         " xmlns:xsd=\"http://www.w3.org/2001/XMLSchema\"");
}

Fields FilledRequest::expected() const {
    pugi::xml_document document;
    const std::string sent = message(Soap::v11);
    document.load_buffer(sent.data(), sent.size(), parse_exactly);
    const auto request = document.find_node(
        [](const auto& node) { return local_name(node) == "CreateCallLogRequest"; });
    Fields fields = values_;
    for (const std::string& path : open_) fields[path] = canonical(element_at(request, path));
    return fields;
}

void FilledRequest::fill_type(const std::string& type, const std::string& path) {
    for (const auto& element : elements_of(type)) {
        const std::string name = element.attribute("name").value();
        const bool repeats = element.attribute("maxOccurs").value() == std::string("unbounded");
        for (int i = 1; i <= (repeats ? 2 : 1); ++i) {
            fill_element(name, element.attribute("type").value(),
                         (path.empty() ? "" : path + "/") + name +
                             (repeats ? "[" + std::to_string(i) + "]" : ""));
        }
    }
}

void FilledRequest::fill_element(const std::string& name, const std::string& type,
                                 const std::string& path) {
    ++count_;
    // CreateCallLogRequest is in the service's namespace, what is below it in none.
    const std::string tag = name + (path == name ? " xmlns=\"\"" : "");
    if (!type.starts_with("tns:")) {
        values_[path] = value_of_(type, name, count_);
        xml_ += "<" + tag + ">" + escape(values_[path]) + "</" + name + ">";
    } else if (const std::string local = type.substr(4); elements_of(local).empty()) {
        open_.push_back(path);
        xml_ += "<" + tag + open_content_of_(name, count_) + "</" + name + ">";
    } else {
        xml_ += "<" + tag + ">";
        fill_type(local, path);
        xml_ += "</" + name + ">";
    }
}

std::vector<pugi::xml_node> FilledRequest::elements_of(const std::string& type) const {
    const auto children = schema_.find_child_by_attribute("s:complexType", "name", type.c_str())
                              .child("s:sequence")
                              .children("s:element");
    return {children.begin(), children.end()};
}

}  // namespace customercare::test
