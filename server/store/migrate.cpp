#include "store/migrate.hpp"

#include <sqlite3.h>

#include <migrations.hpp>
#include <string>

#include "model/date_time.hpp"
#include "model/error.hpp"

namespace customercare::store {

namespace {

constexpr int newest_version = db::migrations.back().version;

/// The last migration applied; 0 for a new database.
int version_of(Database& database) {
    Statement find_table = database.prepare(
        "SELECT count(*) FROM sqlite_schema WHERE type = 'table' AND name = 'schema_migration'");
    find_table.step();
    if (find_table.read<std::int64_t>() == 0) return 0;
    Statement find_version =
        database.prepare("SELECT coalesce(max(version), 0) FROM schema_migration");
    find_version.step();
    return find_version.read<std::int32_t>();
}

[[noreturn]] void refuse(Database& database, int version, const std::string& remedy) {
    throw model::ServiceError(
        model::ErrorCode::storage,
        std::string("database ") + sqlite3_db_filename(database.handle(), "main") +
            ": it is of version " + std::to_string(version) + ", this program of version " +
            std::to_string(newest_version) + "; " + remedy);
}

void refuse_newer(Database& database, int version) {
    if (version > newest_version) refuse(database, version, "use a newer program");
}

void apply(Database& database, const db::Migration& migration) {
    Transaction transaction(database);
    database.execute(
        "CREATE TABLE IF NOT EXISTS schema_migration ("
        "version INTEGER PRIMARY KEY, name TEXT NOT NULL, applied_at TEXT NOT NULL) STRICT");
    database.execute(std::string(migration.sql).c_str());
    database.prepare("INSERT INTO schema_migration (version, name, applied_at) VALUES (?, ?, ?)")
        .bind(std::int64_t{migration.version})
        .bind(migration.name)
        .bind_copy(model::utc_text(model::system_now()))
        .run();
    transaction.commit();
}

}  // namespace

Database open_migrated(const std::string& path, Database::Access access,
                       std::chrono::milliseconds busy_timeout, LockFile& lock) {
    // Two that create or migrate a database at once would meet where SQLite does not wait.
    const CheckpointLock no_checkpoint(lock, busy_timeout);
    Database database(path, access, busy_timeout);
    const int version = version_of(database);
    refuse_newer(database, version);
    for (const db::Migration& migration : db::migrations) {
        if (migration.version > version) apply(database, migration);
    }
    return database;
}

Database open_read_only(const std::string& path, std::chrono::milliseconds busy_timeout) {
    Database database(path, Database::Access::read_only, busy_timeout);
    const int version = version_of(database);
    refuse_newer(database, version);
    if (version < newest_version) refuse(database, version, "start the server once to migrate it");
    return database;
}

}  // namespace customercare::store
