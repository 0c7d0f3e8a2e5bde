#include <iostream>
#include <memory>

#include "cli/command_line.hpp"

namespace customercare::cli {

void add_check_config(CommandLine& line) {
    CLI::App& command = *line.app.add_subcommand(
        "check-config", "Check the settings and print those in force, as TOML");
    line.add_settings(command);
    line.add_server_settings(command);
    const auto reference = std::make_shared<bool>(false);
    command.add_flag("--reference", *reference,
                     "Print every setting with its default, range, unit and reason instead");
    command.callback([&line, reference] {
        line.action = [&line, reference] {
            if (*reference) {
                std::cout << reference_toml();
                return success;
            }
            const LoadedSettings loaded = line.load();
            check_together(loaded.settings);
            std::cout << effective_toml(loaded);
            return success;
        };
    });
}

}  // namespace customercare::cli
