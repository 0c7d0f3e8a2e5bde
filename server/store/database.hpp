#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <string_view>

#include "store/statement.hpp"
#include "store/wal_vfs.hpp"

struct sqlite3;

namespace customercare::store {

/// A connection to the database. For one thread at a time.
class Database {
public:
    enum class Access {
        read_only,   ///< Never writes and never checkpoints.
        read_write,  ///< Creates the file (mode 0600); never checkpoints of its own accord.
        server,  ///< As read_write; SQLite checkpoints when it is closed as the last connection.
        /// As server, but nothing is synced: commits outlive the process, but not a power cut.
        test_double,
    };

    /// Throws ServiceError{storage} naming the path: it can't be opened or written, it is no
    /// database, SQLite is too old.
    Database(const std::string& path, Access access, std::chrono::milliseconds busy_timeout);

    void execute(const char* sql) const;
    [[nodiscard]] Statement prepare(std::string_view sql) const { return {handle(), sql}; }
    [[nodiscard]] sqlite3* handle() const { return handle_.get(); }

    /// Rows changed by the last INSERT, UPDATE or DELETE.
    [[nodiscard]] int changes() const;
    [[nodiscard]] std::int64_t last_insert_id() const;
    [[nodiscard]] bool in_transaction() const;
    /// True if the file's name now stands for another file, or for none.
    [[nodiscard]] bool has_moved() const;

    /// Brings to disk what Transaction::commit_unsynced() has committed. False if it fails, and
    /// then each further commit fails until it succeeds. From any thread.
    [[nodiscard]] bool sync() const { return !wal_vfs_ || wal_vfs_->sync(); }

private:
    friend class Transaction;

    struct Close {
        void operator()(sqlite3* handle) const noexcept;
    };
    std::unique_ptr<WalVfs> wal_vfs_;  ///< Of the server's connection alone.
    std::unique_ptr<sqlite3, Close> handle_;
};

/// A write transaction; rolls back in its destructor unless commit() ran.
class Transaction {
public:
    explicit Transaction(Database& database);
    ~Transaction();
    Transaction(const Transaction&) = delete;
    Transaction& operator=(const Transaction&) = delete;

    void commit();
    /// The same for Access::server, but it may be on disk only after Database::sync().
    void commit_unsynced();

private:
    Database& database_;
};

}  // namespace customercare::store
