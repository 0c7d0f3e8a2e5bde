#include "store/lock_file.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <system_error>
#include <thread>

#include "model/error.hpp"

namespace customercare::store {

namespace {

struct flock lock_on(LockFile::Byte byte, short type) {
    struct flock lock {};
    lock.l_type = type;
    lock.l_whence = SEEK_SET;
    lock.l_start = static_cast<off_t>(byte);
    lock.l_len = 1;
    return lock;
}

/// Sets or clears the lock on one byte. The lock belongs to the open file, not to the process, so
/// that two of them exclude each other within one process, too.
bool set_lock(int file, short type, LockFile::Byte byte) {
    struct flock lock = lock_on(byte, type);
    return fcntl(file, F_OFD_SETLK, &lock) == 0;
}

[[noreturn]] void refuse(const std::string& path, const std::string& why) {
    throw model::ServiceError(model::ErrorCode::storage, "lock file " + path + ": " + why);
}

}  // namespace

LockFile::LockFile(const std::string& database_path)
    // By the database's real name, so that a link to it leads to the same lock.
    : path_(std::filesystem::weakly_canonical(database_path).string() + "-lock"),
      file_(open(path_.c_str(), O_CREAT | O_RDWR | O_CLOEXEC, 0600)) {
    if (file_ >= 0) return;
    const int error = errno;
    const auto directory = std::filesystem::path(path_).parent_path();
    if (!std::filesystem::is_directory(directory)) {
        refuse(path_, "there is no directory " + directory.string());
    }
    refuse(path_, std::generic_category().message(error));
}

LockFile::~LockFile() { close(file_); }

bool LockFile::try_lock(Byte byte) const { return set_lock(file_, F_WRLCK, byte); }

void LockFile::unlock(Byte byte) const { set_lock(file_, F_UNLCK, byte); }

bool LockFile::is_held_by_another(Byte byte) const {
    struct flock lock = lock_on(byte, F_WRLCK);
    return fcntl(file_, F_OFD_GETLK, &lock) == 0 && lock.l_type != F_UNLCK;
}

void LockFile::count_emptied_wal() const {
    const std::uint64_t count = emptied_wals() + 1;
    // Who waits for it waits until its limit if this fails, which it does only on a full disk.
    static_cast<void>(pwrite(file_, &count, sizeof count, 0) == sizeof count);
}

std::uint64_t LockFile::emptied_wals() const {
    std::uint64_t count = 0;
    return pread(file_, &count, sizeof count, 0) == sizeof count ? count : 0;
}

CheckpointLock::CheckpointLock(LockFile& file, std::chrono::milliseconds limit) : file_(file) {
    // fcntl can wait, but not with a limit.
    const auto end = std::chrono::steady_clock::now() + limit;
    while (!file_.try_lock(LockFile::Byte::checkpoint)) {
        if (std::chrono::steady_clock::now() >= end) {
            refuse(file_.path(), "another process has held it too long");
        }
        std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
}

}  // namespace customercare::store
