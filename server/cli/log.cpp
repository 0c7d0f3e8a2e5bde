#include "cli/log.hpp"

#include <fcntl.h>
#include <spdlog/pattern_formatter.h>
#include <spdlog/sinks/base_sink.h>
#include <spdlog/spdlog.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <mutex>
#include <system_error>
#include <utility>

#include "cli/printable.hpp"
#include "model/error.hpp"

namespace customercare::cli {

namespace {

using std::chrono::steady_clock;

constexpr std::size_t max_value_bytes = 1000;

/// Writes to a file descriptor, several lines at a time when they come fast.
class BufferingSink final : public spdlog::sinks::base_sink<std::mutex> {
public:
    explicit BufferingSink(const std::string& file) : descriptor_(open_file(file)) {}
    ~BufferingSink() override {
        flush_();
        close_file();
    }
    BufferingSink(const BufferingSink&) = delete;
    BufferingSink& operator=(const BufferingSink&) = delete;

    /// What is buffered still goes where it would have gone. Throws as the constructor does, and
    /// then nothing has changed.
    void reopen(const std::string& file) {
        const int opened = open_file(file);
        const std::lock_guard lock(mutex_);
        flush_();
        close_file();
        descriptor_ = opened;
    }

private:
    static int open_file(const std::string& file) {
        if (file.empty()) return STDERR_FILENO;
        const int opened = open(file.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0640);
        if (opened >= 0) return opened;
        throw model::ServiceError(
            model::ErrorCode::usage,
            "log.file: " + file + ": " + std::generic_category().message(errno));
    }

    void close_file() const {
        if (descriptor_ != STDERR_FILENO) close(descriptor_);
    }

    void sink_it_(const spdlog::details::log_msg& message) override {
        constexpr std::chrono::milliseconds interval{50};
        constexpr std::size_t limit = 65'536;
        formatter_->format(message, buffer_);
        if (message.level >= spdlog::level::warn || buffer_.size() >= limit ||
            steady_clock::now() - flushed_ >= interval) {
            flush_();
        }
    }

    void flush_() override {
        for (std::size_t written = 0; written < buffer_.size();) {
            const ssize_t size =
                write(descriptor_, buffer_.data() + written, buffer_.size() - written);
            // Nobody can be told of a log that can't be written; the service goes on without it.
            if (size < 0 && errno != EINTR) break;
            written += static_cast<std::size_t>(std::max<ssize_t>(size, 0));
        }
        buffer_.clear();
        flushed_ = steady_clock::now();
    }

    int descriptor_;
    spdlog::memory_buf_t buffer_;
    steady_clock::time_point flushed_;
};

bool is_plain(std::string_view text) {
    return !text.empty() && text.size() <= max_value_bytes &&
           std::all_of(text.begin(), text.end(), [](char c) {
               return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                      std::string_view("-_./:[]").find(c) != std::string_view::npos;
           });
}

void append_value(std::string& line, std::string_view value, LogFormat format) {
    if (format == LogFormat::text && is_plain(value)) {
        line += value;
    } else {
        append_quoted(line, value, max_value_bytes);
    }
}
void append_value(std::string& line, std::int64_t value, LogFormat) {
    fmt::format_to(std::back_inserter(line), "{}", value);
}
void append_value(std::string& line, double value, LogFormat) {
    fmt::format_to(std::back_inserter(line), "{:.2f}", value);
}

LogLevel level_of(const http::Exchange& exchange, LogLevel usual) {
    const std::string_view outcome = exchange.summary->outcome;
    if (outcome == "failed") return LogLevel::error;
    // A fault is the client's doing as a rule, and has status 500 all the same.
    if (exchange.status >= 500 && outcome != "fault") return LogLevel::warning;
    return usual;
}

}  // namespace

std::string log_line(LogFormat format, std::string_view event, std::span<const LogField> fields) {
    std::string line;
    line.reserve(256);
    if (format == LogFormat::json) line += R"("event":")";
    line += event;
    if (format == LogFormat::json) line += '"';
    for (const LogField& field : fields) {
        line += format == LogFormat::json ? R"(,")" : " ";
        line += field.key;
        line += format == LogFormat::json ? R"(":)" : "=";
        std::visit([&](const auto& value) { append_value(line, value, format); }, field.value);
    }
    return line;
}

