#include "store/wal_vfs.hpp"

#include <sqlite3.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <cstddef>
#include <optional>

#include "support/fault_vfs.hpp"
#include "unit/store/store_support.hpp"

using namespace customercare;
using store::Database;
using store::Transaction;
using test::Fault;
using test::FaultVfs;

namespace {

constexpr std::chrono::milliseconds short_time{20};

/// Commits as the store does, where the connection is the server's.
void commit(Database& database, Database::Access access, const std::string& sql) {
    Transaction transaction(database);
    database.execute(sql.c_str());
    if (access == Database::Access::server) {
        transaction.commit_unsynced();
    } else {
        transaction.commit();
    }
}

std::string insert_bytes(int count) {
    return "INSERT INTO t (x) VALUES (randomblob(" + std::to_string(count) + "))";
}

/// Commits of all sizes, on a connection of that kind; its WAL as the kernel has it in the end.
std::string write_wal(Database::Access access) {
    const test::StoreDirectory directory;
    Database database(directory.database(), access, short_time);
    database.execute("PRAGMA cache_size = 20");  // More is written before its COMMIT.
    database.execute("CREATE TABLE t (id INTEGER PRIMARY KEY, x)");
    const auto change = [&](const std::string& sql) { commit(database, access, sql); };
    change(insert_bytes(10));
    change(insert_bytes(70'000));
    change(insert_bytes(131'072));
    change(insert_bytes(600'000));
    change(insert_bytes(3'000'000));
    change("UPDATE t SET x = randomblob(60000); UPDATE t SET x = randomblob(length(x))");
    {
        const Transaction rolled_back(database);
        database.execute(insert_bytes(500'000).c_str());
    }
    change(insert_bytes(10));
    // A WAL that begins anew.
    database.execute("PRAGMA wal_checkpoint(PASSIVE)");
    change(insert_bytes(70'000));
    change(insert_bytes(10));
    database.execute("PRAGMA integrity_check");
    return test::read_file(directory.database() + "-wal");
}

/// A server's connection to a database with table t, on storage that can fail.
struct Fixture {
    FaultVfs vfs;
    test::StoreDirectory directory;
    std::string path = directory.database();
    std::optional<Database> database;
    int copies = 0;

    Fixture() {
        database.emplace(path, Database::Access::server, short_time);
        database->execute("CREATE TABLE t (id INTEGER PRIMARY KEY, x)");
    }

    void commit(const std::string& sql) { ::commit(*database, Database::Access::server, sql); }
    [[nodiscard]] bool fails_to_commit(const std::string& sql) {
        return !test::error_of([&] { commit(sql); }, model::ErrorCode::storage).empty();
    }

    /// The ids of the rows that would be there if the machine stopped now; "none" if none are.
    std::string ids_after_power_cut() {
        const std::string copy = directory.file("copy" + std::to_string(++copies) + ".db");
        for (const char* suffix : {"", "-wal"}) {
            vfs.copy_after_power_cut(path + suffix, copy + suffix);
        }
        CHECK(test::query(copy, "PRAGMA integrity_check") == "ok");
        return test::query(copy, "SELECT group_concat(id) FROM t");
    }
};

}  // namespace

TEST_CASE("The server's connection writes the WAL that SQLite alone would write", "[store][wal]") {
    sqlite3_initialize();
    // From the same random numbers, those in the WAL's header among them.
    unsigned char seeded = 0;
    sqlite3_randomness(sizeof seeded, &seeded);
    sqlite3_test_control(SQLITE_TESTCTRL_PRNG_SAVE);
    const std::string expected = write_wal(Database::Access::read_write);
    sqlite3_test_control(SQLITE_TESTCTRL_PRNG_RESTORE);
    const std::string found = write_wal(Database::Access::server);
    CHECK(found.size() > 4'000'000);
    CHECK(found.size() == expected.size());
    const auto difference = std::ranges::mismatch(found, expected).in1 - found.begin();
    CHECK(difference == static_cast<std::ptrdiff_t>(expected.size()));
}

TEST_CASE_METHOD(Fixture, "What was committed is on disk after the next sync", "[store][wal]") {
    commit("INSERT INTO t VALUES (1, 'a')");
    commit("INSERT INTO t VALUES (2, randomblob(300000))");
    CHECK(test::query(path, "SELECT group_concat(id) FROM t") == "1,2");
    CHECK(ids_after_power_cut() == "NULL");
    CHECK(database->sync());
    CHECK(ids_after_power_cut() == "1,2");
}

TEST_CASE_METHOD(Fixture, "A commit too large to be kept is on disk at once", "[store][wal]") {
    commit("INSERT INTO t VALUES (1, randomblob(5000000))");
    CHECK(ids_after_power_cut() == "1");
}

TEST_CASE_METHOD(Fixture, "Commits whose sync failed come to disk by a later one", "[store][wal]") {
    commit("INSERT INTO t VALUES (1, 'a')");
    vfs.fail(Fault::sync, 1);
    CHECK_FALSE(database->sync());
    CHECK_FALSE(database->sync());
    CHECK(fails_to_commit("INSERT INTO t VALUES (2, 'b')"));
    vfs.heal();
    SECTION("of its own") { CHECK(database->sync()); }
    SECTION("of a commit") { commit("INSERT INTO t VALUES (2, 'b')"); }
    SECTION("of a checkpoint") { database->execute("PRAGMA wal_checkpoint(TRUNCATE)"); }
    SECTION("of the connection's end") { database.reset(); }
    CHECK_THAT(ids_after_power_cut(), Catch::Matchers::StartsWith("1"));
}

TEST_CASE_METHOD(Fixture, "A sync that failed takes with it what a transaction had written before",
                 "[store][wal]") {
    commit("INSERT INTO t VALUES (1, 'a')");
    database->execute("PRAGMA cache_size = 20");
    bool is_committed = true;
    {
        Transaction transaction(*database);
        database->execute("INSERT INTO t VALUES (2, randomblob(500000))");
        vfs.fail(Fault::sync, 1, 1);
        CHECK_FALSE(database->sync());
        is_committed =
            test::error_of([&] { transaction.commit_unsynced(); }, model::ErrorCode::storage)
                .empty();
    }
    CHECK_FALSE(is_committed);
    CHECK(ids_after_power_cut() == "1");
    commit("INSERT INTO t VALUES (3, 'c')");
    CHECK(database->sync());
    CHECK(ids_after_power_cut() == "1,3");
}

TEST_CASE_METHOD(Fixture, "Nothing of a commit that failed is written later", "[store][wal]") {
    commit("INSERT INTO t VALUES (1, 'a')");
    CHECK(database->sync());
    const auto fault = GENERATE(Fault::write, Fault::short_write, Fault::disk_full);
    vfs.fail(fault, 2);
    CHECK(fails_to_commit("INSERT INTO t VALUES (2, randomblob(2000000))"));
    vfs.heal();
    // Another process writes its commit where ours would have been.
    test::open_beside(path).execute("INSERT INTO t VALUES (3, randomblob(100000))");
    commit("INSERT INTO t VALUES (4, 'd')");
    CHECK(database->sync());
    CHECK(test::query(path, "SELECT group_concat(id) FROM t") == "1,3,4");
    CHECK(test::query(path, "PRAGMA integrity_check") == "ok");
    CHECK(ids_after_power_cut() == "1,3,4");
}
