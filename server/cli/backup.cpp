#include <filesystem>
#include <iostream>
#include <memory>
#include <string>

#include "cli/command_line.hpp"
#include "cli/copy_progress.hpp"
#include "cli/own_files.hpp"
#include "model/error.hpp"
#include "store/database_copy.hpp"

// backup

namespace customercare::cli {

namespace {

struct Request {
    std::string file;
    bool may_replace = false;
    bool is_quiet = false;
};

[[noreturn]] void refuse(const std::string& why) {
    throw model::ServiceError(model::ErrorCode::usage, why);
}

/// SQLite would take these for parts of the backup.
void refuse_files_beside(const std::string& file) {
    std::error_code error;
    for (const char* suffix : {"-wal", "-journal"}) {
        if (!std::filesystem::exists(file + suffix, error)) continue;
        refuse(file + suffix +
               " is there, so that the backup would not be read as it is; name another file");
    }
}

void check_target(const Settings& settings, const std::string& config_file,
                  const Request& request) {
    using std::filesystem::file_type;
    const std::string& file = request.file;
    if (file.empty()) refuse("backup: FILE is empty; name the file to write");
    if (file == "-") {
        refuse("backup: FILE is -, but a backup can't go to a pipe; name the file to write");
    }
    std::error_code error;
    if (std::filesystem::is_directory(file, error) || file.ends_with('/')) {
        refuse(file + " is a folder; name the file to write");
    }
    if (is_own_file(file, settings, config_file)) {
        refuse(file + " is in use by this installation; name another file");
    }
    const file_type type = std::filesystem::symlink_status(file, error).type();
    if (type == file_type::symlink) refuse(file + " is a link; name the file to write");
    if (type != file_type::regular && type != file_type::not_found && type != file_type::none) {
        refuse(file + " is no regular file; name another one");
    }
    if (!request.may_replace && type == file_type::regular) {
        refuse(file + " exists; name another file, or use --force to replace it");
    }
    refuse_files_beside(file);
}

void check_source(const Settings& settings) {
    std::error_code error;
    if (!std::filesystem::exists(settings.store.path, error)) {
        throw model::ServiceError(model::ErrorCode::storage,
                                  "database " + settings.store.path +
                                      ": there is no such file; check --database and --config");
    }
}

int backup(const CommandLine& line, const Request& request) {
    const Settings settings = line.load().settings;
    check_target(settings, line.config_file, request);
    check_source(settings);
    store::DatabaseCopy copy(settings.store.path, request.file);
    {
        CopyProgressLine progress(request.is_quiet);
        copy.run([&](std::uint64_t done, std::uint64_t all) { return progress(done, all); });
    }
    copy.put_in_place(request.may_replace);
    if (!request.is_quiet) {
        std::cout << "Backed up " << settings.store.path << " to " << request.file << ", "
                  << size_text(copy.bytes()) << ".\nThe key file " << settings.key_file_path()
                  << " is not in it: keep a copy of it, at another place.\n";
    }
    return success;
}

}  // namespace

void add_backup(CommandLine& line) {
    CLI::App& command =
        *line.app.add_subcommand("backup", "Copy the database, also while a server runs");
    line.add_settings(command);
    const auto request = std::make_shared<Request>();
    command.add_option("file", request->file, "Where to write it")->required()->type_name("FILE");
    command.add_flag("--force", request->may_replace,
                     "Replace the file if it exists; never one in use");
    command.add_flag("--quiet", request->is_quiet, "Say nothing but errors");
    command.footer(
        "All that was acknowledged before it began is in it. It is complete as soon as it has its "
        "name,\n"
        "and one file (mode 0600), to be checked by customercare verify, and brought back by\n"
        "customercare restore. The server goes on meanwhile; its write-ahead log grows until the "
        "copy\n"
        "is made.\n"
        "The key file is not in the backup, on purpose: who finds a backup without it reads no SSN "
        "and\n"
        "no DriverLicense, and has no use for the hashes of tokens. Without it neither can be used "
        "any\n"
        "more: copy it once, and after each rotate-key, to a place of its own.");
    command.callback(
        [&line, request] { line.action = [&line, request] { return backup(line, *request); }; });
}

}  // namespace customercare::cli
