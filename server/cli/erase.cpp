#include <iostream>
#include <memory>
#include <string>

#include "cli/call_log_json.hpp"
#include "cli/command_line.hpp"
#include "cli/erasure_flags.hpp"
#include "cli/keys.hpp"
#include "cli/progress.hpp"
#include "model/error.hpp"
#include "store/call_log_eraser.hpp"

// erase

namespace customercare::cli {

namespace {

struct Request : ErasureRequest {
    std::string account;
};

// The account's number is not said again: output ends in files, too.
int erase(const Settings& settings, const Request& request) {
    if (request.account.find_first_not_of(" \t\r\n") == std::string::npos) {
        throw model::ServiceError(model::ErrorCode::usage, "--account: the number is empty");
    }
    const auto keys = open_keys(settings);
    ProgressLine progress;
    const store::Erasure done =
        store::erase_account(settings.store.path, *keys, request.account, request.options,
                             [&](std::size_t count) { progress(count); });
    if (request.as_json) {
        std::cout << dump(Json{{"dryRun", request.options.dry_run},
                               {"found", done.found},
                               {"removed", done.removed}})
                  << '\n';
    } else if (request.options.dry_run) {
        std::cout << "The account has " << done.found << " call logs; nothing is removed.\n";
    } else {
        std::cout << "Removed " << done.removed << " call logs of the account (" << done.found
                  << " found).\n";
    }
    return success;
}

}  // namespace

void add_erase(CommandLine& line) {
    CLI::App& command =
        *line.app.add_subcommand("erase", "Remove all call logs of an account, for good");
    line.add_settings(command);
    const auto request = std::make_shared<Request>();
    command.add_option("--account", request->account, "Its AccountNumber")
        ->required()
        ->type_name("NUMBER");
    add_erasure_flags(command, *request);
    command.footer(
        "Also while a server runs. What is removed is overwritten, and the write-ahead log "
        "emptied;\n"
        "see purge --help about --vacuum. May be repeated: then it finds 0, and succeeds.\n"
        "The audit trail says who did it, with a keyed hash of the number:\n"
        "customercare audit list --account NUMBER. A number that stands elsewhere, in LogText or\n"
        "open content, is not looked for. A message that comes again afterwards is stored anew.\n"
        "Copies of the database, exports and backups are not touched.");
    command.callback([&line, request] {
        line.action = [&line, request] { return erase(line.load().settings, *request); };
    });
}

}  // namespace customercare::cli
