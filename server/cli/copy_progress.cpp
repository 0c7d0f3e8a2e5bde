#include "cli/copy_progress.hpp"

#include <unistd.h>

#include <array>
#include <atomic>
#include <csignal>
#include <cstdio>
#include <iostream>

namespace customercare::cli {

namespace {

using std::chrono::steady_clock;

constexpr std::chrono::seconds between_lines{10};
constexpr std::uint64_t bar_width = 40;

std::atomic<bool> was_signalled{false};

void handle_by(void (*handler)(int)) {
    std::signal(SIGINT, handler);
    std::signal(SIGTERM, handler);
}

std::uint64_t share(std::uint64_t done, std::uint64_t all, std::uint64_t of) {
    return all == 0 ? of : done * of / all;
}

}  // namespace

std::string size_text(std::uint64_t bytes) {
    constexpr std::array<const char*, 5> units{"bytes", "kB", "MB", "GB", "TB"};
    if (bytes < 1000) return std::to_string(bytes) + " bytes";
    auto size = static_cast<double>(bytes);
    std::size_t unit = 0;
    for (; size >= 999.95 && unit + 1 < units.size(); ++unit) size /= 1000;
    std::array<char, 32> text{};
    std::snprintf(text.data(), text.size(), "%.1f %s", size, units.at(unit));
    return text.data();
}

CopyProgressLine::CopyProgressLine(bool is_quiet)
    : is_quiet_(is_quiet),
      is_terminal_(isatty(STDERR_FILENO) != 0),
      next_line_(steady_clock::now() + between_lines) {
    was_signalled = false;
    handle_by([](int) { was_signalled = true; });
}

CopyProgressLine::~CopyProgressLine() {
    handle_by(SIG_DFL);
    if (is_drawn_) std::cerr << '\n';
}

bool CopyProgressLine::operator()(std::uint64_t done, std::uint64_t all) {
    if (!is_quiet_) draw(done, all);
    return !was_signalled;
}

void CopyProgressLine::draw(std::uint64_t done, std::uint64_t all) {
    const std::string percent = std::to_string(share(done, all, 100)) + '%';
    const std::string sizes = size_text(done) + " of " + size_text(all);
    if (is_terminal_) {
        std::string bar(share(done, all, bar_width), '#');
        bar.resize(bar_width, '.');
        std::cerr << "\r[" << bar << "] " << percent << "  " << sizes << "   " << std::flush;
        is_drawn_ = true;
    } else if (steady_clock::now() >= next_line_) {
        std::cerr << percent << ", " << sizes << '\n';
        next_line_ = steady_clock::now() + between_lines;
    }
}

}  // namespace customercare::cli
