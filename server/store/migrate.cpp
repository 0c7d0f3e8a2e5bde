#include "store/migrate.hpp"

#include <sqlite3.h>

#include <cstddef>
#include <migrations.hpp>
#include <string>

#include "model/date_time.hpp"
#include "model/error.hpp"
#include "store/message_key.hpp"

namespace customercare::store {

namespace {

[[noreturn]] void refuse(Database& database, const std::string& why) {
    throw model::ServiceError(
        model::ErrorCode::storage,
        std::string("database ") + sqlite3_db_filename(database.handle(), "main") + ": " + why);
}

[[noreturn]] void refuse(Database& database, int version, const std::string& remedy) {
    refuse(database, "it is of version " + std::to_string(version) + ", this program of version " +
                         std::to_string(newest_schema_version) + "; " + remedy);
}

void refuse_newer(Database& database, int version) {
    if (version > newest_schema_version) refuse(database, version, "use a newer program");
}

/// A commit that a crash or a failing disk cut short at its sync counts from now on if it can be
/// read from the WAL, on disk or not. So it is brought into the database before anyone is told that
/// it is stored; and then an empty WAL to disk, since an older one would undo it after a power cut.
void settle_wal(Database& database, std::chrono::milliseconds busy_timeout) {
    sqlite3_busy_timeout(database.handle(), 0);  // What others are still reading stays in the WAL.
    const int result = sqlite3_wal_checkpoint_v2(database.handle(), nullptr,
                                                 SQLITE_CHECKPOINT_TRUNCATE, nullptr, nullptr);
    if (result != SQLITE_OK && result != SQLITE_BUSY) throw_database_error(database.handle());
    sqlite3_busy_timeout(database.handle(), static_cast<int>(busy_timeout.count()));

    sqlite3_file* wal = nullptr;
    sqlite3_file_control(database.handle(), "main", SQLITE_FCNTL_JOURNAL_POINTER, &wal);
    if (wal->pMethods == nullptr) refuse(database, "it can't be put into WAL mode");
    if (wal->pMethods->xSync(wal, SQLITE_SYNC_NORMAL) != SQLITE_OK) {
        throw_database_error(database.handle());
    }
}

/// message_key() in SQL.
void define_message_key(Database& database) {
    const auto function = [](sqlite3_context* context, int, sqlite3_value** arguments) {
        const auto* text = reinterpret_cast<const char*>(sqlite3_value_text(arguments[0]));
        const auto size = static_cast<std::size_t>(sqlite3_value_bytes(arguments[0]));
        const auto key = message_key({text, size});
        key ? sqlite3_result_int64(context, *key) : sqlite3_result_null(context);
    };
    const int result = sqlite3_create_function(database.handle(), "message_key", 1, SQLITE_UTF8,
                                               nullptr, function, nullptr, nullptr);
    if (result != SQLITE_OK) throw_database_error(database.handle());
}

/// All in one transaction: should one fail, the database stays as the former program knows it.
void apply_all_after(Database& database, int version) {
    define_message_key(database);
    Transaction transaction(database);
    database.execute(
        "CREATE TABLE IF NOT EXISTS schema_migration ("
        "version INTEGER PRIMARY KEY, name TEXT NOT NULL, applied_at TEXT NOT NULL) STRICT");
    Statement record = database.prepare(
        "INSERT INTO schema_migration (version, name, applied_at) VALUES (?, ?, ?)");
    for (const db::Migration& migration : db::migrations) {
        if (migration.version <= version) continue;
        database.execute(std::string(migration.sql).c_str());
        record.bind(std::int64_t{migration.version})
            .bind(migration.name)
            .bind_copy(model::utc_text(model::system_now()))
            .run();
    }
    transaction.commit();
}

}  // namespace

const int newest_schema_version = db::migrations.back().version;

int schema_version(Database& database) {
    Statement find_table = database.prepare(
        "SELECT count(*) FROM sqlite_schema WHERE type = 'table' AND name = 'schema_migration'");
    find_table.step();
    if (find_table.read<std::int64_t>() == 0) return 0;
    Statement find_version =
        database.prepare("SELECT coalesce(max(version), 0) FROM schema_migration");
    find_version.step();
    return find_version.read<std::int32_t>();
}

Database open_migrated(const std::string& path, Database::Access access,
                       std::chrono::milliseconds busy_timeout, LockFile& lock) {
    // Two that create or migrate a database at once would meet where SQLite does not wait.
    const CheckpointLock no_checkpoint(lock, busy_timeout);
    Database database(path, access, busy_timeout);
    const int version = schema_version(database);
    refuse_newer(database, version);
    if (access == Database::Access::server) settle_wal(database, busy_timeout);
    if (version == newest_schema_version) return database;
    apply_all_after(database, version);
    // Which may have written the whole database to the WAL.
    if (access == Database::Access::server && version > 0) settle_wal(database, busy_timeout);
    return database;
}

Database open_read_only(const std::string& path, std::chrono::milliseconds busy_timeout) {
    Database database(path, Database::Access::read_only, busy_timeout);
    const int version = schema_version(database);
    refuse_newer(database, version);
    if (version < newest_schema_version)
        refuse(database, version, "start the server once to migrate it");
    return database;
}

}  // namespace customercare::store
