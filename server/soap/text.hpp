#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace customercare::soap {

/// A place in a message, counted as .NET's XmlReader counts: lines and UTF-16 units from 1, CR LF
/// as one line end.
struct Position {
    std::size_t line = 1;
    std::size_t column = 1;
};

/// Position of byte `offset` of a UTF-8 text.
[[nodiscard]] Position text_position(std::string_view text, std::size_t offset);

/// Appends text as element content, as XmlTextWriter does: & < > escaped. CR becomes a reference,
/// or the reader would make a line feed of it.
void append_escaped(std::string& out, std::string_view text);

/// Appends text for an attribute in double quotes; white space other than blanks as references.
void append_escaped_attribute(std::string& out, std::string_view text);

/// Appends text as the ASMX writer does in replies: & < > escaped, everything else as it is.
void append_reply_text(std::string& out, std::string_view text);

/// Writes one Unicode code point in UTF-8, at most four bytes, and returns where they end.
inline char* write_utf8(char* out, std::uint32_t code_point) {
    const auto put = [&](std::uint32_t byte) { *out++ = static_cast<char>(byte); };
    if (code_point < 0x80) {
        put(code_point);
    } else if (code_point < 0x800) {
        put(0xC0U | (code_point >> 6U));
        put(0x80U | (code_point & 0x3FU));
    } else if (code_point < 0x10000) {
        put(0xE0U | (code_point >> 12U));
        put(0x80U | ((code_point >> 6U) & 0x3FU));
        put(0x80U | (code_point & 0x3FU));
    } else {
        put(0xF0U | (code_point >> 18U));
        put(0x80U | ((code_point >> 12U) & 0x3FU));
        put(0x80U | ((code_point >> 6U) & 0x3FU));
        put(0x80U | (code_point & 0x3FU));
    }
    return out;
}

/// Appends one Unicode code point in UTF-8.
void append_utf8(std::string& out, std::uint32_t code_point);

}  // namespace customercare::soap
