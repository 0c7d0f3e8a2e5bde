#include <charconv>
#include <iostream>
#include <memory>
#include <optional>
#include <string>

#include "cli/call_log_json.hpp"
#include "cli/command_line.hpp"
#include "cli/erasure_flags.hpp"
#include "cli/progress.hpp"
#include "model/error.hpp"
#include "store/call_log_eraser.hpp"

// purge

namespace customercare::cli {

namespace {

struct Request : ErasureRequest {
    std::string older_than;
};

/// "365d" or "12h"; from an hour to a hundred years.
std::chrono::hours parse_age(const std::string& text) {
    constexpr std::int64_t most_hours = std::int64_t{24} * 36'500;
    std::int64_t count = 0;
    const char* const end = text.data() + text.size();
    const auto [unit, error] = std::from_chars(text.data(), end, count);
    const bool is_days = unit != end && *unit == 'd';
    const bool is_good = error == std::errc{} && end - unit == 1 && (is_days || *unit == 'h') &&
                         count > 0 && count <= most_hours / (is_days ? 24 : 1);
    if (!is_good) {
        throw model::ServiceError(model::ErrorCode::usage,
                                  "--older-than: " + text +
                                      " is no age; expected days or hours, such as 365d or 36h, "
                                      "from 1h to 36500d");
    }
    return std::chrono::hours(is_days ? 24 * count : count);
}

int purge(const Settings& settings, const Request& request) {
    const std::string before = model::utc_text(model::system_now() - parse_age(request.older_than));
    ProgressLine progress;
    const store::Erasure done = store::purge_call_logs(settings.store.path, before, request.options,
                                                       [&](std::size_t count) { progress(count); });
    if (request.as_json) {
        std::cout << dump(Json{{"before", before},
                               {"dryRun", request.options.dry_run},
                               {"found", done.found},
                               {"removed", done.removed}})
                  << '\n';
    } else if (request.options.dry_run) {
        std::cout << done.found << " call logs were received before " << before
                  << "; nothing is removed.\n";
    } else {
        std::cout << "Removed " << done.removed << " call logs received before " << before << ".\n";
    }
    return success;
}

}  // namespace

void add_purge(CommandLine& line) {
    CLI::App& command = *line.app.add_subcommand("purge", "Remove call logs by age, for good");
    line.add_settings(command);
    const auto request = std::make_shared<Request>();
    command.add_option("--older-than", request->older_than, "Those received longer ago than that")
        ->required()
        ->type_name("365d|36h");
    add_erasure_flags(command, *request);
    command.footer(
        "Also while a server runs: call logs go in many small transactions. What is removed is\n"
        "overwritten, and the write-ahead log emptied. The audit trail says who did it.\n"
        "The setting retention.max_age_days has the server do this by itself.\n"
        "SQLite may have made copies of rows as its tables grew, in unused parts of the file;\n"
        "--vacuum takes those, too, and makes the file smaller.");
    command.callback([&line, request] {
        line.action = [&line, request] { return purge(line.load().settings, *request); };
    });
}

}  // namespace customercare::cli
