#include <chrono>
#include <utility>

#include "admin/standin_api.hpp"
#include "model/date_time.hpp"
#include "model/error.hpp"
#include "standin/json_reader.hpp"

// /sandboxes, /reset, /clock, /ids

namespace customercare::admin {

namespace {

Json clock_json(const standin::Clock& clock) {
    return {{"now", model::utc_text(clock.now())}, {"frozen", clock.is_frozen()}};
}

model::HttpReply list_sandboxes(const ApiContext& context) {
    Json json{{"sandboxes", Json::array()}};
    for (const std::string& name : context.sandboxes.names()) {
        const auto sandbox = context.sandboxes.get(name);
        json["sandboxes"].push_back({{"name", name},
                                     {"call_logs", sandbox->count_call_logs().count},
                                     {"journal_entries", sandbox->journal().count()},
                                     {"scenarios", sandbox->scenarios().size()}});
    }
    return json_reply(200, json);
}

void drop_sandbox(const ApiContext& context, const ApiCall& call,
                  const model::HttpRespond& respond) {
    if (call.parameter.empty()) {
        throw ApiError(400, "the default sandbox can't be dropped; POST /reset empties it");
    }
    context.sandboxes.drop(call.parameter, [respond] { respond(no_content()); });
}

model::HttpReply set_clock(const ApiCall& call) {
    const nlohmann::json body = call.json();
    const standin::JsonReader reader(body, "", {"now"});
    const auto text = reader.text("now");
    const auto time = text ? model::parse_date_time(*text) : std::nullopt;
    if (!time || !time->zoned) {
        throw ApiError(400, R"("now" must be a time with its zone, such as 2026-01-31T10:00:00Z)");
    }
    call.sandbox->clock().freeze(time->instant);
    return json_reply(200, clock_json(call.sandbox->clock()));
}

model::HttpReply advance_clock(const ApiCall& call) {
    constexpr std::int64_t century = 100LL * 366 * 86'400;
    const nlohmann::json body = call.json();
    const standin::JsonReader reader(body, "", {"seconds"});
    const auto seconds = reader.integer("seconds", -century, century);
    if (!seconds) throw ApiError(400, R"("seconds" must be there, such as {"seconds":90})");
    call.sandbox->clock().advance(std::chrono::seconds(*seconds));
    return json_reply(200, clock_json(call.sandbox->clock()));
}

model::HttpReply set_ids(const ApiCall& call) {
    const nlohmann::json body = call.json();
    const standin::JsonReader reader(body, "", {"next_call_log_id", "next_request_id"});
    const auto call_log = reader.integer("next_call_log_id", 1, INT64_MAX - 1);
    const auto request = reader.integer("next_request_id", 1, INT64_MAX - 1);
    if (!call_log && !request) {
        throw ApiError(400, R"(the body must have "next_call_log_id", "next_request_id" or both)");
    }
    if (call_log) {
        try {
            call.sandbox->set_next_call_log_id(*call_log);
        } catch (const model::ServiceError& error) {
            throw ApiError(error.code() == model::ErrorCode::usage ? 409 : 500, error.what());
        }
    }
    if (request) call.sandbox->set_next_request_id(static_cast<std::uint64_t>(*request));
    return no_content();
}

}  // namespace

std::vector<ApiRoute> control_routes(const ApiContext& context) {
    return {
        {"GET", "/sandboxes", [&context](const ApiCall&) { return list_sandboxes(context); }},
        {"DELETE", "/sandboxes/{name}",
         [&context](const ApiCall& call, const model::HttpRespond& respond) {
             drop_sandbox(context, call, respond);
         }},
        {"POST", "/reset",
         [&context](const ApiCall& call) {
             call.sandbox->reset();
             context.service.restart_replay(call.sandbox->name());
             return no_content();
         }},
        {"GET", "/clock",
         [](const ApiCall& call) { return json_reply(200, clock_json(call.sandbox->clock())); }},
        {"PUT", "/clock", set_clock},
        {"DELETE", "/clock",
         [](const ApiCall& call) {
             call.sandbox->clock().release();
             return no_content();
         }},
        {"POST", "/clock/advance", advance_clock},
        {"PUT", "/ids", set_ids}};
}

}  // namespace customercare::admin
