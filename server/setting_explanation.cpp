#include <algorithm>
#include <array>
#include <sstream>
#include <utility>
#include <vector>

#include "model/error.hpp"
#include "settings.hpp"

// check-config --explain

namespace customercare {

namespace {

/// Text in lines of at most 100 characters, the first behind `label`, the others below its text.
std::string paragraph(const std::string& label, const std::string& text) {
    constexpr std::size_t width = 100;
    constexpr std::size_t indent = 15;
    std::string out;
    std::string line = label;
    line.resize(indent, ' ');
    std::istringstream words(text);
    bool is_empty = true;
    for (std::string word; words >> word; is_empty = false) {
        if (!is_empty && line.size() + 1 + word.size() > width) {
            out += std::exchange(line, std::string(indent, ' ')) + '\n';
            is_empty = true;
        }
        line += (is_empty ? "" : " ") + word;
    }
    return out + line + '\n';
}

/// The unit that ends the key, in words; "" for a setting that is no quantity.
std::string_view unit_of(std::string_view key) {
    constexpr std::array<std::pair<std::string_view, std::string_view>, 5> units{{
        {"_ms", "milliseconds"},
        {"_per_s", "a second"},
        {"_s", "seconds"},
        {"_bytes", "bytes"},
        {"_days", "days"},
    }};
    const auto* const found = std::find_if(
        units.begin(), units.end(), [&](const auto& unit) { return key.ends_with(unit.first); });
    return found == units.end() ? std::string_view{} : found->second;
}

std::string default_of(const Setting& setting) {
    static const Settings defaults;
    const std::string line = toml_line(setting, defaults);
    const std::string text = line.substr(line.find(" = ") + 3);
    return setting.stand_in.empty() ? text : text + "; in mode stand-in " + setting.stand_in;
}

std::string explanation(const Setting& setting) {
    const std::string variable = variable_name(setting.key);
    std::string text = setting.key + '\n';
    text += paragraph("  what", setting.reason);
    text += paragraph("  allowed", setting.allowed);
    if (const auto unit = unit_of(setting.key); !unit.empty()) {
        text += paragraph("  unit", std::string(unit));
    }
    text += paragraph("  default", default_of(setting));
    text += paragraph("  reload", setting.is_reloadable ? "a running server takes it at SIGHUP"
                                                        : "needs a restart of the server");
    text +=
        paragraph("  environment", variable + ", or " + variable + "_FILE: a file with the value");
    text += paragraph("  flag", "--set " + setting.key + "=VALUE" +
                                    (setting.flag.empty() ? "" : ", or " + setting.flag));
    return text;
}

}  // namespace

std::string explain(std::string_view key_or_section) {
    if (key_or_section.empty()) {
        throw model::ServiceError(model::ErrorCode::usage, "--explain: name a setting or section");
    }
    std::string text;
    for (const Setting& setting : setting_table()) {
        const bool is_meant =
            setting.key == key_or_section ||
            (setting.key.starts_with(key_or_section) && setting.key[key_or_section.size()] == '.');
        if (is_meant) text += (text.empty() ? "" : "\n") + explanation(setting);
    }
    if (!text.empty()) return text;
    std::string known;
    for (const std::string& key : nearest_settings(key_or_section, 3)) {
        known += (known.empty() ? "" : ", ") + key;
    }
    throw model::ServiceError(model::ErrorCode::usage, "--explain: unknown setting or section " +
                                                           std::string(key_or_section) +
                                                           "; the nearest are " + known);
}

}  // namespace customercare
