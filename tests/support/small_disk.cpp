#include "support/small_disk.hpp"

#include <fstream>
#include <string>
#include <vector>

#include "support/server_process.hpp"

namespace customercare::test {
namespace {

bool run(const std::vector<std::string>& command) { return run_command(command).exit_code == 0; }

}  // namespace

SmallDisk::SmallDisk(const std::filesystem::path& directory, std::size_t mebibytes)
    : path_(directory / "disk") {
    std::filesystem::create_directory(path_);
    const std::string size = "size=" + std::to_string(mebibytes) + "m";
    is_mounted_ = run({"mount", "-t", "tmpfs", "-o", size, "tmpfs", path_.string()});
    if (!is_mounted_) return;
    // A server has made it, with its key.
    ServerProcess server(directory);
    server.stop();
    const std::filesystem::path database = server.database();
    std::filesystem::copy(database, path_ / "customercare.db");
    std::filesystem::remove(database);
    std::filesystem::create_symlink(path_ / "customercare.db", database);
}

SmallDisk::~SmallDisk() {
    if (is_mounted_) run({"umount", path_.string()});
}

void SmallDisk::fill(std::uintmax_t free_bytes) const {
    std::ofstream file(path_ / "other", std::ios::app);
    while (std::filesystem::space(path_).available > free_bytes && file << std::string(4096, 'x')
                                                                        << std::flush) {
    }
}

void SmallDisk::make_room() const { std::filesystem::remove(path_ / "other"); }

bool SmallDisk::make_read_only() const {
    return run({"mount", "-o", "remount,ro", path_.string()});
}

}  // namespace customercare::test
