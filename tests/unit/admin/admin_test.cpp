#include "admin/admin.hpp"

#include <algorithm>
#include <array>
#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>

#include "admin/standin_api.hpp"

namespace customercare::admin {
namespace {

model::HttpReply call(const Health& health, std::string_view method, std::string_view target) {
    model::HttpRequest request;
    request.method = method;
    request.target = target;
    model::HttpReply reply;
    const Metrics metrics({}, health, [] { return Readings{}; });
    Admin(health, metrics).handle(request, [&](model::HttpReply&& given) {
        reply = std::move(given);
    });
    return reply;
}

}  // namespace

TEST_CASE("Admin answers whether the program lives and is ready", "[admin]") {
    std::size_t length = 0;
    const Health health({queue_check([&] { return length; }, 10)});
    CHECK(call(health, "GET", "/livez").body == "ok");
    CHECK(call(health, "GET", "/readyz").status == 200);
    length = 10;
    CHECK(call(health, "GET", "/livez").status == 200);
    CHECK(call(health, "GET", "/readyz").status == 503);
    const model::HttpReply verbose = call(health, "GET", "/readyz?verbose");
    CHECK(verbose.status == 503);
    CHECK(nlohmann::json::parse(verbose.body)["checks"][1]["name"] == "queue");
    CHECK(call(health, "GET", "/livez?verbose").status == 200);
}

TEST_CASE("Admin lists its paths and refuses what it has not", "[admin]") {
    const Health health({});
    CHECK(nlohmann::json::parse(call(health, "GET", "/").body).contains("/readyz"));
    CHECK(call(health, "GET", "/other").status == 404);
    CHECK_THAT(call(health, "GET", "/metrics").body, Catch::Contains("customercare_build_info{"));
    const model::HttpReply refusal = call(health, "POST", "/livez");
    CHECK(refusal.status == 405);
    CHECK(std::ranges::count(refusal.headers,
                             std::pair<std::string, std::string>("Allow", "GET, HEAD")) == 1);
    CHECK(call(health, "HEAD", "/livez").status == 200);
    CHECK(call(health, "HEAD", "/other").status == 404);
}

TEST_CASE("Names that may be made to point here are refused, whatever address was asked",
          "[admin][standin]") {
    const auto is_refused = [](std::string_view host, std::string_view local_address) {
        const std::array headers{model::HttpHeader{"Host", host}};
        model::HttpRequest request;
        request.headers = headers;
        request.local_address = local_address;
        return !refuse_foreign(request, {"standin", "box.example"}).empty();
    };
    for (const char* local_address : {"127.0.0.1", "172.17.0.2"}) {
        CAPTURE(local_address);
        for (const char* own :
             {"localhost", "LocalHost:8081", "a.localhost:1", "127.0.0.1:8081", "[::1]:8081",
              "172.17.0.2:8081", "[2001:db8::1]", "standin:8081", "Box.Example"}) {
            CAPTURE(own);
            CHECK_FALSE(is_refused(own, local_address));
        }
        for (const char* foreign : {"attacker.example:8081", "", "notlocalhost", "localhost.a",
                                    "127.0.0.1.a", "a.standin", "standin.a", "2130706433"}) {
            CAPTURE(foreign);
            CHECK(is_refused(foreign, local_address));
        }
    }
}

}  // namespace customercare::admin
