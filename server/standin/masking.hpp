#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "standin/exchange.hpp"

namespace customercare::standin {

/// Finds what must not be shown in the text of a message: the content and the attributes of
/// elements SSN, DriverLicense and ID (of tokens), and attributes of those names, whatever prefix
/// and case, also where the text is not well-formed: what may belong to such an element does.
/// Outside of XML, in JSON, forms and queries, what follows such a name as its value.
class Masking {
public:
    /// `text` is UTF-8 (or nearly so) and must outlive the object.
    explicit Masking(std::string_view text);

    /// The whole text with ***** in the place of each.
    [[nodiscard]] std::string masked() const { return masked(0, text_.size()); }
    /// A part of it.
    [[nodiscard]] std::string masked(std::size_t begin, std::size_t end) const;

private:
    struct Range {
        std::size_t begin;
        std::size_t end;
    };
    struct Tag {
        std::size_t end = 0;  ///< Behind its '>', or where it breaks off.
        std::string_view local;
        bool closes = false;    ///< </name>
        bool is_empty = false;  ///< <name/>
    };

    void scan();
    /// Which attributes' values are hidden.
    enum class Attributes : unsigned char {
        sensitive,       ///< By name.
        all_but_markup,  ///< Not those that say how to read the element.
        all,
    };
    [[nodiscard]] Tag read_tag(std::size_t at, Attributes hidden);
    void hide_attributes(std::size_t at, std::size_t end, Attributes hidden);
    std::size_t hide_content(std::size_t at, std::string_view local);
    void hide(std::size_t begin, std::size_t end);
    void hide_named_values();
    void sort_hidden();

    std::string_view text_;
    std::vector<Range> hidden_;
};

[[nodiscard]] std::string mask(std::string_view text);

/// A body in UTF-8, read as its Content-Type says; nullopt if its bytes are not of that encoding or
/// have NUL among them, as those of an encoding that is not told: who could mask them?
/// `is_cut`: it is the beginning of a longer one.
[[nodiscard]] std::optional<std::string> decode_body(std::string_view body, const Headers& headers,
                                                     bool is_cut = false);
/// The request's.
[[nodiscard]] std::optional<std::string> decode_body(const Exchange& exchange);

/// True for headers that carry secrets, by our rules or by custom.
[[nodiscard]] bool is_secret_header(std::string_view name);
/// Headers with the values of these masked.
[[nodiscard]] Headers mask(const Headers& headers);

}  // namespace customercare::standin
