#include "store/key_rotation.hpp"

#include <sys/stat.h>

#include <atomic>
#include <catch2/catch.hpp>
#include <thread>

#include "store/call_log_reader.hpp"
#include "store/key_file.hpp"
#include "unit/store/store_support.hpp"

using namespace customercare;
using Catch::Matchers::Contains;
using model::ErrorCode;
using model::Sensitive;
using store::Keys;
using test::append;

namespace {

const auto no_progress = [](std::size_t) {};

// As an earlier version of the program made it; the key is that of 32 bytes 0x11.
const std::string old_key_file = "id 0102030405060708\nkey " + std::string(64, '1') + "\n";

store::NewCallLog sealed_record(const std::string& id) {
    store::NewCallLog record = test::make_record(id);
    record.call_log.requestor.emplace().ssn.emplace("ssn of " + id);
    record.call_log.open_content = {
        {"CustomerCallLog/Requestor/DriverLicense[1]", "<a>1 of " + id + "</a>"},
        {"CustomerCallLog/Requestor/DriverLicense[2]", "<a>2 of " + id + "</a>"}};
    return record;
}

struct Fixture {
    test::StoreDirectory directory;
    Fixture() { test::write_file(directory.key_file(), old_key_file), chmod_key(); }

    void chmod_key() const { chmod(directory.key_file().c_str(), 0600); }
    [[nodiscard]] store::Options options() const { return {.path = directory.database()}; }

    void fill(int count) const {
        const Keys keys(directory.key_file());
        store::CallLogStore store(options(), keys);
        for (int i = 0; i < count; ++i) append(store, sealed_record("m" + std::to_string(i)));
    }
    [[nodiscard]] store::RotationResult rotate(const store::RotationOptions& options = {}) const {
        return store::rotate_keys(directory.database(), directory.key_file(), options, no_progress);
    }
    [[nodiscard]] std::string key_file() const { return test::read_file(directory.key_file()); }
    /// Number of call logs; all that is sealed is read, and must be what was sent.
    [[nodiscard]] int check_all(const Keys& keys) const {
        int count = 0;
        store::CallLogReader reader(directory.database(), &keys);
        reader.for_each({}, [&](const store::StoredCallLog& stored) {
            const std::string id = *stored.call_log.message_id;
            CHECK(stored.call_log.requestor->ssn->reveal() == "ssn of " + id);
            CHECK(stored.call_log.open_content.at(1).xml == "<a>2 of " + id + "</a>");
            ++count;
        });
        return count;
    }
    [[nodiscard]] int check_all() const { return check_all(Keys(directory.key_file())); }
};

}  // namespace

TEST_CASE_METHOD(Fixture, "After a change of the key all is readable, with the new key alone",
                 "[store][rotation]") {
    fill(250);
    const Keys old_keys(directory.key_file());
    const auto old_hash = old_keys.hash_token(Sensitive("token"));
    const std::string old_value = old_keys.seal("x", "c");

    const auto result = rotate();
    CHECK(result.resealed == 750);
    CHECK(result.is_complete);
    CHECK_FALSE(result.was_resumed);
    CHECK(check_all() == 250);
    CHECK(test::permissions_of(directory.key_file()) == 0600);
    CHECK_THAT(key_file(), !Contains("0102030405060708") && !Contains(std::string(64, '1')) &&
                               Contains("current ") && !Contains("former "));
    const Keys keys(directory.key_file());
    CHECK(keys.hash_token(Sensitive("token")) == old_hash);
    CHECK_THAT(test::error_of([&] { (void)keys.open(old_value, "c"); }, ErrorCode::storage),
               Contains("another key file"));

    const auto events = store::list_audit_events(directory.database(), {.event = "rotate-key"});
    REQUIRE(events.size() == 3);
    CHECK(events[0].detail == "state=begun");
    CHECK(events[2].detail == "state=done resealed=750 former=removed");

    const std::string first = key_file();
    CHECK(rotate().resealed == 750);
    CHECK(key_file() != first);
    CHECK(check_all() == 250);
}

