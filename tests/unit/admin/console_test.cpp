#include "admin/console.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <string>
#include <vector>

namespace customercare::admin {
namespace {

std::optional<model::HttpReply> get(std::string_view target,
                                    std::vector<model::HttpHeader> headers = {},
                                    std::string_view method = "GET") {
    model::HttpRequest request;
    request.method = method;
    request.target = target;
    request.headers = headers;
    return console_reply(request);
}

std::string header(const model::HttpReply& reply, std::string_view name) {
    const auto found = std::find_if(reply.headers.begin(), reply.headers.end(),
                                    [&](const auto& pair) { return pair.first == name; });
    return found == reply.headers.end() ? "" : found->second;
}

}  // namespace

TEST_CASE("The console's page is served with a policy that lets nothing in or out",
          "[admin][console]") {
    const auto page = get("/?sandbox=a", {{"Accept", "text/html,application/json;q=0.9"}});
    REQUIRE(page);
    CHECK(page->status == 200);
    CHECK(page->content_type == "text/html; charset=utf-8");
    CHECK(page->body.find("console/main.js") != std::string::npos);
    const std::string policy = header(*page, "Content-Security-Policy");
    CHECK(policy.find("default-src 'none'") == 0);
    for (const char* part : {"frame-ancestors 'none'", "base-uri 'none'", "form-action 'none'",
                             "connect-src 'self'", "require-trusted-types-for 'script'"}) {
        CHECK(policy.find(part) != std::string::npos);
    }
    CHECK(policy.find("unsafe") == std::string::npos);
    CHECK(header(*page, "X-Content-Type-Options") == "nosniff");
}

TEST_CASE("The console's files have the right types, and are sent once", "[admin][console]") {
    const auto script = get("/console/main.js");
    REQUIRE(script);
    CHECK(script->content_type == "text/javascript; charset=utf-8");
    CHECK(header(*script, "Cache-Control") == "no-cache");
    const auto style = get("/console/style.css");
    REQUIRE(style);
    CHECK(style->content_type == "text/css; charset=utf-8");
    const std::string etag = header(*style, "ETag");
    CHECK(etag != header(*script, "ETag"));
    const auto again = get("/console/style.css", {{"If-None-Match", etag}});
    REQUIRE(again);
    CHECK(again->status == 304);
    CHECK(again->body.empty());
    CHECK(header(*again, "ETag") == etag);
}

TEST_CASE("The console leaves other requests alone and has no other files", "[admin][console]") {
    CHECK_FALSE(get("/", {{"Accept", "application/json"}}));
    CHECK_FALSE(get("/journal"));
    CHECK_FALSE(get("/consoles"));
    for (const char* target : {"/console/", "/console/nothing.js", "/console/../main.js",
                               "/console/CMakeLists.txt", "/console/%6dain.js"}) {
        const auto none = get(target);
        REQUIRE(none);
        CHECK(none->status == 404);
    }
    const auto posted = get("/console/main.js", {}, "POST");
    REQUIRE(posted);
    CHECK(posted->status == 405);
    CHECK(header(*posted, "Allow") == "GET");
}

}  // namespace customercare::admin
