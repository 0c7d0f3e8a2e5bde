#include <catch2/catch.hpp>
#include <chrono>
#include <nlohmann/json.hpp>
#include <string>
#include <thread>

#include "support/database.hpp"
#include "support/http_client.hpp"
#include "support/message.hpp"
#include "support/server_process.hpp"

namespace customercare::test {
namespace {

constexpr const char* direct_token = "direct-secret-1b7d";
constexpr const char* originating_token = "originating-secret-5e0c";

HttpReply call_service(const ServerProcess& server) {
    return call(server.port(),
                post_sample(Soap::v11, {{"DirectUserNameToken", token(direct_token)},
                                        {"OriginatingUserNameToken", token(originating_token)}}));
}

/// Calls until the ErrorCode is `code`; false if it is not within the two seconds that the server
/// may take to notice.
bool becomes(const ServerProcess& server, const std::string& code) {
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(2) * patience;
    while (std::chrono::steady_clock::now() < deadline) {
        if (text_of(call_service(server), "ErrorCode") == code) return true;
        std::this_thread::sleep_for(std::chrono::milliseconds(20));
    }
    return false;
}

ProgramResult credentials(const ServerProcess& server, std::vector<std::string> arguments,
                          const std::string& input = "") {
    arguments.insert(arguments.begin(), "credentials");
    arguments.insert(arguments.end(), {"--database", server.database()});
    ProgramResult result = run_program(arguments, input);
    INFO(result.errors);
    REQUIRE(result.exit_code == 0);
    return result;
}

}  // namespace

TEST_CASE("Credentials are added and revoked while the server runs", "[integration][credentials]") {
    const TemporaryDirectory directory;
    ServerProcess server(directory.path(), {"--set", "credentials.policy=registered"});
    CHECK(text_of(call_service(server), "ErrorCode") == "AuthenticationFailed");

    credentials(server, {"add", "--role", "direct", "--label", "desk"}, direct_token);
    credentials(server, {"add", "--role", "originating", "--label", "ivr"}, originating_token);
    CHECK(becomes(server, ""));

    const std::string listed = credentials(server, {"list"}).output;
    CHECK_THAT(listed, Catch::Contains("desk") && Catch::Contains("ivr"));
    const std::string id =
        Database(server.database()).value("SELECT id FROM credential WHERE label = 'ivr'");
    credentials(server, {"revoke", id});
    CHECK(becomes(server, "AuthenticationFailed"));

    CHECK(server.stop() == 0);
    for (const char* secret : {direct_token, originating_token}) {
        CHECK_THAT(listed, !Catch::Contains(secret));
        CHECK_THAT(server.log(), !Catch::Contains(secret));
        for (const auto& file : std::filesystem::directory_iterator(directory.path())) {
            CAPTURE(file.path());
            CHECK(read_file(file.path()).find(secret) == std::string::npos);
        }
    }
}

TEST_CASE("A call without credentials is refused", "[integration][credentials]") {
    const TemporaryDirectory directory;
    ServerProcess server(directory.path());
    const std::string message = sample_message(Soap::v11);
    const std::size_t begin = message.find("<soap:Header>");
    const std::size_t end = message.find("<soap:Body>");
    const HttpReply reply =
        call(server.port(), post(Soap::v11, std::string(message).erase(begin, end - begin)));
    CHECK(reply.status == 200);
    CHECK(text_of(reply, "ErrorCode") == "AuthenticationFailed");
    CHECK(Database(server.database()).call_log_count() == 0);
}

}  // namespace customercare::test
