#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <memory>
#include <string>
#include <utility>

#include "cli/call_log_json.hpp"
#include "cli/command_line.hpp"
#include "cli/keys.hpp"
#include "cli/own_files.hpp"
#include "model/error.hpp"
#include "store/audit_log.hpp"
#include "store/call_log_reader.hpp"

// calllogs list | show | export

namespace customercare::cli {

namespace {

constexpr std::size_t default_list_limit = 100;

[[noreturn]] void fail(const std::string& why) {
    throw model::ServiceError(model::ErrorCode::storage, why);
}

/// What the options ask for, as written.
struct Query {
    std::string account;
    std::string customer;
    std::string premise;
    std::string message_id;
    std::string from;
    std::string to;
    std::size_t limit = 0;  ///< 0: none given.
    bool as_json = false;
    bool reveal = false;
    std::string format;
    std::string output;
};

store::CallLogFilter filter_of(const Query& query) {
    const auto text = [](const std::string& option) {
        return option.empty() ? std::nullopt : std::optional<std::string>(option);
    };
    const auto time = [](const char* flag, const std::string& option) {
        return option.empty()
                   ? std::nullopt
                   : std::optional<std::string>(model::utc_text(parse_instant(flag, option)));
    };
    store::CallLogFilter filter;
    filter.account_number = text(query.account);
    filter.customer = text(query.customer);
    filter.premise_number = text(query.premise);
    filter.message_id = text(query.message_id);
    filter.received_from = time("--from", query.from);
    filter.received_before = time("--to", query.to);
    if (query.limit > 0) filter.limit = query.limit;
    return filter;
}

/// Reads call logs, masked; or as they are, but then the audit trail says so before.
class Reader {
public:
    explicit Reader(const Settings& settings) : reader_(settings.store.path) {}
    Reader(const Settings& settings, std::unique_ptr<store::Keys> keys,
           const store::AuditEntry& entry)
        : keys_(std::move(keys)), reader_(settings.store.path, keys_.get()) {
        store::AuditLog(settings.store.path).append(entry);
    }
    store::CallLogReader* operator->() { return &reader_; }

private:
    std::unique_ptr<store::Keys> keys_;
    store::CallLogReader reader_;
};

int list(const Settings& settings, const Query& query) {
    store::CallLogFilter filter = filter_of(query);
    const std::size_t limit = query.limit > 0 ? query.limit : default_list_limit;
    filter.newest_first = true;
    filter.limit = limit + 1;
    auto found = Reader(settings)->list(filter);
    const bool has_more = found.size() > limit;
    if (has_more) found.pop_back();

    Json array = Json::array();
    std::vector<std::vector<std::string>> rows{
        {"ID", "RECEIVED", "MESSAGE ID", "ACCOUNT", "CUSTOMER", "PREMISE"}};
    for (const store::CallLogSummary& call_log : found) {
        std::vector<std::string> row{std::to_string(call_log.id), call_log.received_at};
        Json object{{"id", call_log.id}, {"receivedAt", call_log.received_at}};
        const auto add = [&](const char* name, const model::Text& text) {
            row.push_back(text.value_or(""));
            if (text) object[name] = *text;
        };
        add("MessageId", call_log.message_id);
        add("AccountNumber", call_log.account_number);
        add("CustomerId", call_log.customer_id);
        add("PremiseNumber", call_log.premise_number);
        rows.push_back(std::move(row));
        array.push_back(std::move(object));
    }
    std::cout << (query.as_json ? dump(array) + '\n' : format_table(rows)) << std::flush;
    if (has_more) {
        std::cerr << "There are more than these " << limit << "; --limit shows them.\n";
    }
    return success;
}

int show(const Settings& settings, const Query& query, std::int64_t id) {
    auto stored = Reader(settings)->find(id);
    if (stored && query.reveal) {
        const std::string subject = "call log " + std::to_string(id);
        stored = Reader(settings, open_keys(settings),
                        {.event = "calllogs show --reveal", .subject = subject, .detail = ""})
                     ->find(id);
    }
    if (!stored) fail("calllogs show: there is no call log " + std::to_string(id));
    const Json call_log = to_json(*stored);
    std::cout << (query.as_json ? dump(call_log) + '\n' : to_text(call_log)) << std::flush;
    if (stored->is_masked) {
        std::cerr << "SSN or DriverLicense is masked; --reveal shows it.\n";
    }
    return success;
}

/// Where an export goes: standard output, or a file that is there when it is complete.
class Export {
public:
    explicit Export(const std::string& path) : path_(path), draft_(path + ".part") {
        if (path.empty()) return;
        const auto type = std::filesystem::status(path).type();
        if (type != std::filesystem::file_type::not_found &&
            type != std::filesystem::file_type::regular) {
            throw model::ServiceError(model::ErrorCode::usage, "--output: " + path + " is no file");
        }
        umask(077);  // It holds personal data.
        file_.open(draft_, std::ios::binary | std::ios::trunc);
        if (!file_) {
            throw model::ServiceError(
                model::ErrorCode::usage,
                "--output: " + draft_ + ": " + std::generic_category().message(errno));
        }
        file_.exceptions(std::ios::badbit | std::ios::failbit);
    }
    ~Export() {
        if (file_.is_open()) unlink(draft_.c_str());
    }
    Export(const Export&) = delete;
    Export& operator=(const Export&) = delete;

    std::ostream& stream() { return path_.empty() ? std::cout : file_; }

