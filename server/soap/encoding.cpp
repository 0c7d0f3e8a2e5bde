#include "soap/encoding.hpp"

#include <array>
#include <cstdint>

#include "model/http_message.hpp"
#include "soap/text.hpp"

namespace customercare::soap {

namespace {

enum class Encoding { utf8, utf16_little, utf16_big, latin1 };

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

/// Appends code points to a text, some thousand bytes at a time: byte by byte takes several times
/// as long. The last ones are there after finish().
class Utf8Appender {
public:
    explicit Utf8Appender(std::string& out) : out_(out) {}

    void append(std::uint32_t code_point) {
        if (end_ > piece_.data() + piece_.size() - 4) finish();
        end_ = write_utf8(end_, code_point);
    }
    void finish() {
        out_.append(piece_.data(), end_);
        end_ = piece_.data();
    }

private:
    std::string& out_;
    std::array<char, 4096> piece_;
    char* end_ = piece_.data();
};

void latin1_to_utf8(std::string_view text, std::string& out) {
    Utf8Appender appender(out);
    for (const char c : text) appender.append(static_cast<unsigned char>(c));
    appender.finish();
}

bool utf16_to_utf8(std::string_view text, bool big, std::string& out) {
    if (text.size() % 2 != 0) return false;
    const auto unit = [&](std::size_t i) {
        const auto first = static_cast<unsigned char>(text[i]);
        const auto second = static_cast<unsigned char>(text[i + 1]);
        return static_cast<std::uint32_t>(big ? first << 8U | second : second << 8U | first);
    };
    Utf8Appender appender(out);
    for (std::size_t i = 0; i < text.size(); i += 2) {
        std::uint32_t code_point = unit(i);
        if (code_point >= 0xD800 && code_point < 0xE000) {
            if (code_point >= 0xDC00 || i + 4 > text.size()) return false;
            const std::uint32_t low = unit(i + 2);
            if (low < 0xDC00 || low >= 0xE000) return false;
            code_point = 0x10000 + ((code_point - 0xD800) << 10U) + (low - 0xDC00);
            i += 2;
        }
        appender.append(code_point);
    }
    appender.finish();
    return true;
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