Log::Log(const LogOptions& options) : format_(options.format) {
    auto sink = std::make_shared<BufferingSink>(options.file);
    // cppcheck-suppress useInitializationList  // It needs the sink, which the logger gets.
    reopen_ = [sink](const std::string& file) { sink->reopen(file); };
    sink->set_formatter(std::make_unique<spdlog::pattern_formatter>(
        format_ == LogFormat::text ? "%Y-%m-%dT%H:%M:%S.%eZ %l %v"
                                   : R"({"time":"%Y-%m-%dT%H:%M:%S.%eZ","level":"%l",%v})",
        spdlog::pattern_time_type::utc));
    logger_ = std::make_shared<spdlog::logger>("customercare", std::move(sink));
    logger_->set_level(static_cast<spdlog::level::level_enum>(options.level));
    spdlog::register_logger(logger_);
    spdlog::flush_every(std::chrono::seconds(1));
}

Log::~Log() {
    spdlog::drop(logger_->name());
    logger_->flush();
}

void Log::set_level(LogLevel level) const {
    logger_->set_level(static_cast<spdlog::level::level_enum>(level));
}

void reopen_log(const Log& log, const std::string& file) {
    try {
        log.reopen(file);
        log.write(LogLevel::info, "log_reopened", {});
    } catch (const model::ServiceError& error) {
        log.write(LogLevel::error, "log_not_reopened",
                  {{"detail", std::string(error.what()) + "; the old file stays in use"}});
    }
}

void Log::write(LogLevel level, std::string_view event, std::span<const LogField> fields) const {
    const auto own_level = static_cast<spdlog::level::level_enum>(level);
    if (!logger_->should_log(own_level)) return;
    logger_->log(own_level, spdlog::string_view_t(log_line(format_, event, fields)));
}

void Log::exchange(std::string_view event, const http::Exchange& exchange, LogLevel usual) const {
    const LogLevel level = level_of(exchange, usual);
    const model::ExchangeSummary& summary = *exchange.summary;
    std::string ignored;
    for (const std::string& element : summary.ignored) {
        if (!ignored.empty()) ignored += ", ";
        ignored += element;
    }
    std::array<LogField, 20> fields;
    std::size_t count = 0;
    const auto add = [&](std::string_view key, auto value) { fields[count++] = {key, value}; };
    const auto add_text = [&](std::string_view key, std::string_view value) {
        if (!value.empty()) add(key, value);
    };
    const auto number = [](auto value) { return static_cast<std::int64_t>(value); };
    add("id", number(exchange.request_id));
    add_text("peer", exchange.peer);
    add_text("client_subject", exchange.client_subject);
    add_text("method", exchange.method);
    add_text("operation", summary.operation);
    add_text("soap", summary.soap_version);
    add_text("outcome", summary.outcome);
    add("status", number(exchange.status));
    add("duration_ms", static_cast<double>(exchange.duration.count()) / 1000);
    add("in", number(exchange.request_bytes));
    add("out", number(exchange.reply_bytes));
    if (summary.call_log_id != 0) add("call_log", number(summary.call_log_id));
    add_text("request_id", exchange.client_request_id);
    add_text("trace_id", exchange.trace.trace_id.text());
    add_text("span_id", exchange.trace.span_id.text());
    add_text("parent_id", exchange.trace.parent_id.text());
    add_text("detail", summary.detail);
    add_text("ignored", ignored);
    write(level, event, std::span(fields.data(), count));
}

}  // namespace customercare::cli
