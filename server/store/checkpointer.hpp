#pragma once

#include <atomic>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

struct sqlite3;

namespace customercare::store {

/// Why the WAL can't be moved into the database; "" if all of it was moved; nullopt if nothing went
/// wrong, but it could not all be moved: somebody reads what it would overwrite, or checkpoints,
/// too.
using CheckpointNews = std::optional<std::string>;

/// True if it did what `mode` asks for, as of sqlite3_wal_checkpoint_v2().
bool checkpoint(sqlite3* connection, int mode, CheckpointNews& news);

/// Moves the WAL into the database by a connection and a thread of its own, so that the writer's
/// commits go on meanwhile. What it writes it brings to disk a little at a time: a sync of the WAL
/// waits for all that the disk was given before it.
///
/// While it runs, no commit begins the WAL anew.
/// Source: sqlite.org/wal.html, "Checkpointing"; sqlite.org/c3ref/wal_checkpoint_v2.html.
class Checkpointer {
public:
    /// Opens the database, which must exist; throws ServiceError{storage} naming it if it can't.
    /// Before each checkpoint `begin` is called, which makes it none by returning false, and `end`
    /// after it; both on this object's thread, and they must not throw.
    Checkpointer(const std::string& path, std::function<bool()> begin,
                 std::function<void(const CheckpointNews&)> end);
    ~Checkpointer();  ///< Waits until it is idle.
    Checkpointer(const Checkpointer&) = delete;
    Checkpointer& operator=(const Checkpointer&) = delete;

    /// Starts one checkpoint. It must be idle, and the WAL must have what has not been moved: in
    /// SQLite before 3.51.3 a commit that begins the WAL anew while a checkpoint starts may corrupt
    /// the database (the "WAL-reset bug").
    void start();
    [[nodiscard]] bool is_idle() const { return !is_busy_; }
    void wait_until_idle();

    /// Brings what it has written to disk; true at once if all is there, as it is unless that has
    /// failed. While it is false, no other connection may complete a checkpoint. It must be idle.
    [[nodiscard]] bool sync();

private:
    class PacedVfs;
    struct Close {
        void operator()(sqlite3* handle) const noexcept;
    };

    void run();

    const std::function<bool()> begin_;
    const std::function<void(const CheckpointNews&)> end_;
    std::unique_ptr<PacedVfs> vfs_;
    std::unique_ptr<sqlite3, Close> connection_;

    std::mutex mutex_;
    std::condition_variable changed_;
    std::atomic<bool> is_busy_{false};
    bool is_ending_ = false;
    std::thread thread_;
};

}  // namespace customercare::store
