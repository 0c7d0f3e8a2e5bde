#include "standin/journal_entry.hpp"

#include <nlohmann/json.hpp>
#include <string>

#include "soap/routing.hpp"
#include "standin/decision_trail.hpp"
#include "standin/explanation.hpp"
#include "standin/masking.hpp"

namespace customercare::standin {

namespace {

using Json = nlohmann::ordered_json;

std::string dump(const Json& json) {
    return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

Json headers_json(const Headers& headers) {
    Json array = Json::array();
    for (const auto& [name, value] : mask(headers)) array.push_back(Json::array({name, value}));
    return array;
}

std::string encoding_of(const Exchange& exchange) {
    const std::string_view bytes = exchange.request_body;
    if (bytes.starts_with("\xFF\xFE")) return "utf-16le";
    if (bytes.starts_with("\xFE\xFF")) return "utf-16be";
    const std::string* type = exchange.find_request_header("Content-Type");
    const auto charset =
        soap::ContentType(type != nullptr ? *type : std::string_view{}).parameter("charset");
    return charset ? std::string(*charset) : "utf-8";
}

Json request_json(const Exchange& exchange, const std::optional<std::string>& text) {
    const bool is_cut = exchange.request_body.size() < exchange.request_bytes;
    return {{"headers", headers_json(exchange.request_headers)},
            {"body", text ? mask(*text) : ""},
            {"bytes", exchange.request_bytes},
            {"encoding", encoding_of(exchange)},
            {"truncated", is_cut || exchange.is_body_missing || !text}};
}

Json reply_json(const Exchange& exchange) {
    const bool is_cut = exchange.reply_body.size() < exchange.reply_bytes;
    const auto text = decode_body(exchange.reply_body, exchange.reply_headers, is_cut);
    return {{"headers", headers_json(exchange.reply_headers)},
            {"body", text ? mask(*text) : ""},
            {"bytes", exchange.reply_bytes},
            {"truncated", is_cut || !text}};
}

Json note_json(const std::optional<ScenarioNote>& note) {
    if (!note) return nullptr;
    Json json{{"id", note->id}, {"name", note->name}};
    if (!note->why.empty()) json["why"] = note->why;
    return json;
}

Json trail_json(const Exchange& exchange) {
    Json array = Json::array();
    for (const TrailStage& stage : decision_trail(exchange)) {
        array.push_back({{"stage", stage.name},
                         {"result", stage.result},
                         {"detail", stage.detail},
                         {"microseconds", stage.duration.count()}});
    }
    return array;
}

Json ignored_json(const soap::Trail& trail) {
    Json array = Json::array();
    for (const soap::IgnoredElement& element : trail.ignored) {
        array.push_back({{"path", element.path},
                         {"line", element.line},
                         {"expected", element.expected},
                         {"hint", ignored_hint(element)}});
    }
    return array;
}

/// What a summary and the whole entry have in common.
Json summary_json(const Exchange& exchange, std::string_view sandbox, std::string&& explanation) {
    const soap::Trail& trail = exchange.trail;
    Json json{{"id", exchange.id},
              {"at", model::utc_text(exchange.at)},
              {"request_id", std::to_string(exchange.request_id)},
              {"x_request_id", exchange.x_request_id},
              {"trace_id", exchange.trace_id},
              {"peer", exchange.peer},
              {"sandbox", sandbox},
              {"method", exchange.method},
              {"target", mask(exchange.target)},
              {"soap", exchange.soap_version},
              {"operation", trail.operation},
              {"action", trail.action.value_or("")},
              {"status", exchange.status},
              {"outcome", exchange.outcome},
              {"explanation", std::move(explanation)},
              {"message_id", trail.message_id},
              {"account_number", trail.account_number},
              {"call_log_id", nullptr}};
    if (exchange.call_log_id != 0) json["call_log_id"] = exchange.call_log_id;
    json["scenario"] = note_json(exchange.scenario);
    json["nearest_scenario"] = note_json(exchange.nearest_scenario);
    json["ignored_count"] = trail.ignored_count;
    json["duration_us"] =
        std::chrono::duration_cast<std::chrono::microseconds>(exchange.end - exchange.begin)
            .count();
    return json;
}

}  // namespace

store::JournalRow journal_row(const Exchange& exchange, std::string_view sandbox) {
    const std::optional<std::string> text = decode_body(exchange);
    Json json = summary_json(exchange, sandbox, explain(exchange, text.value_or("")));
    store::JournalRow row{.id = exchange.id,
                          .outcome = exchange.outcome,
                          .operation = std::string(exchange.trail.operation),
                          .message_id = exchange.trail.message_id,
                          .account_number = exchange.trail.account_number,
                          .summary = dump(json),
                          .entry = {}};
    json["request"] = request_json(exchange, text);
    json["reply"] = reply_json(exchange);
    json["trail"] = trail_json(exchange);
    json["ignored"] = ignored_json(exchange.trail);
    json["validation_errors"] = validation_errors(exchange);
    row.entry = dump(json);
    return row;
}

}  // namespace customercare::standin
