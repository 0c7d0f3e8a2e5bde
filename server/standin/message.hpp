#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "model/http_message.hpp"
#include "model/sensitive.hpp"

namespace customercare::standin {

/// An XPath 1.0 expression over a message. Without prefixes it sees local names only; with prefixes
/// ("soap:", "tns:", "xsi:") it sees these, whatever the message calls them, and elements in no
/// namespace without one.
class XPath {
public:
    /// Throws ServiceError{usage} with what is wrong and where, or the prefix that is none of
    /// these.
    explicit XPath(const std::string& text);
    ~XPath();
    XPath(XPath&&) noexcept;

private:
    friend class Message;
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

/// A request to the service, read as far as somebody asks: nothing is decoded or parsed for
/// questions that headers answer. Blind to prefixes and namespaces; a message that is no XML has no
/// fields. Not for several threads.
class Message {
public:
    /// `request`, and what it views, must outlive the message.
    explicit Message(const model::HttpRequest& request);
    ~Message();
    Message(const Message&) = delete;
    Message& operator=(const Message&) = delete;

    [[nodiscard]] const model::HttpRequest& request() const { return request_; }
    /// "1.1" or "1.2": by the envelope, or by Content-Type if there is none.
    [[nodiscard]] std::string_view soap_version();
    /// By SOAPAction or action, else by the Body's first element; "" if that is none of ours.
    [[nodiscard]] std::string_view operation();
    [[nodiscard]] bool is_xml();
    /// The texts of a field, in order; several if an element on its way is repeated.
    [[nodiscard]] std::vector<std::string> values(std::string_view path);
    /// ID of DirectUserNameToken.
    [[nodiscard]] std::optional<model::Sensitive> direct_token();
    /// True if the expression gives true, a node, a text or a number other than 0.
    [[nodiscard]] bool matches(const XPath& xpath);
    /// False if the bytes are nowhere in the message: a cheap answer before reading it.
    [[nodiscard]] bool may_contain(std::string_view part);

private:
    struct Impl;
    [[nodiscard]] std::string_view text();

    const model::HttpRequest& request_;
    std::unique_ptr<Impl> impl_;
};

}  // namespace customercare::standin
