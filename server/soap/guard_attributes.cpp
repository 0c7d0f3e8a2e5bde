#include <algorithm>

#include "soap/guard_reader.hpp"
#include "soap/values.hpp"

namespace customercare::soap {

/// False: the reading has ended.
bool Guard::Reader::declare_namespaces(const char** attributes) {
    for (; *attributes != nullptr; attributes += 2) {
        const std::string_view name = attributes[0];
        if (name.substr(0, 5) != "xmlns" || (name.size() > 5 && name[5] != ':')) continue;
        const std::string_view prefix = name.size() > 5 ? name.substr(6) : std::string_view{};
        const std::string_view uri = attributes[1];
        if (uri.size() > limits_.max_namespace_uri_bytes) {
            fail_limit("a namespace name longer than " +
                           std::to_string(limits_.max_namespace_uri_bytes) + " bytes",
                       "guard.max_namespace_uri_bytes");
            return false;
        }
        if (++declaration_count_ > limits_.max_namespace_declarations) {
            fail_limit("more than " + std::to_string(limits_.max_namespace_declarations) +
                           " namespace declarations",
                       "guard.max_namespace_declarations");
            return false;
        }
        if (name.size() > 5) {
            if (const auto error = NamespaceScope::check(prefix, uri)) {
                fail_reader(error->text, place_of_attribute(name) + error->shift);
                return false;
            }
        }
        namespaces_.bind(prefix, uri);
    }
    return true;
}

/// Where an attribute of the element being started stands in the message.
std::size_t Guard::Reader::place_of_attribute(std::string_view name) const {
    constexpr std::string_view white = " \t\r\n";
    for (std::size_t place = message_.find(name, offset()); place != std::string_view::npos;
         place = message_.find(name, place + 1)) {
        const std::size_t behind = message_.find_first_not_of(white, place + name.size());
        if (white.find(message_[place - 1]) != std::string_view::npos &&
            behind != std::string_view::npos && message_[behind] == '=') {
            return place;
        }
    }
    return offset();
}

bool Guard::Reader::resolve(std::string_view raw, bool attribute, Name& name) {
    if (raw.size() > limits_.max_name_bytes) {
        fail_limit("a name longer than " + std::to_string(limits_.max_name_bytes) + " bytes",
                   "guard.max_name_bytes");
        return false;
    }
    const std::size_t colon = raw.find(':');
    if (colon == std::string_view::npos) {
        name.prefix = {};
        name.local = raw;
        name.id = attribute ? no_namespace : *namespaces_.find({});
        return true;
    }
    name.prefix = raw.substr(0, colon);
    name.local = raw.substr(colon + 1);
    const std::optional<NamespaceId> id = namespaces_.find(name.prefix);
    const bool named =
        !name.prefix.empty() && !name.local.empty() &&
        name.local.find(':') == std::string_view::npos &&
        std::string_view("0123456789-.").find(name.local[0]) == std::string_view::npos;
    if (!named || !id) {
        fail_reader(named ? "'" + std::string(name.prefix) + "' is an undeclared prefix."
                          : "The name '" + std::string(raw) + "' is no qualified name.",
                    attribute ? place_of_attribute(raw) : offset() + 1);
        return false;
    }
    name.id = *id;
    return true;
}

/// Resolves the attributes of the element being started. False: the reading has ended.
bool Guard::Reader::check_attributes(const char** attributes) {
    attributes_.clear();
    std::size_t count = 0;
    for (; *attributes != nullptr; attributes += 2) {
        if (++count > limits_.max_attributes) {
            fail_limit("more than " + std::to_string(limits_.max_attributes) +
                           " attributes on one element",
                       "guard.max_attributes");
            return false;
        }
        // Expat keeps one copy of each attribute name: equal names have equal addresses.
        std::size_t slot =
            (reinterpret_cast<std::uintptr_t>(attributes[0]) >> 4) % distinct_names_.size();
        while (distinct_names_[slot] != nullptr && distinct_names_[slot] != attributes[0]) {
            slot = (slot + 1) % distinct_names_.size();
        }
        if (distinct_names_[slot] == nullptr) {
            if (++distinct_name_count_ >
                std::min(limits_.max_attribute_names, distinct_names_.size() / 2)) {
                fail_limit("more than " + std::to_string(limits_.max_attribute_names) +
                               " different attribute names",
                           "guard.max_attribute_names");
                return false;
            }
            distinct_names_[slot] = attributes[0];
        }
        const std::string_view raw = attributes[0];
        if (raw.substr(0, 5) == "xmlns" && (raw.size() == 5 || raw[5] == ':')) continue;
        Name name;
        if (!resolve(raw, true, name)) return false;
        if (!name.prefix.empty()) {
            const bool twice =
                std::any_of(attributes_.begin(), attributes_.end(), [&](const auto& other) {
                    return other.name.id == name.id && other.name.local == name.local &&
                           !other.name.prefix.empty();
                });
            if (twice) {
                fail_reader("'" + std::string(raw) + "' is a duplicate attribute name.",
                            place_of_attribute(raw));
                return false;
            }
        }
        attributes_.push_back({name, attributes[1]});
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
        fail_at(offset() + 1, "Namespace prefix '" + prefix + "' is not defined.");
        return false;
    }
    if (*id == service_id && local == type->name) return true;
    const ElementDeclaration& element = *pending_.declaration;
    fail_at(offset() + 1, "The specified type was not recognized: name='" + local +
                              "', namespace='" + namespaces_.uri(*id) + "', at <" + element.name +
                              " xmlns='" + (element.qualified ? namespaces_.uri(service_id) : "") +
                              "'>.");
    return false;
}

}  // namespace customercare::soap
