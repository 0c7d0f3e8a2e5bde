#include "standin/message.hpp"

#include <algorithm>
#include <array>
#include <pugixml.hpp>

#include "model/error.hpp"
#include "soap/contract.hpp"
#include "soap/encoding.hpp"
#include "soap/namespaces.hpp"
#include "soap/routing.hpp"

namespace customercare::standin {

namespace {

constexpr std::string_view schema_instance = "http://www.w3.org/2001/XMLSchema-instance";

/// Prefixes in scope are looked for one by one; a message with more is not worth it.
constexpr std::size_t max_declarations = 256;

std::string_view prefix_of(std::string_view name) {
    const std::size_t colon = name.find(':');
    return colon == std::string_view::npos ? std::string_view{} : name.substr(0, colon);
}

std::string_view local_name(std::string_view name) { return name.substr(name.find(':') + 1); }

bool is_name_character(char c) {
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '_' ||
           c == '-' || c == '.' || static_cast<unsigned char>(c) >= 0x80;
}

/// The name that ends there.
std::string_view name_before(std::string_view text, std::size_t end) {
    std::size_t start = end;
    while (start > 0 && is_name_character(text[start - 1])) --start;
    const std::string_view name = text.substr(start, end - start);
    // No name begins with these: they are operators or numbers.
    return name.substr(std::min(name.find_first_not_of("-.0123456789"), name.size()));
}

/// What stands before colons, but for those in texts and of axes.
std::vector<std::string_view> prefixes_in(std::string_view xpath) {
    std::vector<std::string_view> prefixes;
    char quote = 0;
    for (std::size_t i = 0; i < xpath.size(); ++i) {
        const char c = xpath[i];
        if (quote != 0) {
            if (c == quote) quote = 0;
        } else if (c == '"' || c == '\'') {
            quote = c;
        } else if (c == ':') {
            if (i + 1 < xpath.size() && xpath[i + 1] == ':') {
                ++i;
            } else {
                prefixes.push_back(name_before(xpath, i));
            }
        }
    }
    return prefixes;
}

void check_prefix(std::string_view prefix) {
    constexpr std::array known{"soap", "tns", "xsi", "xml"};
    if (std::find(known.begin(), known.end(), prefix) != known.end()) return;
    throw model::ServiceError(model::ErrorCode::usage,
                              "has the prefix " + std::string(prefix) +
                                  ": and can select nothing; there are soap:, tns: and xsi:. "
                                  "Without any prefix, namespaces do not count");
}

void drop_declarations(pugi::xml_node& node) {
    for (pugi::xml_attribute attribute = node.first_attribute(); !attribute.empty();) {
        const pugi::xml_attribute next = attribute.next_attribute();
        const std::string_view name = attribute.name();
        if (name == "xmlns" || name.starts_with("xmlns:")) node.remove_attribute(attribute);
        attribute = next;
    }
}

template <typename Node>
void rename(Node node, const std::string& name) {
    if (name != node.name()) node.set_name(name.c_str());
}

/// Leaves local names only.
class StripPrefixes : public pugi::xml_tree_walker {
    bool for_each(pugi::xml_node& node) override {
        if (node.type() != pugi::node_element) return true;
        drop_declarations(node);
        rename(node, std::string(local_name(node.name())));
        for (pugi::xml_attribute attribute : node.attributes()) {
            rename(attribute, std::string(local_name(attribute.name())));
        }
        return true;
    }
};

/// Gives every name the prefix that scenarios use for its namespace.
class UseOurPrefixes : public pugi::xml_tree_walker {
public:
    [[nodiscard]] bool is_done() const { return is_done_; }

private:
    struct Binding {
        std::string prefix;
        std::string uri;
        int depth;
    };

    bool for_each(pugi::xml_node& node) override {
        if (node.type() != pugi::node_element) return true;
        while (!bindings_.empty() && bindings_.back().depth >= depth()) bindings_.pop_back();
        for (const pugi::xml_attribute& attribute : node.attributes()) {
            const std::string_view name = attribute.name();
            if (name == "xmlns") bindings_.push_back({"", attribute.value(), depth()});
            if (name.starts_with("xmlns:")) {
                bindings_.push_back({std::string(name.substr(6)), attribute.value(), depth()});
            }
        }
        if (bindings_.size() > max_declarations) return is_done_ = false;
        drop_declarations(node);
        rename(node, our_name(node.name(), false));
        for (pugi::xml_attribute attribute : node.attributes()) {
            rename(attribute, our_name(attribute.name(), true));
        }
        return true;
    }

    [[nodiscard]] std::string our_name(std::string_view name, bool is_attribute) const {
        const std::string_view prefix = prefix_of(name);
        if (prefix.empty() && is_attribute) return std::string(name);
        const auto found =
            std::find_if(bindings_.rbegin(), bindings_.rend(),
                         [&](const Binding& binding) { return binding.prefix == prefix; });
        if (found == bindings_.rend()) return std::string(name);
        return our_prefix(found->uri) + std::string(local_name(name));
    }

    static std::string our_prefix(std::string_view uri) {
        if (uri.empty()) return "";
        if (uri == soap::soap11_namespace || uri == soap::soap12_namespace) return "soap:";
        if (uri == soap::contract().service_namespace()) return "tns:";
        return uri == schema_instance ? "xsi:" : "other:";
    }

