#include "soap/namespaces.hpp"

#include <algorithm>

#include "soap/text.hpp"

namespace customercare::soap {

namespace {

constexpr std::string_view xsi_namespace = "http://www.w3.org/2001/XMLSchema-instance";
constexpr std::string_view xml_namespace = "http://www.w3.org/XML/1998/namespace";
constexpr std::string_view xmlns_namespace = "http://www.w3.org/2000/xmlns/";

}  // namespace

NamespaceScope::NamespaceScope(std::string_view service_namespace) {
    for (const std::string_view uri : {std::string_view{}, soap11_namespace, soap12_namespace,
                                       service_namespace, xsi_namespace, xml_namespace}) {
        uris_.emplace_back(uri);
    }
    used_ = uris_.size();
}

void NamespaceScope::reset() {
    bindings_.clear();
    used_ = xml_id + 1;
}

NamespaceId NamespaceScope::intern(std::string_view uri) {
    const auto end = uris_.begin() + static_cast<std::ptrdiff_t>(used_);
    const auto known = std::find(uris_.begin(), end, uri);
    if (known != end) return static_cast<NamespaceId>(known - uris_.begin());
    if (used_ == uris_.size()) uris_.emplace_back();
    uris_[used_] = uri;
    return static_cast<NamespaceId>(used_++);
}

void NamespaceScope::bind(std::string_view prefix, std::string_view uri) {
    bindings_.push_back({std::string(prefix), intern(uri)});
}

std::optional<NamespaceId> NamespaceScope::find(std::string_view prefix) const {
    const auto binding =
        std::find_if(bindings_.rbegin(), bindings_.rend(),
                     [&](const Binding& candidate) { return candidate.prefix == prefix; });
    if (binding != bindings_.rend()) return binding->id;
    if (prefix.empty()) return no_namespace;
    if (prefix == "xml") return xml_id;
    return std::nullopt;
}

void NamespaceScope::append_inherited(std::string& out, std::string_view xml,
                                      std::size_t outside) const {
    for (std::size_t i = outside; i-- > 0;) {
        const Binding& binding = bindings_[i];
        // Hidden by a later one, which may be the element's own.
        const bool hidden =
            std::any_of(bindings_.begin() + static_cast<std::ptrdiff_t>(i) + 1, bindings_.end(),
                        [&](const Binding& other) { return other.prefix == binding.prefix; });
        // Elements of open content stand in no namespace, so that no default one reaches them. A
        // prefix may also be used within a value, such as that of xsi:type.
        if (hidden || binding.prefix.empty() ||
            xml.find(binding.prefix + ":") == std::string_view::npos)
            continue;
        out += " xmlns:" + binding.prefix + "=\"";
        append_escaped_attribute(out, uris_[binding.id]);
        out += '"';
    }
}

std::optional<BindingError> NamespaceScope::check(std::string_view prefix, std::string_view uri) {
    constexpr std::size_t start = std::string_view("xmlns:").size();
    if (uri.empty() || prefix.empty()) {
        return BindingError{"Invalid namespace declaration.", start + prefix.size() + 1};
    }
    if (prefix == "xmlns") return BindingError{R"(Prefix "xmlns" is reserved for use by XML.)"};
    if (prefix == "xml" && uri != xml_namespace) {
        return BindingError{R"(Prefix "xml" is reserved for use by XML and can be mapped only to )"
                            R"(namespace name "http://www.w3.org/XML/1998/namespace".)"};
    }
    if (prefix != "xml" && (uri == xml_namespace || uri == xmlns_namespace)) {
        return BindingError{
            "Prefix " + quoted(prefix) +
                R"( cannot be mapped to namespace name reserved for "xml" or "xmlns".)",
            start + prefix.size() + 2};
    }
    if (const std::size_t colon = prefix.find(':'); colon != std::string_view::npos) {
        return BindingError{
            "The ':' character, hexadecimal value 0x3A, cannot be included in a name.",
            start + colon};
    }
    return std::nullopt;
}

}  // namespace customercare::soap
