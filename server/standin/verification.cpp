#include "standin/verification.hpp"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <string_view>

#include "model/error.hpp"
#include "standin/field_path.hpp"
#include "standin/json_reader.hpp"
#include "store/call_log_json.hpp"
#include "store/call_log_reader.hpp"

namespace customercare::standin {

namespace {

using Json = nlohmann::ordered_json;

constexpr std::int64_t max_wait_ms = 300'000;
constexpr std::size_t nearest_shown = 3;

/// Those of a summary, in its order.
constexpr std::array<std::string_view, 24> request_fields{
    // How it came.
    "id", "at", "request_id", "x_request_id", "trace_id", "peer", "sandbox", "method", "target",
    // What it is, and what became of it.
    "soap", "operation", "action", "status", "outcome", "explanation", "message_id",
    "account_number", "call_log_id", "scenario/id", "scenario/name", "nearest_scenario/id",
    "nearest_scenario/name", "ignored_count", "duration_us"};

[[noreturn]] void refuse(const std::string& why) {
    throw model::ServiceError(model::ErrorCode::usage, why);
}

std::string request_field(const std::string& name) {
    if (std::find(request_fields.begin(), request_fields.end(), name) != request_fields.end()) {
        return name;
    }
    std::string known;
    for (const std::string_view field : request_fields) {
        known += (known.empty() ? "" : ", ") + std::string(field);
    }
    refuse('"' + name + "\" is no field of a request in the journal; there are: " + known);
}

std::string call_log_field(const std::string& name) {
    std::string path = resolve_field_path(name);
    if (is_secret_field(path)) {
        refuse('"' + name + "\" can't be asked for: it is kept sealed, and shown to nobody");
    }
    return path;
}

std::string text_of(const Json& value) {
    return value.is_string() ? value.get<std::string>() : value.dump();
}

/// Every text at a path, repeating elements included.
void collect(const Json& json, std::string_view path, std::vector<std::string>& found) {
    if (json.is_array()) {
        for (const Json& element : json) collect(element, path, found);
        return;
    }
    if (path.empty()) {
        found.push_back(json.is_null() ? "" : text_of(json));
        return;
    }
    const std::size_t slash = std::min(path.find('/'), path.size());
    const auto child =
        json.is_object() ? json.find(std::string(path.substr(0, slash))) : json.end();
    if (child == json.end()) return;
    path.remove_prefix(std::min(slash + 1, path.size()));
    collect(*child, path, found);
}

std::string plural(std::int64_t count, std::string_view noun) {
    return std::to_string(count) + " " + std::string(noun) + (count == 1 ? "" : "s");
}

}  // namespace

Verification::Verification(const nlohmann::json& body) {
    const JsonReader reader(body, "", {"call_logs", "requests", "wait_ms"});
    is_of_call_logs_ = reader.has("call_logs");
    if (is_of_call_logs_ == reader.has("requests")) {
        refuse(R"(the body must have either "call_logs" or "requests", such as )"
               R"({"call_logs":{"where":{"Account/AccountNumber":"999"},"count":1}})");
    }
    wait_ = std::chrono::milliseconds(reader.integer("wait_ms", 0, max_wait_ms).value_or(0));

    const char* const what = is_of_call_logs_ ? "call_logs" : "requests";
    const JsonReader expected(*reader.find(what), what, {"where", "count"});
    if (const nlohmann::json* where = expected.find("where")) {
        if (!where->is_object()) expected.refuse("where", "must be an object of fields");
        for (const auto& [name, value] : where->items()) {
            if (value.is_structured()) {
                refuse(expected.path_of("where") + '.' + name +
                       " must be a text, a number, true, false, or null for absent");
            }
            conditions_.push_back({name,
                                   is_of_call_logs_ ? call_log_field(name) : request_field(name),
                                   value.is_null() ? "" : text_of(value), value.is_null()});
        }
    }
    const nlohmann::json* count = expected.find("count");
    if (count == nullptr) return;
    if (count->is_object()) {
        const JsonReader range(*count, expected.path_of("count"), {"at_least", "at_most"});
        const auto at_least = range.integer("at_least", 0, INT64_MAX);
        const auto at_most = range.integer("at_most", at_least.value_or(0), INT64_MAX);
        if (!at_least && !at_most) expected.refuse("count", "must have at_least, at_most or both");
        at_least_ = at_least.value_or(0);
        at_most_ = at_most.value_or(INT64_MAX);
    } else {
        at_least_ = at_most_ = *expected.integer("count", 0, INT64_MAX);
    }
}

Verification::Candidate Verification::compare(std::int64_t id, const Json& json) const {
    Candidate candidate{.id = id, .differences = {}};
    for (const Condition& condition : conditions_) {
        std::vector<std::string> found;
        collect(json, condition.field, found);
        // A summary has all its members; what the request had not is "" or null.
        const bool is_absent =
            found.empty() || (!is_of_call_logs_ && found == std::vector<std::string>{""});
        const bool is_met = condition.is_absent ? is_absent
                                                : std::find(found.begin(), found.end(),
                                                            condition.value) != found.end();
        if (is_met) continue;
        candidate.differences.emplace_back(&condition,
                                           is_absent ? std::nullopt : std::optional(found.front()));
    }
    return candidate;
}

std::vector<Verification::Candidate> Verification::candidates(Sandbox& sandbox) const {
    std::vector<Candidate> candidates;
    if (is_of_call_logs_) {
        const Sandbox::Visit visit(sandbox);
        store::CallLogReader reader(sandbox.database());
        reader.for_each({}, [&](store::StoredCallLog&& stored) {
            candidates.push_back(compare(stored.id, store::to_json(stored)));
        });
    } else {
        for (const store::JournalRow& row : sandbox.journal().list({})) {
            candidates.push_back(compare(row.id, Json::parse(row.summary)));
        }
    }
    return candidates;
}

Verification::Verdict Verification::judge(Sandbox& sandbox) const {
    std::vector<Candidate> all = candidates(sandbox);
    const auto others = std::stable_partition(
        all.begin(), all.end(), [](const Candidate& one) { return one.differences.empty(); });
    const auto count = others - all.begin();
    const bool satisfied = count >= at_least_ && count <= at_most_;

    Json matches = Json::array();
    for (auto match = all.begin(); match != others; ++match) matches.push_back(match->id);
    std::vector<Candidate> nearest;
    if (!satisfied && count < at_least_) {
        nearest.assign(others, all.end());
        std::stable_sort(nearest.begin(), nearest.end(), [](const auto& left, const auto& right) {
            return left.differences.size() != right.differences.size()
                       ? left.differences.size() < right.differences.size()
                       : left.id > right.id;
        });
        nearest.resize(std::min(nearest.size(), nearest_shown));
    }
    Json nearest_json = Json::array();
    for (const Candidate& candidate : nearest) {
        Json differences = Json::array();
        for (const auto& [condition, actual] : candidate.differences) {
            differences.push_back(
                {{"field", condition->name},
                 {"expected", condition->is_absent ? Json() : Json(condition->value)},
                 {"actual", actual ? Json(*actual) : Json()}});
        }
        nearest_json.push_back({{"id", candidate.id}, {"differences", std::move(differences)}});
    }
    Json expected = Json::object();
    if (at_least_ == at_most_) {
        expected["count"] = at_least_;
    } else {
        expected["at_least"] = at_least_;
        if (at_most_ != INT64_MAX) expected["at_most"] = at_most_;
    }
    const Json json{{"satisfied", satisfied},
                    {"count", count},
                    {"expected", std::move(expected)},
                    {"matches", std::move(matches)},
                    {"nearest", std::move(nearest_json)},
                    {"text", text(static_cast<std::size_t>(count), nearest)}};
    return {satisfied, store::dump(json)};
}

std::string Verification::expectation_text() const {
    const char* const noun = is_of_call_logs_ ? "call log" : "request";
    std::string text = "Expected ";
    if (at_least_ == at_most_) {
        text += plural(at_least_, noun);
    } else if (at_most_ == INT64_MAX) {
        text += "at least " + plural(at_least_, noun);
    } else {
        text += std::to_string(at_least_) + " to " + plural(at_most_, noun);
    }
    const char* glue = " with ";
    for (const Condition& condition : conditions_) {
        text += glue + condition.name + (condition.is_absent ? " absent" : " " + condition.value);
        glue = " and ";
    }
    return text;
}

std::string Verification::text(std::size_t count, const std::vector<Candidate>& nearest) const {
    std::string text = expectation_text() + "; found " + std::to_string(count) + ".";
    if (nearest.empty()) return text;
    const Candidate& first = nearest.front();
    text += std::string(" Nearest: ") + (is_of_call_logs_ ? "call log " : "request ") +
            std::to_string(first.id) + ": ";
    const char* glue = "";
    for (const auto& [condition, actual] : first.differences) {
        text += glue + condition->name + (actual ? " is " + *actual : " is absent");
        glue = ", ";
    }
    return text + ".";
}

}  // namespace customercare::standin
