#include <utility>
#include <vector>

#include "admin/standin_api.hpp"
#include "soap/contract.hpp"
#include "standin/json_reader.hpp"
#include "standin/sample.hpp"

// /send, /sample

namespace customercare::admin {

namespace {

using HeaderList = std::vector<std::pair<std::string, std::string>>;

bool is_soap12(const std::optional<std::string>& version) {
    if (version && *version != "1.1" && *version != "1.2") {
        throw ApiError(400, R"(soap must be "1.1" or "1.2")");
    }
    return version == "1.2";
}

/// The headers that a client sends with a message of that version.
HeaderList usual_headers(bool soap12) {
    const std::string action = '"' + soap::contract().operations().front().soap_action + '"';
    if (soap12) return {{"Content-Type", "application/soap+xml; charset=utf-8; action=" + action}};
    return {{"Content-Type", "text/xml; charset=utf-8"}, {"SOAPAction", action}};
}

/// In single quotes for a shell.
std::string shell_quoted(std::string_view text) {
    std::string quoted = "'";
    for (const char c : text) quoted += c == '\'' ? "'\\''" : std::string(1, c);
    return quoted + '\'';
}

model::HttpReply sample(const ApiContext& context, const ApiCall& call) {
    const bool soap12 = is_soap12(call.text("soap"));
    // A sandbox may have been named by the header; the address must name it by itself.
    const std::string mount =
        call.sandbox->name().empty() ? "" : "/sandbox/" + call.sandbox->name();
    const std::string url = context.service_url + mount + context.soap_path;
    const std::string body =
        standin::filled_sample(soap12 ? soap::SoapVersion::soap12 : soap::SoapVersion::soap11);
    Json headers = Json::object();
    std::string curl = "curl -sS";
    for (const auto& [name, value] : usual_headers(soap12)) {
        headers[name] = value;
        std::string line = name;
        line.append(": ").append(value);
        curl += " -H " + shell_quoted(line);
    }
    curl += " --data-binary " + shell_quoted(body) + " " + shell_quoted(url);
    return json_reply(200, Json{{"soap", soap12 ? "1.2" : "1.1"},
                                {"url", url},
                                {"headers", std::move(headers)},
                                {"body", body},
                                {"curl", curl}});
}

void set_header(HeaderList& headers, const std::string& name, const std::string& value) {
    for (auto& [key, old] : headers) {
        if (model::equals_ignoring_case(key, name)) {
            old = value;
            return;
        }
    }
    headers.emplace_back(name, value);
}

void send(const ApiContext& context, const ApiCall& call, const model::HttpRespond& respond) {
    const nlohmann::json body = call.json();
    const standin::JsonReader reader(body, "", {"soap", "body", "headers"});
    const auto message = reader.text("body");
    if (!message) throw ApiError(400, R"("body" must be there: the message, as text)");
    HeaderList headers = usual_headers(is_soap12(reader.text("soap")));
    for (const auto& [name, value] : reader.texts("headers")) set_header(headers, name, value);
    set_header(headers, "Content-Length", std::to_string(message->size()));

    std::vector<model::HttpHeader> views;
    for (const auto& [name, value] : headers) views.push_back({name, value});
    const std::string& sandbox = call.sandbox->name();
    const std::string target = (sandbox.empty() ? "" : "/sandbox/" + sandbox) + context.soap_path;
    const model::HttpRequest request{.method = "POST",
                                     .target = target,
                                     .headers = views,
                                     .body = *message,
                                     .peer = call.http.peer,
                                     .local_address = call.http.local_address,
                                     .id = call.http.id};
    context.service.handle(request, [respond](model::HttpReply&& reply, std::int64_t journal_id) {
        const bool is_http = standin::has_head(reply);
        Json headers_json = Json::object();
        if (is_http) {
            for (const auto& [name, value] : reply.headers) headers_json[name] = value;
            if (!reply.content_type.empty()) headers_json["Content-Type"] = reply.content_type;
        }
        respond(json_reply(200, Json{{"status", is_http ? reply.status : 0},
                                     {"headers", std::move(headers_json)},
                                     {"body", standin::sent_body(reply)},
                                     {"journal_id", journal_id}}));
    });
}

}  // namespace

std::vector<ApiRoute> send_routes(const ApiContext& context) {
    return {{"GET", "/sample", [&context](const ApiCall& call) { return sample(context, call); }},
            {"POST", "/send", [&context](const ApiCall& call, const model::HttpRespond& respond) {
                 send(context, call, respond);
             }}};
}

}  // namespace customercare::admin
