#include "store/database.hpp"

#include <fcntl.h>
#include <sqlite3.h>
#include <unistd.h>

#include <cerrno>
#include <optional>
#include <system_error>

#include "model/error.hpp"

namespace customercare::store {

namespace {

// STRICT tables need SQLite 3.37.
constexpr int oldest_version = 3'037'000;
static_assert(SQLITE_VERSION_NUMBER >= oldest_version);

[[noreturn]] void refuse(const std::string& path, const std::string& why) {
    throw model::ServiceError(model::ErrorCode::storage, "database " + path + ": " + why);
}

/// SQLite would create the file readable by all; its -wal and -shm files take their mode from it.
/// A file that exists is not opened: closing it would drop the locks of our own connections on it.
void create_private_file(const std::string& path) {
    const int file = open(path.c_str(), O_CREAT | O_EXCL | O_RDWR | O_CLOEXEC, 0600);
    if (file >= 0) {
        close(file);
    } else if (errno != EEXIST) {
        refuse(path, "it can't be created: " + std::generic_category().message(errno));
    }
}

}  // namespace

void Database::Close::operator()(sqlite3* handle) const noexcept { sqlite3_close(handle); }

Database::Database(const std::string& path, Access access, std::chrono::milliseconds busy_timeout) {
    if (sqlite3_libversion_number() < oldest_version) {
        refuse(path,
               std::string("SQLite 3.37 or newer is needed, this is ") + sqlite3_libversion());
    }
    // Its count of bytes in use, which nobody asks for, costs two locks per allocation.
    static const int configured = sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
    static_cast<void>(configured);
    if (access != Access::read_only) create_private_file(path);

    sqlite3* handle = nullptr;
    const int mode = access == Access::read_only ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE;
    if (access == Access::server) wal_vfs_ = std::make_unique<WalVfs>();
    const int result = sqlite3_open_v2(path.c_str(), &handle, mode | SQLITE_OPEN_NOMUTEX,
                                       wal_vfs_ ? wal_vfs_->name() : nullptr);
    handle_.reset(handle);
    if (result != SQLITE_OK) {
        refuse(path, handle == nullptr ? sqlite3_errstr(result) : sqlite3_errmsg(handle));
    }
    // SQLite falls back to reading only when it may not write.
    if (access != Access::read_only && sqlite3_db_readonly(handle, "main") != 0) {
        refuse(path, "no permission to write to it");
    }
    // First of all, since the statements below may have to wait for another process, too.
    sqlite3_busy_timeout(handle, static_cast<int>(busy_timeout.count()));
    if (access != Access::server && access != Access::test_double) {
        sqlite3_db_config(handle, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, nullptr);
    }
    if (access != Access::read_only) execute("PRAGMA journal_mode = WAL");
    execute(access == Access::test_double ? "PRAGMA synchronous = OFF"
                                          : "PRAGMA synchronous = FULL");
    execute("PRAGMA foreign_keys = ON");
    execute("PRAGMA wal_autocheckpoint = 0");
    // KiB. The indexes are written at random places: with SQLite's 2,000 the writer is a tenth
    // slower.
    if (access == Access::server) execute("PRAGMA cache_size = -11000");
    if (access == Access::test_double) execute("PRAGMA cache_size = -500");
}

void Database::execute(const char* sql) const {
    if (sqlite3_exec(handle(), sql, nullptr, nullptr, nullptr) != SQLITE_OK) {
        throw_database_error(handle());
    }
}

int Database::changes() const { return sqlite3_changes(handle()); }

std::int64_t Database::last_insert_id() const { return sqlite3_last_insert_rowid(handle()); }

bool Database::in_transaction() const { return sqlite3_get_autocommit(handle()) == 0; }

bool Database::has_moved() const {
    int moved = 0;
    sqlite3_file_control(handle(), "main", SQLITE_FCNTL_HAS_MOVED, &moved);
    return moved != 0;
}

Transaction::Transaction(Database& database) : database_(database) {
    database_.execute("BEGIN IMMEDIATE");
}

Transaction::~Transaction() {
    // A failed COMMIT or a full disk may have ended the transaction already.
    if (database_.in_transaction()) {
        sqlite3_exec(database_.handle(), "ROLLBACK", nullptr, nullptr, nullptr);
    }
}

void Transaction::commit() { database_.execute("COMMIT"); }

void Transaction::commit_unsynced() {
    std::optional<WalVfs::Commit> gathered;
    if (database_.wal_vfs_) gathered.emplace(*database_.wal_vfs_);
    commit();
}

}  // namespace customercare::store
