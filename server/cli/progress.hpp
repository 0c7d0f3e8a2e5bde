#pragma once

#include <unistd.h>

#include <cstddef>
#include <iostream>

namespace customercare::cli {

/// A number on standard error that grows in its place, if that is a terminal.
class ProgressLine {
public:
    ~ProgressLine() {
        if (is_begun_) std::cerr << '\n';
    }
    void operator()(std::size_t done) {
        if (!is_terminal_) return;
        std::cerr << '\r' << done << std::flush;
        is_begun_ = true;
    }

private:
    bool is_terminal_ = isatty(STDERR_FILENO) != 0;
    bool is_begun_ = false;
};

}  // namespace customercare::cli
