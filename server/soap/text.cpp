#include "soap/text.hpp"

#include <array>

namespace customercare::soap {

namespace {

/// The reference for a character that can't stand in element content, or "".
std::string_view content_reference(char c) {
    switch (c) {
        case '&':
            return "&amp;";
        case '<':
            return "&lt;";
        case '>':
            return "&gt;";
        default:
            return {};
    }
}

template <typename Reference>
void append(std::string& out, std::string_view text, Reference&& reference) {
    std::size_t copied = 0;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const std::string_view escaped = reference(text[i]);
        if (escaped.empty()) continue;
        out.append(text, copied, i - copied);
        out += escaped;
        copied = i + 1;
    }
    out.append(text, copied, text.size() - copied);
}

}  // namespace

Position text_position(std::string_view text, std::size_t offset) {
    Position position;
    for (std::size_t i = 0; i < offset; ++i) {
        const auto byte = static_cast<unsigned char>(text[i]);
        if (byte == '\n' || (byte == '\r' && (i + 1 == text.size() || text[i + 1] != '\n'))) {
            ++position.line;
            position.column = 1;
        } else if (byte == '\r' || (byte & 0xC0U) == 0x80U) {
            continue;
        } else {
            position.column += byte >= 0xF0U ? 2 : 1;
        }
    }
    return position;
}

void append_escaped(std::string& out, std::string_view text) {
    append(out, text, [](char c) -> std::string_view {
        return c == '\r' ? std::string_view("&#xD;") : content_reference(c);
    });
}

void append_escaped_attribute(std::string& out, std::string_view text) {
    append(out, text, [](char c) -> std::string_view {
        switch (c) {
            case '"':
                return "&quot;";
            case '\t':
                return "&#x9;";
            case '\n':
                return "&#xA;";
            case '\r':
                return "&#xD;";
            default:
                return content_reference(c);
        }
    });
}

void append_reply_text(std::string& out, std::string_view text) {
    append(out, text, content_reference);
}

void append_utf8(std::string& out, std::uint32_t code_point) {
    std::array<char, 4> bytes{};
    out.append(bytes.data(), write_utf8(bytes.data(), code_point));
}

}  // namespace customercare::soap
