#include "cli/log.hpp"

#include <stdlib.h>
#include <unistd.h>

#include <array>
#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>
#include <string>
#include <type_traits>
#include <vector>

#include "cli/printable.hpp"
#include "model/error.hpp"

namespace customercare::cli {
namespace {

std::string printable(const std::string& text) {
    std::string out;
    append_printable(out, text);
    return out;
}

std::string quoted(const std::string& text, std::size_t max_bytes = std::string::npos) {
    std::string out;
    append_quoted(out, text, max_bytes);
    return out;
}

std::vector<std::string> lines_of(const std::string& name) {
    std::ifstream file(name);
    std::vector<std::string> lines;
    for (std::string line; std::getline(file, line);) lines.push_back(line);
    return lines;
}

/// What the log writes while `use` runs, line by line. `use` may take the file's name, too.
template <typename Use>
std::vector<std::string> logged(LogOptions options, Use use) {
    std::string name = (std::filesystem::temp_directory_path() / "log-XXXXXX").string();
    ::close(mkstemp(name.data()));
    options.file = name;
    {
        const Log log(options);
        if constexpr (std::is_invocable_v<Use, const Log&, const std::string&>) {
            use(log, name);
        } else {
            use(log);
        }
    }
    std::vector<std::string> lines = lines_of(name);
    std::filesystem::remove(name);
    return lines;
}

}  // namespace

TEST_CASE("Text from the input can do no harm in a log or on a terminal", "[cli][log]") {
    CHECK(printable("caf\u00e9 😀 שלום \"a\\b\"") == "caf\u00e9 😀 שלום \"a\\b\"");
    CHECK(printable("a\nb\tc\rd") == "a\\nb\\tc\\rd");
    CHECK(printable(std::string("\x1b[31m\x7f\0", 7)) == "\\u001b[31m\\u007f\\u0000");
    CHECK(printable("\u0085\u009b\u2028\u202e\u200b\ufeff\U000E0041") ==
          "\\u0085\\u009b\\u2028\\u202e\\u200b\\ufeff\\udb40\\udc41");
    // Cut off, overlong, a surrogate, beyond Unicode, a byte that begins nothing.
    CHECK(printable("\xE2\x82") == "\\ufffd\\ufffd");
    CHECK(printable("\xC0\xAF") == "\\ufffd\\ufffd");
    CHECK(printable("\xED\xA0\x80") == "\\ufffd\\ufffd\\ufffd");
    CHECK(printable("\xF4\x90\x80\x80").find('\xF4') == std::string::npos);
    CHECK(printable("a\xFFz") == "a\\ufffdz");
}

TEST_CASE("A quoted text is a JSON string, cut between characters", "[cli][log]") {
    const std::string text = "say \"hi\" \\ \n\x1b 😀";
    CHECK(nlohmann::json::parse(quoted(text)) == text);
    CHECK(quoted("abc😀def", 5) == "\"abc…\"");
    CHECK(quoted("abc😀def", 7) == "\"abc😀…\"");
    CHECK(quoted("abc", 3) == "\"abc\"");
}

TEST_CASE("Text values are quoted where they need to be", "[cli][log]") {
    const std::array<LogField, 4> fields{{{"outcome", "stored"},
                                          {"id", std::int64_t{17}},
                                          {"duration_ms", 3.214},
                                          {"detail", "a \"b\"\nlevel=error"}}};
    CHECK(log_line(LogFormat::text, "request", fields) ==
          "request outcome=stored id=17 duration_ms=3.21 detail=\"a \\\"b\\\"\\nlevel=error\"");
    CHECK(log_line(LogFormat::json, "request", fields) ==
          R"("event":"request","outcome":"stored","id":17,"duration_ms":3.21,)"
          R"("detail":"a \"b\"\nlevel=error")");
    const std::array<LogField, 1> empty{{{"a", ""}}};
    CHECK(log_line(LogFormat::text, "x", empty) == "x a=\"\"");
}

TEST_CASE("An exchange is one line with its facts", "[cli][log]") {
    model::ExchangeSummary summary{.operation = "CreateCallLog",
                                   .soap_version = "1.1",
                                   .outcome = "stored",
                                   .detail = "",
                                   .ignored = {"a/b (line 2)", "c (line 3)"},
                                   .call_log_id = 17};
    http::Exchange exchange{.request_id = 5,
                            .method = "POST",
                            .target = "/x",
                            .peer = "127.0.0.1",
                            .status = 200,
                            .request_bytes = 4285,
                            .reply_bytes = 920,
                            .duration = std::chrono::microseconds(3210),
                            .summary = &summary};
    const auto text = logged({}, [&](const Log& log) { log.exchange("request", exchange); });
    REQUIRE(text.size() == 1);
    CHECK_THAT(text[0], Catch::EndsWith("Z info request id=5 peer=127.0.0.1 method=POST "
                                        "operation=CreateCallLog soap=1.1 outcome=stored "
                                        "status=200 duration_ms=3.21 in=4285 out=920 call_log=17 "
                                        "ignored=\"a/b (line 2), c (line 3)\""));

    const auto lines = logged({.format = LogFormat::json}, [&](const Log& log) {
        log.exchange("request", exchange);
        exchange.status = 503;
        summary.outcome = "busy";
        log.exchange("request", exchange);
        exchange.status = 500;
        summary.outcome = "failed";
        log.exchange("request", exchange);
        summary.outcome = "fault";
        log.exchange("request", exchange, LogLevel::debug);
    });
    REQUIRE(lines.size() == 3);
    CHECK(nlohmann::json::parse(lines[0])["level"] == "info");
    CHECK(nlohmann::json::parse(lines[0])["duration_ms"] == 3.21);
    CHECK(nlohmann::json::parse(lines[1])["level"] == "warning");
    CHECK(nlohmann::json::parse(lines[2])["level"] == "error");
}

TEST_CASE("An exchange's line tells its place in traces, and the client's own id", "[cli][log]") {
    const model::ExchangeSummary summary{.outcome = "page"};
    http::Exchange exchange{.request_id = 5,
                            .client_request_id = "abc-1",
                            .trace = *model::TraceContext::follow(
                                "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01", 5),
                            .summary = &summary};
    const std::string span_id(exchange.trace.span_id.text());
    const auto lines = logged({.format = LogFormat::json}, [&](const Log& log) {
        log.exchange("request", exchange);
        exchange.client_request_id = {};
        exchange.trace = model::TraceContext::begin(5);
        log.exchange("request", exchange);
    });
    REQUIRE(lines.size() == 2);
    const auto followed = nlohmann::json::parse(lines[0]);
    CHECK(followed["id"] == 5);
    CHECK(followed["request_id"] == "abc-1");
    CHECK(followed["trace_id"] == "4bf92f3577b34da6a3ce929d0e0e4736");
    CHECK(followed["parent_id"] == "00f067aa0ba902b7");
    CHECK(followed["span_id"] == span_id);
    const auto begun = nlohmann::json::parse(lines[1]);
    CHECK_FALSE(begun.contains("request_id"));
    CHECK_FALSE(begun.contains("parent_id"));
    CHECK(begun["trace_id"].get<std::string>().size() == 32);
}

TEST_CASE("A log is opened anew and takes another level, and loses no line", "[cli][log]") {
    std::vector<std::string> moved;
    const auto lines = logged({.level = LogLevel::warning}, [&](const Log& log,
                                                                const std::string& file) {
        log.write(LogLevel::warning, "first", {});
        log.write(LogLevel::info, "quiet", {});
        std::filesystem::rename(file, file + ".1");
        log.write(LogLevel::warning, "second", {});
        log.set_level(LogLevel::info);
        log.reopen(file);
        log.write(LogLevel::info, "third", {});
        CHECK_THROWS_WITH(log.reopen("/nowhere/log"), Catch::Contains("log.file: /nowhere/log: "));
        log.write(LogLevel::info, "fourth", {});
        moved = lines_of(file + ".1");
        std::filesystem::remove(file + ".1");
    });
    REQUIRE(moved.size() == 2);
    CHECK_THAT(moved[0], Catch::EndsWith(" first"));
    CHECK_THAT(moved[1], Catch::EndsWith(" second"));
    REQUIRE(lines.size() == 2);
    CHECK_THAT(lines[0], Catch::EndsWith(" third"));
    CHECK_THAT(lines[1], Catch::EndsWith(" fourth"));
}

TEST_CASE("Lines below log.level are left out", "[cli][log]") {
    const auto lines = logged({.level = LogLevel::warning}, [](const Log& log) {
        log.write(LogLevel::info, "quiet", {});
        log.write(LogLevel::warning, "loud", {});
    });
    REQUIRE(lines.size() == 1);
    CHECK_THAT(lines[0], Catch::EndsWith(" warning loud"));
}

TEST_CASE("A log file that can't be opened is an error that names setting and file", "[cli][log]") {
    CHECK_THROWS_WITH(Log({.file = "/nowhere/log"}), Catch::Contains("log.file: /nowhere/log: "));
    CHECK_THROWS_AS(Log({.file = "/nowhere/log"}), model::ServiceError);
}

}  // namespace customercare::cli
