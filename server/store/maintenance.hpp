#pragma once

#include <cstddef>
#include <functional>
#include <string>

#include "store/audit_log.hpp"
#include "store/database.hpp"
#include "store/lock_file.hpp"

namespace customercare::store {

/// Told now and then how much is done; `done` never shrinks.
using Progress = std::function<void(std::size_t done)>;

/// The connection of a command that removes or rewrites much in a database that a server may be
/// using. What it removes is overwritten (secure_delete). For one thread; everything here throws
/// ServiceError{storage}.
class Maintenance {
public:
    /// The database must exist.
    explicit Maintenance(const std::string& path);

    [[nodiscard]] Database& database() { return database_; }
    [[nodiscard]] LockFile& lock() { return lock_; }
    [[nodiscard]] bool is_server_running() const;
    /// Throws ServiceError{usage} that begins with `option`, if one is.
    void require_no_server(const std::string& option) const;

    /// Runs `change` in a transaction, which is to be a matter of milliseconds; then leaves the
    /// server, if there is one, the time to store what has come meanwhile.
    void commit(const std::function<void()>& change);
    void audit(const AuditEntry& entry);

    /// Brings the WAL into the database and empties it, since it still has what was removed; a
    /// running server is asked to.
    void empty_wal();
    /// The same if the WAL has become large.
    void empty_wal_if_large();

    /// Writes the whole database anew. SQLite moves rows about as tables grow, and overwrites a row
    /// that is deleted, but not every copy that it had made of it. Not
    /// while a server runs.
    void vacuum();

private:
    void empty_wal_ourselves();
    bool wait_for_server();

    std::string path_;
    LockFile lock_;
    Database database_;
};

}  // namespace customercare::store
