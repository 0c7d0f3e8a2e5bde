#include <algorithm>
#include <chrono>
#include <map>
#include <memory>
#include <utility>

#include "admin/standin_api.hpp"
#include "model/date_time.hpp"

// /journal, /events, /statistics

namespace customercare::admin {

namespace {

using std::chrono::steady_clock;

constexpr std::int64_t max_id = INT64_MAX;
constexpr std::int64_t default_limit = 100;
constexpr std::int64_t max_limit = 10'000;
constexpr std::int64_t max_wait_ms = 300'000;
// Proxies and browsers give up on silence after some 30 seconds.
constexpr std::chrono::seconds stream_time{25};

store::JournalFilter filter_of(const ApiCall& call) {
    store::JournalFilter filter;
    filter.after = call.number("after", 0, max_id, 0);
    filter.before = call.number("before", 0, max_id, max_id);
    filter.limit = static_cast<std::size_t>(call.number("limit", 1, max_limit, default_limit));
    filter.outcome = call.text("outcome");
    filter.operation = call.text("operation");
    filter.message_id = call.text("message_id");
    filter.account_number = call.text("account");
    if (const auto text = call.text("text")) {
        // As it stands in the entry, which is JSON.
        const std::string quoted = Json(*text).dump(-1, ' ', false, Json::error_handler_t::replace);
        filter.text = quoted.substr(1, quoted.size() - 2);
    }
    filter.newest_first = !call.text("after");
    return filter;
}

std::string list_text(const std::vector<store::JournalRow>& rows, std::int64_t last_id) {
    std::string text = "{\"entries\":[";
    for (const store::JournalRow& row : rows) {
        if (text.back() != '[') text += ',';
        text += row.summary;
    }
    return text + "],\"last_id\":" + std::to_string(last_id) + "}";
}

model::HttpReply list_reply(standin::Sandbox& sandbox, const store::JournalFilter& filter) {
    // Before the list, so that nobody who asks for what follows misses one.
    const std::int64_t last_id = sandbox.journal().last_id();
    return json_reply(200, list_text(sandbox.journal().list(filter), last_id));
}

/// For what is done on the sandboxes' thread, which must not throw.
template <typename Answer>
bool answer_guarded(const model::HttpRespond& respond, Answer answer) {
    try {
        return answer();
    } catch (const std::exception& error) {
        respond(error_reply(500, error.what()));
        return true;
    }
}

void list(const ApiContext& context, const ApiCall& call, const model::HttpRespond& respond) {
    const store::JournalFilter filter = filter_of(call);
    const std::int64_t wait_ms = call.number("wait_ms", 0, max_wait_ms, 0);
    if (wait_ms > 0 && !call.text("after")) {
        throw ApiError(400, "wait_ms needs after: the id of the last entry that is known");
    }
    if (wait_ms == 0) return respond(list_reply(*call.sandbox, filter));
    context.sandboxes.wait(call.sandbox, steady_clock::now() + std::chrono::milliseconds(wait_ms),
                           [sandbox = call.sandbox, filter, respond](bool is_last) {
                               return answer_guarded(respond, [&] {
                                   const std::int64_t last_id = sandbox->journal().last_id();
                                   const auto rows = sandbox->journal().list(filter);
                                   if (rows.empty() && !is_last) return false;
                                   respond(json_reply(200, list_text(rows, last_id)));
                                   return true;
                               });
                           });
}

std::string event(std::int64_t id, std::string_view summary) {
    std::string text = "id: " + std::to_string(id) + "\n";
    if (!summary.empty()) text += "event: request\ndata: " + std::string(summary) + "\n";
    return text + "\n";
}

/// The client comes back by itself, with the last id that it was told: a reply is whole here.
model::HttpReply stream(const std::vector<store::JournalRow>& rows, std::int64_t last_id) {
    std::string text = "retry: 100\n\n";
    for (const store::JournalRow& row : rows) text += event(row.id, row.summary);
    if (rows.empty()) text += event(last_id, "");
    return text_reply(200, "text/event-stream", std::move(text));
}

void events(const ApiContext& context, const ApiCall& call, const model::HttpRespond& respond) {
    const model::HttpHeader* header = call.http.find("Last-Event-ID");
    ApiCall asked = call;
    if (header != nullptr && !header->value.empty()) asked.query["after"] = header->value;
    const std::int64_t last_id = call.sandbox->journal().last_id();
    const std::int64_t after = asked.number("after", 0, max_id, -1);
    if (after < 0 || after > last_id) return respond(stream({}, last_id));
    context.sandboxes.wait(
        call.sandbox, steady_clock::now() + stream_time,
        [sandbox = call.sandbox, after, respond](bool is_last) {
            return answer_guarded(respond, [&] {
                const auto rows = sandbox->journal().list(
                    {.after = after, .limit = static_cast<std::size_t>(default_limit)});
                if (rows.empty() && !is_last) return false;
                respond(stream(rows, after));
                return true;
            });
        });
}

// Statistics.

struct Bucket {
    std::map<std::string, std::int64_t> outcomes;
    std::vector<double> latencies_ms;
};

double percentile(const std::vector<double>& sorted, double share) {
    const auto rank = static_cast<std::size_t>(share * static_cast<double>(sorted.size()));
    return sorted[std::min(rank, sorted.size() - 1)];
}

Json bucket_json(const std::string& at, Bucket& bucket) {
    std::vector<double>& latencies = bucket.latencies_ms;
    std::sort(latencies.begin(), latencies.end());
    Json json{{"at", at}, {"requests", latencies.size()}, {"outcomes", bucket.outcomes}};
    if (latencies.empty()) {
        json["latency_ms"] = nullptr;
    } else {
        json["latency_ms"] = {{"p50", percentile(latencies, 0.5)},
                              {"p95", percentile(latencies, 0.95)},
                              {"max", latencies.back()}};
    }
    return json;
}

model::HttpReply statistics(const ApiCall& call) {
    constexpr std::int64_t bucket_seconds = 60;
    constexpr std::int64_t max_minutes = 24LL * 60;
    const std::int64_t minutes = call.number("minutes", 1, max_minutes, 15);
    const auto this_minute = std::chrono::floor<std::chrono::minutes>(call.sandbox->clock().now());
    std::map<std::string, Bucket> buckets;
    constexpr std::size_t to_minute = 16;  // "2026-11-25T23:41"
    for (std::int64_t back = 0; back < minutes; ++back) {
        const model::Instant at = this_minute - std::chrono::minutes(back);
        buckets[model::utc_text(at).substr(0, to_minute)];
    }
    for (const store::JournalRow& row : call.sandbox->journal().list({})) {
        const Json summary = Json::parse(row.summary);
        const auto found = buckets.find(summary.at("at").get<std::string>().substr(0, to_minute));
        if (found == buckets.end()) continue;
        ++found->second.outcomes[row.outcome];
        found->second.latencies_ms.push_back(summary.at("duration_us").get<double>() / 1000);
    }
    Json json{{"bucket_seconds", bucket_seconds}, {"buckets", Json::array()}};
    for (auto& [at, bucket] : buckets) {
        json["buckets"].push_back(bucket_json(at + ":00Z", bucket));
    }
    return json_reply(200, json);
}

model::HttpReply find(const ApiCall& call) {
    const std::int64_t id = call.id("journal entry");
    auto entry = call.sandbox->journal().find(id);
    if (!entry) {
        throw ApiError(404, "there is no journal entry " + std::to_string(id) +
                                "; the journal keeps the newest ones only (settings "
                                "standin.journal_max_entries, standin.journal_max_bytes)");
    }
    return json_reply(200, std::move(*entry));
}

}  // namespace

std::vector<ApiRoute> journal_routes(const ApiContext& context) {
    return {{"GET", "/journal",
             [&context](const ApiCall& call, const model::HttpRespond& respond) {
                 list(context, call, respond);
             }},
            {"DELETE", "/journal",
             [](const ApiCall& call) {
                 call.sandbox->journal().clear();
                 return no_content();
             }},
            {"GET", "/journal/{id}", find},
            {"GET", "/events",
             [&context](const ApiCall& call, const model::HttpRespond& respond) {
                 events(context, call, respond);
             }},
            {"GET", "/statistics", statistics}};
}

}  // namespace customercare::admin
