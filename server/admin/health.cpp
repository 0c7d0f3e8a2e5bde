#include "admin/health.hpp"

#include <algorithm>
#include <exception>
#include <nlohmann/json.hpp>
#include <utility>

namespace customercare::admin {

namespace {

using Json = nlohmann::ordered_json;

std::string_view name_of(CheckState state) {
    switch (state) {
        case CheckState::ok:
            return "ok";
        case CheckState::warning:
            return "warning";
        case CheckState::failed:
            break;
    }
    return "failed";
}

bool has_failed(const Health::Result& result) { return result.finding.state == CheckState::failed; }

Finding look_at(const Check& check) {
    try {
        return check.look();
    } catch (const std::exception& error) {
        return {CheckState::failed, error.what()};
    }
}

Json list_of(const std::vector<Health::Result>& results) {
    Json list = Json::array();
    for (const Health::Result& result : results) {
        list.push_back({{"name", result.name},
                        {"state", name_of(result.finding.state)},
                        {"text", result.finding.text}});
    }
    return list;
}

model::HttpReply reply(unsigned status, std::string_view content_type, std::string body) {
    model::HttpReply reply;
    reply.status = status;
    reply.content_type = content_type;
    reply.headers.emplace_back("Cache-Control", "no-store");
    reply.body = std::move(body);
    return reply;
}

/// Texts may quote paths, which may be in any encoding.
model::HttpReply json_reply(unsigned status, const Json& json) {
    return reply(status, "application/json",
                 json.dump(-1, ' ', false, Json::error_handler_t::replace) + '\n');
}

}  // namespace

std::vector<Health::Result> Health::look() const {
    std::vector<Result> results;
    results.push_back(
        {"shutdown", is_stopping_ ? Finding{CheckState::failed, "The server is stopping."}
                                  : Finding{CheckState::ok, "The server was not told to stop."}});
    for (const Check& check : checks_) results.push_back({check.name, look_at(check)});
    return results;
}

model::HttpReply Health::liveness(bool is_verbose) const {
    if (!is_verbose) return reply(200, "text/plain", "ok");
    return json_reply(200, {{"alive", true}, {"checks", list_of(look())}});
}

model::HttpReply Health::readiness(bool is_verbose) const {
    const std::vector<Result> results = look();
    const bool is_ready = std::none_of(results.begin(), results.end(), has_failed);
    Json json{{"ready", is_ready}};
    if (is_verbose) {
        json["checks"] = list_of(results);
    } else if (!is_ready) {
        for (const Result& result : results) {
            if (has_failed(result)) json["failed"].push_back(result.name);
        }
    }
    return json_reply(is_ready ? 200 : 503, json);
}

Check queue_check(std::function<std::size_t()> length, std::size_t limit) {
    return {"queue", [length = std::move(length), limit]() -> Finding {
                const std::size_t waiting = length();
                return {waiting < limit ? CheckState::ok : CheckState::failed,
                        std::to_string(waiting) + " call logs wait to be written, of at most " +
                            std::to_string(limit) + " (store.queue_limit)."};
            }};
}

Check certificate_check(std::function<model::Instant()> expiry, std::chrono::days notice,
                        model::Clock clock) {
    return {"certificate",
            [expiry = std::move(expiry), notice, clock = std::move(clock)]() -> Finding {
                const model::Instant end = expiry();
                const auto left = std::chrono::floor<std::chrono::days>(end - clock());
                if (left.count() < 0) {
                    return {CheckState::warning,
                            "The certificate has expired on " + model::utc_text(end) +
                                ". Put another one in its place (tls.certificate) and send SIGHUP; "
                                "if systemd hands it over (LoadCredential=), restart the service."};
                }
                return {left < notice ? CheckState::warning : CheckState::ok,
                        "The certificate expires on " + model::utc_text(end) + ", in " +
                            std::to_string(left.count()) + " days."};
            }};
}

}  // namespace customercare::admin
