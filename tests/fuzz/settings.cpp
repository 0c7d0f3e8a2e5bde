// Settings from a file, the environment and flags. An input is a TOML file, but for its lines that
// begin with CUSTOMERCARE_ (variables) and with --set (flags). Either an error for the user comes
// of it, or settings whose effective_toml() loads to the same.

#include "settings.hpp"

#include <fstream>

#include "fuzz/input.hpp"
#include "model/error.hpp"
#include "unit/store/store_support.hpp"

using namespace customercare;
using fuzz::require;

namespace {

struct Sources {
    std::string file;
    std::vector<std::string> variables;
    std::vector<SettingFlag> flags;
};

/// Variables with _FILE read the input's own file, not whatever the fuzzer comes to name.
std::string harmless(const std::string& variable, const std::string& path) {
    constexpr std::string_view suffix = "_FILE";
    const std::string name = variable.substr(0, variable.find('='));
    return name.ends_with(suffix) ? name + "=" + path : variable;
}

Sources split(std::string_view text, const std::string& path) {
    Sources sources;
    while (!text.empty()) {
        const std::size_t end = std::min(text.find('\n'), text.size());
        const std::string line(text.substr(0, end));
        text.remove_prefix(std::min(end + 1, text.size()));
        const std::size_t equals = std::min(line.find('='), line.size());
        if (line.starts_with("CUSTOMERCARE_")) {
            sources.variables.push_back(harmless(line, path));
        } else if (line.starts_with("--set ") && equals < line.size()) {
            const std::string key = line.substr(6, equals - 6);
            sources.flags.push_back({"--set " + key, key, line.substr(equals + 1)});
        } else {
            sources.file += line + '\n';
        }
    }
    return sources;
}

LoadedSettings load(const std::string& path, const Sources& sources) {
    test::write_file(path, sources.file);
    std::vector<const char*> environment;
    for (const std::string& variable : sources.variables) environment.push_back(variable.c_str());
    environment.push_back(nullptr);
    return load_settings(path, environment.data(), sources.flags);
}

std::string values_of(const Settings& settings) {
    std::string values;
    for (const Setting& setting : setting_table()) values += toml_line(setting, settings) + '\n';
    return values;
}

void check_effective(const LoadedSettings& loaded) {
    static const test::StoreDirectory directory;
    const std::string toml = effective_toml(loaded);
    const LoadedSettings again =
        load(directory.file("effective.toml"), {.file = toml, .variables = {}, .flags = {}});
    require(values_of(again.settings) == values_of(loaded.settings),
            "what check-config prints is what is in effect");
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    static const test::StoreDirectory directory;
    const std::string path = directory.file("input.toml");
    const Sources sources = split({reinterpret_cast<const char*>(bytes), size}, path);
    std::optional<LoadedSettings> loaded;
    try {
        loaded = load(path, sources);
        check_together(loaded->settings);
    } catch (const model::ServiceError& error) {
        require(error.code() == model::ErrorCode::usage, "an error is the user's");
        require(error.what()[0] != '\0', "an error says what is wrong");
    }
    if (loaded) check_effective(*loaded);
    return 0;
}
