#include "store/restore.hpp"

#include <catch2/catch.hpp>
#include <filesystem>

#include "store/migrate.hpp"
#include "unit/store/store_support.hpp"

using namespace customercare;
using Catch::Matchers::Contains;
using model::ErrorCode;

namespace {

bool go_on(std::uint64_t, std::uint64_t) { return true; }

std::string make_current(const std::string& path) {
    store::LockFile lock(path);
    store::open_migrated(path, store::Database::Access::read_write, std::chrono::seconds(1), lock)
        .execute(
            "INSERT INTO audit_event (at, actor, event, subject, detail)"
            " VALUES ('now', 'me', 'own', '', '')");
    return path;
}

}  // namespace

TEST_CASE("A backup of an older version is restored as one of this program's", "[store]") {
    const test::StoreDirectory directory;
    test::make_former_database(directory.file("backup"), 1);
    {
        store::Restore restore(directory.file("backup"), directory.database());
        restore.copy(go_on);
        CHECK(restore.put_in_place().empty());
    }
    CHECK(test::query(directory.database(), "SELECT max(version) FROM schema_migration") ==
          std::to_string(store::newest_schema_version));
    CHECK(test::query(directory.database(), "SELECT event FROM audit_event") == "restore");
    CHECK(test::query(directory.file("backup"), "SELECT max(version) FROM schema_migration") ==
          "1");
    CHECK(test::permissions_of(directory.database()) == 0600);
}

TEST_CASE("While a restore is under way no server starts; given up, it leaves all as it was",
          "[store]") {
    const test::StoreDirectory directory;
    const store::Keys keys(directory.key_file());
    make_current(directory.database());
    make_current(directory.file("backup"));
    const std::string before = test::read_file(directory.database());
    {
        store::Restore restore(directory.file("backup"), directory.database());
        restore.copy(go_on);
        CHECK_THAT(
            test::error_of([&] { store::CallLogStore({.path = directory.database()}, keys); },
                           ErrorCode::storage),
            Contains("in use by another server"));
    }
    CHECK(test::read_file(directory.database()) == before);
    CHECK(store::CallLogStore({.path = directory.database()}, keys).queue_length() == 0);
}

TEST_CASE("A restore is refused while the database is open elsewhere, or is the backup",
          "[store]") {
    const test::StoreDirectory directory;
    make_current(directory.database());
    make_current(directory.file("backup"));
    const store::Database reader = test::open_beside(directory.database());
    reader.execute("BEGIN; SELECT count(*) FROM call_log");
    {
        store::Restore restore(directory.file("backup"), directory.database());
        restore.copy(go_on);
        CHECK_THAT(test::error_of([&] { (void)restore.put_in_place(); }, ErrorCode::storage),
                   Contains("is open elsewhere"));
    }
    reader.execute("COMMIT");
    CHECK(test::query(directory.database(), "SELECT count(*) FROM audit_event") == "1");
    CHECK_THAT(test::error_of([&] { store::Restore(directory.database(), directory.database()); },
                              ErrorCode::usage),
               Contains("is the database itself"));
}

TEST_CASE("Where a database is a link, what it leads to is replaced", "[store]") {
    const test::StoreDirectory directory;
    std::filesystem::create_directory(directory.file("disk"));
    make_current(directory.file("disk/real"));
    make_current(directory.file("backup"));
    std::filesystem::create_symlink(directory.file("disk/real"), directory.database());
    store::Restore restore(directory.file("backup"), directory.database());
    restore.copy(go_on);
    CHECK_THAT(restore.put_in_place(), Contains("disk/real.before-restore-"));
    CHECK(std::filesystem::is_symlink(directory.database()));
    CHECK(test::query(directory.database(), "SELECT group_concat(event) FROM audit_event") ==
          "own,restore");
}
