#pragma once

#include <atomic>
#include <filesystem>
#include <string>

namespace customercare::test {

/// A system call that fails.
enum class IoFault {
    none,
    write,           ///< EIO
    short_write,     ///< Half of the bytes are written; EIO for the rest.
    disk_full,       ///< ENOSPC
    read_only,       ///< EROFS, as of a file system that was remounted after an error.
    sync,            ///< EIO
    database_write,  ///< EIO for the database's file alone, not for its WAL.
};

/// What the library in the server's process is told, and tells.
struct IoFaultControl {
    std::atomic<IoFault> fault;
    std::atomic<int> calls_before;
    std::atomic<int> failures_left;  ///< Below 0: all.
    std::atomic<int> failures;
};

/// Faults of the files of a database in the servers that are started as long as the object lives,
/// between SQLite and the kernel: by a library that is loaded into them before all others.
class IoFaults {
public:
    static constexpr int for_ever = -1;

    /// Keeps a file in the directory.
    explicit IoFaults(const std::filesystem::path& directory);
    ~IoFaults();
    IoFaults(const IoFaults&) = delete;
    IoFaults& operator=(const IoFaults&) = delete;

    /// `count` calls of that kind fail, the first of them being the `at`-th from now.
    void fail(IoFault fault, int at, int count = for_ever);
    void heal();
    /// Calls that have failed since the last fail().
    [[nodiscard]] int failures() const;

private:
    IoFaultControl* control_;
};

}  // namespace customercare::test
