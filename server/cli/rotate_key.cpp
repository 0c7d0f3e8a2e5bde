#include <iostream>
#include <memory>

#include "cli/command_line.hpp"
#include "cli/keys.hpp"
#include "cli/progress.hpp"
#include "model/error.hpp"
#include "store/key_rotation.hpp"

// rotate-key

namespace customercare::cli {

namespace {

int rotate_key(const Settings& settings, bool keep_old) {
    static_cast<void>(open_keys(settings));  // Says where a file that is missing was looked for.
    ProgressLine progress;
    const auto result =
        store::rotate_keys(settings.store.path, settings.key_file_path(), {.keep_old = keep_old},
                           [&](std::size_t count) { progress(count); });
    if (!result.is_complete) {
        throw model::ServiceError(
            model::ErrorCode::storage,
            "rotate-key: the running server has not taken the new key, see its log. Both keys "
            "stay in " +
                settings.key_file_path() + "; restart it, and run rotate-key again");
    }
    std::cout << (result.was_resumed ? "Went on with an earlier change of the key.\n" : "")
              << "Encrypted " << result.resealed << " values anew; the former key is "
              << (keep_old ? "kept" : "removed") << ".\n";
    return success;
}

}  // namespace

void add_rotate_key(CommandLine& line) {
    CLI::App& command = *line.app.add_subcommand(
        "rotate-key", "Change the key that SSN and DriverLicense are encrypted with");
    line.add_settings(command);
    const auto keep_old = std::make_shared<bool>(false);
    command.add_flag("--keep-old", *keep_old,
                     "Keep former keys in the key file, for old copies of the database");
    command.footer(
        "Also while a server runs, which takes the new key by itself. If it is ended before its\n"
        "time, run it again: it goes on. Make a new copy of the key file afterwards; without\n"
        "--keep-old the new file does not open older copies of the database. The key for hashes "
        "of\n"
        "tokens stays, since it could be changed only together with all tokens.");
    command.callback([&line, keep_old] {
        line.action = [&line, keep_old] { return rotate_key(line.load().settings, *keep_old); };
    });
}

}  // namespace customercare::cli
