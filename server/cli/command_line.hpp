#pragma once

#include <CLI/CLI.hpp>
#include <functional>
#include <string>
#include <vector>

#include "settings.hpp"

namespace customercare::cli {

/// Exit codes of the program.
enum ExitCode { success = 0, failure = 1, usage = 2 };

/// The command line while it is put together and read.
struct CommandLine {
    CLI::App app;
    std::string config_file;
    std::vector<SettingFlag> flags;
    std::function<int()> action;  ///< Of the chosen command; gives the exit code.

    /// Adds the options by which every command finds its settings: --config, --database, --set.
    void add_settings(CLI::App& command);
    /// Adds what serve and check-config know besides: --mode, --listen, --admin-listen.
    void add_server_settings(CLI::App& command);
    [[nodiscard]] LoadedSettings load() const;

private:
    /// Adds a flag of its own for a setting.
    void add_flag(CLI::App& command, const std::string& flag, const std::string& key,
                  const std::string& type, const std::string& help);
};

// Each adds its commands, with their options and what they do.
void add_serve(CommandLine& line);
void add_check_config(CommandLine& line);
void add_credentials(CommandLine& line);
void add_call_logs(CommandLine& line);
void add_purge(CommandLine& line);
void add_erase(CommandLine& line);
void add_rotate_key(CommandLine& line);
void add_audit(CommandLine& line);
void add_backup(CommandLine& line);
void add_verify(CommandLine& line);
void add_restore(CommandLine& line);
void add_health(CommandLine& line);

/// "0.1.0 (SQLite 3.40.1)".
[[nodiscard]] std::string version_text();

/// A table with aligned columns; the first row is its header. Cells are shown as by
/// append_printable, cut at 40 characters.
[[nodiscard]] std::string format_table(const std::vector<std::vector<std::string>>& rows);

/// The UTC instant of an option's dateTime; without a zone it is read as UTC. Throws
/// ServiceError{usage} naming the flag.
[[nodiscard]] model::Instant parse_instant(const std::string& flag, const std::string& text);

/// Runs the program: main() without its name.
int run(int argc, char** argv);

}  // namespace customercare::cli
