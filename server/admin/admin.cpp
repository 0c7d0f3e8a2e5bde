#include "admin/admin.hpp"

#include <nlohmann/json.hpp>
#include <utility>

#include "admin/api_call.hpp"
#include "admin/standin_api.hpp"

namespace customercare::admin {

namespace {

model::HttpReply index() {
    return json_reply(200,
                      Json{{"/livez", "200 as long as the program runs"},
                           {"/readyz", "200 if it takes requests, else 503; ?verbose tells why"},
                           {"/metrics", "for Prometheus"}});
}

/// What is here in each mode.
bool is_own(std::string_view path) {
    return path == "/livez" || path == "/readyz" || path == "/metrics";
}

}  // namespace

void Admin::handle(const model::HttpRequest& request, const model::HttpRespond& respond) const {
    const std::string_view path = request.target.substr(0, request.target.find('?'));
    if (standin_ != nullptr && !is_own(path)) {
        return standin_->handle(request, respond);
    }
    respond(answer(request));
}

model::HttpReply Admin::answer(const model::HttpRequest& request) const {
    const std::string_view path = request.target.substr(0, request.target.find('?'));
    const std::string_view query = request.target.substr(path.size());
    if (path != "/" && !is_own(path)) {
        return error_reply(404, "no such path; GET / lists them");
    }
    // The body of a reply to HEAD is left out by http/.
    if (request.method != "GET" && request.method != "HEAD") {
        model::HttpReply refusal = error_reply(405, "GET and HEAD only");
        refusal.headers.emplace_back("Allow", "GET, HEAD");
        return refusal;
    }
    const bool is_verbose = query.starts_with("?verbose");
    if (path == "/metrics") return metrics_.reply();
    if (path == "/livez") return health_.liveness(is_verbose);
    return path == "/readyz" ? health_.readiness(is_verbose) : index();
}

}  // namespace customercare::admin
