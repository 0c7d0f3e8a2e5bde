#include "store/wal_vfs.hpp"

#include <sqlite3.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <mutex>
#include <new>
#include <string>
#include <string_view>
#include <utility>

namespace customercare::store {

namespace {

// A commit that is larger is written as SQLite does it.
constexpr std::size_t gathered_limit = std::size_t{1} << 20U;
// What may wait for a sync.
constexpr std::size_t unsynced_limit = std::size_t{2} << 20U;
// SQLite's Unix VFS takes the size of a write modulo 128 KiB (os_unix.c, seekAndWriteFd), and a
// write of nothing for a full disk.
constexpr std::size_t write_limit = std::size_t{124} << 10U;

/// What one commit adds to the WAL.
struct Piece {
    sqlite3_int64 offset = 0;
    std::string bytes;

    [[nodiscard]] sqlite3_int64 end() const {
        return offset + static_cast<sqlite3_int64>(bytes.size());
    }
};

int write_to(sqlite3_file* file, const Piece& piece) {
    for (std::size_t at = 0; at < piece.bytes.size(); at += write_limit) {
        const auto part = std::string_view(piece.bytes).substr(at, write_limit);
        const int result = file->pMethods->xWrite(file, part.data(), static_cast<int>(part.size()),
                                                  piece.offset + static_cast<sqlite3_int64>(at));
        if (result != SQLITE_OK) return result;
    }
    return SQLITE_OK;
}

}  // namespace

struct WalVfs::State {
    sqlite3_vfs vfs{};
    sqlite3_vfs* usual = nullptr;
    std::string name;

    // Of the connection's thread.
    bool in_commit = false;
    Piece gathered;
    // Some of what the next sync is for is in no piece, and was written when so many had failed.
    bool has_written = false;
    int failed_syncs_at_write = 0;

    std::mutex sync_mutex;        // Held by who syncs; the next one sees what has come of it.
    sqlite3_file* wal = nullptr;  // The usual VFS's; nullptr while there is none.

    std::mutex mutex;  // For what follows, and never held while the kernel syncs.
    std::deque<Piece> unsynced;
    std::size_t unsynced_bytes = 0;
    bool must_rewrite = false;
    int failed_syncs = 0;

    /// For what goes to the WAL by itself.
    void note_write() {
        if (std::exchange(has_written, true)) return;
        const std::lock_guard lock(mutex);
        failed_syncs_at_write = failed_syncs;
    }

    int write_gathered() {
        if (gathered.bytes.empty()) return SQLITE_OK;
        note_write();
        const int result = write_to(wal, gathered);
        gathered.bytes.clear();
        return result;
    }

    int write(const void* data, int size, sqlite3_int64 offset) {
        const std::string_view bytes(static_cast<const char*>(data), static_cast<unsigned>(size));
        if (!in_commit) {
            note_write();
            return wal->pMethods->xWrite(wal, data, size, offset);
        }
        if (offset != gathered.end() || gathered.bytes.size() + bytes.size() > gathered_limit) {
            if (const int result = write_gathered(); result != SQLITE_OK) return result;
            gathered.offset = offset;
        }
        gathered.bytes += bytes;
        return SQLITE_OK;
    }

    /// True if what is gathered was written as a piece of its own, for a later sync.
    bool defer_sync(int& result) {
        // Were the new header to reach the disk after frames that follow it, these would be lost
        // behind the old one.
        if (!in_commit || has_written || gathered.offset == 0 || gathered.bytes.empty()) {
            return false;
        }
        // Written with the lock held, so that a sync that fails meanwhile has it rewritten, too.
        const std::lock_guard lock(mutex);
        if (must_rewrite || unsynced_bytes + gathered.bytes.size() > unsynced_limit) return false;
        result = write_to(wal, gathered);
        if (result == SQLITE_OK) {
            unsynced_bytes += gathered.bytes.size();
            unsynced.push_back(std::move(gathered));
        }
        gathered.bytes.clear();
        return true;
    }

    /// A sync of SQLite's.
    int sync_all(int flags) {
        int result = SQLITE_OK;
        if (defer_sync(result)) return result;
        const std::lock_guard syncing(sync_mutex);
        result = rewrite();
        if (result == SQLITE_OK) result = write_gathered();
        if (result != SQLITE_OK) return result;
        // The kernel may have forgotten it by a sync that failed since.
        const bool is_lost = std::exchange(has_written, false) && failed_syncs_at_write != failed();
        result = sync_wal(flags);
        return is_lost ? SQLITE_IOERR_FSYNC : result;
    }

    int sync_pieces() {
        const std::lock_guard syncing(sync_mutex);
        {
            const std::lock_guard lock(mutex);
            if (unsynced.empty()) return SQLITE_OK;
        }
        const int result = rewrite();
        return result == SQLITE_OK ? sync_wal(SQLITE_SYNC_NORMAL) : result;
    }

    int failed() {
        const std::lock_guard lock(mutex);
        return failed_syncs;
    }

    /// Writes the pieces anew if a sync has failed. For who holds sync_mutex, as the next one.
    int rewrite() {
        const std::lock_guard lock(mutex);
        if (!must_rewrite) return SQLITE_OK;
        for (const Piece& piece : unsynced) {
            if (const int result = write_to(wal, piece); result != SQLITE_OK) return result;
        }
        return SQLITE_OK;
    }

