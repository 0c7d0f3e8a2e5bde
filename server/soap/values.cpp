#include "soap/values.hpp"

#include <algorithm>
#include <cstdint>

#include "model/date_time.hpp"
#include "model/white_space.hpp"
#include "soap/text.hpp"

namespace customercare::soap {

namespace {

enum class IntegerError { none, format, range };

/// Int32.Parse with leading and trailing white space and a leading sign.
IntegerError parse_int32(std::string_view text, std::int32_t& value) {
    constexpr std::string_view white = " \t\n\v\f\r";
    const std::size_t first = text.find_first_not_of(white);
    if (first == std::string_view::npos) return IntegerError::format;
    text = text.substr(first, text.find_last_not_of(white) - first + 1);
    const bool negative = text.front() == '-';
    if (negative || text.front() == '+') text.remove_prefix(1);
    if (text.empty() || text.find_first_not_of("0123456789") != std::string_view::npos)
        return IntegerError::format;
    std::int64_t magnitude = 0;
    for (const char digit : text) {
        magnitude = magnitude * 10 + (digit - '0');
        if (magnitude > std::int64_t{1} << 31) return IntegerError::range;
    }
    const std::int64_t signed_value = negative ? -magnitude : magnitude;
    if (signed_value > INT32_MAX) return IntegerError::range;
    value = static_cast<std::int32_t>(signed_value);
    return IntegerError::none;
}

}  // namespace

std::optional<bool> parse_boolean(std::string_view text) {
    text = model::trim(text);
    if (text == "true" || text == "1") return true;
    if (text == "false" || text == "0") return false;
    return std::nullopt;
}

Words convert_value(Content content, std::string_view text, std::string& canonical) {
    switch (content) {
        case Content::integer: {
            std::int32_t value = 0;
            switch (parse_int32(text, value)) {
                case IntegerError::format:
                    return "Input string was not in a correct format.";
                case IntegerError::range:
                    return "Value was either too large or too small for an Int32.";
                case IntegerError::none:
                    canonical += std::to_string(value);
            }
            return {};
        }
        case Content::boolean: {
            const std::optional<bool> value = parse_boolean(text);
            if (!value) {
                return "The string " + quoted(model::trim(text)) + " is not a valid Boolean value.";
            }
            canonical += *value ? "true" : "false";
            return {};
        }
        case Content::date_time:
            if (!model::parse_date_time(text)) {
                return "The string " + quoted(text) + " is not a valid AllXsd value.";
            }
            break;
        case Content::date:
            if (!model::is_date(text)) return "String was not recognized as a valid DateTime.";
            break;
        case Content::string:
        case Content::object:
        case Content::open:
            break;
    }
    append_escaped(canonical, text);
    return {};
}

}  // namespace customercare::soap
