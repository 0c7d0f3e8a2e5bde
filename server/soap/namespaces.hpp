#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "soap/words.hpp"

namespace customercare::soap {

inline constexpr std::string_view soap11_namespace = "http://schemas.xmlsoap.org/soap/envelope/";
inline constexpr std::string_view soap12_namespace = "http://www.w3.org/2003/05/soap-envelope";

/// A namespace name as a number; equal numbers are equal names. The first few are fixed.
using NamespaceId = std::uint32_t;
inline constexpr NamespaceId no_namespace = 0;
inline constexpr NamespaceId soap11_id = 1;
inline constexpr NamespaceId soap12_id = 2;
inline constexpr NamespaceId service_id = 3;
inline constexpr NamespaceId xsi_id = 4;
inline constexpr NamespaceId xml_id = 5;

/// What is wrong with a namespace declaration, in the words of .NET's XmlReader.
struct BindingError {
    Words words;
    std::size_t shift = 0;  ///< Where that reader stands, from the attribute's first character.
};

/// The prefixes that are bound at one place of a message ([XMLNS10]).
///
/// Names are not expanded, which would be quadratic in a long namespace name that is used often.
/// Buffers are kept between messages.
class NamespaceScope {
public:
    explicit NamespaceScope(std::string_view service_namespace);

    /// Forgets all bindings, and all names but the fixed ones.
    void reset();

    /// Binds a prefix, "" for the default namespace, from here on inwards.
    void bind(std::string_view prefix, std::string_view uri);
    /// What a prefix stands for; nullopt: it is not declared.
    [[nodiscard]] std::optional<NamespaceId> find(std::string_view prefix) const;
    [[nodiscard]] NamespaceId default_namespace() const {
        return bindings_.empty() ? no_namespace : bindings_.back().default_namespace;
    }
    [[nodiscard]] const std::string& uri(NamespaceId id) const { return uris_[id]; }

    /// Bindings so far; leave() ends those made since there were `count`.
    [[nodiscard]] std::size_t count() const { return bindings_.size(); }
    void leave(std::size_t count) {
        if (count == bindings_.size()) return;
        bindings_.resize(count);
        by_prefix_.clear();
    }

    /// Appends xmlns attributes for the prefixes that `xml`, an element's text, may use of those
    /// that were bound outside it, the first `outside` bindings.
    void append_inherited(std::string& out, std::string_view xml, std::size_t outside) const;

    /// Constraints on xmlns:PREFIX="URI" and, without prefix, on xmlns="URI" ([XMLNS10] 3 and 5).
    [[nodiscard]] static std::optional<BindingError> check(std::string_view prefix,
                                                           std::string_view uri);

private:
    struct Binding {
        std::string prefix;
        NamespaceId id = no_namespace;
        NamespaceId default_namespace = no_namespace;  ///< From here on inwards.
    };

    [[nodiscard]] NamespaceId intern(std::string_view uri);
    [[nodiscard]] const Binding* find_binding(std::string_view prefix) const;

    std::vector<Binding> bindings_;
    /// Those in effect, sorted; made when they are many and one is looked for.
    mutable std::vector<const Binding*> by_prefix_;
    std::vector<std::string> uris_;
    std::size_t used_ = 0;  ///< Of uris_.
};

}  // namespace customercare::soap
