#include "settings.hpp"

#include <toml++/toml.h>

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <numeric>
#include <sstream>

#include "model/error.hpp"
#include "scenario_settings.hpp"

namespace customercare {

namespace {

constexpr std::string_view variable_prefix = "CUSTOMERCARE_";
const char* const scenarios_key = "standin.scenario";

// Looking up.

[[noreturn]] void refuse(const std::string& why) {
    throw model::ServiceError(model::ErrorCode::usage, why);
}

const Setting* find_setting(std::string_view key) {
    const auto& table = setting_table();
    const auto found = std::find_if(table.begin(), table.end(),
                                    [&](const Setting& setting) { return setting.key == key; });
    return found == table.end() ? nullptr : &*found;
}

/// Levenshtein's: insertions, deletions and replacements that make one text of the other.
std::size_t edit_distance(std::string_view left, std::string_view right) {
    std::vector<std::size_t> row(right.size() + 1);
    std::iota(row.begin(), row.end(), 0U);
    for (std::size_t i = 1; i <= left.size(); ++i) {
        std::size_t diagonal = row[0]++;
        for (std::size_t j = 1; j <= right.size(); ++j) {
            const std::size_t replaced = diagonal + (left[i - 1] == right[j - 1] ? 0 : 1);
            diagonal = row[j];
            row[j] = std::min({row[j] + 1, row[j - 1] + 1, replaced});
        }
    }
    return row.back();
}

std::string section_of(std::string_view key) {
    const std::size_t dot = key.find('.');
    return std::string(dot == std::string_view::npos ? "" : key.substr(0, dot));
}

/// The section of a key that there may not be; "" if there is no such section either.
std::string known_section(std::string_view key) {
    const auto& table = setting_table();
    std::string section = section_of(key);
    const bool is_known = std::any_of(table.begin(), table.end(), [&](const Setting& setting) {
        return section_of(setting.key) == section;
    });
    return is_known ? section : "";
}

/// The settings that `key` may mean, the nearest first, with their distance from it. Those of
/// another section are not among them if its section is known.
std::vector<std::pair<std::size_t, std::string>> settings_by_distance(std::string_view key) {
    const std::string section = known_section(key);
    std::vector<std::pair<std::size_t, std::string>> by_distance;
    for (const Setting& setting : setting_table()) {
        if (!section.empty() && section_of(setting.key) != section) continue;
        // What is only the last part of a key is to find it, too.
        const std::string_view known = setting.key;
        const std::string_view name = known.substr(known.find('.') + 1);
        by_distance.emplace_back(std::min(edit_distance(key, known), edit_distance(key, name)),
                                 setting.key);
    }
    std::stable_sort(by_distance.begin(), by_distance.end(),
                     [](const auto& left, const auto& right) { return left.first < right.first; });
    return by_distance;
}

/// "; did you mean http.listen?", or where to look if none is near.
std::string advice(std::string_view key, std::string (*written)(std::string_view)) {
    const std::string section = known_section(key);
    const std::size_t own_size = key.size() - (section.empty() ? 0 : section.size() + 1);
    const auto [distance, nearest] = settings_by_distance(key).front();
    if (distance <= std::max<std::size_t>(2, own_size / 3)) {
        return "; did you mean " + written(nearest) + "?";
    }
    return "; see customercare check-config " +
           (section.empty() ? "--reference" : "--explain " + section);
}

[[noreturn]] void refuse_unknown(const std::string& source, const std::string& key) {
    const auto as_it_is = [](std::string_view known) { return std::string(known); };
    refuse(source + ": unknown setting " + key + advice(key, as_it_is));
}

[[noreturn]] void refuse_unknown_variable(std::string_view variable) {
    std::string key(variable.substr(variable_prefix.size()));
    std::transform(key.begin(), key.end(), key.begin(),
                   [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c; });
    // No section has one in its name.
    if (const std::size_t line = key.find('_'); line != std::string::npos) key[line] = '.';
    refuse("unknown environment variable " + std::string(variable) + advice(key, variable_name));
}

// Values.

/// True, and `value` filled, if the node is of the type that `value` holds.
bool read_toml(const toml::node& node, SettingValue& value) {
    if (auto* flag = std::get_if<bool>(&value)) {
        const auto read = node.value_exact<bool>();
        if (read) *flag = *read;
        return read.has_value();
    }
    if (auto* integer = std::get_if<std::int64_t>(&value)) {
        const auto read = node.value_exact<std::int64_t>();
        if (read) *integer = *read;
        return read.has_value();
    }
    if (auto* string = std::get_if<std::string>(&value)) {
        const auto read = node.value_exact<std::string>();
        if (read) *string = *read;
        return read.has_value();
    }
    if (auto* strings = std::get_if<std::vector<std::string>>(&value)) {
        strings->clear();
        if (!node.is_array()) return false;
        for (const toml::node& entry : *node.as_array()) {
            const auto read = entry.value_exact<std::string>();
            if (!read) return false;
            strings->push_back(*read);
        }
        return true;
    }
    auto& numbers = std::get<std::map<std::string, std::int64_t>>(value);
    numbers.clear();
    if (!node.is_table()) return false;
    for (const auto& [key, entry] : *node.as_table()) {
        const auto read = entry.value_exact<std::int64_t>();
        if (!read) return false;
        numbers[std::string(key.str())] = *read;
    }
    return true;
}

std::vector<std::string> split_list(std::string_view text) {
    std::vector<std::string> parts;
    while (!text.empty()) {
        const std::size_t comma = std::min(text.find(','), text.size());
        std::string_view part = text.substr(0, comma);
        part.remove_prefix(std::min(part.find_first_not_of(' '), part.size()));
        part = part.substr(0, part.find_last_not_of(' ') + 1);
        if (!part.empty()) parts.emplace_back(part);
        text.remove_prefix(std::min(comma + 1, text.size()));
    }
    return parts;
}

bool read_integer(std::string_view text, std::int64_t& value) {
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    return error == std::errc{} && end == text.data() + text.size();
}

/// As read_toml, from the plain text of a flag or variable: lists as "a,b", tables as "a=1,b=2".
bool read_text(const std::string& text, SettingValue& value) {
    if (auto* flag = std::get_if<bool>(&value)) {
        *flag = text == "true";
        return text == "true" || text == "false";
    }
    if (auto* integer = std::get_if<std::int64_t>(&value)) return read_integer(text, *integer);
    if (auto* string = std::get_if<std::string>(&value)) {
        *string = text;
        return true;
    }
    const std::vector<std::string> parts = split_list(text);
    if (auto* strings = std::get_if<std::vector<std::string>>(&value)) {
        *strings = parts;
        return true;
    }
    auto& numbers = std::get<std::map<std::string, std::int64_t>>(value);
    numbers.clear();
    return std::all_of(parts.begin(), parts.end(), [&](const std::string& part) {
        const std::size_t equals = std::min(part.find('='), part.size() - 1);
        return read_integer(std::string_view(part).substr(equals + 1),
                            numbers[part.substr(0, equals)]);
    });
}

/// JSON's strings, numbers and arrays are TOML's, too, but for a DEL in a string.
std::string as_toml(const SettingValue& value) {
    if (const auto* numbers = std::get_if<std::map<std::string, std::int64_t>>(&value)) {
        std::string table = "{";
        for (const auto& [key, number] : *numbers) {
            table += (table.size() > 1 ? ", " : " ") + nlohmann::json(key).dump() + " = " +
                     std::to_string(number);
        }
        return table + (numbers->empty() ? "}" : " }");
    }
    std::string toml = std::visit(
        [](const auto& plain) {
            return nlohmann::json(plain).dump(-1, ' ', false,
                                              nlohmann::json::error_handler_t::replace);
        },
        value);
    for (std::size_t at = 0; (at = toml.find('\x7F', at)) != std::string::npos;) {
        toml.replace(at, 1, "\\u007F");
    }
    return toml;
}

// Sources.

/// What one source says about one setting, before it is known to be allowed.
struct Given {
    const Setting* setting;
    SettingValue value;
    bool is_of_type;
    std::string shown;  ///< The value for error messages; "" if it must not be shown.
    std::string source;
};

/// What all sources say.
struct AllGiven {
    std::vector<Given> settings;
    /// Tables of the file, which no flag or variable could hold; and where they begin.
    std::vector<standin::Scenario> scenarios;
    std::string scenarios_source;
};

Given given_text(const Setting& setting, const std::string& text, std::string source) {
    Given given{&setting, setting.get(Settings{}), false, '"' + text + '"', std::move(source)};
    given.is_of_type = read_text(text, given.value);
    return given;
}

void read_table(const toml::table& table, const std::string& prefix, const std::string& file,
                AllGiven& given) {
    for (const auto& [name, node] : table) {
        const std::string key = prefix + std::string(name.str());
        const std::string source = file + ":" + std::to_string(name.source().begin.line);
        if (const Setting* setting = find_setting(key)) {
            Given one{setting, setting->get(Settings{}), false, {}, source};
            one.is_of_type = read_toml(node, one.value);
            std::ostringstream shown;
            shown << toml::node_view(node);
            one.shown = shown.str();
            given.settings.push_back(std::move(one));
        } else if (key == scenarios_key) {
            given.scenarios = read_scenarios(node, file);
            given.scenarios_source = source;
        } else if (node.is_table() && prefix.empty()) {
            read_table(*node.as_table(), key + ".", file, given);
        } else {
            refuse_unknown(source, key);
        }
    }
}

std::string read_whole(const std::string& path) {
    std::error_code error;
    if (std::filesystem::is_directory(path, error)) refuse("--config: " + path + " is a directory");
    try {
        std::ifstream file(path, std::ios::binary);
        std::string text{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
        if (file) return text;
    } catch (const std::ios_base::failure&) {
        // Of reading, which says no more.
    }
    refuse("--config: " + path + " can't be read");
}

void read_file(const std::string& path, AllGiven& given) {
    const std::string text = read_whole(path);
    try {
        read_table(toml::parse(text), "", path, given);
    } catch (const toml::parse_error& error) {
        refuse(path + ":" + std::to_string(error.source().begin.line) + ": " +
               std::string(error.description()));
    }
}

std::string read_first_line(const std::string& variable, const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    std::string line;
    if (!std::getline(file, line) && !file.eof()) {
        refuse(variable + ": " + path + " can't be read");
    }
    if (line.ends_with('\r')) line.pop_back();
    return line;
}

/// Kubernetes gives every container variables for each service of its namespace; for one that is
/// called customercare they begin with our prefix.
bool is_from_kubernetes(std::string_view rest) {
    return rest.starts_with("SERVICE_") || rest == "PORT" || rest.starts_with("PORT_");
}

void read_variable(const std::string& name, const std::string& text, std::vector<Given>& given) {
    constexpr std::string_view file_suffix = "_FILE";
    const auto& table = setting_table();
    const auto find = [&](std::string_view wanted) {
        return std::find_if(table.begin(), table.end(), [&](const Setting& setting) {
            return variable_name(setting.key) == wanted;
        });
    };
    if (const auto found = find(name); found != table.end()) {
        given.push_back(given_text(*found, text, name));
        return;
    }
    if (name.ends_with(file_suffix)) {
        const auto found = find(std::string_view(name).substr(0, name.size() - file_suffix.size()));
        if (found != table.end()) {
            Given one = given_text(*found, read_first_line(name, text), name);
            one.shown.clear();
            given.push_back(std::move(one));
            return;
        }
    }
    refuse_unknown_variable(name);
}

void read_environment(const char* const* environment, std::vector<Given>& given) {
    for (; *environment != nullptr; ++environment) {
        const std::string_view variable = *environment;
        const std::size_t equals = variable.find('=');
        if (!variable.starts_with(variable_prefix) || equals == std::string_view::npos) continue;
        const std::string name(variable.substr(0, equals));
        if (is_from_kubernetes(std::string_view(name).substr(variable_prefix.size()))) continue;
        read_variable(name, std::string(variable.substr(equals + 1)), given);
    }
}

void apply(const Given& given, Settings& settings) {
    const Setting& setting = *given.setting;
    if (given.is_of_type && setting.set(settings, given.value)) return;
    const bool is_shown = !setting.is_secret && !given.shown.empty();
    refuse(given.source + ": " + setting.key + (is_shown ? " = " + given.shown : "") +
           " is not allowed; allowed: " + setting.allowed);
}

/// Calls `write` for each setting, and appends the sections' headers between.
template <typename Write>
void write_sections(std::string& out, Write write) {
    std::string section;
    for (const Setting& setting : setting_table()) {
        if (section_of(setting.key) != section) {
            section = section_of(setting.key);
            out += "\n[" + section + "]\n";
        }
        write(setting);
    }
}

/// Appends a comment, its lines at most 100 characters long.
void append_comment(std::string& out, const std::string& text) {
    constexpr std::size_t width = 100;
    std::istringstream words(text);
    std::string line = "#";
    for (std::string word; words >> word;) {
        if (line.size() + 1 + word.size() > width) {
            out += line + '\n';
            line = "#";
        }
        line += ' ' + word;
    }
    out += line + '\n';
}

/// Defaults may be there: check-config prints every setting, and that is to load again.
void refuse_standin_settings(const LoadedSettings& loaded) {
    const Settings defaults;
    for (const auto& [key, origin] : loaded.origins) {
        if (!key.starts_with("standin.")) continue;
        const Setting* setting = find_setting(key);
        if (setting != nullptr && setting->get(loaded.settings) == setting->get(defaults)) continue;
        std::string why = origin;
        why.append(": ").append(key).append(
            " has no place in mode production, which has nothing of a stand-in; leave it out, or "
            "set mode = \"stand-in\"");
        refuse(why);
    }
}

}  // namespace

std::string variable_name(std::string_view key) {
    std::string name(variable_prefix);
    for (const char c : key) {
        name += c == '.' ? '_' : c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
    }
    return name;
}

std::vector<std::string> nearest_settings(std::string_view key, std::size_t count) {
    std::vector<std::string> nearest;
    for (const auto& [distance, known] : settings_by_distance(key)) {
        if (nearest.size() < count) nearest.push_back(known);
    }
    return nearest;
}

std::string Settings::key_file_path() const {
    return key_file.empty() ? store.path + ".key" : key_file;
}

http::Options Settings::admin_defaults() {
    http::Options options;
    options.setting = "admin.listen";
    options.port = 8081;
    options.threads = 1;
    options.max_connections = 100;
    options.max_body_bytes = 65'536;
    options.max_request_bytes = 65'536;
    return options;
}

LoadedSettings load_settings(const std::string& file, const char* const* environment,
                             const std::vector<SettingFlag>& flags) {
    AllGiven all;
    std::vector<Given>& given = all.settings;
    if (!file.empty()) read_file(file, all);
    read_environment(environment, given);
    for (const SettingFlag& flag : flags) {
        const Setting* setting = find_setting(flag.key);
        if (setting == nullptr) refuse_unknown(flag.flag, flag.key);
        given.push_back(given_text(*setting, flag.text, flag.flag));
    }

    LoadedSettings loaded;
    const auto apply_one = [&](const Given& one) {
        apply(one, loaded.settings);
        loaded.origins[one.setting->key] = one.source;
    };
    for (const Given& one : given) {
        if (one.setting->key == "mode") apply_one(one);
    }
    if (loaded.settings.mode == Mode::stand_in) {
        for (const Setting& setting : setting_table()) {
            if (setting.stand_in.empty()) continue;
            apply_one(given_text(setting, setting.stand_in, "mode stand-in"));
        }
    }
    std::for_each(given.begin(), given.end(), apply_one);
    loaded.settings.standin.scenarios.scenarios = std::move(all.scenarios);
    if (!all.scenarios_source.empty()) loaded.origins[scenarios_key] = all.scenarios_source;
    if (loaded.settings.mode == Mode::production) refuse_standin_settings(loaded);
    return loaded;
}

void check_together(const Settings& settings) {
    const http::TlsOptions& tls = settings.http.tls;
    if (tls.certificate.empty() != tls.key.empty()) {
        refuse("tls.certificate and tls.key go together: one of them is not set");
    }
    if ((tls.client_certificate == http::ClientCertificate::none) != tls.client_ca.empty()) {
        refuse(
            "tls.client_certificate and tls.client_ca go together: certificates are asked for with "
            "tls.client_certificate = \"optional\" or \"required\", and judged by tls.client_ca");
    }
    if (!tls.client_ca.empty() && !tls.is_on()) {
        refuse("tls.client_ca has no effect without tls.certificate and tls.key");
    }
    const standin::ScenarioOptions& scenarios = settings.standin.scenarios;
    if (!scenarios.record.empty() && scenarios.forward.url.empty()) {
        refuse(
            "standin.record has no effect without standin.forward: only what is forwarded is "
            "recorded");
    }
    if (!scenarios.replay.empty() && !scenarios.forward.url.empty()) {
        refuse(
            "standin.replay and standin.forward exclude each other: a recording or a real "
            "service answers");
    }
    if (settings.mode != Mode::production || tls.is_on() || settings.tls_ends_at_proxy) return;
    for (const http::Options* options :
         {&settings.http, settings.admin ? &*settings.admin : nullptr}) {
        if (options == nullptr || !http::is_open_to_others(options->address)) continue;
        refuse(options->setting + " = " + listen_text(options->address, options->port) +
               " can be reached from other machines, and mode production does not speak plain HTTP "
               "with them: set tls.certificate and tls.key, or tls.terminated_by_proxy = true if a "
               "proxy speaks TLS with the clients");
    }
}

std::string listen_text(const std::string& address, std::uint16_t port) {
    const bool is_ipv6 = address.find(':') != std::string::npos;
    return (is_ipv6 ? '[' + address + ']' : address) + ':' + std::to_string(port);
}

std::string toml_line(const Setting& setting, const Settings& settings) {
    const std::string key = setting.key.substr(setting.key.find('.') + 1);
    return key + " = " + (setting.is_secret ? "\"***\"" : as_toml(setting.get(settings)));
}

std::string effective_toml(const LoadedSettings& loaded) {
    std::string out;
    write_sections(out, [&](const Setting& setting) {
        out += toml_line(setting, loaded.settings);
        if (const auto origin = loaded.origins.find(setting.key); origin != loaded.origins.end()) {
            out += "  # " + origin->second;
        }
        out += '\n';
    });
    return out;
}

std::string reference_toml() {
    std::string out =
        "# Every setting with its default. Made by `customercare check-config --reference`.\n"
        "#\n"
        "# A setting may also be given as an environment variable (http.listen:\n"
        "# CUSTOMERCARE_HTTP_LISTEN, or CUSTOMERCARE_HTTP_LISTEN_FILE for the path of a file that\n"
        "# holds the value) and as a flag (--set http.listen=127.0.0.1:8080). Flags count more "
        "than\n"
        "# the environment, and that more than this file. Paths are relative to where the program\n"
        "# is started. At SIGHUP a server reads all of that anew and takes those of the settings\n"
        "# that say so; the others need a restart.\n\n";
    write_sections(out, [&](const Setting& setting) {
        append_comment(out, setting.reason + " (" + setting.allowed + ")" +
                                (setting.is_reloadable ? " SIGHUP takes it." : "") +
                                (setting.stand_in.empty() ? ""
                                                          : " In mode stand-in the default is " +
                                                                setting.stand_in + "."));
        out += '#' + toml_line(setting, Settings{}) + '\n';
    });
    return out;
}

}  // namespace customercare