TEST_CASE_METHOD(Fixture, "Former keys can be kept for old copies", "[store][rotation]") {
    fill(1);
    const std::string old_value = Keys(directory.key_file()).seal("x", "c");
    CHECK(rotate({.keep_old = true}).resealed == 3);
    CHECK(Keys(directory.key_file()).open(old_value, "c").reveal() == "x");
    CHECK(rotate({.keep_old = true}).resealed == 3);
    CHECK(Keys(directory.key_file()).open(old_value, "c").reveal() == "x");
    CHECK_FALSE(rotate().was_resumed);
    CHECK_THAT(key_file(), !Contains("kept "));
}

TEST_CASE_METHOD(Fixture, "A change of the key that was cut short goes on where it was",
                 "[store][rotation]") {
    fill(300);
    std::string reached;
    // Ends as a kill would: what is committed is, and the file is as it was then.
    const auto cut_short = [&](std::size_t done) {
        if (done > 300) throw std::runtime_error("cut");
    };
    CHECK_THROWS(store::rotate_keys(directory.database(), directory.key_file(), {}, cut_short));
    const std::string between = key_file();
    CHECK_THAT(between, Contains("former 0102030405060708 "));
    CHECK(check_all() == 300);
    const Keys both(directory.key_file());
    test::write_file(directory.key_file() + ".new", "left by a crash");

    const auto result = rotate();
    CHECK(result.was_resumed);
    CHECK(result.resealed < 900);
    CHECK(result.resealed > 0);
    CHECK(check_all() == 300);
    CHECK(Keys(directory.key_file()).current_id() == both.current_id());
    CHECK_THAT(key_file(), !Contains("former "));
    CHECK_FALSE(std::filesystem::exists(directory.key_file() + ".new"));
}

TEST_CASE_METHOD(Fixture, "A running server takes the new key over, and seals with it",
                 "[store][rotation]") {
    const Keys keys(directory.key_file());
    store::CallLogStore store(options(), keys);
    store::KeyFollower follower(keys, directory.database());
    store.on_external_change([&] { follower.follow(); });
    std::atomic<bool> is_ending{false};
    int sent = 0;
    std::thread client([&] {
        for (; !is_ending; ++sent) append(store, sealed_record("m" + std::to_string(sent))).get();
    });
    while (test::count(directory.database(), "call_log") == "0") std::this_thread::yield();

    const auto result = rotate();
    is_ending = true;
    client.join();
    CHECK(result.is_complete);
    CHECK(keys.current_id() == Keys(directory.key_file()).current_id());
    CHECK(check_all() == sent);
    CHECK(append(store, sealed_record("after")).get().status == store::AppendStatus::stored);
    CHECK(check_all() == sent + 1);
}

TEST_CASE_METHOD(Fixture, "The former key stays until a running server has the new one",
                 "[store][rotation]") {
    const Keys keys(directory.key_file());
    {
        store::CallLogStore store(options(), keys);  // Follows no change.
        REQUIRE(append(store, sealed_record("m0")).get().status == store::AppendStatus::stored);
        CHECK_FALSE(rotate({.server_limit = std::chrono::milliseconds(0)}).is_complete);
        CHECK_THAT(key_file(), Contains("former 0102030405060708 "));
        append(store, sealed_record("m1")).get();  // With the former key.
    }
    CHECK(check_all() == 2);
    const auto result = rotate();
    CHECK(result.was_resumed);
    CHECK(result.is_complete);
    CHECK(result.resealed == 3);
    CHECK_THAT(key_file(), !Contains("former "));
    CHECK(check_all() == 2);
    CHECK(check_all(keys) == 2);  // Who read the file before reads it anew.
}

TEST_CASE_METHOD(Fixture, "One change of the key at a time", "[store][rotation]") {
    fill(1);
    const store::LockFile other(directory.database());
    REQUIRE(other.try_lock(store::LockFile::Byte::key_change));
    CHECK_THAT(test::error_of([&] { (void)rotate(); }, ErrorCode::usage), Contains("another one"));
    CHECK(key_file() == old_key_file);
}

TEST_CASE_METHOD(Fixture, "A key file of another installation is not taken over",
                 "[store][rotation]") {
    const Keys keys(directory.key_file());
    const std::string id = keys.current_id();
    store::create_key_file(directory.file("other"));
    std::filesystem::rename(directory.file("other"), directory.key_file());
    CHECK_THAT(test::error_of([&] { keys.reload(); }, ErrorCode::usage),
               Contains("another installation"));
    CHECK(keys.current_id() == id);
}
