#pragma once

#include <sys/resource.h>

#include <algorithm>
#include <stdexcept>
#include <string>

namespace customercare::test {

/// Raises the limit of open files for this process and those that it starts. Throws
/// std::runtime_error if the hard limit is lower.
inline void allow_open_files(rlim_t count) {
    rlimit limit{};
    getrlimit(RLIMIT_NOFILE, &limit);
    if (limit.rlim_max < count) {
        throw std::runtime_error("This test needs " + std::to_string(count) +
                                 " open files; the hard limit here (ulimit -Hn) is " +
                                 std::to_string(limit.rlim_max) + ".");
    }
    limit.rlim_cur = std::max(limit.rlim_cur, count);
    setrlimit(RLIMIT_NOFILE, &limit);
}

}  // namespace customercare::test
