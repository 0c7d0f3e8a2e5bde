#include "store/disk_space.hpp"

#include <catch2/catch.hpp>

#include "unit/store/store_support.hpp"

using namespace customercare;
using State = store::DiskSpace::State;

TEST_CASE("A disk is told of where it changes, with an eighth to spare on the way back",
          "[store]") {
    std::optional<std::uint64_t> free = 1000;
    store::DiskWatch watch({.warn_bytes = 800, .min_bytes = 80}, [&] { return free; });
    const auto look = [&](std::optional<std::uint64_t> bytes) {
        free = bytes;
        return watch.look();
    };
    CHECK(watch.now().state == State::enough);
    CHECK_FALSE(look(800));
    CHECK(look(799));
    CHECK(watch.now().state == State::low);
    CHECK(watch.now().free_bytes == 799);
    CHECK_FALSE(look(80));
    CHECK(look(79));
    CHECK(watch.now().state == State::full);
    CHECK_FALSE(look(89));
    CHECK(look(90));
    CHECK(watch.now().state == State::low);
    CHECK_FALSE(look(899));
    CHECK(look(0));
    CHECK_FALSE(look(std::nullopt));  // The system can't tell.
    CHECK(watch.now().state == State::full);
    CHECK(look(900));
    CHECK(watch.now().state == State::enough);

    watch.change_limits({.warn_bytes = 0, .min_bytes = 0});
    CHECK_FALSE(look(0));
    watch.change_limits({.warn_bytes = 0, .min_bytes = 1});
    CHECK(look(0));
    CHECK(watch.now().state == State::full);
}

TEST_CASE("A disk that is nearly full refuses what is to be stored, without a word to SQLite",
          "[store]") {
    const test::StoreDirectory directory;
    const store::Keys keys(directory.key_file());
    store::Options options{.path = directory.database()};
    options.free_space = {.warn_bytes = 0, .min_bytes = UINT64_MAX / 16};
    store::CallLogStore call_logs(options, keys);
    std::vector<State> told;
    call_logs.on_disk_space_change(
        [&](const store::DiskSpace& disk) { told.push_back(disk.state); });
    CHECK(told == std::vector<State>{State::full});
    CHECK_THAT(test::error_of([&] { (void)test::append(call_logs, test::make_record("m1")); },
                              model::ErrorCode::no_space),
               Catch::Contains("store.min_free_bytes") && !Catch::Contains(directory.database()));
    CHECK(call_logs.disk_space().state == State::full);
}

TEST_CASE("The disk of a file that is not there yet is that of its folder", "[store]") {
    const test::StoreDirectory directory;
    CHECK(store::free_bytes_of(directory.file("not-there")) > 0U);
    CHECK(store::free_bytes_of("not-there") > 0U);
    CHECK_FALSE(store::free_bytes_of(directory.file("no/folder")));
}
