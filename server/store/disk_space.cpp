#include "store/disk_space.hpp"

#include <sys/statvfs.h>

#include <filesystem>
#include <utility>

namespace customercare::store {

std::optional<std::uint64_t> free_bytes_of(const std::string& path) {
    struct statvfs disk {};
    if (statvfs(path.c_str(), &disk) != 0) {
        const std::filesystem::path folder = std::filesystem::path(path).parent_path();
        const std::string known = folder.empty() ? "." : folder.string();
        if (statvfs(known.c_str(), &disk) != 0) return std::nullopt;
    }
    // Not f_bfree: some of that is for root alone.
    return std::uint64_t{disk.f_bavail} * disk.f_frsize;
}

DiskWatch::DiskWatch(FreeSpaceLimits limits, FreeBytes free_bytes)
    : ask_(std::move(free_bytes)), warn_bytes_(limits.warn_bytes), min_bytes_(limits.min_bytes) {
    look();
}

bool DiskWatch::look() {
    using State = DiskSpace::State;
    const auto free = ask_();
    if (!free) return false;
    free_bytes_ = *free;
    const State before = state_;
    const auto is_under = [&](std::uint64_t limit, bool was_under) {
        return *free < limit + (was_under ? limit / 8 : 0);
    };
    const State state = is_under(min_bytes_, before == State::full)      ? State::full
                        : is_under(warn_bytes_, before != State::enough) ? State::low
                                                                         : State::enough;
    state_ = state;
    return state != before;
}

void DiskWatch::change_limits(FreeSpaceLimits limits) {
    warn_bytes_ = limits.warn_bytes;
    min_bytes_ = limits.min_bytes;
}

}  // namespace customercare::store
