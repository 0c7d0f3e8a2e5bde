#include "cli/verify.hpp"

#include <iostream>
#include <memory>

#include "cli/call_log_json.hpp"
#include "cli/command_line.hpp"
#include "cli/keys.hpp"
#include "cli/printable.hpp"
#include "model/error.hpp"

namespace customercare::cli {

namespace {

struct Request {
    std::string file;
    bool without_key = false;
    bool as_json = false;
    bool is_quiet = false;
};

std::string summary(const store::Verification& found, bool with_key) {
    std::string text =
        "version " + std::to_string(found.version) +
        (found.version == found.newest_version
             ? ""
             : " (the server will bring it to " + std::to_string(found.newest_version) + ")") +
        ", " + std::to_string(found.call_logs) + " call logs";
    if (!found.newest_call_log.empty()) text += " until " + found.newest_call_log;
    return text + ", " + std::to_string(found.credentials) + " credentials, " +
           std::to_string(found.sealed_values) + " encrypted values" +
           (with_key ? "" : " (not tried to decrypt)");
}

int verify_file(const Settings& settings, const Request& request) {
    const std::string& path = request.file.empty() ? settings.store.path : request.file;
    const store::Verification found =
        verify(settings, path, !request.without_key, request.is_quiet || request.as_json);
    if (request.as_json) {
        std::cout << dump(Json{{"file", path},
                               {"good", found.is_good()},
                               {"problems", found.problems},
                               {"version", found.version},
                               {"newestVersion", found.newest_version},
                               {"callLogs", found.call_logs},
                               {"newestCallLog", found.newest_call_log},
                               {"credentials", found.credentials},
                               {"encryptedValues", found.sealed_values},
                               {"decrypted", found.is_good() && !request.without_key}})
                  << '\n';
    }
    if (!found.is_good()) {
        std::cout.flush();
        std::cerr << problem_lines(path, found);
    }
    return found.is_good() ? success : failure;
}

}  // namespace

store::Verification verify(const Settings& settings, const std::string& path, bool with_key,
                           bool is_quiet) {
    std::unique_ptr<store::Keys> keys;
    std::string key_problem;
    try {
        if (with_key) keys = open_keys(settings);
    } catch (const model::ServiceError& error) {
        key_problem = std::string(error.what()) +
                      "; --without-key does not ask whether values can be decrypted";
    }
    store::Verification found =
        store::verify_database(path, keys.get(), [&](std::string_view check) {
            if (!is_quiet) std::cout << "checking " << check << std::endl;
        });
    if (!key_problem.empty()) found.problems.push_back(key_problem);
    if (!is_quiet && found.is_good()) std::cout << "good: " << summary(found, with_key) << '\n';
    return found;
}

std::string problem_lines(const std::string& path, const store::Verification& found) {
    std::string lines;
    for (const std::string& problem : found.problems) {
        lines += "customercare: ";
        append_printable(lines, path);
        lines += ": ";
        append_printable(lines, problem);
        lines += '\n';
    }
    return lines;
}

void add_verify(CommandLine& line) {
    CLI::App& command = *line.app.add_subcommand("verify", "Check a backup, or the database");
    line.add_settings(command);
    const auto request = std::make_shared<Request>();
    command.add_option("file", request->file, "The backup; without it, the database in use")
        ->type_name("FILE");
    command.add_flag("--without-key", request->without_key,
                     "Where the key file is not: do not try to decrypt");
    command.add_flag("--json", request->as_json, "As a JSON object");
    command.add_flag("--quiet", request->is_quiet, "Say nothing but what is wrong");
    command.footer(
        "Reads everything: SQLite's structures and indexes, references between tables, the "
        "schema's\n"
        "version; and decrypts every SSN and DriverLicense with the key file, showing none.\n"
        "Exit code 0: all is good; 1: something is wrong, see standard error. Also while a server "
        "runs.");
    command.callback([&line, request] {
        line.action = [&line, request] { return verify_file(line.load().settings, *request); };
    });
}

}  // namespace customercare::cli
