#include "store/maintenance.hpp"

#include <sqlite3.h>

#include <chrono>
#include <filesystem>
#include <system_error>
#include <thread>

#include "model/error.hpp"
#include "store/migrate.hpp"

namespace customercare::store {

namespace {

using std::chrono::steady_clock;

constexpr std::chrono::milliseconds busy_timeout{10'000};
// A server that waits for the database looks every 20 ms whether it is free.
constexpr std::chrono::milliseconds pause{30};
constexpr std::chrono::seconds server_limit{30};
constexpr std::chrono::milliseconds poll_interval{20};
constexpr std::uintmax_t large_wal_bytes = std::uintmax_t{64} * 1024 * 1024;

[[noreturn]] void fail(const std::string& why) {
    throw model::ServiceError(model::ErrorCode::storage, why);
}

const std::string& require_file(const std::string& path) {
    std::error_code error;
    if (!std::filesystem::exists(path, error)) {
        fail("database " + path + ": there is no such file; check --database and --config");
    }
    return path;
}

/// A lock for a scope, if it is free.
class TryLock {
public:
    TryLock(const LockFile& file, LockFile::Byte byte)
        : file_(file), byte_(byte), is_held_(file.try_lock(byte)) {}
    ~TryLock() {
        if (is_held_) file_.unlock(byte_);
    }
    TryLock(const TryLock&) = delete;
    TryLock& operator=(const TryLock&) = delete;
    explicit operator bool() const { return is_held_; }

private:
    const LockFile& file_;
    LockFile::Byte byte_;
    bool is_held_;
};

}  // namespace

Maintenance::Maintenance(const std::string& path)
    : path_(require_file(path)),
      lock_(path),
      database_(open_migrated(path, Database::Access::read_write, busy_timeout, lock_)) {
    database_.execute("PRAGMA secure_delete = ON");
    database_.execute("PRAGMA temp_store = MEMORY");  // What can be rolled back is in no file.
}

bool Maintenance::is_server_running() const {
    return lock_.is_held_by_another(LockFile::Byte::server);
}

void Maintenance::require_no_server(const std::string& option) const {
    if (!is_server_running()) return;
    throw model::ServiceError(
        model::ErrorCode::usage,
        option + ": a server is running on the database " + path_ + "; stop it first");
}

void Maintenance::commit(const std::function<void()>& change) {
    {
        const CheckpointLock no_checkpoint(lock_, busy_timeout);
        Transaction transaction(database_);
        change();
        transaction.commit();
    }
    if (is_server_running()) std::this_thread::sleep_for(pause);
}

void Maintenance::audit(const AuditEntry& entry) {
    commit([&] { append_audit_event(database_, entry); });
}

void Maintenance::empty_wal() {
    const auto end = steady_clock::now() + server_limit;
    for (;;) {
        // As long as this one is held no server starts, nor does anyone else checkpoint.
        if (const TryLock as_server(lock_, LockFile::Byte::server); as_server) {
            return empty_wal_ourselves();
        }
        if (wait_for_server()) return;
        if (steady_clock::now() > end) {
            fail("database " + path_ + ": the server does not empty " + path_ +
                 "-wal, which still has what was removed; is something reading the database for "
                 "long? Run the command again");
        }
    }
}

void Maintenance::empty_wal_if_large() {
    std::error_code error;
    const std::uintmax_t size = std::filesystem::file_size(path_ + "-wal", error);
    if (!error && size > large_wal_bytes) empty_wal();
}

void Maintenance::empty_wal_ourselves() {
    const CheckpointLock no_commits(lock_, busy_timeout);
    const int result = sqlite3_wal_checkpoint_v2(database_.handle(), nullptr,
                                                 SQLITE_CHECKPOINT_TRUNCATE, nullptr, nullptr);
    if (result != SQLITE_OK) throw_database_error(database_.handle());
    lock_.count_emptied_wal();
}

/// False if it has not done it for a while, or has ended.
bool Maintenance::wait_for_server() {
    // After the last commit: the server counts what it has emptied since then.
    const std::uint64_t before = lock_.emptied_wals();
    const TryLock request(lock_, LockFile::Byte::empty_wal);
    for (auto waits = server_limit / poll_interval; waits > 0 && is_server_running(); --waits) {
        std::this_thread::sleep_for(poll_interval);
        if (lock_.emptied_wals() != before) return true;
    }
    return false;
}

void Maintenance::vacuum() {
    const TryLock as_server(lock_, LockFile::Byte::server);
    if (!as_server) require_no_server("vacuum");
    database_.execute("PRAGMA temp_store = FILE");  // It needs as much room as the database.
    {
        const CheckpointLock no_checkpoint(lock_, busy_timeout);
        database_.execute("VACUUM");
    }
    empty_wal_ourselves();
}

}  // namespace customercare::store
