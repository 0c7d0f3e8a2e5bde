#include "handlers/lockouts.hpp"

#include <atomic>
#include <catch2/catch.hpp>
#include <thread>

#include "unit/handlers/table_key.hpp"

using namespace customercare::handlers;
using namespace std::chrono_literals;

namespace {

/// Counts failures of a key at one time; true if a lock-out began.
bool fail(Lockouts& lockouts, const TableKey& who, int times, SteadyTime now) {
    bool began = false;
    while (times-- > 0) began |= lockouts.count(who, now).has_value();
    return began;
}

}  // namespace

TEST_CASE("Too many failures within the window lock a key out for a time", "[handlers][lockouts]") {
    Lockouts lockouts({.failures = 3, .window = 10s, .duration = 60s, .capacity = capacity});
    CHECK_FALSE(fail(lockouts, key(1), 2, start));
    CHECK_FALSE(lockouts.check(key(1), start));
    CHECK(fail(lockouts, key(1), 1, start + 9s));
    CHECK(lockouts.check(key(1), start + 9s) == 60s);
    CHECK(lockouts.check(key(1), start + 68s) == 1s);
    CHECK_FALSE(lockouts.check(key(1), start + 69s));
    CHECK_FALSE(lockouts.check(key(2), start + 9s));
    // Afterwards it has all its tries again.
    CHECK_FALSE(fail(lockouts, key(1), 2, start + 69s));
    CHECK(fail(lockouts, key(1), 1, start + 69s));
}

TEST_CASE("Failures of an earlier window do not count", "[handlers][lockouts]") {
    Lockouts lockouts({.failures = 3, .window = 10s, .duration = 60s, .capacity = capacity});
    CHECK_FALSE(fail(lockouts, key(1), 2, start));
    CHECK_FALSE(fail(lockouts, key(1), 2, start + 10s));
    CHECK(fail(lockouts, key(1), 1, start + 19s));
}

TEST_CASE("What is refused during a lock-out does not prolong it", "[handlers][lockouts]") {
    Lockouts lockouts({.failures = 1, .window = 10s, .duration = 60s, .capacity = capacity});
    CHECK(fail(lockouts, key(1), 1, start));
    for (auto now = start; now < start + 60s; now += 1s) {
        CHECK(lockouts.check(key(1), now));
        CHECK_FALSE(fail(lockouts, key(1), 1, now));
    }
    CHECK_FALSE(lockouts.check(key(1), start + 60s));
}

TEST_CASE("The same failure again is no new one", "[handlers][lockouts]") {
    Lockouts lockouts({.failures = 20, .window = 10s, .duration = 60s, .capacity = capacity});
    for (int round = 0; round < 100; ++round) {
        for (std::uint32_t fingerprint = 1; fingerprint <= 16; ++fingerprint) {
            CHECK_FALSE(lockouts.count_if_new(key(1), fingerprint, start));
        }
    }
    for (std::uint32_t fingerprint = 101; fingerprint < 104; ++fingerprint) {
        CHECK_FALSE(lockouts.count_if_new(key(1), fingerprint, start));
    }
    CHECK(lockouts.count_if_new(key(1), 104, start));
}

TEST_CASE("Lock-outs that ended are told once, with what they turned away",
          "[handlers][lockouts]") {
    Lockouts lockouts({.failures = 1, .window = 10s, .duration = 60s, .capacity = capacity});
    const auto first = lockouts.count(key(1), start);
    const auto second = lockouts.count(key(2), start + 1s);
    for (int i = 0; i < 5; ++i) CHECK(lockouts.check(key(1), start + 2s));
    CHECK(lockouts.is_anyone_locked());
    CHECK(lockouts.take_ended(start + 59s).empty());
    const auto ended = lockouts.take_ended(start + 60s);
    REQUIRE(ended.size() == 1);
    CHECK(ended[0].key == key(1));
    CHECK(ended[0].number == first);
    CHECK(ended[0].refused == 5);
    CHECK(lockouts.take_ended(start + 61s).front().number == second);
    CHECK(lockouts.take_ended(start + 1h).empty());
    CHECK_FALSE(lockouts.is_anyone_locked());
}

TEST_CASE("A flood from many addresses neither takes more memory nor frees who is locked out",
          "[handlers][lockouts]") {
    Lockouts lockouts({.failures = 10, .window = 10s, .duration = 60s, .capacity = capacity});
    for (std::uint64_t i = 0; i < 50; ++i) CHECK(fail(lockouts, key(i), 10, start));
    for (std::uint64_t i = 50; i < 100; ++i) CHECK_FALSE(fail(lockouts, key(i), 9, start));
    // A hundred times what there is room for.
    for (std::uint64_t i = 1000; i < 1000 + 100 * capacity; ++i) {
        lockouts.count(key(i), start + 1s);
    }
    for (std::uint64_t i = 0; i < 50; ++i) CHECK(lockouts.check(key(i), start + 2s));
    // Nor are those forgotten who are close to it.
    for (std::uint64_t i = 50; i < 100; ++i) CHECK(fail(lockouts, key(i), 1, start + 2s));
}

TEST_CASE("With all places locked out, the oldest lock-outs end early", "[handlers][lockouts]") {
    Lockouts lockouts({.failures = 1, .window = 10s, .duration = 60s, .capacity = capacity});
    for (std::uint64_t i = 0; i < 3 * capacity; ++i) {
        CHECK(fail(lockouts, key(i), 1, start + i * 1us));
    }
    CHECK(lockouts.take_ended(start + 1s).size() == 2 * capacity);
    CHECK(lockouts.check(key(3 * capacity - 1), start + 1s));
    CHECK_FALSE(lockouts.check(key(0), start + 1s));
    CHECK(lockouts.take_ended(start + 61s).size() == capacity);
}

TEST_CASE("Lock-outs are counted right by many threads", "[handlers][lockouts]") {
    constexpr int failures = 1000;
    Lockouts lockouts({.failures = failures, .window = 10s, .duration = 60s, .capacity = capacity});
    std::atomic<int> began{0};
    std::vector<std::thread> threads;
    for (int i = 0; i < 4; ++i) {
        threads.emplace_back([&] {
            for (int call = 0; call < failures; ++call) {
                if (lockouts.count(key(1), start)) ++began;
                (void)lockouts.check(key(1), start);
                (void)lockouts.take_ended(start);
            }
        });
    }
    for (std::thread& thread : threads) thread.join();
    CHECK(began == 1);
    CHECK(lockouts.check(key(1), start));
}
