#include "cli/command_line.hpp"

#include <catch2/catch.hpp>

#include "model/error.hpp"

namespace customercare::cli {

TEST_CASE("A table's columns are aligned and its cells safe", "[cli]") {
    CHECK(format_table({{"ID", "LABEL", "X"}, {"1", "caf\u00e9", "a"}, {"10", "b\x1b", ""}}) ==
          "ID  LABEL    X\n"
          "1   caf\u00e9     a\n"
          "10  b\\u001b\n");
}

TEST_CASE("The flags that settings have of their own are those of the command line", "[cli]") {
    CommandLine line;
    CLI::App command;
    line.add_settings(command);
    line.add_server_settings(command);
    std::size_t found = 0;
    for (const Setting& setting : setting_table()) {
        if (setting.flag.empty()) continue;
        CAPTURE(setting.key);
        const std::string help = command.get_option(setting.flag)->get_description();
        CHECK_THAT(help, Catch::EndsWith(" (" + setting.key + ")"));
        ++found;
    }
    // Besides --help, --config and --set.
    CHECK(command.get_options().size() == found + 3);
}

TEST_CASE("A time of an option is UTC unless it names a zone", "[cli]") {
    CHECK(model::utc_text(parse_instant("--from", "2026-01-31")) == "2026-01-31T00:00:00.000Z");
    CHECK(model::utc_text(parse_instant("--from", "2026-01-31T01:00:00+02:00")) ==
          "2026-01-30T23:00:00.000Z");
    CHECK_THROWS_WITH(parse_instant("--from", "yesterday"), Catch::Contains("--from: yesterday"));
    CHECK_THROWS_AS(parse_instant("--from", "yesterday"), model::ServiceError);
}

}  // namespace customercare::cli
