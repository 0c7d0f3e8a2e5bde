#include "admin/standin_api.hpp"

#include <algorithm>
#include <openapi_text.hpp>
#include <optional>
#include <utility>

#include "admin/console.hpp"
#include "model/error.hpp"
#include "model/ip_address.hpp"
#include "soap/routing.hpp"

namespace customercare::admin {

namespace {

std::map<std::string, std::string, std::less<>> read_query(std::string_view text) {
    std::map<std::string, std::string, std::less<>> query;
    while (!text.empty()) {
        const std::string_view part = text.substr(0, text.find('&'));
        text.remove_prefix(std::min(part.size() + 1, text.size()));
        if (part.empty()) continue;
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

/// An address can't be made to point elsewhere.
bool is_address(std::string_view host) {
    const bool is_ipv6 = host.starts_with('[') && host.ends_with(']');
    return model::IpAddress::parse(is_ipv6 ? host.substr(1, host.size() - 2) : host).has_value();
}

bool is_own_name(std::string_view host, const std::vector<std::string>& hosts) {
    constexpr std::string_view local = "localhost";
    const std::string_view end = host.substr(host.size() - std::min(host.size(), local.size()));
    const bool is_local = model::equals_ignoring_case(end, local) &&
                          (host.size() == end.size() || host[host.size() - end.size() - 1] == '.');
    return is_local || std::any_of(hosts.begin(), hosts.end(), [&](const std::string& own) {
               return model::equals_ignoring_case(host, own);
           });
}

std::string_view without_port(std::string_view host) {
    const std::size_t bracket = host.rfind(']');
    const std::size_t from = bracket == std::string_view::npos ? 0 : bracket;
    return host.substr(0, host.find(':', from));
}

std::vector<std::string> query_parameters(const Json& description, const ApiRoute& route) {
    std::string method(route.method);
    std::transform(method.begin(), method.end(), method.begin(),
                   [](char c) { return static_cast<char>(c | 0x20); });
    const Json& operation = description.at("paths").at(std::string(route.path)).at(method);
    std::vector<std::string> names;
    for (const Json& parameter : operation.value("parameters", Json::array())) {
        if (parameter.value("in", "") == "query") names.push_back(parameter.at("name"));
    }
    return names;
}

void refuse_unknown_parameters(const ApiRoute& route, const ApiCall& call) {
    const std::vector<std::string>& known = route.parameters;
    for (const auto& [name, unused] : call.query) {
        if (std::find(known.begin(), known.end(), name) != known.end()) continue;
        std::string allowed;
        for (const std::string& one : known) allowed += (allowed.empty() ? "" : ", ") + one;
        throw ApiError(400, "unknown query parameter " + name +
                                "; allowed here: " + (allowed.empty() ? "none" : allowed));
    }
}

void append(std::vector<ApiRoute>& routes, std::vector<ApiRoute>&& more) {
    std::move(more.begin(), more.end(), std::back_inserter(routes));
}

}  // namespace

std::string refuse_foreign(const model::HttpRequest& request,
                           const std::vector<std::string>& hosts) {
    const model::HttpHeader* host = request.find("Host");
    if (host != nullptr && !is_address(without_port(host->value)) &&
        !is_own_name(without_port(host->value), hosts)) {
        return "the Host header names " + std::string(host->value) +
               "; use localhost, an IP address, or a name of the setting admin.hosts";
    }
    const model::HttpHeader* origin = request.find("Origin");
    if (origin == nullptr || host == nullptr) return {};
    const std::string own = (request.is_tls ? "https://" : "http://") + std::string(host->value);
    if (model::equals_ignoring_case(origin->value, own)) return {};
    return "the request comes from a page of " + std::string(origin->value) +
           "; only pages of this server itself may use it";
}

StandinApi::StandinApi(ApiContext context) : context_(std::move(context)) {
    append(routes_, control_routes(context_));
    append(routes_, journal_routes(context_));
    append(routes_, call_log_routes(context_));
    append(routes_, send_routes(context_));
    append(routes_, scenario_routes());
    routes_.push_back({"GET", "/openapi.json", [](const ApiCall&) {
                           return text_reply(200, "application/json", std::string(openapi_text));
                       }});
    const Json description = Json::parse(openapi_text);
    for (ApiRoute& route : routes_) route.parameters = query_parameters(description, route);
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
    if (const std::string refusal = refuse_foreign(request, context_.hosts); !refusal.empty()) {
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
        refuse_unknown_parameters(route, call);
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
