#include "store/restore.hpp"

#include <filesystem>
#include <iostream>
#include <memory>
#include <string>

#include "cli/command_line.hpp"
#include "cli/copy_progress.hpp"
#include "cli/verify.hpp"
#include "model/error.hpp"

// restore

namespace customercare::cli {

namespace {

struct Request {
    std::string file;
    bool without_key = false;
    bool is_quiet = false;
};

/// What the backup does not know is undone: the operator has to do it again.
void tell_what_is_undone(const Request& request, const std::string& former) {
    const auto events = store::events_since(request.file, former);
    if (events.empty()) return;
    std::string list;
    for (const auto& [event, count] : events) {
        list += (list.empty() ? "" : ", ") + std::to_string(count) + ' ' + event;
    }
    std::cout << "Undone by it, and to be done again where it has to stay: " << list
              << ".\nSee: customercare audit list --database " << former << '\n';
}

int restore(const Settings& settings, const Request& request) {
    const std::string& database = settings.store.path;
    store::Restore work(request.file, database);
    {
        CopyProgressLine progress(request.is_quiet);
        work.copy([&](std::uint64_t done, std::uint64_t all) { return progress(done, all); });
    }
    const store::Verification found =
        verify(settings, work.draft(), !request.without_key, request.is_quiet);
    if (!found.is_good()) {
        std::cerr << problem_lines(request.file, found);
        throw model::ServiceError(model::ErrorCode::storage,
                                  request.file + " is not restored; nothing was changed");
    }
    const std::string former = work.put_in_place();
    if (request.is_quiet) return success;
    std::cout << "Restored " << request.file << " to " << database << ".\n";
    if (!former.empty()) {
        std::cout << "The former database is kept as " << former << ".\n";
        tell_what_is_undone(request, former);
    }
    return success;
}

}  // namespace

void add_restore(CommandLine& line) {
    CLI::App& command =
        *line.app.add_subcommand("restore", "Put a backup in the place of the database");
    line.add_settings(command);
    const auto request = std::make_shared<Request>();
    command.add_option("file", request->file, "The backup; it stays")
        ->required()
        ->type_name("FILE");
    command.add_flag("--without-key", request->without_key,
                     "Do not ask whether the key file opens what is encrypted");
    command.add_flag("--quiet", request->is_quiet, "Say nothing but errors");
    command.footer(
        "Not while a server runs: stop it first. The backup is checked as by customercare verify "
        "before\n"
        "anything is changed. The former database is kept beside the new one, and named; remove it "
        "when\n"
        "it is not needed any more. May be repeated, also after it was cut short. A backup of an "
        "older\n"
        "version is brought to this program's.\n"
        "What happened since the backup is undone: credentials that were revoked are valid again, "
        "and\n"
        "call logs that were erased are back; it says which of that the former audit trail tells "
        "of.\n"
        "The key file is not touched: it must be the one of the backup's time, or a later one of "
        "the\n"
        "same installation if the key was not changed since, or with rotate-key --keep-old.");
    command.callback([&line, request] {
        line.action = [&line, request] { return restore(line.load().settings, *request); };
    });
}

}  // namespace customercare::cli
