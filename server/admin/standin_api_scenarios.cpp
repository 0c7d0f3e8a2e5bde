#include "admin/standin_api_scenarios.hpp"

#include <charconv>
#include <nlohmann/json.hpp>
#include <string>

#include "model/error.hpp"
#include "standin/magic_accounts.hpp"
#include "standin/scenario_json.hpp"

namespace customercare::admin {

namespace {

using nlohmann::ordered_json;

model::HttpReply json_reply(unsigned status, const ordered_json& json) {
    model::HttpReply reply;
    reply.status = status;
    reply.headers.emplace_back("Cache-Control", "no-store");
    if (status == 204) return reply;
    reply.content_type = "application/json";
    reply.body =
        json.dump(-1, ' ', false, ordered_json::error_handler_t::replace) + '\n';
    return reply;
}

model::HttpReply refusal(unsigned status, const std::string& error) {
    return json_reply(status, {{"error", error}});
}

model::HttpReply not_allowed(const std::string& methods) {
    model::HttpReply reply = refusal(405, "allowed here: " + methods);
    reply.headers.emplace_back("Allow", methods);
    return reply;
}

/// Calls `use` with the scenario of the body; what is wrong with that is answered 400.
template <typename Use>
model::HttpReply with_scenario(const model::HttpRequest& request, Use use) {
    const auto json = nlohmann::json::parse(request.body, nullptr, false);
    if (json.is_discarded()) return refusal(400, "the body is no JSON; a scenario is an object");
    try {
        return use(standin::read_scenario(json));
    } catch (const model::ServiceError& error) {
        return refusal(400, error.what());
    }
}

model::HttpReply list(const standin::ScenarioSet& scenarios) {
    ordered_json all = ordered_json::array();
    for (const standin::Scenario& scenario : scenarios.list()) {
        all.push_back(standin::write_scenario(scenario));
    }
    return json_reply(200, {{"scenarios", std::move(all)}});
}

model::HttpReply add(standin::ScenarioSet& scenarios, const model::HttpRequest& request) {
    return with_scenario(request, [&](standin::Scenario&& given) {
        const standin::Scenario added = scenarios.add(std::move(given));
        model::HttpReply reply = json_reply(201, standin::write_scenario(added));
        const std::string_view target = request.target.substr(0, request.target.find('?'));
        reply.headers.emplace_back("Location",
                                   std::string(target) + '/' + std::to_string(added.id));
        return reply;
    });
}

model::HttpReply answer_all(standin::ScenarioSet& scenarios, const model::HttpRequest& request) {
    if (request.method == "GET") return list(scenarios);
    if (request.method == "POST") return add(scenarios, request);
    if (request.method != "DELETE") return not_allowed("GET, POST, DELETE");
    scenarios.clear();
    return json_reply(204, {});
}

model::HttpReply answer_one(standin::ScenarioSet& scenarios, const model::HttpRequest& request,
                            std::string_view id_text) {
    if (request.method != "GET" && request.method != "PUT" && request.method != "DELETE") {
        return not_allowed("GET, PUT, DELETE");
    }
    const auto none = [id_text] {
        return refusal(404, "there is no scenario " + std::string(id_text) +
                                "; GET /scenarios lists those that are there");
    };
    std::int64_t id = 0;
    const auto [end, error] = std::from_chars(id_text.data(), id_text.data() + id_text.size(), id);
    if (error != std::errc{} || end != id_text.data() + id_text.size()) return none();
    if (request.method == "DELETE") return scenarios.remove(id) ? json_reply(204, {}) : none();
    if (request.method == "PUT") {
        const auto replace = [&](standin::Scenario&& given) {
            if (!scenarios.replace(id, std::move(given))) return none();
            const auto now = scenarios.find(id);  // Nullopt: somebody has removed it since.
            return now ? json_reply(200, standin::write_scenario(*now)) : none();
        };
        return with_scenario(request, replace);
    }
    const auto found = scenarios.find(id);
    return found ? json_reply(200, standin::write_scenario(*found)) : none();
}

model::HttpReply list_magic_accounts() {
    ordered_json all = ordered_json::array();
    for (const standin::MagicAccount& account : standin::magic_accounts()) {
        all.push_back({{"account_number", account.account_number},
                       {"outcome", account.outcome},
                       {"text", account.text}});
    }
    return json_reply(200, {{"magic_accounts", std::move(all)}});
}

}  // namespace

std::optional<model::HttpReply> answer_scenarios(standin::ScenarioSet& scenarios,
                                                 const model::HttpRequest& request,
                                                 std::string_view path) {
    constexpr std::string_view all = "/scenarios";
    if (path == "/magic-accounts") {
        return request.method == "GET" ? list_magic_accounts() : not_allowed("GET");
    }
    if (path == all) return answer_all(scenarios, request);
    if (!path.starts_with("/scenarios/")) return std::nullopt;
    return answer_one(scenarios, request, path.substr(all.size() + 1));
}

}  // namespace customercare::admin
