#include "store/checkpointer.hpp"

#include <catch2/catch.hpp>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <future>
#include <optional>
#include <string>

#include "support/fault_vfs.hpp"
#include "unit/store/store_support.hpp"

using namespace customercare;
using model::ErrorCode;
using store::Checkpointer;
using store::CheckpointNews;
using store::Database;
using test::Fault;
using test::FaultVfs;

namespace {

constexpr std::uintmax_t page_bytes = 4096;

bool begin_at_once() { return true; }
void end_silently(const CheckpointNews&) {}

/// A database of one table whose rows are still in the WAL.
struct Fixture {
    FaultVfs vfs;
    test::StoreDirectory directory;
    std::string path = directory.database();
    Database database{path, Database::Access::server, std::chrono::milliseconds(20)};
    CheckpointNews news;  // Of the latest one.

    Fixture() { database.execute("CREATE TABLE t (x)"); }

    void commit_pages(int count) {
        const std::string bytes = std::to_string(static_cast<int>(page_bytes) * count);
        database.execute(("INSERT INTO t VALUES (randomblob(" + bytes + "))").c_str());
    }
    /// Commits 10 pages, and 20 more, which a checkpoint has to leave while the reader lives.
    std::optional<Database> commit_around_reader() {
        commit_pages(10);
        std::optional<Database> reader(test::open_beside(path));
        reader->execute("BEGIN; SELECT count(*) FROM t");
        commit_pages(20);
        return reader;
    }
    /// Notes what came of each checkpoint in `news`.
    auto note() {
        return [this](const CheckpointNews& latest) { news = latest; };
    }
    [[nodiscard]] std::uintmax_t pages() const {
        return std::filesystem::file_size(path) / page_bytes;
    }
    [[nodiscard]] std::uintmax_t wal_bytes() const {
        return std::filesystem::file_size(path + "-wal");
    }
    /// The database, if the machine stopped now.
    [[nodiscard]] std::string copy_after_power_cut() {
        std::string copy = directory.file("copy.db");
        for (const char* suffix : {"-wal", ""}) {
            vfs.copy_after_power_cut(path + suffix, copy + suffix);
        }
        return copy;
    }
    void check_after_power_cut(int pages_committed) {
        const std::string copy = copy_after_power_cut();
        CHECK(test::query(copy, "PRAGMA integrity_check") == "ok");
        CHECK(test::query(copy, "SELECT sum(length(x)) FROM t") ==
              std::to_string(pages_committed * page_bytes));
    }
};

void run_one(Checkpointer& checkpointer) {
    checkpointer.start();
    checkpointer.wait_until_idle();
}

}  // namespace

TEST_CASE_METHOD(Fixture, "Commits go on during a checkpoint, and the WAL with them", "[store]") {
    std::promise<void> has_begun;
    std::promise<void> may_go_on;
    int ended = 0;
    commit_pages(10);
    Checkpointer checkpointer(
        path,
        [&] {
            has_begun.set_value();
            may_go_on.get_future().wait();
            return true;
        },
        [&](const CheckpointNews& latest) {
            CHECK(latest == "");
            ++ended;
        });
    CHECK(checkpointer.is_idle());
    checkpointer.start();
    has_begun.get_future().wait();
    CHECK_FALSE(checkpointer.is_idle());
    const auto wal_before = wal_bytes();
    commit_pages(20);
    CHECK(wal_bytes() > wal_before);
    CHECK(pages() < 10);

    may_go_on.set_value();
    checkpointer.wait_until_idle();
    CHECK(checkpointer.is_idle());
    CHECK(ended == 1);
    CHECK(pages() > 30);
    CHECK(test::query(path, "SELECT sum(length(x)) FROM t") == std::to_string(30 * page_bytes));

    // Nothing is left, so that the next commit begins it anew.
    const auto wal_after = wal_bytes();
    commit_pages(10);
    CHECK(wal_bytes() == wal_after);
}

