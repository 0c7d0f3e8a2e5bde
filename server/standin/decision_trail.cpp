#include "standin/decision_trail.hpp"

#include <algorithm>
#include <optional>
#include <utility>

#include "standin/masking.hpp"

namespace customercare::standin {

namespace {

using Time = soap::Trail::Clock::time_point;

constexpr std::string_view ok = "ok";
constexpr std::string_view refused = "refused";
constexpr std::string_view skipped = "skipped";

std::chrono::microseconds between(Time begin, Time end) {
    return std::chrono::duration_cast<std::chrono::microseconds>(end - begin);
}

std::string name_of(soap::SoapVersion version) {
    switch (version) {
        case soap::SoapVersion::soap11:
            return "SOAP 1.1";
        case soap::SoapVersion::soap12:
            return "SOAP 1.2";
        case soap::SoapVersion::none:
            break;
    }
    return "no SOAP version";
}

std::string name_of(const ScenarioNote& scenario) {
    return scenario.name.empty() ? "number " + std::to_string(scenario.id) : scenario.name;
}

std::string route_detail(const soap::Trail& trail) {
    if (trail.is_page) return "GET: a page";
    if (!trail.action) return "no action: the Body's first element names the operation";
    return (trail.by_soap_action ? "SOAPAction " : "action ") + *trail.action;
}

std::string guard_detail(const soap::Trail& trail) {
    return name_of(trail.envelope_version) + ", " +
           (trail.ignored_count == 0 ? "every element is of the contract"
                                     : std::to_string(trail.ignored_count) + " ignored");
}

std::string credentials_detail(const Exchange& exchange) {
    if (exchange.outcome == "locked_out" || exchange.outcome == "rate_limited") {
        return "over the limit of " + exchange.detail;
    }
    const model::RulesTrail& rules = exchange.trail.rules;
    const auto state = [](const std::optional<bool>& is_registered) {
        return *is_registered ? "registered" : "not registered";
    };
    if (!rules.direct_is_registered) {
        return rules.credentials_judged == Time{}
                   ? "missing, or Created is not as it must be"
                   : "both tokens are there; credentials.policy = \"any\" asks no more";
    }
    std::string detail = std::string("direct: ") + state(rules.direct_is_registered) +
                         ", originating: " + state(rules.originating_is_registered);
    if (!rules.credential_label.empty()) detail += " (" + rules.credential_label + ")";
    return detail;
}

/// Gathers the stages; each begins where the one before ended.
class Gatherer {
public:
    explicit Gatherer(Time begin) : last_(begin) {}

    void add(std::string_view name, std::string_view result, std::string detail, Time end) {
        stages_.push_back({name, result, std::move(detail), between(last_, end)});
        last_ = end;
    }
    void add(std::string_view name, std::string_view result, std::string detail = {}) {
        stages_.push_back({name, result, std::move(detail)});
    }
    std::vector<TrailStage> take() { return std::move(stages_); }

private:
    Time last_;
    std::vector<TrailStage> stages_;
};

std::optional<Time> end_of(const soap::Trail& trail, soap::Stage stage) {
    const auto found = std::find_if(trail.steps.begin(), trail.steps.end(),
                                    [&](const auto& step) { return step.stage == stage; });
    return found == trail.steps.end() ? std::nullopt : std::optional(found->end);
}

void add_rules(Gatherer& gatherer, const Exchange& exchange, Time rules_end) {
    const model::RulesTrail& rules = exchange.trail.rules;
    const bool has_credentials = rules.credentials_judged != Time{};
    gatherer.add("credentials", has_credentials ? ok : refused, credentials_detail(exchange),
                 has_credentials ? rules.credentials_judged : rules_end);
    const bool is_valid = rules.validated != Time{};
    if (!has_credentials) {
        gatherer.add("validation", skipped);
    } else {
        gatherer.add("validation", is_valid ? ok : refused, is_valid ? "" : exchange.detail,
                     is_valid ? rules.validated : rules_end);
    }
    if (!is_valid) {
        gatherer.add("duplicates", skipped);
        gatherer.add("store", skipped);
        return;
    }
    const std::string id = std::to_string(exchange.call_log_id);
    if (exchange.outcome == "DuplicateMessage") {
        gatherer.add("duplicates", refused, exchange.detail, rules_end);
        gatherer.add("store", skipped);
    } else if (exchange.outcome == "replayed") {
        gatherer.add("duplicates", ok, "the same message again: call log " + id, rules_end);
        gatherer.add("store", skipped);
    } else if (exchange.call_log_id != 0) {
        gatherer.add("duplicates", ok, "a new message");
        gatherer.add("store", ok, "call log " + id, rules_end);
    } else {
        gatherer.add("duplicates", skipped);
        gatherer.add("store", refused, exchange.detail, rules_end);
    }
}

}  // namespace

std::vector<TrailStage> decision_trail(const Exchange& exchange) {
    const soap::Trail& trail = exchange.trail;
    Gatherer gatherer(trail.begin);
    const bool reached_endpoint = !trail.steps.empty() || exchange.scenario.has_value();
    gatherer.add("http", reached_endpoint ? ok : refused,
                 reached_endpoint ? exchange.method + " " + mask(exchange.target) + ", " +
                                        std::to_string(exchange.request_bytes) + " bytes"
                                  : exchange.detail);
    if (exchange.scenario) {
        gatherer.add("scenario", ok, name_of(*exchange.scenario));
    } else {
        gatherer.add("scenario", skipped,
                     exchange.nearest_scenario ? "nearest: " + exchange.nearest_scenario->name +
                                                     ": " + exchange.nearest_scenario->why
                                               : "");
    }
    const auto add = [&](std::string_view name, soap::Stage stage, std::string&& detail) {
        const auto end = end_of(trail, stage);
        if (!end) return gatherer.add(name, skipped);
        const bool decided =
            trail.refusal != soap::Refusal::none && trail.steps.back().stage == stage;
        if (decided) detail = exchange.detail;
        gatherer.add(name, decided ? refused : ok, std::move(detail), *end);
    };
    add("route", soap::Stage::route, route_detail(trail));
    add("guard", soap::Stage::guard, guard_detail(trail));
    add("skeleton", soap::Stage::skeleton, "read by gSOAP");
    const auto rules_end = end_of(trail, soap::Stage::rules);
    if (rules_end && !exchange.is_answered_by_scenario) {
        add_rules(gatherer, exchange, *rules_end);
    } else {
        for (const char* name : {"credentials", "validation", "duplicates", "store"}) {
            gatherer.add(name, skipped);
        }
    }
    gatherer.add("reply", ok,
                 (exchange.status == 0 ? "no HTTP" : "status " + std::to_string(exchange.status)) +
                     ", " + std::to_string(exchange.reply_bytes) + " bytes",
                 exchange.end);
    return gatherer.take();
}

std::vector<std::string> validation_errors(const Exchange& exchange) {
    std::vector<std::string> errors;
    if (exchange.outcome != "ValidationFailed") return errors;
    std::string_view rest = exchange.detail;
    while (!rest.empty()) {
        const std::size_t end = std::min(rest.find(". "), rest.size());
        errors.emplace_back(rest.substr(0, std::min(end + 1, rest.size())));
        rest.remove_prefix(std::min(end + 2, rest.size()));
    }
    return errors;
}

}  // namespace customercare::standin
