#include "store/checkpointer.hpp"

#include <pthread.h>
#include <sqlite3.h>

#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "model/error.hpp"

namespace customercare::store {

bool checkpoint(sqlite3* connection, int mode, CheckpointNews& news) {
    int pages = -1;
    int moved = -1;
    const int result = sqlite3_wal_checkpoint_v2(connection, nullptr, mode, &pages, &moved);
    if (result != SQLITE_OK && result != SQLITE_BUSY) {
        news = sqlite3_errmsg(connection);
    } else if (pages != -1 && pages == moved) {
        news = "";
    }
    return result == SQLITE_OK;
}

/// SQLite's default VFS, except that of what is written to the database each few pages are synced.
///
/// SQLite takes pages for moved before it syncs them, and does not move them again after a sync
/// that failed, when the kernel may take what it could not write for written. So they are kept
/// until they are on disk, and written anew before the next sync.
class Checkpointer::PacedVfs {
public:
    PacedVfs();
    ~PacedVfs() { sqlite3_vfs_unregister(&vfs_); }
    PacedVfs(const PacedVfs&) = delete;
    PacedVfs& operator=(const PacedVfs&) = delete;

    [[nodiscard]] const char* name() const { return name_.c_str(); }
    /// Brings to disk what was written; a result code of SQLite's.
    int sync();

private:
    // With 64 pages of 4 KiB a disk of 250 MB/s is busy for a millisecond.
    static constexpr std::size_t pages_per_sync = 64;

    struct Page {
        sqlite3_int64 offset = 0;
        std::size_t place = 0;  ///< In bytes_.
        std::size_t size = 0;
    };

    /// The database's, in the place of the usual ones.
    struct Methods : sqlite3_io_methods {
        PacedVfs* vfs = nullptr;
    };

    static PacedVfs& vfs_of(sqlite3_file* file) {
        return *static_cast<const Methods*>(file->pMethods)->vfs;
    }
    int open(const char* path, sqlite3_file* file, int flags, int* flags_out);
    int write(const void* data, int size, sqlite3_int64 offset);

