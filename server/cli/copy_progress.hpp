#pragma once

#include <chrono>
#include <cstdint>
#include <string>

namespace customercare::cli {

/// "12.3 MB"; with units of 1000 bytes, as `ls --si` and disks have them.
[[nodiscard]] std::string size_text(std::uint64_t bytes);

/// Tells on standard error how far a copy is: a bar on a terminal, else a line now and then. While
/// it lives, SIGINT and SIGTERM do not end the program, but the copy, which then is removed.
class CopyProgressLine {
public:
    explicit CopyProgressLine(bool is_quiet);
    ~CopyProgressLine();
    CopyProgressLine(const CopyProgressLine&) = delete;
    CopyProgressLine& operator=(const CopyProgressLine&) = delete;

    /// False after a signal.
    [[nodiscard]] bool operator()(std::uint64_t done, std::uint64_t all);

private:
    void draw(std::uint64_t done, std::uint64_t all);

    bool is_quiet_;
    bool is_terminal_;
    bool is_drawn_ = false;
    std::chrono::steady_clock::time_point next_line_;
};

}  // namespace customercare::cli
