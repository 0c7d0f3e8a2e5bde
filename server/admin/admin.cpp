#include "admin/admin.hpp"

#include <nlohmann/json.hpp>
#include <utility>

#include "admin/api_call.hpp"
#include "admin/standin_api.hpp"

namespace customercare::admin {

namespace {

model::HttpReply index() {
    return json_reply(200, Json{{"/livez", "200 as long as the program runs"},
                                {"/readyz", "200 if it takes requests, 503 if its queue is full"}});
}

}  // namespace

Admin::Admin(const store::CallLogStore& call_logs, std::size_t queue_limit,
             const StandinApi* standin)
    : call_logs_(call_logs), queue_limit_(queue_limit), standin_(standin) {}

void Admin::handle(const model::HttpRequest& request, const model::HttpRespond& respond) const {
    const std::string_view path = request.target.substr(0, request.target.find('?'));
    if (standin_ != nullptr && path != "/livez" && path != "/readyz") {
        return standin_->handle(request, respond);
    }
    respond(answer(request));
}

model::HttpReply Admin::answer(const model::HttpRequest& request) const {
    const std::string_view path = request.target.substr(0, request.target.find('?'));
    if (path != "/" && path != "/livez" && path != "/readyz") {
        return error_reply(404, "no such path; GET / lists them");
    }
    if (request.method != "GET") {
        model::HttpReply refusal = error_reply(405, "GET only");
        refusal.headers.emplace_back("Allow", "GET");
        return refusal;
    }
    if (path == "/livez") return text_reply(200, "text/plain", "ok");
    return path == "/readyz" ? readiness() : index();
}

model::HttpReply Admin::readiness() const {
    const std::size_t length = call_logs_.queue_length();
    const bool is_ready = length < queue_limit_;
    return json_reply(
        is_ready ? 200 : 503,
        Json{{"ready", is_ready}, {"queue_length", length}, {"queue_limit", queue_limit_}});
}

}  // namespace customercare::admin
