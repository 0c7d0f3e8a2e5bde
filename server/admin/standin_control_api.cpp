#include <chrono>
#include <utility>

#include "admin/standin_api.hpp"
#include "model/date_time.hpp"
#include "model/error.hpp"
#include "standin/json_reader.hpp"

// /sandboxes, /reset, /clock, /ids

namespace customercare::admin {

namespace {

/// Beyond, JSON's numbers are not exact everywhere; and far beyond, the ids would end.
constexpr std::int64_t max_next_id = 1LL << 53U;

constexpr model::Instant first_time = std::chrono::sys_days(std::chrono::year(1) / 1 / 1);
constexpr model::Instant end_of_time = std::chrono::sys_days(std::chrono::year(10'000) / 1 / 1);

Json clock_json(const standin::Clock& clock) {
    return {{"now", model::utc_text(clock.now())}, {"frozen", clock.is_frozen()}};
}

model::HttpReply list_sandboxes(const ApiContext& context) {
    Json json{{"sandboxes", Json::array()}};
    for (const std::string& name : context.sandboxes.names()) {
        Json entry{{"name", name},
                   {"call_logs", nullptr},
                   {"journal_entries", nullptr},
                   {"scenarios", nullptr}};
        try {
            const auto sandbox = context.sandboxes.get(name);
            entry["call_logs"] = sandbox->count_call_logs().count;
            entry["journal_entries"] = sandbox->journal().count();
            entry["scenarios"] = sandbox->scenarios().size();
        } catch (const model::ServiceError& error) {
            // Beyond the limit there are its files alone, or it is being dropped.
            if (error.code() != model::ErrorCode::busy) throw;
        }
        json["sandboxes"].push_back(std::move(entry));
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
        throw ApiError(400, R"("now" must be a time with its zone, such as 2026-01-31T10:00:00Z, )"
                            "in the years 1 to 9999");
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
    const model::Instant now = call.sandbox->clock().now();
    const model::Instant then = now + std::chrono::seconds(*seconds);
    if (then < first_time || then >= end_of_time) {
        throw ApiError(
            400, R"("seconds" leads out of the years 1 to 9999: it is )" + model::utc_text(now));
    }
    call.sandbox->clock().advance(std::chrono::seconds(*seconds));
    return json_reply(200, clock_json(call.sandbox->clock()));
}

model::HttpReply set_ids(const ApiCall& call) {
    const nlohmann::json body = call.json();
    const standin::JsonReader reader(body, "", {"next_call_log_id", "next_request_id"});
    const auto call_log = reader.integer("next_call_log_id", 1, max_next_id);
    const auto request = reader.integer("next_request_id", 1, max_next_id);
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