TEST_CASE_METHOD(Fixture, "What a checkpoint writes is brought to disk a little at a time",
                 "[store]") {
    Checkpointer checkpointer(path, begin_at_once, end_silently);
    commit_pages(300);
    // The first brings the WAL to disk.
    vfs.fail(Fault::sync, 4, 1);
    run_one(checkpointer);
    REQUIRE(vfs.has_failed());
    const auto pages_on_disk = std::filesystem::file_size(copy_after_power_cut()) / page_bytes;
    CHECK(pages_on_disk > 100);
    CHECK(pages_on_disk < 200);
}

TEST_CASE_METHOD(Fixture, "What a checkpoint could not bring to disk the next one does",
                 "[store]") {
    Checkpointer checkpointer(path, begin_at_once, note());
    std::optional<Database> reader = commit_around_reader();
    const bool is_partial = GENERATE(true, false);
    if (!is_partial) reader.reset();

    // SQLite then takes the pages for moved, whether they are on disk or not.
    vfs.fail(Fault::sync, 2, 1);
    run_one(checkpointer);
    REQUIRE(vfs.has_failed());
    REQUIRE(news);
    CHECK_THAT(*news, Catch::Matchers::Contains("I/O error"));
    reader.reset();
    SECTION("and the WAL begins anew") {
        run_one(checkpointer);
        CHECK(news == "");
        const auto wal_before = wal_bytes();
        commit_pages(5);
        CHECK(wal_bytes() == wal_before);
        check_after_power_cut(35);
    }
    SECTION("or another connection, once it may") {
        CHECK(checkpointer.sync());
        // It is told of the failed sync, too.
        CHECK_THROWS_AS(database.execute("PRAGMA wal_checkpoint(TRUNCATE)"), model::ServiceError);
        database.execute("PRAGMA wal_checkpoint(TRUNCATE)");
        CHECK(wal_bytes() == 0);
        check_after_power_cut(30);
    }
}

TEST_CASE_METHOD(Fixture, "A checkpoint that has to leave some of the WAL is no news", "[store]") {
    Checkpointer checkpointer(path, begin_at_once, note());
    std::optional<Database> reader = commit_around_reader();
    news = "?";
    run_one(checkpointer);
    CHECK_FALSE(news);
    reader.reset();
    run_one(checkpointer);
    CHECK(news == "");
}

TEST_CASE_METHOD(Fixture, "A checkpointer knows what it can't bring to disk", "[store]") {
    Checkpointer checkpointer(path, begin_at_once, end_silently);
    CHECK(checkpointer.sync());
    const test::Fault fault = GENERATE(Fault::sync, Fault::write);
    commit_pages(100);
    vfs.fail(Fault::sync, 2);
    run_one(checkpointer);
    vfs.fail(fault, 1);
    CHECK_FALSE(checkpointer.sync());
    vfs.heal();
    CHECK(checkpointer.sync());
    commit_pages(1);
    run_one(checkpointer);
    check_after_power_cut(101);
}

TEST_CASE_METHOD(Fixture, "A checkpoint that may not begin moves nothing", "[store]") {
    int ended = 0;
    Checkpointer checkpointer(
        path, [] { return false; },
        [&](const CheckpointNews& latest) {
            CHECK_FALSE(latest);
            ++ended;
        });
    commit_pages(10);
    run_one(checkpointer);
    CHECK(ended == 1);
    CHECK(pages() < 10);
}

TEST_CASE_METHOD(Fixture, "A checkpointer waits for its checkpoint at its end", "[store]") {
    commit_pages(10);
    {
        Checkpointer checkpointer(path, begin_at_once, end_silently);
        checkpointer.start();
    }
    CHECK(pages() > 10);
}

TEST_CASE("A checkpointer says which database it can't open", "[store]") {
    const test::StoreDirectory directory;
    CHECK_THAT(
        test::error_of(
            [&] { const Checkpointer none(directory.database(), begin_at_once, end_silently); },
            ErrorCode::storage),
        Catch::Matchers::Contains(directory.database()));
}
