#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>

namespace customercare::store {

/// Room on a disk that is to stay free, in bytes. 0: not looked at.
struct FreeSpaceLimits {
    std::uint64_t warn_bytes = 268'435'456;  ///< Less than that is told of;
    std::uint64_t min_bytes = 67'108'864;    ///< with less than that, nothing is stored.
};

/// How a disk stands.
struct DiskSpace {
    enum class State : std::uint8_t { enough, low, full };
    State state = State::enough;
    std::uint64_t free_bytes = 0;  ///< When it was last looked at.
    std::uint64_t warn_bytes = 0;  ///< Of the limits in force.
};

/// Free bytes on the disk of a file, or of its folder while it is not there; nullopt if the system
/// can't tell.
[[nodiscard]] std::optional<std::uint64_t> free_bytes_of(const std::string& path);

/// Watches over the disk of a file: look() asks the system, now() may be asked for each request.
class DiskWatch {
public:
    using FreeBytes = std::function<std::optional<std::uint64_t>()>;

    DiskWatch(FreeSpaceLimits limits, FreeBytes free_bytes);

    /// True if the state is another one than before. A limit that was undercut is left only with an
    /// eighth more than it: what comes and goes about it is not to be told each time. If the system
    /// can't tell, all stays as it is. For one thread.
    bool look();

    // From any thread.
    [[nodiscard]] DiskSpace now() const { return {state_, free_bytes_, warn_bytes_}; }
    void change_limits(FreeSpaceLimits limits);  ///< Counts from the next look.

private:
    FreeBytes ask_;
    std::atomic<std::uint64_t> warn_bytes_;
    std::atomic<std::uint64_t> min_bytes_;
    std::atomic<std::uint64_t> free_bytes_{0};
    std::atomic<DiskSpace::State> state_{DiskSpace::State::enough};
};

}  // namespace customercare::store
