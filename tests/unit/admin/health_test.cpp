#include "admin/health.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <string>

namespace customercare::admin {
namespace {

using Catch::Contains;
using nlohmann::json;

model::Instant noon(int year, unsigned month, unsigned day) {
    return std::chrono::sys_days(std::chrono::year(year) / month / day) + std::chrono::hours(12);
}

Finding find(const Check& check) { return check.look(); }

}  // namespace

TEST_CASE("Readiness fails as long as a check does, and names it", "[admin][health]") {
    CheckState state = CheckState::ok;
    const Health health(
        {{"first", [] { return Finding{}; }}, {"disk", [&] {
                                                   return Finding{state, "how it stands"};
                                               }}});
    CHECK(json::parse(health.readiness(false).body) == json{{"ready", true}});

    state = CheckState::warning;
    CHECK(health.readiness(false).status == 200);
    const json checks = json::parse(health.readiness(true).body)["checks"];
    CHECK(checks[2] == json{{"name", "disk"}, {"state", "warning"}, {"text", "how it stands"}});

    state = CheckState::failed;
    const model::HttpReply refusal = health.readiness(false);
    CHECK(refusal.status == 503);
    CHECK(json::parse(refusal.body) == json{{"ready", false}, {"failed", {"disk"}}});
    CHECK(health.liveness(false).status == 200);

    state = CheckState::ok;
    CHECK(health.readiness(false).status == 200);
}

TEST_CASE("A server that is about to stop is not ready, but lives", "[admin][health]") {
    Health health({});
    CHECK(health.readiness(false).status == 200);
    health.begin_shutdown();
    CHECK(health.readiness(false).status == 503);
    CHECK(json::parse(health.readiness(true).body)["checks"][0]["name"] == "shutdown");
    CHECK(health.liveness(true).status == 200);
}

TEST_CASE("A check that throws has failed, and says why in UTF-8", "[admin][health]") {
    const Health health({{"disk", []() -> Finding { throw std::runtime_error("no \xFF there"); }}});
    const model::HttpReply reply = health.readiness(true);
    CHECK(reply.status == 503);
    CHECK_THAT(json::parse(reply.body)["checks"][1]["text"].get<std::string>(), Contains("no "));
}

TEST_CASE("A full queue is not ready", "[admin][health]") {
    std::size_t length = 9;
    const Check check = queue_check([&] { return length; }, 10);
    CHECK(find(check).state == CheckState::ok);
    length = 10;
    CHECK(find(check).state == CheckState::failed);
    CHECK_THAT(find(check).text, Contains("of at most 10 (store.queue_limit)"));
}

TEST_CASE("A certificate's end is warned of before, and refuses nobody", "[admin][health]") {
    model::Instant end = noon(2026, 3, 31);
    const Check check = certificate_check([&] { return end; }, std::chrono::days(30),
                                          [] { return noon(2026, 3, 1); });
    CHECK(find(check).state == CheckState::ok);
    CHECK_THAT(find(check).text, Contains("2026-03-31T12:00:00.000Z, in 30 days"));
    end -= std::chrono::seconds(1);
    CHECK(find(check).state == CheckState::warning);
    end = noon(2026, 2, 28);
    CHECK(find(check).state == CheckState::warning);
    CHECK_THAT(find(check).text, Contains("has expired on 2026-02-28") && Contains("SIGHUP") &&
                                     Contains("restart the service"));
}

}  // namespace customercare::admin
