#include "handlers/rate_limit.hpp"

#include <catch2/catch.hpp>

#include "unit/handlers/table_key.hpp"

using namespace customercare::handlers;
using namespace std::chrono_literals;

namespace {

int admitted(RateLimit& limit, const TableKey& who, int calls, SteadyTime now) {
    int count = 0;
    while (calls-- > 0) count += limit.admit(who, now).wait ? 0 : 1;
    return count;
}

}  // namespace

TEST_CASE("A burst is let through, then as much as the rate allows", "[handlers][rate_limit]") {
    RateLimit limit({.per_second = 10, .burst = 30, .capacity = capacity});
    CHECK(admitted(limit, key(1), 100, start) == 30);
    CHECK(admitted(limit, key(1), 100, start + 1s) == 10);
    CHECK(admitted(limit, key(1), 100, start + 1s + 250ms) == 2);
    CHECK(admitted(limit, key(2), 100, start + 1s) == 30);
    // It does not save up more than a burst.
    CHECK(admitted(limit, key(1), 100, start + 1h) == 30);

    int total = 0;
    for (auto now = start + 2h; now < start + 2h + 100s; now += 5ms) {
        total += admitted(limit, key(3), 1, now);
    }
    CHECK(std::abs(total - (30 + 100 * 10)) <= 1);
}

TEST_CASE("Who waits as long as told is let through, and not much earlier",
          "[handlers][rate_limit]") {
    const auto rate = GENERATE(1U, 3U, 7U, 1000U);
    RateLimit limit({.per_second = rate, .burst = 2, .capacity = capacity});
    auto now = start;
    for (int i = 0; i < 1000; ++i) {
        const auto verdict = limit.admit(key(1), now);
        if (!verdict.wait) continue;
        CHECK(*verdict.wait <= std::chrono::ceil<std::chrono::nanoseconds>(
                                   std::chrono::duration<double>(1.0 / rate)));
        CHECK(limit.admit(key(1), now + *verdict.wait * 9 / 10).wait);
        now += *verdict.wait;
        CHECK_FALSE(limit.admit(key(1), now).wait);
    }
}

TEST_CASE("That a limit is reached is told once, until there is a pause",
          "[handlers][rate_limit]") {
    RateLimit limit({.per_second = 10, .burst = 5, .capacity = capacity});
    const auto times_told = [&](SteadyTime from) {
        int count = 0;
        for (auto now = from; now < from + 10s; now += 50ms) {
            count += limit.admit(key(1), now).begins ? 1 : 0;
        }
        return count;
    };
    CHECK(times_told(start) == 1);
    CHECK(times_told(start + 10s) == 0);
    CHECK(times_told(start + 30s) == 1);
}

TEST_CASE("Calls from many addresses give nobody his burst back", "[handlers][rate_limit]") {
    RateLimit limit({.per_second = 1, .burst = 50, .capacity = capacity});
    CHECK(admitted(limit, key(1), 100, start) == 50);
    for (std::uint64_t i = 1000; i < 1000 + 50 * capacity; ++i) (void)limit.admit(key(i), start);
    CHECK(admitted(limit, key(1), 100, start + 1s) == 1);
}