    int sync_wal(int flags) {
        std::unique_lock lock(mutex);
        auto count = unsynced.size();  // Others may come meanwhile.
        lock.unlock();
        const int result = wal->pMethods->xSync(wal, flags);
        lock.lock();
        if (result != SQLITE_OK) {
            ++failed_syncs;
            must_rewrite = !unsynced.empty();
            return result;
        }
        must_rewrite = false;
        for (; count > 0; --count) {
            unsynced_bytes -= unsynced.front().bytes.size();
            unsynced.pop_front();
        }
        return result;
    }

    int close() {
        const std::lock_guard syncing(sync_mutex);
        // At least to the kernel, for the next who opens the file; SQLite then syncs it again.
        rewrite();
        const std::lock_guard lock(mutex);
        unsynced.clear();
        unsynced_bytes = 0;
        must_rewrite = false;
        sqlite3_file* file = std::exchange(wal, nullptr);
        return file->pMethods->xClose(file);
    }
};

namespace {

// What follows has the forms that SQLite prescribes.

/// The WAL, in memory that SQLite gives; the usual VFS's file lies behind it.
struct File {
    sqlite3_file base;
    WalVfs::State* state;
};

WalVfs::State& state_of(sqlite3_file* file) { return *reinterpret_cast<File*>(file)->state; }

int close(sqlite3_file* file) { return state_of(file).close(); }

int write(sqlite3_file* file, const void* data, int size, sqlite3_int64 offset) {
    return state_of(file).write(data, size, offset);
}

int sync(sqlite3_file* file, int flags) { return state_of(file).sync_all(flags); }

template <auto method, typename... Arguments>
int pass(sqlite3_file* file, Arguments... arguments) {
    sqlite3_file* usual = state_of(file).wal;
    return (usual->pMethods->*method)(usual, arguments...);
}

/// A method before which the file has to be as SQLite takes it to be.
template <auto method, typename... Arguments>
int write_and_pass(sqlite3_file* file, Arguments... arguments) {
    if (const int result = state_of(file).write_gathered(); result != SQLITE_OK) return result;
    return pass<method>(file, arguments...);
}

// Version 1: a WAL is neither mapped nor shared by shm.
const sqlite3_io_methods methods{
    .iVersion = 1,
    .xClose = close,
    .xRead = write_and_pass<&sqlite3_io_methods::xRead, void*, int, sqlite3_int64>,
    .xWrite = write,
    .xTruncate = write_and_pass<&sqlite3_io_methods::xTruncate, sqlite3_int64>,
    .xSync = sync,
    .xFileSize = write_and_pass<&sqlite3_io_methods::xFileSize, sqlite3_int64*>,
    .xLock = pass<&sqlite3_io_methods::xLock, int>,
    .xUnlock = pass<&sqlite3_io_methods::xUnlock, int>,
    .xCheckReservedLock = pass<&sqlite3_io_methods::xCheckReservedLock, int*>,
    .xFileControl = pass<&sqlite3_io_methods::xFileControl, int, void*>,
    .xSectorSize = pass<&sqlite3_io_methods::xSectorSize>,
    .xDeviceCharacteristics = pass<&sqlite3_io_methods::xDeviceCharacteristics>,
    .xShmMap = nullptr,
    .xShmLock = nullptr,
    .xShmBarrier = nullptr,
    .xShmUnmap = nullptr,
    .xFetch = nullptr,
    .xUnfetch = nullptr,
};

WalVfs::State& state_of(sqlite3_vfs* vfs) { return *static_cast<WalVfs::State*>(vfs->pAppData); }

int open(sqlite3_vfs* vfs, const char* path, sqlite3_file* file, int flags, int* flags_out) {
    WalVfs::State& state = state_of(vfs);
    if ((flags & SQLITE_OPEN_WAL) == 0) {
        return state.usual->xOpen(state.usual, path, file, flags, flags_out);
    }
    File* self = new (file) File{.base = {.pMethods = nullptr}, .state = &state};
    auto* usual = reinterpret_cast<sqlite3_file*>(self + 1);
    const int result = state.usual->xOpen(state.usual, path, usual, flags, flags_out);
    if (result != SQLITE_OK) return result;
    self->base.pMethods = &methods;
    const std::lock_guard syncing(state.sync_mutex);
    state.wal = usual;
    state.has_written = false;
    return SQLITE_OK;
}

int remove(sqlite3_vfs* vfs, const char* path, int sync_directory) {
    sqlite3_vfs* usual = state_of(vfs).usual;
    return usual->xDelete(usual, path, sync_directory);
}

}  // namespace

WalVfs::WalVfs() : state_(std::make_unique<State>()) {
    state_->usual = sqlite3_vfs_find(nullptr);
    state_->name = "wal-" + std::to_string(reinterpret_cast<std::uintptr_t>(this));
    state_->vfs = *state_->usual;  // Its other functions do not look at what they are called on.
    state_->vfs.szOsFile += static_cast<int>(sizeof(File));
    state_->vfs.zName = state_->name.c_str();
    state_->vfs.pAppData = state_.get();
    state_->vfs.xOpen = open;
    state_->vfs.xDelete = remove;
    sqlite3_vfs_register(&state_->vfs, 0);
}

WalVfs::~WalVfs() { sqlite3_vfs_unregister(&state_->vfs); }

const char* WalVfs::name() const { return state_->name.c_str(); }

WalVfs::Commit::Commit(WalVfs& vfs) : vfs_(vfs) { vfs_.state_->in_commit = true; }

WalVfs::Commit::~Commit() {
    vfs_.state_->in_commit = false;
    vfs_.state_->gathered.bytes.clear();
}

bool WalVfs::sync() { return state_->sync_pieces() == SQLITE_OK; }

}  // namespace customercare::store
