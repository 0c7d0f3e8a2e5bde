#include <iostream>
#include <memory>
#include <optional>
#include <string>

#include "cli/command_line.hpp"
#include "http/tls_context.hpp"

namespace customercare::cli {

namespace {

/// Throws as the server would that is started by the same user.
void try_tls_files(const http::TlsOptions& tls) {
    if (tls.is_on()) static_cast<void>(http::TlsContext(tls));
}

}  // namespace

void add_check_config(CommandLine& line) {
    CLI::App& command = *line.app.add_subcommand(
        "check-config", "Check the settings and print those in force, as TOML");
    line.add_settings(command);
    line.add_server_settings(command);
    const auto reference = std::make_shared<bool>(false);
    command.add_flag("--reference", *reference,
                     "Print every setting with its default, range, unit and reason instead");
    command.footer(
        "The files of tls.* are tried, too, as far as the user may read them who runs it.\n"
        "Examples:\n"
        "  customercare check-config --config server.toml    what counts, and where it comes from\n"
        "  customercare check-config --explain store.path    all about a setting\n"
        "  customercare check-config --explain limits        all about a section");
    const auto explained = std::make_shared<std::optional<std::string>>();
    command
        .add_option("--explain", *explained,
                    "Explain a setting, or all of a section, instead: http.listen, tls")
        ->type_name("KEY");
    command.callback([&line, reference, explained] {
        line.action = [&line, reference, explained] {
            if (*explained) {
                std::cout << explain(**explained);
                return success;
            }
            if (*reference) {
                std::cout << reference_toml();
                return success;
            }
            const LoadedSettings loaded = line.load();
            check_together(loaded.settings);
            std::cout << effective_toml(loaded) << std::flush;
            try_tls_files(loaded.settings.http.tls);
            return success;
        };
    });
}

}  // namespace customercare::cli
