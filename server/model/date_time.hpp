#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace customercare::model {

/// A point of time with .NET's resolution of 100 ns.
using Ticks = std::chrono::duration<std::int64_t, std::ratio<1, 10'000'000>>;
using Instant = std::chrono::time_point<std::chrono::system_clock, Ticks>;

/// Gives the present time, on any thread; a stand-in and tests replace it by one that they set.
using Clock = std::function<Instant()>;
[[nodiscard]] Instant system_now();

/// How times without a zone are read, and which offset our own times carry.
enum class TimeZone { utc, local };

/// What the ASMX deserializer accepts as xsd:dateTime: dateTime, date, time, year and month forms
/// of XML Schema 1.0 with white space around, a fraction of any length (rounded to 100 ns), `Z`,
/// `z` or an offset. No blank for `T`, seconds required, no hour 24, years 0001 to 9999. Source:
/// XsdDateTime.Parser of .NET, as told in the contract's table of values.
struct DateTimeValue {
    Instant instant;  ///< UTC if `zoned`, else the wall clock's reading.
    bool zoned = false;
};
[[nodiscard]] std::optional<DateTimeValue> parse_date_time(std::string_view text);

/// What it accepts as xsd:date: `yyyy-MM-dd` and the year and month forms, with `Z` or an offset;
/// no time part. Source: XmlCustomFormatter.ToDate, allDateFormats.
[[nodiscard]] bool is_date(std::string_view text);

/// The UTC instant of a dateTime's text in ISO 8601 ("2011-03-04T10:06:07.25Z", 7 fraction digits
/// at most); times without a zone are read in `zone`. nullopt if the text is no dateTime.
[[nodiscard]] std::optional<std::string> utc_text(std::string_view text, TimeZone zone);

/// ISO 8601 in UTC with milliseconds, "2011-03-04T10:06:07.250Z": sorts as text.
[[nodiscard]] std::string utc_text(Instant instant);

/// As .NET serializes DateTime.Now (or UtcNow): fraction up to 7 digits without trailing zeros,
/// then
/// "-05:00" of the local zone (or "Z").
[[nodiscard]] std::string round_trip_text(Instant instant, TimeZone zone);

}  // namespace customercare::model
