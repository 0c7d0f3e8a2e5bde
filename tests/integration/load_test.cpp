#include <algorithm>
#include <catch2/catch.hpp>
#include <chrono>
#include <cstdlib>
#include <iterator>
#include <string>
#include <thread>
#include <vector>

#include "support/database.hpp"
#include "support/load.hpp"
#include "support/server_process.hpp"

namespace customercare::test {
namespace {

std::vector<std::string> sorted(std::vector<std::string> values) {
    std::ranges::sort(values);
    return values;
}

/// Checks that every acknowledged MessageId is stored, and none twice.
void check_stored(const std::string& path, const std::vector<std::string>& acknowledged) {
    const Database database(path);
    const auto stored = sorted(database.column("SELECT message_id FROM call_log"));
    CHECK(std::ranges::adjacent_find(stored) == stored.end());
    std::vector<std::string> missing;
    std::ranges::set_difference(sorted(acknowledged), stored, std::back_inserter(missing));
    CHECK(missing == std::vector<std::string>{});
    CHECK(database.value("PRAGMA integrity_check") == "ok");
}

/// $TEST_LOAD_SECONDS, else 10.
std::chrono::seconds load_duration() {
    const char* chosen = std::getenv("TEST_LOAD_SECONDS");
    return std::chrono::seconds(chosen != nullptr ? std::stoi(chosen) : 10);
}

}  // namespace

TEST_CASE("What 64 clients at once are told is stored is in the database once",
          "[integration][load]") {
    const TemporaryDirectory directory;
    ServerProcess server(directory.path());
    Load load(server.port(), 64);
    std::this_thread::sleep_for(load_duration());
    load.finish();
    CHECK(server.stop() == 0);

    CHECK(load.refusals() == std::vector<std::string>{});
    CHECK(load.unanswered() == std::vector<std::string>{});
    CHECK(load.acknowledged().size() > 64);
    WARN(load.acknowledged().size() << " call logs in " << load_duration().count() << " s");
    check_stored(server.database(), load.acknowledged());
}

TEST_CASE("SIGTERM under load stores what it acknowledges and acknowledges what it stores",
          "[integration][load]") {
    const TemporaryDirectory directory;
    ServerProcess server(directory.path());
    Load load(server.port(), 32);
    load.wait_until_acknowledged(500);
    CHECK(server.stop() == 0);
    load.finish();

    CHECK(load.refusals() == std::vector<std::string>{});
    const Database database(server.database());
    CHECK(sorted(database.column("SELECT message_id FROM call_log")) ==
          sorted(load.acknowledged()));
}

}  // namespace customercare::test
