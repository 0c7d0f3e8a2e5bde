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

TEST_CASE("A time of an option is UTC unless it names a zone", "[cli]") {
    CHECK(model::utc_text(parse_instant("--from", "2026-01-31")) == "2026-01-31T00:00:00.000Z");
    CHECK(model::utc_text(parse_instant("--from", "2026-01-31T01:00:00+02:00")) ==
          "2026-01-30T23:00:00.000Z");
    CHECK_THROWS_WITH(parse_instant("--from", "yesterday"), Catch::Contains("--from: yesterday"));
    CHECK_THROWS_AS(parse_instant("--from", "yesterday"), model::ServiceError);
}

}  // namespace customercare::cli
