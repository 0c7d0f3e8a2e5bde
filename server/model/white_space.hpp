#pragma once

#include <string_view>

namespace customercare::model {

/// White space of XML ([XML10] production 3).
inline bool is_white(char c) { return c == ' ' || c == '\n' || c == '\t' || c == '\r'; }

/// Without white space at either end.
[[nodiscard]] inline std::string_view trim(std::string_view text) {
    while (!text.empty() && is_white(text.front())) text.remove_prefix(1);
    while (!text.empty() && is_white(text.back())) text.remove_suffix(1);
    return text;
}

}  // namespace customercare::model
