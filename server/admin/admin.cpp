#include "admin/admin.hpp"

#include <nlohmann/json.hpp>
#include <utility>

namespace customercare::admin {

namespace {

model::HttpReply reply(unsigned status, std::string_view content_type, std::string body) {
    model::HttpReply reply;
    reply.status = status;
    reply.content_type = content_type;
    reply.headers.emplace_back("Cache-Control", "no-store");
    reply.body = std::move(body);
    return reply;
}

model::HttpReply json_reply(unsigned status, const nlohmann::ordered_json& json) {
    return reply(status, "application/json", json.dump() + '\n');
}

model::HttpReply index() {
    return json_reply(200, {{"/livez", "200 as long as the program runs"},
                            {"/readyz", "200 if it takes requests, 503 if its queue is full"}});
}

}  // namespace

Admin::Admin(const store::CallLogStore& call_logs, std::size_t queue_limit)
    : call_logs_(call_logs), queue_limit_(queue_limit) {}

void Admin::handle(const model::HttpRequest& request, const model::HttpRespond& respond) const {
    respond(answer(request));
}

model::HttpReply Admin::answer(const model::HttpRequest& request) const {
    const std::string_view path = request.target.substr(0, request.target.find('?'));
    if (path != "/" && path != "/livez" && path != "/readyz") {
        return json_reply(404, {{"error", "no such path; GET / lists them"}});
    }
    if (request.method != "GET") {
        model::HttpReply refusal = json_reply(405, {{"error", "GET only"}});
        refusal.headers.emplace_back("Allow", "GET");
        return refusal;
    }
    if (path == "/livez") return reply(200, "text/plain", "ok");
    return path == "/readyz" ? readiness() : index();
}

model::HttpReply Admin::readiness() const {
    const std::size_t length = call_logs_.queue_length();
    const bool is_ready = length < queue_limit_;
    return json_reply(
        is_ready ? 200 : 503,
        {{"ready", is_ready}, {"queue_length", length}, {"queue_limit", queue_limit_}});
}

}  // namespace customercare::admin
