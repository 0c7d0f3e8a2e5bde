#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace customercare::soap {

struct Character {
    std::uint32_t code_point = 0;
    std::size_t size = 0;  ///< Bytes; 0: not UTF-8.
};

/// The character beyond ASCII at the start of `text` ([RFC3629] 4).
[[nodiscard]] inline Character decode_utf8(std::string_view text) {
    if (text.empty()) return {};
    const auto byte = [&](std::size_t i) -> std::uint32_t {
        return static_cast<unsigned char>(text[i]);
    };
    const std::uint32_t lead = byte(0);
    const std::size_t size = lead < 0xC2   ? 0
                             : lead < 0xE0 ? 2
                             : lead < 0xF0 ? 3
                             : lead < 0xF5 ? 4
                                           : 0;
    if (size == 0 || size > text.size()) return {};
    std::uint32_t code_point = lead & (0xFFU >> (size + 1));
    for (std::size_t i = 1; i < size; ++i) {
        if ((byte(i) & 0xC0U) != 0x80U) return {};
        code_point = code_point << 6U | (byte(i) & 0x3FU);
    }
    constexpr std::array<std::uint32_t, 5> smallest{0, 0, 0x80, 0x800, 0x10000};
    const bool is_surrogate = code_point >= 0xD800 && code_point < 0xE000;
    if (code_point < smallest[size] || code_point > 0x10FFFF || is_surrogate) return {};
    return {code_point, size};
}

/// True if XML may hold it ([XML10] 2.2).
[[nodiscard]] inline bool is_legal(std::uint32_t code_point) {
    if (code_point < 0x20) return code_point == '\t' || code_point == '\n' || code_point == '\r';
    return (code_point < 0xD800 || code_point > 0xDFFF) && code_point != 0xFFFE &&
           code_point != 0xFFFF && code_point <= 0x10FFFF;
}

/// The first character that XML may not hold, 0 for what is not UTF-8; nullopt: there is none.
[[nodiscard]] inline std::optional<std::uint32_t> find_illegal(std::string_view text) {
    while (!text.empty()) {
        const auto byte = static_cast<unsigned char>(text.front());
        const Character character = byte < 0x80 ? Character{byte, 1} : decode_utf8(text);
        if (character.size == 0 || !is_legal(character.code_point)) return character.code_point;
        text.remove_prefix(character.size);
    }
    return std::nullopt;
}

}  // namespace customercare::soap
