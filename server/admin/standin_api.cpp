#include "admin/standin_api.hpp"

#include <algorithm>
#include <openapi_text.hpp>
#include <optional>
#include <utility>

#include "admin/console.hpp"
#include "model/error.hpp"
#include "soap/routing.hpp"

namespace customercare::admin {

namespace {

std::map<std::string, std::string, std::less<>> read_query(std::string_view text) {
    std::map<std::string, std::string, std::less<>> query;
    while (!text.empty()) {
        const std::string_view part = text.substr(0, text.find('&'));
        text.remove_prefix(std::min(part.size() + 1, text.size()));
        const std::size_t equals = std::min(part.find('='), part.size());
        query[soap::url_decode(part.substr(0, equals))] =
            soap::url_decode(part.substr(std::min(equals + 1, part.size())));
    }
    return query;
}

/// True if the path is the pattern's; `parameter` then is what stands for {...}.
bool matches(std::string_view pattern, std::string_view path, std::string& parameter) {
    const std::size_t brace = std::min(pattern.find('{'), pattern.size());
    if (brace == pattern.size()) return path == pattern;
    if (!path.starts_with(pattern.substr(0, brace))) return false;
    const std::string_view rest = path.substr(brace);
    if (rest.empty() || rest.find('/') != std::string_view::npos) return false;
    parameter = soap::url_decode(rest);
    return true;
}

unsigned status_of(model::ErrorCode code) {
    switch (code) {
        case model::ErrorCode::usage:
            return 400;
        case model::ErrorCode::busy:
            return 503;
        default:
            return 500;
    }
}

bool is_loopback(std::string_view host) {
    const bool is_ipv4 = host.find_first_not_of("0123456789.") == std::string_view::npos;
    return host == "localhost" || host.ends_with(".localhost") || host == "[::1]" ||
           host == "::1" || (is_ipv4 && host.starts_with("127."));
}

std::string_view without_port(std::string_view host) {
    const std::size_t bracket = host.rfind(']');
    const std::size_t from = bracket == std::string_view::npos ? 0 : bracket;
    return host.substr(0, host.find(':', from));
}

void append(std::vector<ApiRoute>& routes, std::vector<ApiRoute>&& more) {
    std::move(more.begin(), more.end(), std::back_inserter(routes));
}

}  // namespace

std::string refuse_foreign(const model::HttpRequest& request) {
    const model::HttpHeader* host = request.find("Host");
    if (host != nullptr && is_loopback(request.local_address) &&
        !is_loopback(without_port(host->value))) {
        return "the Host header names " + std::string(host->value) +
               ", but this server listens for this machine alone; use localhost or 127.0.0.1";
    }
    const model::HttpHeader* origin = request.find("Origin");
    if (origin == nullptr || host == nullptr) return {};
    const std::string own = (request.is_tls ? "https://" : "http://") + std::string(host->value);
    if (model::equals_ignoring_case(origin->value, own)) return {};
    return "the request comes from a page of " + std::string(origin->value) +
           "; only pages of this server itself may use it";
}

StandinApi::StandinApi(const ApiContext& context) : context_(context) {
    append(routes_, control_routes(context_));
    append(routes_, journal_routes(context_));
    append(routes_, call_log_routes(context_));
    append(routes_, send_routes(context_));
    append(routes_, scenario_routes());
    routes_.push_back({"GET", "/openapi.json", [](const ApiCall&) {
                           return text_reply(200, "application/json", std::string(openapi_text));
                       }});
}

void StandinApi::handle(const model::HttpRequest& request,
                        const model::HttpRespond& respond) const {
    try {
        route(request, respond);
    } catch (const ApiError& error) {
        respond(error_reply(error.status(), error.what()));
    } catch (const model::ServiceError& error) {
        respond(error_reply(status_of(error.code()), error.what()));
    }
}

void StandinApi::route(const model::HttpRequest& request, const model::HttpRespond& respond) const {
    if (const std::string refusal = refuse_foreign(request); !refusal.empty()) {
        throw ApiError(403, refusal);
    }
    ApiCall call{.http = request,
                 .address = standin::sandbox_address(request),
                 .sandbox = nullptr,
                 .query = {},
                 .parameter = {}};
    const std::string_view target = call.address.target;
    const std::string_view path = target.substr(0, target.find('?'));
    call.query = read_query(target.substr(std::min(path.size() + 1, target.size())));

    if (std::optional<model::HttpReply> page = console_reply(request)) {
        return respond(std::move(*page));
    }
    if (path == "/") return respond(index());
    std::string allowed;
    for (const ApiRoute& route : routes_) {
        if (!matches(route.path, path, call.parameter)) continue;
        if (route.method != request.method) {
            allowed += (allowed.empty() ? "" : ", ") + std::string(route.method);
            continue;
        }
        if (request.body_too_long) {
            throw ApiError(413, "the body is longer than http.max_body_bytes allows");
        }
        call.sandbox = context_.sandboxes.get(call.address.name);
        if (const auto* now = std::get_if<0>(&route.handler)) return respond((*now)(call));
        return std::get<1>(route.handler)(call, respond);
    }
    if (allowed.empty()) {
        throw ApiError(404, "there is no path " + std::string(path) +
                                "; GET /openapi.json describes them all");
    }
    model::HttpReply refusal =
        error_reply(405, "the method is " + std::string(request.method) + "; allowed: " + allowed);
    refusal.headers.emplace_back("Allow", allowed);
    respond(std::move(refusal));
}

model::HttpReply StandinApi::index() const {
    Json paths{{"/livez", "GET"}, {"/readyz", "GET"}, {"/metrics", "GET"}};
    for (const ApiRoute& route : routes_) {
        Json& methods = paths[std::string(route.path)];
        methods = methods.is_null() ? std::string(route.method)
                                    : methods.get<std::string>() + ", " + std::string(route.method);
    }
    return json_reply(200, paths);
}

}  // namespace customercare::admin
