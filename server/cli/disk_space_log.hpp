#pragma once

#include "cli/log.hpp"
#include "store/disk_space.hpp"

namespace customercare::cli {

/// Tells how the database's disk stands, if there is something to tell: once it was not well.
class DiskSpaceLog {
public:
    explicit DiskSpaceLog(const Log& log) : log_(log) {}  ///< `log` must outlive it.

    /// For one thread at a time.
    void operator()(const store::DiskSpace& disk);

private:
    const Log& log_;
    bool was_told_ = false;
};

}  // namespace customercare::cli
