#include "store/json_array.hpp"

#include <algorithm>

namespace customercare::store {

namespace {

bool must_be_escaped(char c) {
    return static_cast<unsigned char>(c) < 0x20 || c == '"' || c == '\\';
}

}  // namespace

void JsonArray::begin_object() { text_ += text_.empty() ? "[{" : "},{"; }

void JsonArray::put(std::string_view key, std::string_view text) {
    put_key(key);
    text_ += '"';
    put_escaped(text);
    text_ += '"';
}

void JsonArray::put(std::string_view key, std::int64_t number) {
    put_key(key);
    text_ += std::to_string(number);
}

std::string_view JsonArray::finish() { return text_ += "}]"; }

void JsonArray::put_key(std::string_view key) {
    if (text_.back() != '{') text_ += ',';
    text_ += '"';
    text_ += key;
    text_ += "\":";
}

void JsonArray::put_escaped(std::string_view text) {
    constexpr std::string_view digits = "0123456789abcdef";
    for (;;) {
        const auto* const end = std::find_if(text.begin(), text.end(), must_be_escaped);
        const auto plain = static_cast<std::size_t>(end - text.begin());
        text_ += text.substr(0, plain);
        if (plain == text.size()) return;
        const char c = *end;
        text_ += '\\';
        if (c == '"' || c == '\\') {
            text_ += c;
        } else if (c == '\n') {
            text_ += 'n';
        } else {
            text_ += "u00";
            text_ += digits[static_cast<unsigned char>(c) >> 4U];
            text_ += digits[static_cast<unsigned char>(c) & 0xFU];
        }
        text.remove_prefix(plain + 1);
    }
}

}  // namespace customercare::store
