#include "support/fault_vfs.hpp"

#include <sqlite3.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <utility>
#include <vector>

namespace customercare::test {
namespace {

/// What of a file is on disk for certain, and the writes that are not.
struct Image {
    std::string synced;
    std::vector<std::function<void(std::string&)>> pending;
    int failed_syncs = 0;
};

}  // namespace

struct FaultVfs::State {
    sqlite3_vfs vfs{};
    sqlite3_vfs* usual = nullptr;

    mutable std::mutex mutex;
    std::optional<Fault> fault;
    int calls_before = 0;
    int failures_left = 0;
    bool has_failed = false;
    std::map<std::string, Image> images;

    template <typename Write>
    void note_write(const char* path, Write&& write) {
        if (path == nullptr) return;
        const std::lock_guard lock(mutex);
        images[path].pending.emplace_back(std::forward<Write>(write));
    }

    /// Whether this call, which `wanted` would let fail, is to fail.
    bool fails(Fault wanted) {
        const std::lock_guard lock(mutex);
        if (fault != wanted || failures_left == 0) return false;
        if (calls_before > 0) {
            --calls_before;
            return false;
        }
        if (failures_left > 0) --failures_left;
        return has_failed = true;
    }
};

namespace {

// What follows has the forms that SQLite prescribes.

struct File {
    sqlite3_file base;
    FaultVfs::State* state;
    const char* path;  ///< SQLite's, which keeps it; nullptr for a temporary file.
    sqlite3_file* usual;
    int told_failed_syncs;  ///< Of Image::failed_syncs.
};

File& as_file(sqlite3_file* file) { return *reinterpret_cast<File*>(file); }

/// A method that only hands its call on.
template <auto method, typename... Arguments>
int pass(sqlite3_file* file, Arguments... arguments) {
    sqlite3_file* usual = as_file(file).usual;
    return (usual->pMethods->*method)(usual, arguments...);
}

int read(sqlite3_file* file, void* data, int size, sqlite3_int64 offset) {
    if (as_file(file).state->fails(Fault::read)) return SQLITE_IOERR_READ;
    return pass<&sqlite3_io_methods::xRead>(file, data, size, offset);
}

int write_all(sqlite3_file* file, const void* data, int size, sqlite3_int64 offset) {
    const File& self = as_file(file);
    self.state->note_write(
        self.path,
        [bytes = std::string(static_cast<const char*>(data), static_cast<unsigned>(size)),
         at = static_cast<std::size_t>(offset)](std::string& content) {
            content.resize(std::max(content.size(), at + bytes.size()));
            content.replace(at, bytes.size(), bytes);
        });
    return pass<&sqlite3_io_methods::xWrite>(file, data, size, offset);
}

int write(sqlite3_file* file, const void* data, int size, sqlite3_int64 offset) {
    FaultVfs::State& state = *as_file(file).state;
    if (state.fails(Fault::write)) return SQLITE_IOERR_WRITE;
    if (state.fails(Fault::disk_full)) return SQLITE_FULL;
    if (state.fails(Fault::short_write)) {
        write_all(file, data, size / 2, offset);
        return SQLITE_IOERR_WRITE;
    }
    return write_all(file, data, size, offset);
}

int truncate(sqlite3_file* file, sqlite3_int64 size) {
    const File& self = as_file(file);
    if (self.state->fails(Fault::truncate)) return SQLITE_IOERR_TRUNCATE;
    self.state->note_write(self.path, [size](std::string& content) {
        content.resize(static_cast<std::size_t>(size));
    });
    return pass<&sqlite3_io_methods::xTruncate>(file, size);
}

int sync(sqlite3_file* file, int) {
    File& self = as_file(file);
    const bool fails = self.state->fails(Fault::sync);
    if (self.path == nullptr) return fails ? SQLITE_IOERR_FSYNC : SQLITE_OK;
    const std::lock_guard lock(self.state->mutex);
    Image& image = self.state->images[self.path];
    for (const auto& write : image.pending) {
        if (!fails) write(image.synced);
    }
    image.pending.clear();
    if (fails) ++image.failed_syncs;
    const bool is_told =
        std::exchange(self.told_failed_syncs, image.failed_syncs) != image.failed_syncs;
    return is_told ? SQLITE_IOERR_FSYNC : SQLITE_OK;
}

int shm_map(sqlite3_file* file, int region, int size, int extend, void volatile** map) {
    if (as_file(file).state->fails(Fault::shm_map)) return SQLITE_IOERR_SHMMAP;
    return pass<&sqlite3_io_methods::xShmMap>(file, region, size, extend, map);
}

void shm_barrier(sqlite3_file* file) {
    sqlite3_file* usual = as_file(file).usual;
    usual->pMethods->xShmBarrier(usual);
}

const sqlite3_io_methods methods{
    .iVersion = 2,
    .xClose = pass<&sqlite3_io_methods::xClose>,
    .xRead = read,
    .xWrite = write,
    .xTruncate = truncate,
    .xSync = sync,
    .xFileSize = pass<&sqlite3_io_methods::xFileSize, sqlite3_int64*>,
    .xLock = pass<&sqlite3_io_methods::xLock, int>,
    .xUnlock = pass<&sqlite3_io_methods::xUnlock, int>,
    .xCheckReservedLock = pass<&sqlite3_io_methods::xCheckReservedLock, int*>,
    .xFileControl = pass<&sqlite3_io_methods::xFileControl, int, void*>,
    .xSectorSize = pass<&sqlite3_io_methods::xSectorSize>,
    .xDeviceCharacteristics = pass<&sqlite3_io_methods::xDeviceCharacteristics>,
    .xShmMap = shm_map,
    .xShmLock = pass<&sqlite3_io_methods::xShmLock, int, int, int>,
    .xShmBarrier = shm_barrier,
    .xShmUnmap = pass<&sqlite3_io_methods::xShmUnmap, int>,
};

FaultVfs::State& state_of(sqlite3_vfs* vfs) {
    return *static_cast<FaultVfs::State*>(vfs->pAppData);
}

/// "" if there is no such file.
std::string read_file(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

int open(sqlite3_vfs* vfs, const char* path, sqlite3_file* file, int flags, int* flags_out) {
    FaultVfs::State& state = state_of(vfs);
    File& self = as_file(file);
    self = {.base = {.pMethods = nullptr},
            .state = &state,
            .path = path,
            .usual = reinterpret_cast<sqlite3_file*>(&self + 1),
            .told_failed_syncs = 0};
    if (state.fails(Fault::open)) return SQLITE_CANTOPEN;
    if (path != nullptr) {
        const std::lock_guard lock(state.mutex);
        const auto [image, is_new] = state.images.try_emplace(path);
        if (is_new) image->second.synced = read_file(path);
        self.told_failed_syncs = image->second.failed_syncs;
    }
    const int result = state.usual->xOpen(state.usual, path, self.usual, flags, flags_out);
    if (result != SQLITE_OK) return result;
    self.base.pMethods = &methods;
    return SQLITE_OK;
}

int remove(sqlite3_vfs* vfs, const char* path, int sync_directory) {
    FaultVfs::State& state = state_of(vfs);
    if (state.fails(Fault::remove)) return SQLITE_IOERR_DELETE;
    {
        const std::lock_guard lock(state.mutex);
        state.images.erase(path);
    }
    return state.usual->xDelete(state.usual, path, sync_directory);
}

}  // namespace

FaultVfs::FaultVfs() : state_(std::make_unique<State>()) {
    state_->usual = sqlite3_vfs_find(nullptr);
    state_->vfs = *state_->usual;  // Its other functions do not look at what they are called on.
    state_->vfs.szOsFile += static_cast<int>(sizeof(File));
    state_->vfs.zName = "fault";
    state_->vfs.pAppData = state_.get();
    state_->vfs.xOpen = open;
    state_->vfs.xDelete = remove;
    sqlite3_vfs_register(&state_->vfs, 1);
}

FaultVfs::~FaultVfs() {
    sqlite3_vfs_unregister(&state_->vfs);
    sqlite3_vfs_register(state_->usual, 1);
}

void FaultVfs::fail(Fault fault, int at, int count) {
    const std::lock_guard lock(state_->mutex);
    state_->fault = fault;
    state_->calls_before = at - 1;
    state_->failures_left = count;
    state_->has_failed = false;
}

void FaultVfs::heal() {
    const std::lock_guard lock(state_->mutex);
    state_->fault.reset();
}

bool FaultVfs::has_failed() const {
    const std::lock_guard lock(state_->mutex);
    return state_->has_failed;
}

void FaultVfs::copy_after_kill(const std::string& path, const std::string& to) {
    if (!std::filesystem::exists(path)) return;
    const std::lock_guard lock(state_->mutex);
    std::filesystem::copy_file(path, to);
    state_->images[to] = state_->images[path];
}

void FaultVfs::copy_after_power_cut(const std::string& path, const std::string& to) {
    if (!std::filesystem::exists(path)) return;
    const std::lock_guard lock(state_->mutex);
    std::ofstream(to, std::ios::binary) << state_->images[path].synced;
}

}  // namespace customercare::test
