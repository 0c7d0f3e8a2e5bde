#pragma once

#include <string>
#include <string_view>

namespace customercare::soap {

/// What is wrong with a message: once for its sender, and once for the log, which must not hold
/// what is quoted from a message, since that may be personal data.
struct Words {
    std::string text;
    std::string for_log;

    Words() = default;
    // Not explicit: words that quote nothing are the same for both.
    // NOLINTBEGIN(google-explicit-constructor,hicpp-explicit-conversions)
    Words(std::string_view words) : text(words), for_log(words) {}
    Words(const char* words) : Words(std::string_view(words)) {}
    Words(const std::string& words) : Words(std::string_view(words)) {}
    // NOLINTEND(google-explicit-constructor,hicpp-explicit-conversions)

    [[nodiscard]] bool empty() const { return text.empty(); }

    Words& operator+=(const Words& more) {
        text += more.text;
        for_log += more.for_log;
        return *this;
    }
    friend Words operator+(Words left, const Words& right) { return left += right; }
};

/// In single quotes; an ellipsis for the log.
inline Words quoted(std::string_view input) {
    Words words;
    words.text.append("'").append(input).append("'");
    words.for_log = "'...'";
    return words;
}

}  // namespace customercare::soap
