#include "cli/disk_space_log.hpp"

namespace customercare::cli {

void DiskSpaceLog::operator()(const store::DiskSpace& disk) {
    const auto write = [&](LogLevel level, std::string_view event, std::string_view detail) {
        log_.write(
            level, event,
            {{"free_bytes", static_cast<std::int64_t>(disk.free_bytes)}, {"detail", detail}});
    };
    switch (disk.state) {
        case store::DiskSpace::State::enough:
            if (was_told_) write(LogLevel::info, "disk_has_room", "Calls are taken as ever.");
            break;
        case store::DiskSpace::State::low:
            write(LogLevel::warning, "disk_nearly_full",
                  "Less than store.warn_free_bytes is free: /readyz says not ready. Make room.");
            break;
        case store::DiskSpace::State::full:
            write(LogLevel::error, "disk_full",
                  "Less than store.min_free_bytes is free: calls are answered 503. Make room.");
            break;
    }
    was_told_ = disk.state != store::DiskSpace::State::enough;
}

}  // namespace customercare::cli
