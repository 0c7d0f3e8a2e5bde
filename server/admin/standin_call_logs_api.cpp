#include <memory>
#include <utility>

#include "admin/standin_api.hpp"
#include "soap/routing.hpp"
#include "standin/seed.hpp"
#include "standin/verification.hpp"
#include "store/call_log_json.hpp"

// /call-logs, /verify

namespace customercare::admin {

namespace {

constexpr std::int64_t default_limit = 100;
constexpr std::int64_t max_limit = 10'000;

/// A time as in a stored call log, or its beginning.
std::optional<std::string> time(const ApiCall& call, std::string_view name) {
    const auto text = call.text(name);
    if (!text) return std::nullopt;
    auto utc = model::utc_text(*text, model::TimeZone::utc);
    if (!utc) {
        throw ApiError(400, "query parameter " + std::string(name) +
                                " must be a time such as 2026-01-31T10:00:00Z or 2026-01-31");
    }
    return utc;
}

model::HttpReply list(const ApiCall& call) {
    store::CallLogFilter filter;
    filter.account_number = call.text("account");
    filter.customer = call.text("customer");
    filter.premise_number = call.text("premise");
    filter.message_id = call.text("message_id");
    filter.received_from = time(call, "from");
    filter.received_before = time(call, "to");
    filter.after = call.number("after", 0, INT64_MAX, 0);
    filter.limit = static_cast<std::size_t>(call.number("limit", 1, max_limit, default_limit));
    const standin::Sandbox::Visit visit(*call.sandbox);
    store::CallLogReader reader(call.sandbox->database());
    Json json{{"call_logs", Json::array()}};
    reader.for_each(filter, [&](store::StoredCallLog&& stored) {
        json["call_logs"].push_back(store::to_json(stored));
    });
    return json_reply(200, json);
}

model::HttpReply find(const ApiCall& call) {
    const std::int64_t id = call.id("call log");
    const standin::Sandbox::Visit visit(*call.sandbox);
    const auto stored = store::CallLogReader(call.sandbox->database()).find(id);
    if (!stored) throw ApiError(404, "there is no call log " + std::to_string(id));
    return json_reply(200, store::to_json(*stored));
}

bool is_json_lines(std::string_view content_type) {
    std::string_view media_type = content_type.substr(0, content_type.find(';'));
    media_type = media_type.substr(0, media_type.find_last_not_of(" \t") + 1);
    return model::equals_ignoring_case(media_type, "application/x-ndjson");
}

model::HttpReply seed(const ApiContext& context, const ApiCall& call) {
    const model::HttpHeader* header = call.http.find("Content-Type");
    const std::string_view type = header == nullptr ? std::string_view{} : header->value;
    const soap::ContentType content_type(type);
    std::vector<std::int64_t> ids;
    if (content_type.is_text_xml() || content_type.is_application_soap()) {
        ids = standin::seed_message(*call.sandbox, context.soap_path, call.http);
    } else if (is_json_lines(type)) {
        ids = standin::seed_json_lines(*call.sandbox, call.http.body);
    } else {
        throw ApiError(415,
                       "Content-Type must be application/x-ndjson for JSON Lines as `calllogs "
                       "export` writes them, or text/xml or application/soap+xml for one message");
    }
    context.sandboxes.notify();
    return json_reply(200, Json{{"stored", ids.size()}, {"ids", ids}});
}

void verify(const ApiContext& context, const ApiCall& call, const model::HttpRespond& respond) {
    const auto verification = std::make_shared<const standin::Verification>(call.json());
    standin::Verification::Verdict verdict = verification->judge(*call.sandbox);
    if (verdict.satisfied || verification->wait().count() == 0) {
        return respond(json_reply(200, std::move(verdict.json)));
    }
    context.sandboxes.wait(call.sandbox, std::chrono::steady_clock::now() + verification->wait(),
                           [sandbox = call.sandbox, verification, respond](bool is_last) {
                               try {
                                   standin::Verification::Verdict now =
                                       verification->judge(*sandbox);
                                   if (!now.satisfied && !is_last) return false;
                                   respond(json_reply(200, std::move(now.json)));
                               } catch (const std::exception& error) {
                                   respond(error_reply(500, error.what()));
                               }
                               return true;
                           });
}

}  // namespace

std::vector<ApiRoute> call_log_routes(const ApiContext& context) {
    return {{"GET", "/call-logs", list},
            {"POST", "/call-logs", [&context](const ApiCall& call) { return seed(context, call); }},
            {"DELETE", "/call-logs",
             [](const ApiCall& call) {
                 call.sandbox->clear_call_logs();
                 return no_content();
             }},
            {"GET", "/call-logs/{id}", find},
            {"POST", "/verify", [&context](const ApiCall& call, const model::HttpRespond& respond) {
                 verify(context, call, respond);
             }}};
}

}  // namespace customercare::admin