    void finish() {
        stream().flush();
        if (path_.empty()) return;
        const int descriptor = open(draft_.c_str(), O_RDONLY | O_CLOEXEC);
        const bool is_safe =
            descriptor >= 0 && fsync(descriptor) == 0 && rename(draft_.c_str(), path_.c_str()) == 0;
        const int error = errno;
        if (descriptor >= 0) close(descriptor);
        if (!is_safe) fail("--output: " + path_ + ": " + std::generic_category().message(error));
        file_.close();
    }

private:
    std::string path_;
    std::string draft_;
    std::ofstream file_;
};

/// What of the filter may stand in the audit trail.
std::string audit_detail(const store::CallLogFilter& filter) {
    std::string detail;
    const auto add = [&](const std::string& word) {
        if (!detail.empty()) detail += ' ';
        detail += word;
    };
    if (filter.received_from) add("from=" + *filter.received_from);
    if (filter.received_before) add("to=" + *filter.received_before);
    if (filter.customer) add("customer=*");
    if (filter.premise_number) add("premise=*");
    if (filter.message_id) add("message-id=*");
    return detail;
}

Reader open_for_export(const Settings& settings, bool reveal, const store::CallLogFilter& filter) {
    if (!reveal) return Reader(settings);
    auto keys = open_keys(settings);
    const std::string subject =
        filter.account_number ? store::account_subject(*keys, *filter.account_number) : "call logs";
    const std::string detail = audit_detail(filter);
    return {settings,
            std::move(keys),
            {.event = "calllogs export --reveal", .subject = subject, .detail = detail}};
}

int export_all(const CommandLine& line, const Query& query) {
    const Settings settings = line.load().settings;
    if (!query.output.empty() && is_own_file(query.output, settings, line.config_file)) {
        throw model::ServiceError(
            model::ErrorCode::usage,
            "--output: " + query.output + " is in use by this installation; name another file");
    }
    const bool shows_progress = isatty(STDERR_FILENO) != 0;
    const bool is_csv = query.format == "csv";
    const store::CallLogFilter filter = filter_of(query);
    Export target(query.output);  // Before the audit trail says what then could not be done.
    Reader reader = open_for_export(settings, query.reveal, filter);
    if (is_csv) target.stream() << csv_header();
    std::size_t count = 0;
    reader->for_each(filter, [&](store::StoredCallLog&& stored) {
        const Json call_log = to_json(stored);
        target.stream() << (is_csv ? csv_row(call_log) : dump(call_log) + '\n');
        ++count;
        if (shows_progress && count % 1000 == 0) std::cerr << '\r' << count << std::flush;
    });
    target.finish();
    if (shows_progress) std::cerr << '\r' << count << " call logs\n";
    return success;
}

void add_filters(CLI::App& command, Query& query) {
    const auto add = [&](const char* flag, std::string& option, const char* type,
                         const char* help) {
        command.add_option(flag, option, help)->type_name(type);
    };
    add("--account", query.account, "NUMBER", "AccountNumber");
    add("--customer", query.customer, "TEXT", "CustomerId or CustomerNumber");
    add("--premise", query.premise, "NUMBER", "PremiseNumber");
    add("--message-id", query.message_id, "TEXT", "MessageId");
    add("--from", query.from, "TIME", "Received then or later; UTC unless it names a zone");
    add("--to", query.to, "TIME", "Received before");
    command.add_option("--limit", query.limit, "At most so many")
        ->type_name("COUNT")
        ->check(CLI::Range(std::size_t{1}, std::size_t{1'000'000'000}).description(""));
}

}  // namespace

void add_call_logs(CommandLine& line) {
    CLI::App& group = *line.app.add_subcommand("calllogs", "Read the stored call logs");
    group.require_subcommand(1);
    group.footer(
        "These commands read only, also while a server runs on the database. SSN and DriverLicense "
        "are\nshown as *****; --reveal shows them, and adds a line to the audit trail before.");
    const auto query = std::make_shared<Query>();
    const char* const reveal_help = "With SSN and DriverLicense; needs the key file, is audited";

    CLI::App& list_command = *group.add_subcommand(
        "list", "Show what was received, the newest first (100 unless --limit)");
    line.add_settings(list_command);
    add_filters(list_command, *query);
    list_command.add_flag("--json", query->as_json, "As a JSON array");
    list_command.footer(
        "It reads only, also while a server runs on the database. All that a call log holds is "
        "shown by\ncustomercare calllogs show ID.");
    list_command.callback([&line, query] {
        line.action = [&line, query] { return list(line.load().settings, *query); };
    });

    CLI::App& show_command = *group.add_subcommand("show", "Show one call log, complete");
    line.add_settings(show_command);
    const auto id = std::make_shared<std::int64_t>();
    show_command.add_option("ID", *id, "As shown by list and in the log")->required();
    show_command.add_flag("--json", query->as_json, "As a JSON object");
    show_command.add_flag("--reveal", query->reveal, reveal_help);
    show_command.callback([&line, query, id] {
        line.action = [&line, query, id] { return show(line.load().settings, *query, *id); };
    });

    CLI::App& export_command =
        *group.add_subcommand("export", "Write call logs to a file, the oldest first");
    line.add_settings(export_command);
    add_filters(export_command, *query);
    export_command.add_option("--format", query->format, "Everything as JSON lines, or a table")
        ->required()
        ->type_name("jsonl|csv")
        ->check(CLI::IsMember({"jsonl", "csv"}).description(""));
    export_command.add_option("--output", query->output, "Instead of standard output")
        ->type_name("FILE");
    export_command.add_flag("--reveal", query->reveal, reveal_help);
    export_command.footer(
        "CSV has the elements that occur once at most; repeating and open ones are in jsonl only.\n"
        "Text that a spreadsheet would take for a formula gets an apostrophe before it.");
    export_command.callback(
        [&line, query] { line.action = [&line, query] { return export_all(line, *query); }; });
}

}  // namespace customercare::cli
