#include <iostream>
#include <memory>
#include <string>
#include <vector>

#include "cli/call_log_json.hpp"
#include "cli/command_line.hpp"
#include "cli/keys.hpp"
#include "store/audit_log.hpp"

// audit list

namespace customercare::cli {

namespace {

/// What the options ask for, as written.
struct Query {
    std::string from;
    std::string to;
    std::string event;
    std::string account;
    bool as_json = false;
};

store::AuditFilter filter_of(const Settings& settings, const Query& query) {
    store::AuditFilter filter;
    if (!query.from.empty()) filter.from = model::utc_text(parse_instant("--from", query.from));
    if (!query.to.empty()) filter.before = model::utc_text(parse_instant("--to", query.to));
    if (!query.event.empty()) filter.event = query.event;
    if (!query.account.empty()) {
        filter.subject = store::account_subject(*open_keys(settings), query.account);
    }
    return filter;
}

int list(const Settings& settings, const Query& query) {
    Json array = Json::array();
    std::vector<std::vector<std::string>> rows{{"ID", "AT", "ACTOR", "EVENT", "SUBJECT", "DETAIL"}};
    for (const auto& event :
         store::list_audit_events(settings.store.path, filter_of(settings, query))) {
        rows.push_back({std::to_string(event.id), event.at, event.actor, event.event, event.subject,
                        event.detail});
        array.push_back({{"id", event.id},
                         {"at", event.at},
                         {"actor", event.actor},
                         {"event", event.event},
                         {"subject", event.subject},
                         {"detail", event.detail}});
    }
    std::cout << (query.as_json ? dump(array) + '\n' : format_table(rows));
    return success;
}

}  // namespace

void add_audit(CommandLine& line) {
    CLI::App& group = *line.app.add_subcommand("audit", "Read the audit trail");
    group.require_subcommand(1);
    group.footer(
        "It tells who added or revoked credentials, looked at SSN or DriverLicense, changed the "
        "key,\npurged or erased call logs. The database lets nobody change or remove a line.\n"
        "Example, to show that an account was erased: customercare audit list --event erase "
        "--account 1234567890");

    CLI::App& command = *group.add_subcommand("list", "Show its lines, the oldest first");
    line.add_settings(command);
    const auto query = std::make_shared<Query>();
    const auto add = [&](const char* flag, std::string& option, const char* type,
                         const char* help) {
        command.add_option(flag, option, help)->type_name(type);
    };
    add("--from", query->from, "TIME", "Written then or later; UTC unless it names a zone");
    add("--to", query->to, "TIME", "Written before");
    add("--event", query->event, "TEXT", "Such as erase, \"credentials add\"");
    add("--account", query->account, "NUMBER",
        "About that account: the trail has a keyed hash of its number; needs the key file");
    command.add_flag("--json", query->as_json, "As a JSON array");
    command.callback([&line, query] {
        line.action = [&line, query] { return list(line.load().settings, *query); };
    });
}

}  // namespace customercare::cli
