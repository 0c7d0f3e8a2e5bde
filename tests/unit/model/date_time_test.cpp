#include "model/date_time.hpp"

#include <catch2/catch.hpp>
#include <cstdlib>
#include <ctime>
#include <string>

using namespace customercare::model;

namespace {

/// Sets the local zone while it lives.
class LocalZone {
public:
    explicit LocalZone(const char* name) { set(name); }
    ~LocalZone() { set(nullptr); }
    LocalZone(const LocalZone&) = delete;
    LocalZone& operator=(const LocalZone&) = delete;

private:
    static void set(const char* name) {
        name != nullptr ? setenv("TZ", name, 1) : unsetenv("TZ");
        tzset();
    }
};

// A rule in the text of POSIX, so that no zone files are needed: New York's since 2007.
constexpr auto new_york = "EST5EDT,M3.2.0,M11.1.0";

std::string utc(std::string_view text) { return utc_text(text, TimeZone::utc).value_or("none"); }

std::string from_local(std::string_view text) {
    return utc_text(text, TimeZone::local).value_or("none");
}

}  // namespace

TEST_CASE("A dateTime is read as .NET reads it", "[model]") {
    CHECK(utc("2011-03-04T10:06:07") == "2011-03-04T10:06:07Z");
    CHECK(utc("2011-03-04T10:06:07.250") == "2011-03-04T10:06:07.25Z");
    CHECK(utc(" \r\n\t2011-03-04T10:06:07Z ") == "2011-03-04T10:06:07Z");
    CHECK(utc("2011-03-04T10:06:07z") == "2011-03-04T10:06:07Z");
    CHECK(utc("2011-03-04T10:06:07+14:00") == "2011-03-03T20:06:07Z");
    CHECK(utc("2011-03-04T10:06:07-05:30") == "2011-03-04T15:36:07Z");
    CHECK(utc("2011-03-04T10:06:07+99:99") == "2011-02-28T05:27:07Z");
    CHECK(utc("2012-02-29T23:59:59Z") == "2012-02-29T23:59:59Z");
}

TEST_CASE("The other forms of XML Schema are dateTimes too", "[model]") {
    const LocalZone zone("UTC0");
    const std::string year = utc_text(system_now()).substr(0, 4);
    CHECK(utc("2011-03-04") == "2011-03-04T00:00:00Z");
    CHECK(utc("2011-03-04-05:00") == "2011-03-04T05:00:00Z");
    CHECK(utc("2011-03") == "2011-03-01T00:00:00Z");
    CHECK(utc("2011-03+05:00") == "2011-02-28T19:00:00Z");
    CHECK(utc("2011") == "2011-01-01T00:00:00Z");
    CHECK(utc("2011Z") == "2011-01-01T00:00:00Z");
    CHECK(utc("2011-05:00") == "2011-01-01T05:00:00Z");
    CHECK(utc("--02-29") == "1904-02-29T00:00:00Z");
    CHECK(utc("--02") == year + "-02-01T00:00:00Z");
    CHECK(utc("--02--Z") == year + "-02-01T00:00:00Z");
    CHECK(utc("---31") == year + "-01-31T00:00:00Z");
    CHECK(utc("10:06:07.5").substr(10) == "T10:06:07.5Z");
}

TEST_CASE("A fraction is rounded to 100 ns, a half to the even one", "[model]") {
    CHECK(utc("2011-03-04T10:06:07.1234567") == "2011-03-04T10:06:07.1234567Z");
    CHECK(utc("2011-03-04T10:06:07.12345665") == "2011-03-04T10:06:07.1234566Z");
    CHECK(utc("2011-03-04T10:06:07.12345675") == "2011-03-04T10:06:07.1234568Z");
    CHECK(utc("2011-03-04T10:06:07.123456650001") == "2011-03-04T10:06:07.1234567Z");
    CHECK(utc("2011-03-04T10:06:07.99999999") == "2011-03-04T10:06:08Z");
    CHECK(utc("2011-03-04T10:06:07." + std::string(1000, '0')) == "2011-03-04T10:06:07Z");
}

TEST_CASE("What .NET refuses is no dateTime", "[model]") {
    for (const char* text : {"",
                             " ",
                             "three",
                             "2011-03-04T10:06:07.",
                             "2011-03-04T24:00:00",
                             "2011-03-04T10:60:00",
                             "2011-03-04T10:06:60",
                             "2011-03-04T10:06",
                             "2011-03-04 10:06:07",
                             "2011-03-04t10:06:07",
                             "2011-03-04T10:06:07 Z",
                             "2011-03-04T10:06:07+5:00",
                             "2011-03-04T10:06:07+0500",
                             "2011-03-04T10:06:07+05:00Z",
                             "2011-02-29T00:00:00",
                             "2011-13-01T00:00:00",
                             "2011-00-01T00:00:00",
                             "2011-01-00T00:00:00",
                             "0000-01-01T00:00:00",
                             "02011-03-04T10:06:07",
                             "-2011-03-04T10:06:07",
                             "12011-03-04T10:06:07",
                             "2011-",
                             "2011-3",
                             "--02-30",
                             "--13",
                             "---32",
                             "--",
                             "10:06",
                             "2011-03-04T"}) {
        INFO(text);
        CHECK_FALSE(parse_date_time(text));
        CHECK_FALSE(utc_text(text, TimeZone::utc));
    }
}