    sqlite3_vfs* usual_ = sqlite3_vfs_find(nullptr);
    std::string name_ = "paced-" + std::to_string(reinterpret_cast<std::uintptr_t>(this));
    sqlite3_vfs vfs_{*usual_};  // Its other functions do not look at what they are called on.
    Methods methods_;
    sqlite3_file* database_ = nullptr;
    const sqlite3_io_methods* usual_methods_ = nullptr;  // The database's.
    std::vector<Page> unsynced_;
    std::string bytes_;  // Theirs; one piece of memory, used again.
    bool must_rewrite_ = false;
};

// What follows has the forms that SQLite prescribes.
Checkpointer::PacedVfs::PacedVfs() {
    vfs_.zName = name_.c_str();
    vfs_.pAppData = this;
    vfs_.xOpen = [](sqlite3_vfs* vfs, const char* path, sqlite3_file* file, int flags,
                    int* flags_out) {
        return static_cast<PacedVfs*>(vfs->pAppData)->open(path, file, flags, flags_out);
    };
    vfs_.xDelete = [](sqlite3_vfs* vfs, const char* path, int sync_directory) {
        sqlite3_vfs* usual = static_cast<PacedVfs*>(vfs->pAppData)->usual_;
        return usual->xDelete(usual, path, sync_directory);
    };
    sqlite3_vfs_register(&vfs_, 0);
}

int Checkpointer::PacedVfs::open(const char* path, sqlite3_file* file, int flags, int* flags_out) {
    const int result = usual_->xOpen(usual_, path, file, flags, flags_out);
    if (result != SQLITE_OK || (flags & SQLITE_OPEN_MAIN_DB) == 0) return result;
    database_ = file;
    usual_methods_ = file->pMethods;
    static_cast<sqlite3_io_methods&>(methods_) = *usual_methods_;
    methods_.vfs = this;
    methods_.xWrite = [](sqlite3_file* database, const void* data, int size, sqlite3_int64 at) {
        return vfs_of(database).write(data, size, at);
    };
    methods_.xSync = [](sqlite3_file* database, int) { return vfs_of(database).sync(); };
    file->pMethods = &methods_;
    return result;
}

int Checkpointer::PacedVfs::write(const void* data, int size, sqlite3_int64 offset) {
    if (must_rewrite_) {
        if (const int result = sync(); result != SQLITE_OK) return result;
    }
    const int result = usual_methods_->xWrite(database_, data, size, offset);
    if (result != SQLITE_OK) return result;
    const std::size_t place = bytes_.size();
    bytes_.append(static_cast<const char*>(data), static_cast<std::size_t>(size));
    unsynced_.push_back({offset, place, static_cast<std::size_t>(size)});
    return unsynced_.size() < pages_per_sync ? SQLITE_OK : sync();
}

int Checkpointer::PacedVfs::sync() {
    if (unsynced_.empty()) return SQLITE_OK;
    if (must_rewrite_) {
        for (const Page& page : unsynced_) {
            const int result = usual_methods_->xWrite(database_, bytes_.data() + page.place,
                                                      static_cast<int>(page.size), page.offset);
            if (result != SQLITE_OK) return result;
        }
    }
    const int result = usual_methods_->xSync(database_, SQLITE_SYNC_NORMAL);
    must_rewrite_ = result != SQLITE_OK;
    if (must_rewrite_) return result;
    unsynced_.clear();
    bytes_.clear();
    return result;
}

void Checkpointer::Close::operator()(sqlite3* handle) const noexcept { sqlite3_close(handle); }

Checkpointer::Checkpointer(const std::string& path, std::function<bool()> begin,
                           std::function<void(const CheckpointNews&)> end)
    : begin_(std::move(begin)), end_(std::move(end)), vfs_(std::make_unique<PacedVfs>()) {
    sqlite3* handle = nullptr;
    int result = sqlite3_open_v2(path.c_str(), &handle, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX,
                                 vfs_->name());
    connection_.reset(handle);
    if (result == SQLITE_OK) {
        sqlite3_db_config(handle, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, nullptr);
        // A connection that has read nothing knows of no WAL.
        result = sqlite3_exec(handle, "PRAGMA synchronous = FULL; PRAGMA schema_version", nullptr,
                              nullptr, nullptr);
    }
    if (result != SQLITE_OK) {
        throw model::ServiceError(model::ErrorCode::storage,
                                  "database " + path + ": " + sqlite3_errstr(result));
    }
    thread_ = std::thread([this] { run(); });
}

Checkpointer::~Checkpointer() {
    {
        const std::lock_guard lock(mutex_);
        is_ending_ = true;
    }
    changed_.notify_all();
    thread_.join();
}

void Checkpointer::start() {
    {
        const std::lock_guard lock(mutex_);
        is_busy_ = true;
    }
    changed_.notify_all();
}

void Checkpointer::wait_until_idle() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return is_idle(); });
}

bool Checkpointer::sync() { return vfs_->sync() == SQLITE_OK; }

void Checkpointer::run() {
    pthread_setname_np(pthread_self(), "checkpoint");
    std::unique_lock lock(mutex_);
    while (true) {
        changed_.wait(lock, [this] { return is_busy_ || is_ending_; });
        if (!is_busy_) return;
        lock.unlock();
        CheckpointNews news;
        if (begin_()) {
            // How much was moved, SQLite remembers; if it is not all, another one follows.
            checkpoint(connection_.get(), SQLITE_CHECKPOINT_PASSIVE, news);
            // Which SQLite does only if all was moved.
            const int synced = vfs_->sync();
            if (synced != SQLITE_OK && (!news || news->empty())) news = sqlite3_errstr(synced);
        }
        end_(news);
        lock.lock();
        is_busy_ = false;
        changed_.notify_all();
    }
}

}  // namespace customercare::store
