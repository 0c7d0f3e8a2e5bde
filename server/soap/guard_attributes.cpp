#include <algorithm>

#include "soap/guard_reader.hpp"
#include "soap/values.hpp"

namespace customercare::soap {

namespace {

bool declares_namespace(const XmlReader::Attribute& attribute) {
    constexpr std::string_view xmlns = "xmlns";
    return attribute.prefix_size == 0
               ? attribute.name == xmlns
               : attribute.prefix_size == xmlns.size() && attribute.name.starts_with(xmlns);
}

}  // namespace

/// False: the reading has ended.
bool Guard::Reader::declare_namespaces() {
    // NOLINTNEXTLINE(readability-use-anyofallof): it declares them.
    for (const XmlReader::Attribute& attribute : xml_.attributes()) {
        if (!declares_namespace(attribute)) continue;
        const auto& [name, prefix_size, uri, place] = attribute;
        const std::string_view prefix =
            prefix_size == 0 ? std::string_view{} : name.substr(prefix_size + 1);
        if (uri.size() > limits_.max_namespace_uri_bytes) {
            fail_limit("a namespace name longer than ", limits_.max_namespace_uri_bytes, " bytes",
                       "guard.max_namespace_uri_bytes");
            return false;
        }
        if (++declaration_count_ > limits_.max_namespace_declarations) {
            fail_limit("more than ", limits_.max_namespace_declarations, " namespace declarations",
                       "guard.max_namespace_declarations");
            return false;
        }
        if (const auto error = NamespaceScope::check(prefix, uri)) {
            fail_reader(error->words, place + error->shift);
            return false;
        }
        namespaces_.bind(prefix, uri);
    }
    return true;
}

/// Takes a name apart that stands at `place`.
bool Guard::Reader::resolve(std::string_view raw, std::size_t prefix_size, bool attribute,
                            std::size_t place, Name& name) {
    if (raw.size() > limits_.max_name_bytes) {
        fail_limit("a name longer than ", limits_.max_name_bytes, " bytes", "guard.max_name_bytes");
        return false;
    }
    if (prefix_size == 0) {
        name.prefix = {};
        name.local = raw;
        name.id = attribute ? no_namespace : namespaces_.default_namespace();
        return true;
    }
    name.prefix = raw.substr(0, prefix_size);
    name.local = raw.substr(prefix_size + 1);
    const std::optional<NamespaceId> id = namespaces_.find(name.prefix);
    if (!id) {
        fail_reader(quoted(name.prefix) + " is an undeclared prefix.", place);
        return false;
    }
    name.id = *id;
    return true;
}

/// Resolves the attributes of the element being started. False: the reading has ended.
bool Guard::Reader::check_attributes() {
    attribute_count_ += xml_.attributes().size();
    if (attribute_count_ > limits_.max_total_attributes) {
        fail_limit("more than ", limits_.max_total_attributes, " attributes",
                   "guard.max_total_attributes");
        return false;
    }
    for (const XmlReader::Attribute& attribute : xml_.attributes()) {
        if (declares_namespace(attribute)) continue;
        const auto& [raw, prefix_size, value, place] = attribute;
        Name name;
        if (!resolve(raw, prefix_size, true, place, name)) return false;
        // The XML reader has seen to equal prefixes.
        const bool twice =
            !name.prefix.empty() &&
            std::any_of(attributes_.begin(), attributes_.end(), [&](const auto& other) {
                return other.name.id == name.id && other.name.local == name.local &&
                       !other.name.prefix.empty();
            });
        if (twice) {
            fail_reader(quoted(raw) + " is a duplicate attribute name.", place);
            return false;
        }
        attributes_.push_back({name, value, place});
    }
    return true;
}

std::optional<std::string_view> Guard::Reader::attribute(NamespaceId id,
                                                         std::string_view local) const {
    for (const Attribute& candidate : attributes_) {
        if (candidate.name.id == id && candidate.name.local == local) return candidate.value;
    }
    return std::nullopt;
}

/// For mustUnderstand, in either SOAP namespace and either version.
bool Guard::Reader::attribute_is_true(std::string_view local) const {
    const auto is_true = [&](NamespaceId id) {
        const auto value = attribute(id, local);
        return value == "1" || value == "true";
    };
    return is_true(soap11_id) || is_true(soap12_id);
}

/// XmlSerializationReader.GetXsiType: a complex element may name its own type only. Open types are
/// exempt: which types stand behind them is not known.
bool Guard::Reader::check_xsi_type() {
    const std::optional<std::string_view> value = attribute(xsi_id, "type");
    const ComplexType* type = pending_.declaration->type;
    if (!value || type == nullptr || pending_.declaration->content == Content::open) {
        return true;
    }
    const std::size_t colon = value->rfind(':');
    const std::string prefix(colon == std::string_view::npos ? "" : value->substr(0, colon));
    const std::string local(colon == std::string_view::npos ? *value : value->substr(colon + 1));
    const std::optional<NamespaceId> id = namespaces_.find(prefix);
    if (!id) {
        fail_at(offset() + 1, "Namespace prefix " + quoted(prefix) + " is not defined.");
        return false;
    }
    if (*id == service_id && local == type->name) return true;
    const ElementDeclaration& element = *pending_.declaration;
    fail_at(offset() + 1, "The specified type was not recognized: name=" + quoted(local) +
                              ", namespace=" + quoted(namespaces_.uri(*id)) + ", at <" +
                              element.name + " xmlns='" +
                              (element.qualified ? namespaces_.uri(service_id) : "") + "'>.");
    return false;
}

}  // namespace customercare::soap
