// The dateTime parser: what it reads, it writes so that it reads the same again.

#include "model/date_time.hpp"

#include <cstdlib>
#include <ctime>
#include <string>

#include "fuzz/input.hpp"

using namespace customercare;
using fuzz::require;
using model::TimeZone;

namespace {

/// A zone with daylight saving time, wherever the target runs.
void set_zone() {
    setenv("TZ", "America/New_York", 1);
    tzset();
}

void check_instant(model::Instant instant) {
    const std::string utc = model::round_trip_text(instant, TimeZone::utc);
    const auto again = model::parse_date_time(utc);
    require(again && again->zoned && again->instant == instant, "a time in UTC is read back");
    require(model::utc_text(utc, TimeZone::local) == utc, "a time in UTC is its own UTC text");
    const std::string sortable = model::utc_text(instant);
    require(sortable.size() == 24, "a sortable time has one size");
    const auto in_milliseconds = model::parse_date_time(sortable);
    require(in_milliseconds && in_milliseconds->instant <= instant &&
                instant - in_milliseconds->instant < std::chrono::milliseconds(1),
            "a sortable time is right to the millisecond");

    // The offset may lead out of the years that have a text.
    using std::chrono::sys_days;
    const auto in_year = [](int year) { return sys_days(std::chrono::year(year) / 1 / 1); };
    if (instant < in_year(2) || instant >= in_year(9999)) return;
    const auto local = model::parse_date_time(model::round_trip_text(instant, TimeZone::local));
    require(local && local->zoned && local->instant == instant, "a local time is read back");
}

void check_date(const std::string& text) {
    if (!model::is_date(text)) return;
    require(text.find_first_of("tT.") == std::string::npos || text.find("GMT") != std::string::npos,
            "a date has no time");
    // The same zones are not known to both, and the year or month may be today's.
    const std::size_t begin = text.find_first_not_of(" \t\r\n");
    const std::size_t size = text.find_last_not_of(" \t\r\n") + 1 - begin;
    const bool is_plain = size == std::string("2011-03-04").size() && text[begin] != '-' &&
                          text[begin + 4] == '-' && text[begin + 7] == '-';
    require(!is_plain || model::parse_date_time(text).has_value(), "a plain date is a dateTime");
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    static const bool has_zone = (set_zone(), true);
    const std::string text(reinterpret_cast<const char*>(bytes), size);
    check_date(text);
    const auto value = model::parse_date_time(text);
    for (const TimeZone zone : {TimeZone::utc, TimeZone::local}) {
        const auto utc = model::utc_text(text, zone);
        require(utc.has_value() == value.has_value(), "both readers accept the same");
        if (!utc) continue;
        const auto again = model::parse_date_time(*utc);
        require(again && again->zoned, "a UTC text is a dateTime");
        const bool is_local = !value->zoned && zone == TimeZone::local;
        require(is_local ? std::chrono::abs(again->instant - value->instant) <= std::chrono::days(1)
                         : again->instant == value->instant,
                "a UTC text is the same time");
    }
    if (value) check_instant(value->instant);
    return has_zone ? 0 : 1;
}