    std::vector<Binding> bindings_;
    bool is_done_ = true;
};

pugi::xml_node first_element(const pugi::xml_node& parent) {
    return parent.find_child([](const auto& node) { return node.type() == pugi::node_element; });
}

std::string text_of(const pugi::xml_node& node) {
    std::string text;
    for (const pugi::xml_node& child : node.children()) text += child.value();
    return text;
}

void append_values(const pugi::xml_node& node, std::string_view path,
                   std::vector<std::string>& values) {
    if (path.empty()) return values.push_back(text_of(node));
    const std::string step(path.substr(0, path.find('/')));
    const std::string_view rest = path.substr(std::min(path.size(), step.size() + 1));
    for (const pugi::xml_node& child : node.children(step.c_str())) {
        append_values(child, rest, values);
    }
}

}  // namespace

struct XPath::Impl {
    pugi::xpath_query query;
    bool has_prefixes;
};

XPath::XPath(const std::string& text) {
    try {
        const std::vector<std::string_view> prefixes = prefixes_in(text);
        impl_ = std::make_unique<Impl>(Impl{pugi::xpath_query(text.c_str()), !prefixes.empty()});
        std::for_each(prefixes.begin(), prefixes.end(), check_prefix);
    } catch (const pugi::xpath_exception& error) {
        throw model::ServiceError(model::ErrorCode::usage,
                                  "is no XPath 1.0 expression: " + std::string(error.what()) +
                                      " at character " + std::to_string(error.result().offset + 1) +
                                      " of " + text);
    }
}

XPath::~XPath() = default;
XPath::XPath(XPath&&) noexcept = default;

struct Message::Impl {
    std::string buffer;
    std::optional<std::string_view> text;
    std::optional<pugi::xml_document> blind;
    std::optional<pugi::xml_document> prefixed;
    bool is_xml = false;
    std::string_view envelope_version;

    [[nodiscard]] pugi::xml_node envelope() const { return first_element(*blind); }

    void parse(std::optional<pugi::xml_document>& document) const {
        document.emplace();
        if (!document->load_buffer(text->data(), text->size(), pugi::parse_default,
                                   pugi::encoding_utf8)) {
            document->reset();
        }
    }

    void read() {
        if (blind) return;
        parse(blind);
        is_xml = bool(envelope());
        if (!is_xml) return;
        envelope_version = version_of(envelope());
        StripPrefixes strip;
        blind->traverse(strip);
    }

    static std::string_view version_of(const pugi::xml_node& root) {
        const std::string prefix(prefix_of(root.name()));
        const std::string_view uri =
            root.attribute((prefix.empty() ? "xmlns" : "xmlns:" + prefix).c_str()).value();
        if (uri == soap::soap11_namespace) return "1.1";
        return uri == soap::soap12_namespace ? "1.2" : "";
    }
};

Message::Message(const model::HttpRequest& request)
    : request_(request), impl_(std::make_unique<Impl>()) {}

Message::~Message() = default;

std::string_view Message::text() {
    if (!impl_->text) {
        const model::HttpHeader* header = request_.find("Content-Type");
        const soap::ContentType type(header != nullptr ? header->value : std::string_view{});
        const auto decoded = soap::to_utf8(request_.body, type.parameter("charset"),
                                           type.is_application_soap(), impl_->buffer);
        impl_->text = decoded.value_or(std::string_view{});
    }
    return *impl_->text;
}

bool Message::is_xml() {
    if (!text().empty()) impl_->read();
    return impl_->is_xml;
}

std::string_view Message::soap_version() {
    if (is_xml() && !impl_->envelope_version.empty()) return impl_->envelope_version;
    const model::HttpHeader* header = request_.find("Content-Type");
    return header != nullptr && soap::ContentType(header->value).is_application_soap() ? "1.2"
                                                                                       : "1.1";
}

std::string_view Message::operation() {
    const model::HttpHeader* header = request_.find("Content-Type");
    const soap::ContentType type(header != nullptr ? header->value : std::string_view{});
    const soap::Route route = soap::route(request_, type, soap::contract());
    if (route.operation != nullptr) return route.operation->name;
    if (!is_xml()) return {};
    const std::string_view sent = first_element(impl_->envelope().child("Body")).name();
    for (const soap::Operation& operation : soap::contract().operations()) {
        if (operation.name == sent) return operation.name;
    }
    return {};
}

std::vector<std::string> Message::values(std::string_view path) {
    std::vector<std::string> values;
    if (!is_xml()) return values;
    const pugi::xml_node call = first_element(impl_->envelope().child("Body"));
    if (const pugi::xml_node sent = first_element(call)) append_values(sent, path, values);
    return values;
}

std::optional<model::Sensitive> Message::direct_token() {
    if (!is_xml()) return std::nullopt;
    std::vector<std::string> ids;
    append_values(impl_->envelope().child("Header").child("ScCredentials"),
                  "DirectUserNameToken/BinarySecurityToken/ID", ids);
    if (ids.empty()) return std::nullopt;
    return model::Sensitive(std::move(ids.front()));
}

bool Message::matches(const XPath& xpath) {
    if (!is_xml()) return false;
    const pugi::xml_document* document = &*impl_->blind;
    if (xpath.impl_->has_prefixes) {
        if (!impl_->prefixed) {
            impl_->parse(impl_->prefixed);
            UseOurPrefixes rename_all;
            impl_->prefixed->traverse(rename_all);
            if (!rename_all.is_done()) impl_->prefixed->reset();
        }
        document = &*impl_->prefixed;
    }
    return xpath.impl_->query.evaluate_boolean(*document);
}

bool Message::may_contain(std::string_view part) {
    return text().find(part) != std::string_view::npos;
}

}  // namespace customercare::standin
