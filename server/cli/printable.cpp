#include "cli/printable.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdio>

namespace customercare::cli {

namespace {

struct Character {
    std::uint32_t code_point;
    std::size_t size;  ///< In bytes; 0: invalid.
};

/// The first character of a UTF-8 text ([RFC3629] 4).
Character first_character(std::string_view text) {
    const auto byte = [&](std::size_t i) {
        return i < text.size() ? static_cast<std::uint32_t>(static_cast<unsigned char>(text[i]))
                               : 0U;
    };
    const std::uint32_t lead = byte(0);
    if (lead < 0x80U) return {lead, 1};
    const std::size_t size = lead >= 0xF0U ? 4 : lead >= 0xE0U ? 3 : 2;
    constexpr std::array<std::uint32_t, 5> smallest{0, 0, 0x80, 0x800, 0x10000};
    if (lead < 0xC2U || lead > 0xF4U) return {0, 0};
    std::uint32_t code_point = lead & (0xFFU >> (size + 1));
    for (std::size_t i = 1; i < size; ++i) {
        if ((byte(i) & 0xC0U) != 0x80U) return {0, 0};
        code_point = code_point << 6U | (byte(i) & 0x3FU);
    }
    const bool is_surrogate = code_point >= 0xD800U && code_point <= 0xDFFFU;
    if (code_point < smallest[size] || code_point > 0x10FFFFU || is_surrogate) return {0, 0};
    return {code_point, size};
}

bool is_printable(std::uint32_t code_point) {
    struct Range {
        std::uint32_t first, last;
    };
    constexpr std::array<Range, 10> not_printable{{{0x00, 0x1F},
                                                   {0x7F, 0x9F},
                                                   {0x061C, 0x061C},
                                                   {0x200B, 0x200F},
                                                   {0x2028, 0x202E},
                                                   {0x2060, 0x206F},
                                                   {0xFEFF, 0xFEFF},
                                                   {0xFFF9, 0xFFFB},
                                                   {0xFFFE, 0xFFFF},
                                                   {0xE0000, 0x10FFFF}}};
    return std::none_of(not_printable.begin(), not_printable.end(), [&](const Range& range) {
        return code_point >= range.first && code_point <= range.last;
    });
}

void append_escape(std::string& out, std::uint32_t code_point) {
    if (code_point == '\n') {
        out += "\\n";
    } else if (code_point == '\t') {
        out += "\\t";
    } else if (code_point == '\r') {
        out += "\\r";
    } else {
        std::array<char, 16> text{};
        if (code_point > 0xFFFFU) {
            const std::uint32_t rest = code_point - 0x10000U;
            std::snprintf(text.data(), text.size(), "\\u%04x\\u%04x", 0xD800U + (rest >> 10U),
                          0xDC00U + (rest & 0x3FFU));
        } else {
            std::snprintf(text.data(), text.size(), "\\u%04x", code_point);
        }
        out += text.data();
    }
}

void append(std::string& out, std::string_view text, std::size_t max_bytes, bool quoted) {
    for (std::size_t at = 0; at < text.size();) {
        const auto [code_point, size] = first_character(text.substr(at));
        if (at + size > max_bytes) {
            out += "…";
            return;
        }
        if (size == 0) {
            out += "\\ufffd";
        } else if (quoted && (code_point == '"' || code_point == '\\')) {
            out += '\\';
            out += text[at];
        } else if (is_printable(code_point)) {
            out += text.substr(at, size);
        } else {
            append_escape(out, code_point);
        }
        at += std::max<std::size_t>(size, 1);
    }
}

}  // namespace

void append_printable(std::string& out, std::string_view text) {
    append(out, text, std::string_view::npos, false);
}

void append_quoted(std::string& out, std::string_view text, std::size_t max_bytes) {
    out += '"';
    append(out, text, max_bytes, true);
    out += '"';
}

}  // namespace customercare::cli
