#include "cli/health_checks.hpp"

#include <catch2/catch.hpp>

namespace customercare::cli {

TEST_CASE("A disk is warned of before it makes the server not ready", "[cli][health]") {
    using State = store::DiskSpace::State;
    store::DiskSpace disk{.free_bytes = 200, .warn_bytes = 100};
    const admin::Check check = disk_check([&] { return disk; });
    CHECK(check.look().state == admin::CheckState::ok);
    disk.free_bytes = 199;
    CHECK(check.look().state == admin::CheckState::warning);
    CHECK_THAT(check.look().text, Catch::Contains("less than 100 (store.warn_free_bytes)"));
    disk.state = State::low;
    CHECK(check.look().state == admin::CheckState::failed);
    disk.state = State::full;
    CHECK(check.look().state == admin::CheckState::failed);

    // Not looked at.
    disk = {.free_bytes = 0, .warn_bytes = 0};
    CHECK(check.look().state == admin::CheckState::ok);
}

}  // namespace customercare::cli
