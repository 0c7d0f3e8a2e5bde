#include "soap/namespaces.hpp"

#include <algorithm>
#include <iterator>

#include "soap/text.hpp"

namespace customercare::soap {

namespace {

constexpr std::string_view xsi_namespace = "http://www.w3.org/2001/XMLSchema-instance";
constexpr std::string_view xml_namespace = "http://www.w3.org/XML/1998/namespace";
constexpr std::string_view xmlns_namespace = "http://www.w3.org/2000/xmlns/";

/// Of ASCII: may stand in a prefix. Beyond ASCII: every byte, which can only find too much.
bool is_name_character(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '-' || c == '.' || static_cast<unsigned char>(c) >= 0x80;
}

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
    const NamespaceId id = intern(uri);
    bindings_.push_back({std::string(prefix), id, prefix.empty() ? id : default_namespace()});
    by_prefix_.clear();
}

/// The innermost one of that prefix; nullptr: there is none.
const NamespaceScope::Binding* NamespaceScope::find_binding(std::string_view prefix) const {
    constexpr std::size_t few = 16;
    if (bindings_.size() <= few) {
        const auto found =
            std::ranges::find(bindings_.rbegin(), bindings_.rend(), prefix, &Binding::prefix);
        return found == bindings_.rend() ? nullptr : &*found;
    }
    const auto prefix_of = [](const Binding* binding) -> std::string_view {
        return binding->prefix;
    };
    if (by_prefix_.empty()) {
        std::ranges::transform(bindings_.rbegin(), bindings_.rend(), std::back_inserter(by_prefix_),
                               [](const Binding& binding) { return &binding; });
        // Of equal prefixes the innermost one stays first, and is the one that is found.
        std::ranges::stable_sort(by_prefix_, {}, prefix_of);
    }
    const auto found = std::ranges::lower_bound(by_prefix_, prefix, {}, prefix_of);
    return found != by_prefix_.end() && prefix_of(*found) == prefix ? *found : nullptr;
}

std::optional<NamespaceId> NamespaceScope::find(std::string_view prefix) const {
    if (prefix.empty()) return default_namespace();
    if (const Binding* binding = find_binding(prefix)) return binding->id;
    if (prefix == "xml") return xml_id;
    return std::nullopt;
}

void NamespaceScope::append_inherited(std::string& out, std::string_view xml,
                                      std::size_t outside) const {
    // Elements of open content stand in no namespace, so that no default one reaches them. A prefix
    // may also be used within a value, such as that of xsi:type: all that stands before a colon
    // counts.
    std::vector<bool> used(outside);
    std::string_view last;
    for (std::size_t begin = 0, colon = 0; (colon = xml.find(':', begin)) != std::string_view::npos;
         begin = colon + 1) {
        std::size_t start = colon;
        while (start > begin && is_name_character(xml[start - 1])) --start;
        const std::string_view prefix = xml.substr(start, colon - start);
        if (prefix.empty() || prefix == last) continue;
        last = prefix;
        const Binding* binding = find_binding(prefix);
        if (binding == nullptr) continue;
        const auto index = static_cast<std::size_t>(binding - bindings_.data());
        if (index < outside) used[index] = true;  // Else the element has it itself.
    }
    for (std::size_t i = outside; i-- > 0;) {
        if (!used[i]) continue;
        out += " xmlns:" + bindings_[i].prefix + "=\"";
        append_escaped_attribute(out, uris_[bindings_[i].id]);
        out += '"';
    }
}

std::optional<BindingError> NamespaceScope::check(std::string_view prefix, std::string_view uri) {
    const std::size_t start = std::string_view(prefix.empty() ? "xmlns" : "xmlns:").size();
    if (uri.empty() && !prefix.empty()) {
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
