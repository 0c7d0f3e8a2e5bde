#pragma once

#include <chrono>
#include <cstdint>
#include <string>

namespace customercare::store {

/// Locks on the bytes of the file `<database>-lock`, by which the processes that use one database
/// agree on what SQLite does not keep apart. The kernel drops them with their process.
class LockFile {
public:
    enum class Byte {
        server = 0,  ///< Held by the one server as long as it runs.
        /// Held by the server during a checkpoint and by others during a write transaction: in
        /// SQLite before 3.51.3 a commit that begins the WAL anew while another connection's
        /// checkpoint starts may corrupt the database (the "WAL-reset bug"). What keeps the
        /// server's own connections from it is said at Checkpointer::start().
        checkpoint = 1,
        /// Held by one who waits for the server to empty the WAL, which still has what was removed.
        empty_wal = 2,
        key_change = 3,  ///< Held while the key for encryption at rest is changed.
    };

    /// Creates the file (mode 0600). Throws ServiceError{storage} naming it if that fails.
    explicit LockFile(const std::string& database_path);
    ~LockFile();
    LockFile(const LockFile&) = delete;
    LockFile& operator=(const LockFile&) = delete;

    [[nodiscard]] bool try_lock(Byte byte) const;
    void unlock(Byte byte) const;
    /// True if it is locked, and not through this object.
    [[nodiscard]] bool is_held_by_another(Byte byte) const;

    /// How often the WAL of the database has been emptied, for those who wait for it. Kept in the
    /// file; to be called by the one who has emptied it, while it holds Byte::checkpoint.
    void count_emptied_wal() const;
    [[nodiscard]] std::uint64_t emptied_wals() const;
    [[nodiscard]] const std::string& path() const { return path_; }

private:
    std::string path_;
    int file_;
};

/// Holds Byte::checkpoint for a scope. Throws ServiceError{storage} if it is not free within
/// `limit`.
class CheckpointLock {
public:
    CheckpointLock(LockFile& file, std::chrono::milliseconds limit);
    ~CheckpointLock() { file_.unlock(LockFile::Byte::checkpoint); }
    CheckpointLock(const CheckpointLock&) = delete;
    CheckpointLock& operator=(const CheckpointLock&) = delete;

private:
    LockFile& file_;
};

}  // namespace customercare::store
