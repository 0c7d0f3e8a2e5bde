#include "admin/admin.hpp"

#include <catch2/catch.hpp>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>

#include "store/keys.hpp"

namespace customercare::admin {
namespace {

class Fixture {
public:
    Fixture() {
        std::string name = (std::filesystem::temp_directory_path() / "admin-XXXXXX").string();
        REQUIRE(mkdtemp(name.data()) != nullptr);
        directory_ = name;
    }
    ~Fixture() { std::filesystem::remove_all(directory_); }
    Fixture(const Fixture&) = delete;
    Fixture& operator=(const Fixture&) = delete;

    model::HttpReply call(std::string_view method, std::string_view target,
                          std::size_t queue_limit = 10) {
        const store::Keys keys(directory_ / "keys");
        store::Options options;
        options.path = directory_ / "test.db";
        const store::CallLogStore call_logs(options, keys);
        model::HttpRequest request;
        request.method = method;
        request.target = target;
        model::HttpReply reply;
        Admin(call_logs, queue_limit).handle(request, [&](model::HttpReply&& given) {
            reply = std::move(given);
        });
        return reply;
    }

private:
    std::filesystem::path directory_;
};

}  // namespace

TEST_CASE("Admin answers whether the program lives and is ready", "[admin]") {
    Fixture admin;
    CHECK(admin.call("GET", "/livez").body == "ok");
    const model::HttpReply ready = admin.call("GET", "/readyz?verbose");
    CHECK(ready.status == 200);
    CHECK(nlohmann::json::parse(ready.body) ==
          nlohmann::json{{"ready", true}, {"queue_length", 0}, {"queue_limit", 10}});
    const model::HttpReply full = admin.call("GET", "/readyz", 0);
    CHECK(full.status == 503);
    CHECK(nlohmann::json::parse(full.body)["ready"] == false);
}

TEST_CASE("Admin lists its paths and refuses what it has not", "[admin]") {
    Fixture admin;
    CHECK(nlohmann::json::parse(admin.call("GET", "/").body).contains("/readyz"));
    CHECK(admin.call("GET", "/other").status == 404);
    const model::HttpReply refusal = admin.call("POST", "/livez");
    CHECK(refusal.status == 405);
    CHECK(std::ranges::count(refusal.headers,
                             std::pair<std::string, std::string>("Allow", "GET")) == 1);
}

}  // namespace customercare::admin
