#pragma once

#include <memory>
#include <string>

namespace customercare::test {

/// What SQLite can be told by its VFS to have gone wrong.
enum class Fault {
    open,
    read,
    write,
    short_write,  ///< Half of the bytes are written.
    disk_full,
    sync,
    truncate,
    shm_map,  ///< Of the index of the WAL.
    remove,
};

/// SQLite's default VFS as long as the object lives: the usual one, with calls that fail as told.
/// It knows what of each file would outlive a power cut. As on Linux, what was written before a
/// sync that failed never gets there, though it can be read and later syncs succeed; and whoever
/// has the file open besides is told at the next sync.
class FaultVfs {
public:
    static constexpr int for_ever = -1;

    FaultVfs();
    ~FaultVfs();
    FaultVfs(const FaultVfs&) = delete;
    FaultVfs& operator=(const FaultVfs&) = delete;

    /// `count` calls of that kind fail, the first of them being the `at`-th from now.
    void fail(Fault fault, int at, int count = for_ever);
    void heal();
    /// Whether a call has failed since the last fail().
    [[nodiscard]] bool has_failed() const;

    // Copies of a file, if there is one, as it would be found after the process
    void copy_after_kill(const std::string& path, const std::string& to);       ///< was killed now,
    void copy_after_power_cut(const std::string& path, const std::string& to);  ///< or the machine.

    struct State;

private:
    std::unique_ptr<State> state_;
};

}  // namespace customercare::test
