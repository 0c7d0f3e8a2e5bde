#include <array>
#include <catch2/catch.hpp>
#include <cerrno>
#include <chrono>
#include <string>

#include "integration/scenario_admin.hpp"
#include "support/http_client.hpp"
#include "support/message.hpp"
#include "support/raw_client.hpp"
#include "support/server_process.hpp"

namespace customercare::test {
namespace {

using Catch::Contains;

std::string number(int last) {
    return last < 10 ? "00000000000" + std::to_string(last) : "0000000000" + std::to_string(last);
}

}  // namespace

TEST_CASE("Each magic account gives its outcome without any set-up", "[integration][magic]") {
    const TemporaryDirectory directory;
    const ServerProcess server(directory.path());
    const ScenarioAdmin stand_in(server);
    const Soap version = GENERATE(Soap::v11, Soap::v12);
    const auto send = [&](int last) {
        return call(server.port(), call_for(number(last), version));
    };

    const std::array codes{"AuthenticationFailed", "ValidationFailed", "DuplicateMessage"};
    for (int i = 0; i < 3; ++i) {
        const HttpReply reply = send(i + 1);
        CHECK(reply.status == 200);
        CHECK(text_of(reply, "ErrorCode") == codes.at(static_cast<std::size_t>(i)));
    }
    const HttpReply client = send(4);
    CHECK(client.status == 500);
    CHECK_THAT(client.body, Contains(version == Soap::v11 ? "soap:Client<" : "soap:Sender<"));
    const HttpReply server_fault = send(5);
    CHECK(server_fault.status == 500);
    CHECK_THAT(server_fault.body,
               Contains(version == Soap::v11 ? "soap:Server<" : "soap:Receiver<"));
    const HttpReply busy = send(6);
    CHECK(busy.status == 503);
    CHECK(busy.headers.at("retry-after") == "1");
    CHECK(fault_text(busy) == "Server is too busy");
    CHECK(stand_in.stored() == 0);

    CHECK(is_success(send(13)));
    CHECK(stand_in.stored() == 0);
    CHECK(is_success(send(14)));
    CHECK(stand_in.stored(number(14)) == 1);
    CHECK(stand_in.last_entry().at("scenario").is_null());
}

TEST_CASE("Magic accounts of the network", "[integration][magic]") {
    const TemporaryDirectory directory;
    const ServerProcess server(directory.path());
    const ScenarioAdmin stand_in(server);

    RawClient<HttpClient> before(server.port());
    before.send(call_for(number(8)));
    CHECK(before.read_all().empty());
    CHECK(before.error == ECONNRESET);
    CHECK(stand_in.stored(number(8)) == 0);
    RawClient<HttpClient> after(server.port());
    after.send(call_for(number(9)));
    CHECK(after.read_all().empty());
    CHECK(after.error == ECONNRESET);
    CHECK(stand_in.stored(number(9)) == 1);
    RawClient<HttpClient> truncated(server.port());
    truncated.send(call_for(number(10)));
    const std::string reply = truncated.read_all();
    CHECK(reply.size() == reply.find("\r\n\r\n") + 4 + 100);
    CHECK(stand_in.stored(number(10)) == 1);
    RawClient<HttpClient> garbage(server.port());
    garbage.send(call_for(number(11)));
    CHECK_THAT(garbage.read_all(), !Contains("HTTP") && Contains("garbage"));
    CHECK(stand_in.stored(number(11)) == 1);

    RawClient<HttpClient> silent(server.port());
    silent.send(call_for(number(12)));
    while (stand_in.stored(number(12)) == 0) {
    }
    silent.reset();
}

TEST_CASE("The magic account of a delay answers after five seconds", "[integration][magic]") {
    const TemporaryDirectory directory;
    const ServerProcess server(directory.path());
    const auto start = std::chrono::steady_clock::now();
    CHECK(is_success(call(server.port(), call_for(number(7)))));
    CHECK(std::chrono::steady_clock::now() - start >= std::chrono::seconds(5));
}

TEST_CASE("The list of magic accounts is served, and they are in the journal",
          "[integration][magic]") {
    const TemporaryDirectory directory;
    const ServerProcess server(directory.path());
    const ScenarioAdmin stand_in(server);
    CHECK(stand_in.get("/magic-accounts").at("enabled") == true);
    const auto list = stand_in.get("/magic-accounts").at("magic_accounts");
    REQUIRE(list.size() == 13);
    CHECK(list[0] ==
          nlohmann::json{{"account_number", number(1)},
                         {"outcome", "AuthenticationFailed"},
                         {"text", "ErrorData AuthenticationFailed; nothing is stored."}});
    (void)call(server.port(), call_for(number(1)));
    const auto entry = stand_in.last_entry();
    CHECK(entry.at("scenario") ==
          nlohmann::json{{"id", 0}, {"name", "magic account " + number(1)}});
    CHECK(entry.at("outcome") == "AuthenticationFailed");
}

TEST_CASE("Magic accounts can be switched off", "[integration][magic]") {
    const TemporaryDirectory directory;
    const ServerProcess server(directory.path(), {"--set", "standin.magic_accounts=false"});
    CHECK(is_success(call(server.port(), call_for(number(1)))));
    CHECK(ScenarioAdmin(server).get("/magic-accounts").at("enabled") == false);
}

TEST_CASE("The README lists every magic account", "[integration][magic]") {
    const std::string readme =
        read_file(std::filesystem::path(CUSTOMERCARE_SOURCE_DIR) / "README.md");
    for (int i = 1; i <= 13; ++i) CHECK_THAT(readme, Contains("| `" + number(i) + "` |"));
}

}  // namespace customercare::test
