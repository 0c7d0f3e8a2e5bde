#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <initializer_list>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <variant>

#include "http/server.hpp"

namespace spdlog {
class logger;
}

namespace customercare::cli {

/// In spdlog's order.
enum class LogLevel { trace, debug, info, warning, error, critical, off };

enum class LogFormat {
    text,  ///< time level event key=value ...
    json,  ///< One object a line, with the same keys.
};

struct LogOptions {
    LogLevel level = LogLevel::info;
    LogFormat format = LogFormat::text;
    std::string file;                  ///< Appended to; "": standard error.
    std::size_t max_audit_lines = 50;  ///< A second, of each kind.
};

/// A value of one log line. Text may come from the input: it is escaped and cut.
struct LogField {
    std::string_view key;
    std::variant<std::string_view, std::int64_t, double> value;
};

/// One line without time and level: `event key=value ...`, or the inside of a JSON object.
[[nodiscard]] std::string log_line(LogFormat format, std::string_view event,
                                   std::span<const LogField> fields);

/// The program's log. Lines appear at once as long as they are few; under load they are written
/// together every 50 ms, and the rest within a second. May be used from any thread.
class Log {
public:
    /// Throws ServiceError{usage} naming the file if it can't be opened.
    explicit Log(const LogOptions& options);
    ~Log();
    Log(const Log&) = delete;
    Log& operator=(const Log&) = delete;

    void set_level(LogLevel level) const;  ///< From any thread.
    /// Opens the file anew, whose name may be that of another one by now. Throws as the constructor
    /// does, and then nothing has changed.
    void reopen(const std::string& file) const { reopen_(file); }

    void write(LogLevel level, std::string_view event, std::span<const LogField> fields) const;
    void write(LogLevel level, std::string_view event,
               std::initializer_list<LogField> fields) const {
        write(level, event, std::span(fields.begin(), fields.size()));
    }

    /// The line of one exchange; failures of ours are warnings or errors, the others as `usual`.
    void exchange(std::string_view event, const http::Exchange& exchange,
                  LogLevel usual = LogLevel::info) const;

private:
    LogFormat format_;
    std::function<void(const std::string&)> reopen_;
    std::shared_ptr<spdlog::logger> logger_;
};

/// Log::reopen(), and a line that says so, or why not.
void reopen_log(const Log& log, const std::string& file);

}  // namespace customercare::cli
