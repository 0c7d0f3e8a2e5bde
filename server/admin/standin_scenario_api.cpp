#include <string>
#include <utility>

#include "admin/standin_api.hpp"
#include "standin/magic_accounts.hpp"
#include "standin/scenario_json.hpp"

// /scenarios, /magic-accounts

namespace customercare::admin {

namespace {

model::HttpReply list_scenarios(const ApiCall& call) {
    Json json{{"scenarios", Json::array()}};
    for (const standin::Scenario& scenario : call.sandbox->scenarios().list()) {
        json["scenarios"].push_back(standin::write_scenario(scenario));
    }
    return json_reply(200, json);
}

model::HttpReply add_scenario(const ApiCall& call) {
    const standin::Scenario added =
        call.sandbox->scenarios().add(standin::read_scenario(call.json()));
    model::HttpReply reply = json_reply(201, standin::write_scenario(added));
    reply.headers.emplace_back(
        "Location", std::string(call.address.mount) + "/scenarios/" + std::to_string(added.id));
    return reply;
}

model::HttpReply clear_scenarios(const ApiCall& call) {
    call.sandbox->scenarios().clear();
    return no_content();
}

[[noreturn]] void refuse_unknown(std::int64_t id) {
    throw ApiError(404, "there is no scenario " + std::to_string(id) +
                            "; GET /scenarios lists those that are there");
}

model::HttpReply get_scenario(const ApiCall& call) {
    const std::int64_t id = call.id("scenario");
    const auto found = call.sandbox->scenarios().find(id);
    if (!found) refuse_unknown(id);
    return json_reply(200, standin::write_scenario(*found));
}

model::HttpReply replace_scenario(const ApiCall& call) {
    const std::int64_t id = call.id("scenario");
    standin::Scenario scenario = standin::read_scenario(call.json());
    scenario.id = id;
    if (!call.sandbox->scenarios().replace(id, scenario)) refuse_unknown(id);
    return json_reply(200, standin::write_scenario(scenario));
}

model::HttpReply remove_scenario(const ApiCall& call) {
    const std::int64_t id = call.id("scenario");
    if (!call.sandbox->scenarios().remove(id)) refuse_unknown(id);
    return no_content();
}

model::HttpReply list_magic_accounts(const ApiCall& call) {
    Json json{{"enabled", call.sandbox->options().scenarios.has_magic_accounts},
              {"magic_accounts", Json::array()}};
    for (const standin::MagicAccount& account : standin::magic_accounts()) {
        json["magic_accounts"].push_back({{"account_number", account.account_number},
                                          {"outcome", account.outcome},
                                          {"text", account.text}});
    }
    return json_reply(200, json);
}

}  // namespace

std::vector<ApiRoute> scenario_routes() {
    return {{"GET", "/scenarios", list_scenarios},
            {"POST", "/scenarios", add_scenario},
            {"DELETE", "/scenarios", clear_scenarios},
            {"GET", "/scenarios/{id}", get_scenario},
            {"PUT", "/scenarios/{id}", replace_scenario},
            {"DELETE", "/scenarios/{id}", remove_scenario},
            {"GET", "/magic-accounts", list_magic_accounts}};
}

}  // namespace customercare::admin
