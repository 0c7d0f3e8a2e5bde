#include "admin/process_metrics.hpp"

#include <sys/resource.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>
#include <string>
#include <system_error>

namespace customercare::admin {

namespace {

using prometheus::MetricType;

prometheus::MetricFamily family(std::string name, std::string help, MetricType type, double value) {
    prometheus::ClientMetric metric;
    (type == MetricType::Counter ? metric.counter.value : metric.gauge.value) = value;
    return {std::move(name), std::move(help), type, {std::move(metric)}};
}

/// The fields of /proc/self/stat from the third one on: behind the name, which may hold anything.
std::vector<double> read_stat() {
    std::ifstream file("/proc/self/stat");
    std::string text((std::istreambuf_iterator<char>(file)), {});
    std::istringstream rest(text.substr(std::min(text.rfind(')'), text.size() - 1) + 1));
    std::string state;
    rest >> state;
    return {std::istream_iterator<double>(rest), {}};
}

double seconds_of_boot() {
    std::ifstream file("/proc/stat");
    for (std::string word; file >> word;) {
        double seconds = 0;
        if (word == "btime" && file >> seconds) return seconds;
    }
    return 0;
}

double count_open_files() {
    std::error_code error;
    const std::filesystem::directory_iterator files("/proc/self/fd", error);
    return error ? 0 : static_cast<double>(std::distance(begin(files), end(files)) - 1);
}

}  // namespace

std::vector<prometheus::MetricFamily> process_metrics() {
    std::vector<prometheus::MetricFamily> families;
    // Numbers of proc(5), less the three that are not in the list.
    constexpr std::size_t utime = 14 - 4;
    constexpr std::size_t stime = 15 - 4;
    constexpr std::size_t starttime = 22 - 4;
    constexpr std::size_t vsize = 23 - 4;
    constexpr std::size_t rss = 24 - 4;
    if (const std::vector<double> stat = read_stat(); stat.size() > rss) {
        const auto ticks = static_cast<double>(sysconf(_SC_CLK_TCK));
        families.push_back(family("process_cpu_seconds_total", "CPU time of the process.",
                                  MetricType::Counter, (stat[utime] + stat[stime]) / ticks));
        families.push_back(family("process_start_time_seconds",
                                  "When the process began, in seconds since 1970.",
                                  MetricType::Gauge, seconds_of_boot() + stat[starttime] / ticks));
        families.push_back(family("process_virtual_memory_bytes", "Address space in use.",
                                  MetricType::Gauge, stat[vsize]));
        families.push_back(family("process_resident_memory_bytes", "Memory in use.",
                                  MetricType::Gauge,
                                  stat[rss] * static_cast<double>(sysconf(_SC_PAGESIZE))));
    }
    rlimit limit{};
    getrlimit(RLIMIT_NOFILE, &limit);
    families.push_back(family("process_open_fds", "Open file descriptors.", MetricType::Gauge,
                              count_open_files()));
    families.push_back(family("process_max_fds", "File descriptors that may be open.",
                              MetricType::Gauge, static_cast<double>(limit.rlim_cur)));
    return families;
}

}  // namespace customercare::admin
