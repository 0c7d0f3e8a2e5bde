#include "store/database.hpp"

#include <sqlite3.h>

#include <catch2/catch.hpp>

#include "store/lock_file.hpp"
#include "store/migrate.hpp"
#include "unit/store/store_support.hpp"

using namespace customercare;
using Catch::Matchers::Contains;
using model::ErrorCode;
using store::Database;
using store::LockFile;

namespace {

constexpr std::chrono::milliseconds short_time{20};

Database open_migrated(const std::string& path) {
    LockFile lock(path);
    return store::open_migrated(path, Database::Access::read_write, short_time, lock);
}

std::string refusal(const std::string& path) {
    return test::error_of([&] { open_migrated(path); }, ErrorCode::storage);
}

std::string read_only_refusal(const std::string& path) {
    return test::error_of([&] { (void)store::open_read_only(path, short_time); },
                          ErrorCode::storage);
}

}  // namespace

TEST_CASE("A new database is private, durable and strict", "[store]") {
    const test::StoreDirectory directory;
    Database database = open_migrated(directory.database());
    CHECK(test::permissions_of(directory.database()) == 0600);
    const auto pragma = [&](const char* sql) {
        store::Statement statement = database.prepare(sql);
        statement.step();
        return statement.read<std::string>();
    };
    CHECK(pragma("PRAGMA journal_mode") == "wal");
    CHECK(pragma("PRAGMA synchronous") == "2");
    CHECK(pragma("PRAGMA foreign_keys") == "1");
    CHECK(
        pragma(
            "SELECT group_concat(name) FROM pragma_table_list"
            " WHERE schema = 'main' AND type = 'table' AND name NOT LIKE 'sqlite_%' AND NOT strict")
            .empty());
}

TEST_CASE("Each migration is applied once and recorded with its time", "[store]") {
    const test::StoreDirectory directory;
    open_migrated(directory.database());
    open_migrated(directory.database());
    CHECK(test::query(directory.database(),
                      "SELECT min(version) || (count(*) = max(version)) FROM schema_migration"
                      " WHERE applied_at LIKE '____-__-__T__:__:__.___Z'") == "11");
}

TEST_CASE("A database that is newer than the program is refused", "[store]") {
    const test::StoreDirectory directory;
    open_migrated(directory.database())
        .execute("INSERT INTO schema_migration VALUES (999, 'later', '')");
    for (const std::string& text :
         {refusal(directory.database()), read_only_refusal(directory.database())}) {
        CHECK_THAT(text, Contains(directory.database()) && Contains("version 999") &&
                             Contains("use a newer program"));
    }
}

TEST_CASE("A database that can't be used is refused by name", "[store]") {
    const test::StoreDirectory directory;
    const std::string path = directory.database();
    SECTION("when its directory is missing") {
        CHECK_THAT(refusal(directory.file("missing/calls.db")),
                   Contains("there is no directory " + directory.file("missing")));
    }
    SECTION("when it is no database") {
        test::write_file(path, std::string(4096, 'x'));
        CHECK_THAT(refusal(path), Contains(path) && Contains("not a database"));
    }
    SECTION("when it is a directory") {
        std::filesystem::create_directory(path);
        CHECK_THAT(refusal(path), Contains(path) && Contains("unable to open"));
    }
    SECTION("when it is to be read and is missing") {
        CHECK_THAT(read_only_refusal(path), Contains(path) && Contains("unable to open"));
        CHECK_FALSE(std::filesystem::exists(path));
    }
    SECTION("when it is to be read and was never migrated") {
        test::open_beside(path).execute("CREATE TABLE other (id INTEGER)");
        CHECK_THAT(read_only_refusal(path), Contains("start the server once"));
    }
    SECTION("when another process is busy with it for too long") {
        LockFile other(path);
        const store::CheckpointLock held(other, short_time);
        CHECK_THAT(refusal(path), Contains(path + "-lock") && Contains("too long"));
    }
}

TEST_CASE("A server refuses a database without WAL mode", "[store]") {
    const test::StoreDirectory directory;
    LockFile lock(directory.database());
    sqlite3_vfs* usual = sqlite3_vfs_find(nullptr);
    sqlite3_vfs_register(sqlite3_vfs_find("unix-dotfile"), 1);  // Has no shared memory.
    const std::string text = test::error_of(
        [&] {
            (void)store::open_migrated(directory.database(), Database::Access::server, short_time,
                                       lock);
        },
        ErrorCode::storage);
    sqlite3_vfs_register(usual, 1);
    CHECK_THAT(text, Contains(directory.database()) && Contains("WAL"));
}

TEST_CASE("A transaction that is not committed leaves nothing", "[store]") {
    const test::StoreDirectory directory;
    Database database = test::open_beside(directory.database());
    database.execute("CREATE TABLE number (value INTEGER) STRICT");
    {
        store::Transaction transaction(database);
        database.execute("INSERT INTO number VALUES (1)");
    }
    CHECK(test::count(directory.database(), "number") == "0");
    {
        store::Transaction transaction(database);
        database.execute("INSERT INTO number VALUES (1)");
        transaction.commit();
    }
    CHECK(test::count(directory.database(), "number") == "1");
}

TEST_CASE("A failing statement says what SQLite says, and can be run again", "[store]") {
    const test::StoreDirectory directory;
    Database database = test::open_beside(directory.database());
    database.execute("CREATE TABLE number (value INTEGER PRIMARY KEY) STRICT");
    store::Statement insert = database.prepare("INSERT INTO number VALUES (?)");
    insert.bind(std::int64_t{1}).run();
    CHECK_THAT(test::error_of([&] { insert.bind(std::int64_t{1}).run(); }, ErrorCode::storage),
               Contains(directory.database()) && Contains("UNIQUE constraint failed"));
    insert.bind(std::int64_t{2}).run();
    CHECK(test::count(directory.database(), "number") == "2");
    CHECK_THAT(test::error_of([&] { (void)database.prepare("SELEC"); }, ErrorCode::storage),
               Contains("syntax error"));
}

TEST_CASE("A lock is one holder's, each byte for itself", "[store]") {
    const test::StoreDirectory directory;
    std::filesystem::create_symlink(directory.database(), directory.file("link.db"));
    test::write_file(directory.database(), "");
    LockFile other(directory.file("link.db"));
    {
        LockFile first(directory.database());
        CHECK(first.try_lock(LockFile::Byte::server));
        CHECK_FALSE(other.try_lock(LockFile::Byte::server));
        CHECK(other.try_lock(LockFile::Byte::checkpoint));
        other.unlock(LockFile::Byte::checkpoint);
        CHECK(first.try_lock(LockFile::Byte::checkpoint));
    }
    CHECK(other.try_lock(LockFile::Byte::server));
    CHECK(other.try_lock(LockFile::Byte::checkpoint));
}
