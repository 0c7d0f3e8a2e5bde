#include <catch2/catch.hpp>
#include <filesystem>
#include <string>
#include <vector>

#include "support/admin_client.hpp"
#include "support/http_client.hpp"
#include "support/message.hpp"
#include "support/server_process.hpp"

namespace customercare::test {
namespace {

using Catch::Contains;
using Path = std::filesystem::path;

const Path admin_sources = Path(CUSTOMERCARE_SOURCE_DIR) / "server" / "admin";

/// Every path that a stand-in has on its admin address and production does not: those of
/// openapi.json, which is complete (see standin.openapi), and the console's files.
std::vector<std::string> standin_paths() {
    std::vector<std::string> paths{"/magic-accounts/", "/console/"};
    const Json document = Json::parse(read_file(admin_sources / "openapi.json"));
    for (const auto& [pattern, item] : document.at("paths").items()) {
        if (pattern == "/livez" || pattern == "/readyz" || pattern == "/metrics") continue;
        const std::size_t brace = pattern.find('{');
        paths.push_back(brace == std::string::npos ? pattern : pattern.substr(0, brace) + "1");
    }
    for (const auto& file : std::filesystem::directory_iterator(admin_sources / "console")) {
        paths.push_back("/console/" + file.path().filename().string());
    }
    return paths;
}

}  // namespace

TEST_CASE("In mode production no path of a stand-in is there", "[integration][standin]") {
    const TemporaryDirectory directory;
    const ServerProcess server(directory.path(), {"--mode", "production"});
    const AdminClient admin(server.admin_port());
    const std::vector<std::string> paths = standin_paths();
    REQUIRE(paths.size() > 40);
    HttpClient client(server.admin_port());
    for (const std::string& path : paths) {
        for (const std::string& target : {path, "/sandbox/a" + path}) {
            for (const char* method : {"GET", "POST", "PUT", "DELETE"}) {
                CAPTURE(method, target);
                CHECK(client.call(http_request(method, target)).status == 404);
            }
        }
    }
    // Not a page, and no word of what a stand-in has.
    const HttpReply index = admin.call("GET", "/", "", "Accept: text/html\r\n");
    for (const std::string& path : paths) CHECK_THAT(index.body, !Contains('"' + path + '"'));
    CHECK_THAT(index.body, !Contains("<html"));
}

TEST_CASE("In mode production nothing of a stand-in is done or kept", "[integration][standin]") {
    const TemporaryDirectory directory;
    const ServerProcess server(directory.path(),
                               {"--mode", "production", "--set", "credentials.policy=any"});
    const std::string in_sandbox = "/sandbox/a" + std::string(service_path);
    CHECK(call(server.port(), http_request("GET", in_sandbox)).status == 404);
    // A magic account is an account, and a sandbox's header one among many.
    const std::string message = sample_message(Soap::v11, {{"AccountNumber", "000000000001"}});
    CHECK(
        is_success(call(server.port(), post(Soap::v11, message, "X-CustomerCare-Sandbox: a\r\n"))));
    for (const auto& file : std::filesystem::directory_iterator(directory.path())) {
        CHECK_THAT(file.path().string(), !Contains("journal") && !Contains("sandbox"));
    }
}

TEST_CASE("In mode production settings of a stand-in are refused", "[integration][standin]") {
    for (const char* setting :
         {"standin.max_sandboxes=5", "standin.magic_accounts=false", "standin.forward=http://a"}) {
        const ProgramResult refused = run_program({"check-config", "--set", setting});
        CHECK(refused.exit_code == 2);
        const std::string key = std::string(setting).substr(0, std::string(setting).find('='));
        CHECK_THAT(refused.errors, Contains(key) && Contains("production"));
    }
}

}  // namespace customercare::test
