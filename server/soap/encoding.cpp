#include "soap/encoding.hpp"

#include <array>
#include <cstdint>

#include "model/http_message.hpp"
#include "soap/text.hpp"

namespace customercare::soap {

namespace {

enum class Encoding { utf8, utf16_little, utf16_big, latin1 };

// What is no code point.
constexpr std::uint32_t malformed = 0xFFFFFFFE;
constexpr std::uint32_t end_of_text = 0xFFFFFFFF;

std::optional<Encoding> find_encoding(std::string_view name) {
    const auto is = [&](std::string_view other) {
        return model::equals_ignoring_case(name, other);
    };
    if (is("utf-8") || is("us-ascii") || is("ascii")) return Encoding::utf8;
    if (is("utf-16") || is("utf-16le")) return Encoding::utf16_little;
    if (is("utf-16be")) return Encoding::utf16_big;
    if (is("iso-8859-1") || is("latin1")) return Encoding::latin1;
    return std::nullopt;
}

/// Appends the code points that `read` yields, until it answers `end_of_text` or `malformed`, which
/// it returns. Some thousand bytes at a time: one by one takes several times as long; and `read` is
/// a copy, which the compiler keeps in registers.
template <typename Read>
std::uint32_t append_all(std::string& out, Read read) {
    std::array<char, 4096> piece;
    for (;;) {
        char* end = piece.data();
        std::uint32_t code_point = 0;
        while (end <= piece.data() + piece.size() - 4 && (code_point = read()) < malformed) {
            end = write_utf8(end, code_point);
        }
        out.append(piece.data(), end);
        if (code_point >= malformed) return code_point;
    }
}

void latin1_to_utf8(std::string_view text, std::string& out) {
    append_all(out, [text, i = std::size_t{0}]() mutable {
        return i < text.size() ? static_cast<unsigned char>(text[i++]) : end_of_text;
    });
}

bool utf16_to_utf8(std::string_view text, bool big, std::string& out) {
    if (text.size() % 2 != 0) return false;
    const auto unit = [text, big](std::size_t i) {
        const auto first = static_cast<unsigned char>(text[i]);
        const auto second = static_cast<unsigned char>(text[i + 1]);
        return static_cast<std::uint32_t>(big ? first << 8U | second : second << 8U | first);
    };
    const auto read = [text, unit, i = std::size_t{0}]() mutable {
        if (i == text.size()) return end_of_text;
        const std::uint32_t high = unit(i);
        i += 2;
        if (high < 0xD800 || high >= 0xE000) return high;
        const std::uint32_t low = i < text.size() ? unit(i) : 0;
        i += 2;
        if (high >= 0xDC00 || low < 0xDC00 || low >= 0xE000) return malformed;
        return 0x10000 + ((high - 0xD800) << 10U) + (low - 0xDC00);
    };
    return append_all(out, read) == end_of_text;
}

}  // namespace

std::string_view declared_encoding(std::string_view body) {
    if (body.substr(0, 5) != "<?xml") return {};
    const std::string_view declaration = body.substr(0, body.find("?>"));
    std::size_t at = declaration.find("encoding");
    if (at == std::string_view::npos) return {};
    at = declaration.find_first_of("'\"", at);
    if (at == std::string_view::npos) return {};
    const std::size_t end = declaration.find(declaration[at], at + 1);
    return end == std::string_view::npos ? std::string_view{}
                                         : declaration.substr(at + 1, end - at - 1);
}

std::optional<std::string_view> to_utf8(std::string_view body,
                                        std::optional<std::string_view> charset, bool xml_rules,
                                        std::string& buffer) {
    using namespace std::string_view_literals;
    if (body.substr(0, 3) == "\xEF\xBB\xBF"sv) return body.substr(3);

    const std::optional<Encoding> by_charset = charset ? find_encoding(*charset) : std::nullopt;
    Encoding encoding = by_charset.value_or(Encoding::utf8);
    if (body.substr(0, 2) == "\xFF\xFE"sv || body.substr(0, 2) == "\xFE\xFF"sv) {
        encoding = body[0] == '\xFE' ? Encoding::utf16_big : Encoding::utf16_little;
        body.remove_prefix(2);
    } else if (!by_charset && xml_rules) {
        if (body.substr(0, 2) == "<\0"sv) {
            encoding = Encoding::utf16_little;
        } else if (body.substr(0, 2) == "\0<"sv) {
            encoding = Encoding::utf16_big;
        } else if (find_encoding(declared_encoding(body)) == Encoding::latin1) {
            encoding = Encoding::latin1;
        }
    }

    buffer.clear();
    switch (encoding) {
        case Encoding::utf8:
            return body;
        case Encoding::latin1:
            latin1_to_utf8(body, buffer);
            return buffer;
        case Encoding::utf16_little:
        case Encoding::utf16_big:
            if (!utf16_to_utf8(body, encoding == Encoding::utf16_big, buffer)) return std::nullopt;
            return buffer;
    }
    return std::nullopt;
}

}  // namespace customercare::soap
