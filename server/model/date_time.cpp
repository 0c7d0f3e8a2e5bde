#include "model/date_time.hpp"

#include <algorithm>
#include <ctime>

#include "model/white_space.hpp"

namespace customercare::model {

namespace {

using std::chrono::days;
using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;
using std::chrono::sys_days;
using std::chrono::year_month_day;

// DateTime.MinValue and MaxValue: what lies beyond by its offset is moved to them, as .NET does.
constexpr Instant earliest = sys_days(std::chrono::year(1) / 1 / 1);
constexpr Instant latest = Instant(sys_days(std::chrono::year(10'000) / 1 / 1)) - Ticks(1);

/// Takes fields off the front of a text.
class Scanner {
public:
    explicit Scanner(std::string_view text) : rest_(text) {}

    bool take(std::string_view literal) {
        if (!rest_.starts_with(literal)) return false;
        rest_.remove_prefix(literal.size());
        return true;
    }

    std::string_view take_digits(std::size_t at_most = std::string_view::npos) {
        std::size_t end = 0;
        while (end < std::min(rest_.size(), at_most) && rest_[end] >= '0' && rest_[end] <= '9') {
            ++end;
        }
        const std::string_view digits = rest_.substr(0, end);
        rest_.remove_prefix(digits.size());
        return digits;
    }

    bool take_number(std::size_t digit_count, int low, int high, int& number) {
        const std::string_view digits = take_digits(digit_count);
        number = 0;
        for (const char digit : digits) number = number * 10 + (digit - '0');
        return digits.size() == digit_count && low <= number && number <= high;
    }

    [[nodiscard]] bool at_end() const { return rest_.empty(); }

private:
    std::string_view rest_;
};

struct Fields {
    int year = 0;
    int month = 1;
    int day = 1;
    Ticks time{0};
    std::optional<minutes> offset;  ///< From UTC; none if the text has no zone.
};

/// A fraction of a second in ticks; a half goes to the even one.
Ticks to_ticks(std::string_view digits) {
    constexpr std::size_t resolution = 7;
    int ticks = 0;
    for (std::size_t i = 0; i < resolution; ++i) {
        ticks = ticks * 10 + (i < digits.size() ? digits[i] - '0' : 0);
    }
    const std::string_view rest = digits.substr(std::min(resolution, digits.size()));
    if (rest.empty() || rest.front() < '5') return Ticks(ticks);
    const bool is_half =
        rest.front() == '5' && rest.find_first_not_of('0', 1) == std::string_view::npos;
    return Ticks(ticks + (is_half ? ticks % 2 : 1));
}

bool take_time(Scanner& scanner, Ticks& time) {
    int hour = 0;
    int minute = 0;
    int second = 0;
    if (!scanner.take_number(2, 0, 23, hour) || !scanner.take(":") ||
        !scanner.take_number(2, 0, 59, minute) || !scanner.take(":") ||
        !scanner.take_number(2, 0, 59, second)) {
        return false;
    }
    time = hours(hour) + minutes(minute) + seconds(second);
    if (!scanner.take(".")) return true;
    const std::string_view fraction = scanner.take_digits();
    time += to_ticks(fraction);
    return !fraction.empty();
}

/// Takes the fields that `form` names: y, M, d, t (the time); any other character is itself.
bool take_form(Scanner& scanner, std::string_view form, Fields& fields) {
    return std::all_of(form.begin(), form.end(), [&](const char& part) {
        switch (part) {
            case 'y':
                return scanner.take_number(4, 1, 9999, fields.year);
            case 'M':
                return scanner.take_number(2, 1, 12, fields.month);
            case 'd':
                return scanner.take_number(2, 1, 31, fields.day);
            case 't':
                return take_time(scanner, fields.time);
            default:
                return scanner.take({&part, 1});
        }
    });
}

bool take_sign(Scanner& scanner, int& sign) {
    sign = scanner.take("-") ? -1 : 1;
    return sign < 0 || scanner.take("+");
}

/// A dateTime's zone, which may be missing. XsdDateTime.Parser sets no limit to an offset.
bool take_date_time_zone(Scanner& scanner, Fields& fields) {
    if (scanner.at_end()) return true;
    int sign = 1;
    int hour = 0;
    int minute = 0;
    const bool is_zone = scanner.take("Z") || scanner.take("z") ||
                         (take_sign(scanner, sign) && scanner.take_number(2, 0, 99, hour) &&
                          scanner.take(":") && scanner.take_number(2, 0, 99, minute));
    fields.offset = sign * (hours(hour) + minutes(minute));
    return is_zone;
}

bool take_date_zone_name(Scanner& scanner) {
    return scanner.take("Z") || scanner.take("z") || scanner.take("GMT");
}

/// A date's offset, as DateTime.ParseExact reads zzzzzz: the hour may have one digit, the colon may
/// be missing, nothing is farther than 14 hours.
bool take_date_offset(Scanner& scanner) {
    int sign = 1;
    int hour = 0;
    int minute = 0;
    if (!take_sign(scanner, sign)) return false;
    const Scanner at_hour = scanner;
    if (!scanner.take_number(2, 0, 14, hour)) {
        scanner = at_hour;
        if (!scanner.take_number(1, 0, 9, hour)) return false;
    }
    scanner.take(":");
    return scanner.take_number(2, 0, 59, minute) && hours(hour) + minutes(minute) <= hours(14);
}

std::optional<sys_days> to_days(const Fields& fields) {
    const year_month_day date{std::chrono::year(fields.year),
                              std::chrono::month(static_cast<unsigned>(fields.month)),
                              std::chrono::day(static_cast<unsigned>(fields.day))};
    return date.ok() ? std::optional<sys_days>(date) : std::nullopt;
}

/// The local zone's offset from UTC at a moment.
seconds offset_at(Instant utc) {
    const std::time_t time = std::chrono::floor<seconds>(utc).time_since_epoch().count();
    std::tm local{};
    localtime_r(&time, &local);
    return seconds(local.tm_gmtoff);
}

/// What the wall clock's reading is in UTC. Where a change of offset makes it ambiguous, or skips
/// it, the smaller offset (standard time) counts, as in .NET.
Instant local_to_utc(Instant wall) {
    const auto [standard, daylight] =
        std::minmax({offset_at(wall - days(1)), offset_at(wall + days(1))});
    const bool is_daylight =
        offset_at(wall - standard) != standard && offset_at(wall - daylight) == daylight;
    return wall - (is_daylight ? daylight : standard);
}

/// The date of the wall clock, for the forms that leave out the year or the date.
year_month_day today() {
    const Instant now = system_now();
    return std::chrono::floor<days>(now + offset_at(now));
}

void append_digits(std::string& text, unsigned value, std::size_t width) {
    text.append(width, '0');
    for (auto digit = text.rbegin(); value != 0; ++digit, value /= 10) {
        *digit = static_cast<char>('0' + value % 10);
    }
}

/// "2011-03-04T10:06:07.1234567"
std::string wall_time_text(Instant wall) {
    wall = std::clamp(wall, earliest, latest);  // An offset, or a clock ahead, may lead beyond.
    const auto day = std::chrono::floor<days>(wall);
    const year_month_day date = day;
    const std::chrono::hh_mm_ss time(wall - day);
    const auto number = [](auto count) { return static_cast<unsigned>(count); };
    std::string text;
    text.reserve(40);
    append_digits(text, number(static_cast<int>(date.year())), 4);
    text += '-';
    append_digits(text, static_cast<unsigned>(date.month()), 2);
    text += '-';
    append_digits(text, static_cast<unsigned>(date.day()), 2);
    text += 'T';
    append_digits(text, number(time.hours().count()), 2);
    text += ':';
    append_digits(text, number(time.minutes().count()), 2);
    text += ':';
    append_digits(text, number(time.seconds().count()), 2);
    text += '.';
    append_digits(text, number(time.subseconds().count()), 7);
    return text;
}

/// With the fraction's digits as far as they say something.
std::string shortest_text(Instant wall) {
    std::string text = wall_time_text(wall);
    text.resize(text.find_last_not_of('0') + 1);
    if (text.back() == '.') text.pop_back();
    return text;
}

}  // namespace

Instant system_now() {
    return std::chrono::time_point_cast<Ticks>(std::chrono::system_clock::now());
}

std::optional<DateTimeValue> parse_date_time(std::string_view text) {
    text = trim(text);
    for (const std::string_view form :
         {"y-M-dTt", "y-M-d", "t", "y-M", "y", "--M-d", "--M", "--M--", "---d"}) {
        Scanner scanner(text);
        Fields fields;
        if (!take_form(scanner, form, fields) || !take_date_time_zone(scanner, fields) ||
            !scanner.at_end()) {
            continue;
        }
        constexpr int leap_year = 1904;  // What XsdDateTime gives a month and day without a year.
        if (form == "--M-d") {
            fields.year = leap_year;
        } else if (fields.year == 0) {
            fields.year = static_cast<int>(today().year());
        }
        const auto date = form == "t" ? std::optional<sys_days>(today()) : to_days(fields);
        if (!date) return std::nullopt;
        const Instant instant = *date + fields.time - fields.offset.value_or(minutes(0));
        return DateTimeValue{std::clamp(instant, earliest, latest), fields.offset.has_value()};
    }
    return std::nullopt;
}

bool is_date(std::string_view text) {
    text = trim(text);
    for (const std::string_view form : {"y-M-d", "y-M", "y", "--M-d", "--M--", "---d"}) {
        Scanner scanner(text);
        Fields fields;
        fields.year = 4;  // A leap year, as long as the text names none.
        if (!take_form(scanner, form, fields)) continue;
        // The list of formats has no year with a Z.
        const auto take_zone = [&] {
            return (form != "y" && take_date_zone_name(scanner)) || take_date_offset(scanner);
        };
        if (scanner.at_end() || (take_zone() && scanner.at_end())) {
            return to_days(fields).has_value();
        }
    }
    return false;
}

std::optional<std::string> utc_text(std::string_view text, TimeZone zone) {
    const auto value = parse_date_time(text);
    if (!value) return std::nullopt;
    const bool is_local = !value->zoned && zone == TimeZone::local;
    const Instant utc = is_local ? local_to_utc(value->instant) : value->instant;
    return shortest_text(std::clamp(utc, earliest, latest)) + 'Z';
}

std::string utc_text(Instant instant) {
    constexpr std::size_t size_to_milliseconds = 23;
    std::string text = wall_time_text(instant);
    text.resize(size_to_milliseconds);
    text += 'Z';
    return text;
}

std::string round_trip_text(Instant instant, TimeZone zone) {
    if (zone == TimeZone::utc) return shortest_text(instant) + 'Z';
    const auto offset = std::chrono::duration_cast<minutes>(offset_at(instant));
    const auto size = std::chrono::abs(offset);
    std::string text = shortest_text(instant + offset);
    text += offset.count() < 0 ? '-' : '+';
    append_digits(text, static_cast<unsigned>(size.count() / 60), 2);
    text += ':';
    append_digits(text, static_cast<unsigned>(size.count() % 60), 2);
    return text;
}

}  // namespace customercare::model
