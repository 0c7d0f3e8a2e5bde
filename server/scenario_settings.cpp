#include "scenario_settings.hpp"

#include <nlohmann/json.hpp>
#include <sstream>

#include "model/error.hpp"
#include "standin/scenario_json.hpp"

namespace customercare {

namespace {

nlohmann::json as_json(const toml::node& node) {
    if (const toml::table* table = node.as_table()) {
        nlohmann::json object = nlohmann::json::object();
        for (const auto& [key, member] : *table) object[std::string(key.str())] = as_json(member);
        return object;
    }
    if (const toml::array* array = node.as_array()) {
        nlohmann::json list = nlohmann::json::array();
        for (const toml::node& entry : *array) list.push_back(as_json(entry));
        return list;
    }
    if (const auto text = node.value_exact<std::string>()) return *text;
    if (const auto integer = node.value_exact<std::int64_t>()) return *integer;
    if (const auto flag = node.value_exact<bool>()) return *flag;
    if (const auto number = node.value_exact<double>()) return *number;
    // A date or time, which no scenario has: it is refused as the text that it would be.
    std::ostringstream text;
    text << toml::node_view(node);
    return text.str();
}

[[noreturn]] void refuse(const std::string& file, const toml::node& node, const std::string& why) {
    throw model::ServiceError(
        model::ErrorCode::usage,
        file + ":" + std::to_string(node.source().begin.line) + ": standin.scenario" + why);
}

}  // namespace

std::vector<standin::Scenario> read_scenarios(const toml::node& node, const std::string& file) {
    const toml::array* array = node.as_array();
    if (array == nullptr) {
        refuse(file, node, " is not allowed; allowed: tables [[standin.scenario]]");
    }
    std::vector<standin::Scenario> scenarios;
    for (const toml::node& entry : *array) {
        try {
            scenarios.push_back(standin::read_scenario(as_json(entry)));
        } catch (const model::ServiceError& error) {
            refuse(file, entry, ' ' + std::to_string(scenarios.size() + 1) + ": " + error.what());
        }
    }
    return scenarios;
}

}  // namespace customercare
