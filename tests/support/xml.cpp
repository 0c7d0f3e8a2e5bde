#include "support/xml.hpp"

#include <set>

namespace customercare::test {
namespace {

constexpr std::string_view xsi = "http://www.w3.org/2001/XMLSchema-instance";

std::string_view prefix_of(std::string_view name) {
    const std::size_t colon = name.find(':');
    return colon == std::string_view::npos ? "" : name.substr(0, colon);
}

std::string_view local_part(std::string_view name) { return name.substr(name.find(':') + 1); }

std::string resolved(std::string_view name, const std::string& uri) {
    return "{" + uri + "}" + std::string(local_part(name));
}

}  // namespace

std::string_view local_name(const pugi::xml_node& node) { return local_part(node.name()); }

std::string namespace_of(const pugi::xml_node& node, std::string_view prefix) {
    if (prefix == "xml") return "http://www.w3.org/XML/1998/namespace";
    const std::string declaration = prefix.empty() ? "xmlns" : "xmlns:" + std::string(prefix);
    for (pugi::xml_node at = node; at; at = at.parent()) {
        if (const auto attribute = at.attribute(declaration.c_str())) return attribute.value();
    }
    return "";
}

std::string canonical(const pugi::xml_node& element) {
    std::set<std::string> attributes;
    for (const auto& attribute : element.attributes()) {
        const std::string_view name = attribute.name();
        const std::string_view prefix = prefix_of(name);
        if (name == "xmlns" || prefix == "xmlns") continue;
        const std::string uri = prefix.empty() ? "" : namespace_of(element, prefix);
        const std::string_view value = attribute.value();
        const bool is_type = uri == xsi && local_part(name) == "type";
        attributes.insert(
            " " + resolved(name, uri) + "=\"" +
            (is_type ? resolved(value, namespace_of(element, prefix_of(value))) : escape(value)) +
            "\"");
    }

    std::string text =
        "<" + resolved(element.name(), namespace_of(element, prefix_of(element.name())));
    for (const std::string& attribute : attributes) text += attribute;
    text += ">";
    for (const auto& child : element.children()) {
        text += child.type() == pugi::node_element ? canonical(child) : escape(child.value());
    }
    return text + "</>";
}

std::string canonical(const std::string& xml) {
    pugi::xml_document document;
    const auto result = document.load_buffer(xml.data(), xml.size(), parse_exactly);
    if (!result) return "not XML: " + xml;
    return canonical(document.document_element());
}

std::string escape(std::string_view text) {
    std::string escaped;
    for (const char c : text) {
        switch (c) {
            case '&':
                escaped += "&amp;";
                break;
            case '<':
                escaped += "&lt;";
                break;
            case '>':
                escaped += "&gt;";
                break;
            case '\r':
                escaped += "&#13;";
                break;
            default:
                escaped += c;
        }
    }
    return escaped;
}

}  // namespace customercare::test
