#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>

namespace customercare::test {

/// A file system of its own, on which the database of a server in `directory` lies.
class SmallDisk {
public:
    SmallDisk(const std::filesystem::path& directory, std::size_t mebibytes);
    ~SmallDisk();
    SmallDisk(const SmallDisk&) = delete;
    SmallDisk& operator=(const SmallDisk&) = delete;

    /// Needs root.
    [[nodiscard]] bool is_mounted() const { return is_mounted_; }

    /// With a file, until no more than so many bytes are free.
    void fill(std::uintmax_t free_bytes = 0) const;
    void make_room() const;  ///< Removes it.
    [[nodiscard]] bool make_read_only() const;

private:
    std::filesystem::path path_;
    bool is_mounted_ = false;
};

}  // namespace customercare::test
