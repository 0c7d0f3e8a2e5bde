#include "cli/command_line.hpp"

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <exception>
#include <iostream>

#include "cli/printable.hpp"
#include "model/error.hpp"
#include "store/database.hpp"

namespace customercare::cli {

namespace {

const char* const examples = R"(Examples:
  customercare serve --mode stand-in
      A service for trying out clients on http://127.0.0.1:8080; takes any credentials.
  customercare serve --config config/production.toml --database calls.db
      The endpoint itself on http://127.0.0.1:8080, for registered credentials.
  customercare credentials add --role direct --label "call centre" --token-file token.txt
  customercare calllogs list --account 1234567890 --from 2026-01-31
  customercare calllogs export --format csv --output calls.csv
  customercare purge --older-than 365d --dry-run
  customercare backup /backup/customercare.db

Settings come from defaults, then --config, then the environment (CUSTOMERCARE_HTTP_LISTEN), then
flags. `customercare check-config --explain KEY` explains one, and --reference lists all.

Exit codes: 0 done; 1 failed while working, such as at the database; 2 wrong usage or settings.
After a second SIGTERM or SIGINT: 128 + the signal's number.)";

std::string explain(const CLI::ParseError& error, const CLI::App& app) {
    std::string command = app.get_name();
    for (auto chosen = app.get_subcommands(); !chosen.empty();) {
        command += ' ' + chosen.front()->get_name();
        chosen = chosen.front()->get_subcommands();
    }
    const std::vector<std::string> unknown = app.remaining(true);
    return (unknown.empty() ? error.what() : "unknown argument " + unknown.front()) + " (see " +
           command + " --help)";
}

int complain(const std::string& what, int code) {
    std::string line = "customercare: ";
    append_printable(line, what);
    std::cerr << line + '\n';
    return code;
}

/// Where `exception` was thrown while an ostream wrote: the reader of a pipe may have gone, as
/// `head` does, which is no failure.
int output_failed(int error) {
    if (error == EPIPE) return success;
    return complain("the output can't be written: " + std::generic_category().message(error),
                    failure);
}

int parse_and_act(CommandLine& line, int argc, char** argv) {
    try {
        line.app.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        if (error.get_exit_code() != 0) return complain(explain(error, line.app), usage);
        return line.app.exit(error);  // --help and --version
    }
    return line.action();
}

std::size_t count_characters(const std::string& text) {
    return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) {
        return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U;
    }));
}

}  // namespace

std::string version_text() {
    store::Database none(":memory:", store::Database::Access::read_only, {});
    auto statement = none.prepare("SELECT sqlite_version()");
    statement.step();
    return CUSTOMERCARE_VERSION " (SQLite " + statement.read<std::string>() + ")";
}

void CommandLine::add_settings(CLI::App& command) {
    command.add_option("--config", config_file, "TOML file with settings")
        ->type_name("FILE")
        ->take_last();
    command
        .add_option_function<std::vector<std::string>>(
            "--set",
            [this](const std::vector<std::string>& assignments) {
                for (const std::string& assignment : assignments) {
                    const std::size_t equals = assignment.find('=');
                    if (equals == std::string::npos) {
                        throw CLI::ValidationError("--set " + assignment,
                                                   "expected SECTION.KEY=VALUE");
                    }
                    const std::string key = assignment.substr(0, equals);
                    flags.push_back({"--set", key, assignment.substr(equals + 1)});
                }
            },
            "Any setting; may be repeated")
        ->type_name("SECTION.KEY=VALUE")
        ->allow_extra_args(false)
        ->take_all();
    add_flag(command, "--database", "store.path", "PATH", "The SQLite database");
}

void CommandLine::add_server_settings(CLI::App& command) {
    add_flag(command, "--mode", "mode", "production|stand-in", "What the program is for");
    add_flag(command, "--listen", "http.listen", "ADDRESS:PORT",
             "Where to listen; port 0: any free one");
    add_flag(command, "--admin-listen", "admin.listen", "ADDRESS:PORT",
             "Where the admin server listens; \"\": no such server");
    add_flag(command, "--forward", "standin.forward", "URL",
             "A real service that answers the requests (stand-in)");
    add_flag(command, "--record", "standin.record", "FOLDER",
             "Where what is forwarded is recorded");
    add_flag(command, "--replay", "standin.replay", "FOLDER",
             "Recordings to answer from (stand-in)");
}

void CommandLine::add_flag(CLI::App& command, const std::string& flag, const std::string& key,
                           const std::string& type, const std::string& help) {
    command
        .add_option_function<std::string>(
            flag,
            [this, flag, key](const std::string& text) {
                flags.push_back({flag, key, text});
            },
            help + " (" + key + ")")
        ->type_name(type)
        ->take_last();
}

LoadedSettings CommandLine::load() const { return load_settings(config_file, environ, flags); }

std::string format_table(const std::vector<std::vector<std::string>>& rows) {
    constexpr std::size_t max_width = 40;
    std::vector<std::vector<std::string>> cells = rows;
    std::vector<std::size_t> widths;
    for (auto& row : cells) {
        widths.resize(std::max(widths.size(), row.size()));
        for (std::size_t i = 0; i < row.size(); ++i) {
            std::string printable;
            append_printable(printable, row[i]);
            row[i] = printable;
            widths[i] = std::max(widths[i], std::min(count_characters(row[i]), max_width));
        }
    }
    std::string table;
    for (const auto& row : cells) {
        for (std::size_t i = 0; i < row.size(); ++i) {
            table += row[i];
            if (i + 1 == row.size()) break;
            const std::size_t width = count_characters(row[i]);
            table.append(width < widths[i] ? widths[i] - width + 2 : 2, ' ');
        }
        table.erase(table.find_last_not_of(' ') + 1);
        table += '\n';
    }
    return table;
}

model::Instant parse_instant(const std::string& flag, const std::string& text) {
    const auto value = model::parse_date_time(text);
    if (!value) {
        throw model::ServiceError(
            model::ErrorCode::usage,
            flag + ": " + text + " is no time; expected such as 2027-01-31T00:00:00Z");
    }
    return value->instant;
}

int run(int argc, char** argv) {
    // A reader of our output that goes away is an error of write(), no signal.
    std::signal(SIGPIPE, SIG_IGN);
    std::ios::sync_with_stdio(false);
    std::cout.exceptions(std::ios::badbit);

    CommandLine line;
    line.app.name("customercare");
    line.app.description("SOAP server in the place of CustomerCareService.asmx");
    line.app.footer(examples);
    line.app.set_version_flag("--version", [] { return "customercare " + version_text(); });
    line.app.require_subcommand(1);
    add_serve(line);
    add_check_config(line);
    add_credentials(line);
    add_call_logs(line);
    add_purge(line);
    add_erase(line);
    add_rotate_key(line);
    add_audit(line);
    add_backup(line);
    add_verify(line);
    add_restore(line);
    add_health(line);
    try {
        const int code = parse_and_act(line, argc, argv);
        std::cout.flush();
        return code;
    } catch (const std::ios::failure&) {
        const int error = errno;
        std::cout.exceptions(std::ios::goodbit);  // Or it throws again when the program ends.
        return output_failed(error);
    } catch (const model::ServiceError& error) {
        return complain(error.what(), error.code() == model::ErrorCode::usage ? usage : failure);
    } catch (const std::exception& error) {
        return complain(error.what(), failure);
    }
}

}  // namespace customercare::cli