TEST_CASE("Instants beyond the years 0001 to 9999 become their bounds", "[model]") {
    CHECK(utc("0001-01-01T00:00:00+14:00") == "0001-01-01T00:00:00Z");
    CHECK(utc("9999-12-31T23:59:59-14:00") == "9999-12-31T23:59:59.9999999Z");
    const LocalZone zone(new_york);
    CHECK(from_local("9999-12-31T23:59:59") == "9999-12-31T23:59:59.9999999Z");
}

TEST_CASE("A dateTime says whether it has a zone", "[model]") {
    CHECK_FALSE(parse_date_time("2011-03-04T10:06:07")->zoned);
    CHECK(parse_date_time("2011-03-04T10:06:07Z")->zoned);
    CHECK(parse_date_time("2011-03-04T10:06:07+00:00")->zoned);
    CHECK(parse_date_time("1970-01-01T00:00:00.0000001Z")->instant == Instant(Ticks(1)));
}

TEST_CASE("A dateTime without a zone is read by the local clock", "[model]") {
    const LocalZone zone(new_york);
    CHECK(from_local("2011-01-04T10:06:07") == "2011-01-04T15:06:07Z");
    CHECK(from_local("2011-07-04T10:06:07") == "2011-07-04T14:06:07Z");
    CHECK(from_local("2011-07-04T10:06:07Z") == "2011-07-04T10:06:07Z");
    // Clocks went forward at 2:00 on 13 March, and back at 2:00 on 6 November.
    CHECK(from_local("2011-03-13T01:59:59") == "2011-03-13T06:59:59Z");
    CHECK(from_local("2011-03-13T02:30:00") == "2011-03-13T07:30:00Z");
    CHECK(from_local("2011-03-13T03:00:00") == "2011-03-13T07:00:00Z");
    CHECK(from_local("2011-11-06T00:59:59") == "2011-11-06T04:59:59Z");
    CHECK(from_local("2011-11-06T01:30:00") == "2011-11-06T06:30:00Z");
    CHECK(from_local("2011-11-06T02:00:00") == "2011-11-06T07:00:00Z");
}

TEST_CASE("A date is read as .NET reads it", "[model]") {
    for (const char* text : {"2011-03-04",      " 2011-03-04\n",    "2011-03-04Z",
                             "2011-03-04z",     "2011-03-04+14:00", "2011-03-04-05:00",
                             "2011-03-04+0500", "2011-03-04+5:00",  "2011",
                             "2011-05:00",      "2011-03",          "2011-03Z",
                             "2011-03+05:00",   "--02-29",          "--02-28Z",
                             "--02--",          "--02--+05:00",     "---31",
                             "---31Z",          "2012-02-29",       "0001-01-01",
                             "9999-12-31"}) {
        INFO(text);
        CHECK(is_date(text));
    }
    for (const char* text :
         {"", "2011-03-04T00:00:00", "2011-02-29", "0000-01-01", "2011-03-04+14:01",
          "2011-03-04+15:00", "2011-03-04+05", "2011-03-04+5", "2011-03-04 Z", "2011Z", "2011-",
          "2011- 03-04", "--02", "--02-30", "---32", "10:06:07", "20110304", "2011-3-4"}) {
        INFO(text);
        CHECK_FALSE(is_date(text));
    }
}

TEST_CASE("Our own times have milliseconds and sort as text", "[model]") {
    CHECK(utc_text(Instant(Ticks(0))) == "1970-01-01T00:00:00.000Z");
    CHECK(utc_text(parse_date_time("2011-03-04T10:06:07.2509Z")->instant) ==
          "2011-03-04T10:06:07.250Z");
    CHECK(utc_text(parse_date_time("0999-03-04T10:06:07Z")->instant) == "0999-03-04T10:06:07.000Z");
}

TEST_CASE("A reply's time looks as .NET serializes it", "[model]") {
    const LocalZone zone(new_york);
    const auto text = [](std::string_view utc_time, TimeZone in) {
        return round_trip_text(parse_date_time(utc_time)->instant, in);
    };
    CHECK(text("2011-01-04T15:06:07.2500000Z", TimeZone::local) == "2011-01-04T10:06:07.25-05:00");
    CHECK(text("2011-07-04T14:06:07Z", TimeZone::local) == "2011-07-04T10:06:07-04:00");
    CHECK(text("2011-07-04T14:06:07.1234567Z", TimeZone::utc) == "2011-07-04T14:06:07.1234567Z");
    const LocalZone india("IST-5:30");
    CHECK(text("2011-01-04T20:06:07Z", TimeZone::local) == "2011-01-05T01:36:07+05:30");
    CHECK(text("9999-12-31T20:00:00Z", TimeZone::local) == "9999-12-31T23:59:59.9999999+05:30");
    const LocalZone east(new_york);
    CHECK(text("0001-01-01T00:00:00Z", TimeZone::local) == "0001-01-01T00:00:00-05:00");
}

TEST_CASE("A clock beyond the years of four digits is written as the nearest of these", "[model]") {
    const Instant now = parse_date_time("2011-01-04T00:00:00Z")->instant;
    CHECK(utc_text(now + std::chrono::years(10'000)) == "9999-12-31T23:59:59.999Z");
    CHECK(utc_text(now - std::chrono::years(3'000)) == "0001-01-01T00:00:00.000Z");
}
