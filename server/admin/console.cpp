#include "admin/console.hpp"

#include <algorithm>
#include <console_files.hpp>
#include <string>
#include <string_view>

namespace customercare::admin {

namespace {

constexpr std::string_view folder = "/console/";

/// The page loads nothing but itself, talks to nobody but us, and is in no other page. Trusted
/// types: no script turns text into markup, be it by mistake.
constexpr std::string_view content_security_policy =
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
    "img-src 'self' data:; frame-ancestors 'none'; base-uri 'none'; form-action 'none'; "
    "require-trusted-types-for 'script'; trusted-types 'none'";

std::string_view content_type_of(std::string_view name) {
    const std::string_view extension = name.substr(name.rfind('.') + 1);
    if (extension == "js") return "text/javascript; charset=utf-8";
    if (extension == "css") return "text/css; charset=utf-8";
    return "text/html; charset=utf-8";
}

std::string_view value_of(const model::HttpRequest& request, std::string_view name) {
    const model::HttpHeader* header = request.find(name);
    return header == nullptr ? std::string_view() : header->value;
}

bool wants_json(const model::HttpRequest& request) {
    const std::string_view accept = value_of(request, "Accept");
    return accept.find("application/json") != std::string_view::npos &&
           accept.find("text/html") == std::string_view::npos;
}

/// The file's name, or nullopt if the request is not for the console.
std::optional<std::string_view> name_of(const model::HttpRequest& request) {
    std::string_view path = request.target.substr(0, request.target.find('?'));
    if (path == "/") {
        if (wants_json(request)) return std::nullopt;
        return "index.html";
    }
    if (path.substr(0, folder.size()) != folder) return std::nullopt;
    return path.substr(folder.size());
}

model::HttpReply refusal(unsigned status, std::string body) {
    model::HttpReply reply;
    reply.status = status;
    reply.content_type = "application/json";
    reply.headers.emplace_back("Cache-Control", "no-store");
    reply.body = std::move(body);
    return reply;
}

}  // namespace

std::optional<model::HttpReply> console_reply(const model::HttpRequest& request) {
    const std::optional<std::string_view> name = name_of(request);
    if (!name) return std::nullopt;
    const auto* const file =
        std::find_if(console::files.begin(), console::files.end(),
                     [&](const console::File& candidate) { return candidate.name == *name; });
    if (file == console::files.end()) {
        return refusal(404, "{\"error\":\"the console has no such file; GET / is its page\"}\n");
    }
    if (request.method != "GET") {
        model::HttpReply reply = refusal(405, "{\"error\":\"GET only\"}\n");
        reply.headers.emplace_back("Allow", "GET");
        return reply;
    }
    model::HttpReply reply;
    reply.headers.emplace_back("ETag", file->etag);
    // Kept, but asked for each time: a new program brings a new console.
    reply.headers.emplace_back("Cache-Control", "no-cache");
    reply.headers.emplace_back("Content-Security-Policy", content_security_policy);
    reply.headers.emplace_back("X-Content-Type-Options", "nosniff");
    reply.headers.emplace_back("Referrer-Policy", "no-referrer");
    reply.headers.emplace_back("Cross-Origin-Resource-Policy", "same-origin");
    if (value_of(request, "If-None-Match") == file->etag) {
        reply.status = 304;
        return reply;
    }
    reply.content_type = content_type_of(file->name);
    reply.body = file->text;
    return reply;
}

}  // namespace customercare::admin
