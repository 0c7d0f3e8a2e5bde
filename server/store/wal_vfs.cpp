#include "store/wal_vfs.hpp"

#include <sqlite3.h>

#include <cstddef>
#include <cstdint>
#include <new>
#include <string>

namespace customercare::store {

struct WalVfs::State {
    sqlite3_vfs vfs{};
    sqlite3_vfs* usual = nullptr;
    std::string name;
};

namespace {

// More than this is written without waiting for the sync. SQLite's Unix VFS takes the size of a
// write modulo 128 KiB (os_unix.c, seekAndWriteFd), and a write of nothing for a full disk.
constexpr std::size_t gathered_limit = 128 * 1024 - 1;

/// A WAL, in memory that SQLite gives; the usual VFS's file lies behind it.
struct File {
    sqlite3_file base;
    sqlite3_file* usual;
    sqlite3_int64 offset;  ///< Where `gathered` belongs.
    std::string gathered;

    int write(const char* data, std::size_t size, sqlite3_int64 at) {
        const bool continues = at == offset + static_cast<sqlite3_int64>(gathered.size());
        if (!continues || gathered.size() + size > gathered_limit) {
            if (const int result = flush(); result != SQLITE_OK) return result;
            offset = at;
        }
        gathered.append(data, size);
        return SQLITE_OK;
    }

    /// What can't be written is forgotten: SQLite is told, and takes the commit for failed.
    int flush() {
        if (gathered.empty()) return SQLITE_OK;
        const int result = usual->pMethods->xWrite(usual, gathered.data(),
                                                   static_cast<int>(gathered.size()), offset);
        offset += static_cast<sqlite3_int64>(gathered.size());
        gathered.clear();
        return result;
    }
};

// What follows has the forms that SQLite prescribes.

File& as_file(sqlite3_file* file) { return *reinterpret_cast<File*>(file); }

int close(sqlite3_file* file) {
    File& self = as_file(file);
    const int result = self.usual->pMethods->xClose(self.usual);
    self.~File();
    return result;
}

int write(sqlite3_file* file, const void* data, int size, sqlite3_int64 offset) {
    return as_file(file).write(static_cast<const char*>(data), static_cast<std::size_t>(size),
                               offset);
}

/// A method before which the file has to be as SQLite takes it to be.
template <auto method, typename... Arguments>
int flush_and_pass(sqlite3_file* file, Arguments... arguments) {
    File& self = as_file(file);
    if (const int result = self.flush(); result != SQLITE_OK) return result;
    return (self.usual->pMethods->*method)(self.usual, arguments...);
}

template <auto method, typename... Arguments>
int pass(sqlite3_file* file, Arguments... arguments) {
    sqlite3_file* usual = as_file(file).usual;
    return (usual->pMethods->*method)(usual, arguments...);
}

// Version 1: a WAL is neither mapped nor shared by shm.
const sqlite3_io_methods methods{
    .iVersion = 1,
    .xClose = close,
    .xRead = flush_and_pass<&sqlite3_io_methods::xRead, void*, int, sqlite3_int64>,
    .xWrite = write,
    .xTruncate = flush_and_pass<&sqlite3_io_methods::xTruncate, sqlite3_int64>,
    .xSync = flush_and_pass<&sqlite3_io_methods::xSync, int>,
    .xFileSize = flush_and_pass<&sqlite3_io_methods::xFileSize, sqlite3_int64*>,
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

sqlite3_vfs* usual_of(sqlite3_vfs* vfs) {
    return static_cast<WalVfs::State*>(vfs->pAppData)->usual;
}

int open(sqlite3_vfs* vfs, const char* path, sqlite3_file* file, int flags, int* flags_out) {
    sqlite3_vfs* usual = usual_of(vfs);
    if ((flags & SQLITE_OPEN_WAL) == 0) return usual->xOpen(usual, path, file, flags, flags_out);
    File* self = new (file) File{.base = {.pMethods = nullptr},
                                 .usual = reinterpret_cast<sqlite3_file*>(&as_file(file) + 1),
                                 .offset = 0,
                                 .gathered = {}};
    const int result = usual->xOpen(usual, path, self->usual, flags, flags_out);
    if (result == SQLITE_OK) {
        self->base.pMethods = &methods;
    } else {
        self->~File();
    }
    return result;
}

int remove(sqlite3_vfs* vfs, const char* path, int sync_directory) {
    sqlite3_vfs* usual = usual_of(vfs);
    return usual->xDelete(usual, path, sync_directory);
}

}  // namespace

WalVfs::WalVfs() : state_(std::make_unique<State>()) {
    state_->usual = sqlite3_vfs_find(nullptr);
    state_->name = "gather-wal-" + std::to_string(reinterpret_cast<std::uintptr_t>(this));
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

}  // namespace customercare::store
