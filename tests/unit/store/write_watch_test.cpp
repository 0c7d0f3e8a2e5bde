#include "store/write_watch.hpp"

#include <atomic>
#include <catch2/catch.hpp>
#include <filesystem>
#include <functional>
#include <thread>

#include "unit/store/store_support.hpp"

namespace customercare::store {
namespace {

using Catch::Contains;
using std::chrono::milliseconds;

void wait_until(const std::function<bool()>& is_so) {
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::minutes(1);
    while (!is_so()) {
        REQUIRE(std::chrono::steady_clock::now() < deadline);
        std::this_thread::sleep_for(milliseconds(5));
    }
}

struct Fixture {
    test::StoreDirectory directory;
    Keys keys{directory.key_file()};
    Options options{.path = directory.database(),
                    .busy_timeout = milliseconds(20),
                    .probe_interval = milliseconds(100)};
};

}  // namespace

TEST_CASE("A trial is due while writing fails, and when asked after a long time",
          "[store][write_watch]") {
    WriteWatch eager{milliseconds(0)};
    CHECK_FALSE(eager.is_trial_due());  // Nobody has asked.
    CHECK_FALSE(eager.find_error());
    CHECK(eager.is_trial_due());
    eager.tried(std::nullopt);
    CHECK_FALSE(eager.is_trial_due());

    WriteWatch patient{std::chrono::hours(1)};
    CHECK_FALSE(patient.find_error());
    CHECK_FALSE(patient.is_trial_due());
    patient.failed("disk full");
    CHECK(patient.find_error() == "disk full");
    wait_until([&] { return patient.is_trial_due(); });
    patient.synced(milliseconds(1));
    CHECK_FALSE(patient.find_error());
}

TEST_CASE_METHOD(Fixture, "A store that cannot write is found out, and found well again, unasked",
                 "[store][write_watch]") {
    CallLogStore store(options, keys);
    CHECK_FALSE(store.find_write_error());
    {
        Database other = test::open_beside(options.path);
        other.execute("BEGIN IMMEDIATE");
        wait_until([&] { return store.find_write_error().has_value(); });
        CHECK_THAT(*store.find_write_error(), Contains("locked"));
        other.execute("ROLLBACK");
    }
    wait_until([&] { return !store.find_write_error(); });
}

TEST_CASE_METHOD(Fixture, "A trial really writes", "[store][write_watch]") {
    CallLogStore store(options, keys);
    const auto wal_time = [&] { return std::filesystem::last_write_time(options.path + "-wal"); };
    const auto before = wal_time();
    wait_until([&] {
        static_cast<void>(store.find_write_error());
        return wal_time() != before;
    });
    CHECK(test::query(options.path, "PRAGMA user_version") == "0");
}

TEST_CASE_METHOD(Fixture, "An observer is told of batches, and of those that failed",
                 "[store][write_watch]") {
    std::atomic<std::size_t> records{0};
    std::atomic<int> synced{0};
    std::atomic<int> failed{0};
    CallLogStore store(options, keys);
    store.observe({.committed = [&](std::size_t count, auto) { records += count; },
                   .synced = [&](auto) { ++synced; },
                   .failed = [&] { ++failed; }});
    CHECK(test::append(store, test::make_record("m1")).get().status == AppendStatus::stored);
    CHECK(records == 1);
    wait_until([&] { return synced == 1; });
    CHECK(failed == 0);
    Database other = test::open_beside(options.path);
    other.execute("BEGIN IMMEDIATE");
    CHECK(test::append(store, test::make_record("m2")).get().status == AppendStatus::failed);
    CHECK(failed == 1);
    CHECK(records == 1);
}

}  // namespace customercare::store
