#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>
#include <memory>
#include <string>
#include <vector>

#include "integration/scenario_admin.hpp"
#include "support/certificates.hpp"
#include "support/http_client.hpp"
#include "support/message.hpp"
#include "support/server_process.hpp"

// A stand-in in front of a real service, for which a second server of ours stands here.

namespace customercare::test {
namespace {

using Catch::Contains;

struct Pair {
    TemporaryDirectory real_directory;
    TemporaryDirectory directory;
    ServerProcess real;
    std::unique_ptr<ServerProcess> front;
    std::string recordings = directory.path("recordings");

    explicit Pair(const std::vector<std::string>& real_arguments = {},
                  const std::vector<std::string>& arguments = {})
        : real(real_directory.path(), real_arguments) {
        std::vector<std::string> all{"--forward", real.url(), "--record", recordings};
        all.insert(all.end(), arguments.begin(), arguments.end());
        front = std::make_unique<ServerProcess>(directory.path(), all);
    }
    [[nodiscard]] HttpReply send(const std::string& request) const {
        return call(front->port(), request);
    }
    [[nodiscard]] std::vector<std::string> files() const {
        std::vector<std::string> names;
        for (const auto& entry : std::filesystem::directory_iterator(recordings)) {
            names.push_back(entry.path().filename().string());
        }
        std::ranges::sort(names);
        return names;
    }
};

std::string get(const std::string& target) {
    return "GET " + target + " HTTP/1.1\r\nHost: localhost\r\n\r\n";
}

void replace_in_file(const std::string& path, const std::string& from, const std::string& to) {
    const std::string text = replace_all(read_file(path), from, to);
    std::ofstream(path, std::ios::binary) << text;
}

}  // namespace

TEST_CASE("Requests are forwarded, and stored there alone", "[integration][forward]") {
    const Pair pair;
    const Soap version = GENERATE(Soap::v11, Soap::v12);
    const HttpReply reply = pair.send(call_for("999", version));
    CHECK(is_success(reply));
    CHECK_THAT(reply.headers.at("content-type"),
               Contains(version == Soap::v11 ? "text/xml" : "application/soap+xml"));
    CHECK(reply.headers.at("x-aspnet-version") == "4.0.30319");
    CHECK(ScenarioAdmin(pair.real).stored("999") == 1);
    CHECK(ScenarioAdmin(*pair.front).stored() == 0);
    const auto entry = ScenarioAdmin(*pair.front).last_entry();
    CHECK(entry.at("outcome") == "forwarded");
    CHECK(entry.at("operation") == "CreateCallLog");

    // Refusals and pages are the real service's, too.
    const HttpReply refused = pair.send(post(version, "<a>"));
    CHECK(refused.status == call(pair.real.port(), post(version, "<a>")).status);
    CHECK_THAT(pair.send(get(std::string(service_path) + "?WSDL")).body,
               Contains("wsdl:definitions") && Contains(std::to_string(pair.real.port())));
}

TEST_CASE("Pairs are recorded with secrets masked", "[integration][forward]") {
    const Pair pair;
    const std::string envelope =
        replace_first(sample_message(Soap::v11, {{"AccountNumber", "999"},
                                                 {"DirectUserNameToken", token("secret-1")},
                                                 {"SSN", "secret-4"}}),
                      "</Requestor>", "<DriverLicense>secret-2</DriverLicense></Requestor>");
    CHECK(is_success(pair.send(post(Soap::v11, envelope, "Cookie: secret-3\r\n"))));
    CHECK(is_success(pair.send(call_for("998", Soap::v12))));
    CHECK(pair.files() ==
          std::vector<std::string>{"000001-CreateCallLog.http", "000002-CreateCallLog.http"});
    const std::string text = read_file(pair.recordings + "/000001-CreateCallLog.http");
    CHECK_THAT(text, Contains("POST " + std::string(service_path) + "\n") &&
                         Contains("<AccountNumber>999</AccountNumber>") && Contains("\n200\n") &&
                         Contains("CreateCallLogResponse") && Contains("Cookie: *****\n") &&
                         Contains("<DriverLicense>*****</DriverLicense>") &&
                         Contains("<SSN>*****</SSN>") && Contains("<ID>*****</ID>") &&
                         !Contains("secret"));
}

TEST_CASE("A recording answers in the place of the real service, as edited",
          "[integration][forward]") {
    Pair pair;
    const HttpReply first = pair.send(call_for("999"));
    (void)pair.send(call_for("998", Soap::v12));
    pair.front->stop();
    pair.real.stop();
    replace_in_file(pair.recordings + "/000002-CreateCallLog.http", "<ResponseDescription>Success",
                    "<ResponseDescription>Edited");

    const TemporaryDirectory directory;
    const ServerProcess replaying(
        directory.path(),
        {"--replay", pair.recordings, "--set", "standin.replay_fields=Account/AccountNumber"});
    const HttpReply again = call(replaying.port(), call_for("999"));
    CHECK(again.status == 200);
    CHECK(text_of(again, "MessageDateTime") == text_of(first, "MessageDateTime"));
    CHECK(again.headers.at("content-type") == first.headers.at("content-type"));
    CHECK(text_of(call(replaying.port(), call_for("998", Soap::v12)), "ResponseDescription") ==
          "Edited");
    const ScenarioAdmin stand_in(replaying);
    CHECK(stand_in.last_entry().at("outcome") == "recorded");

    const HttpReply none = call(replaying.port(), call_for("997"));
    CHECK(none.status == 500);
    CHECK_THAT(fault_text(none), Contains("No recording answers this request"));
    const auto nearest = stand_in.last_entry().at("nearest_scenario");
    CHECK(nearest.at("name") == "000001-CreateCallLog.http");
    CHECK(nearest.at("why") ==
          "CustomerCallLog/Account/AccountNumber is \"997\" here, and \"999\" there");
    CHECK(stand_in.stored() == 0);
    // The pages are our own.
    CHECK_THAT(call(replaying.port(), get(std::string(service_path) + "?WSDL")).body,
               Contains("wsdl:definitions"));
}

TEST_CASE("Scenarios count before what is forwarded", "[integration][forward]") {
    const Pair pair;
    const ScenarioAdmin front(*pair.front);
    front.only_scenario(R"({"answer":{"kind":"truncated","bytes":7},"times":1})");
    HttpClient client(pair.front->port());
    client.send(call_for("999"));
    CHECK_FALSE(client.receive());
    CHECK(ScenarioAdmin(pair.real).stored() == 1);
    CHECK(text_of(pair.send(call_for("000000000002")), "ErrorCode") == "ValidationFailed");
    CHECK(ScenarioAdmin(pair.real).stored() == 1);
}

TEST_CASE("A service that is not there, or says nothing, is told in a fault",
          "[integration][forward]") {
    const Pair pair({}, {"--set", "standin.forward_timeout_ms=500"});
    ScenarioAdmin(pair.real).add_scenario(R"({"answer":{"kind":"store_without_answer"}})");
    const HttpReply late = pair.send(call_for("999", Soap::v12));
    CHECK(late.status == 504);
    CHECK_THAT(late.headers.at("content-type"), Contains("application/soap+xml"));
    CHECK_THAT(fault_text(late), Contains("gave no answer"));
    ScenarioAdmin(pair.real).only_scenario(R"({"answer":{"kind":"reset"}})");
    const HttpReply reset = pair.send(call_for("999"));
    CHECK(reset.status == 502);
    CHECK_THAT(ScenarioAdmin(*pair.front).last_entry().at("explanation").get<std::string>() +
                   pair.front->log(),
               Contains("standin.forward"));
    CHECK(pair.files().empty());
}

TEST_CASE("Many are forwarded at once", "[integration][forward]") {
    const Pair pair;
    ScenarioAdmin(pair.real).add_scenario(R"({"answer":{"kind":"pass","delay_ms":1000}})");
    const auto start = std::chrono::steady_clock::now();
    std::vector<std::unique_ptr<HttpClient>> clients;
    for (int i = 0; i < 60; ++i) {
        clients.push_back(std::make_unique<HttpClient>(pair.front->port()));
        clients.back()->send(call_for("999"));
    }
    for (const auto& client : clients) {
        const auto reply = client->receive();
        REQUIRE(reply);
        CHECK(is_success(*reply));
    }
    // One after the other: a minute at least.
    CHECK(std::chrono::steady_clock::now() - start < std::chrono::seconds(50));
    CHECK(pair.files().size() == 60);
}

TEST_CASE("Forwarding speaks TLS with services that the authority vouches for",
          "[integration][forward]") {
    const TemporaryDirectory certificates;
    const CertificateAuthority authority(certificates.path());
    // For the address that the test connects to.
    const CertificateFiles files = authority.issue("server");
    const TemporaryDirectory real_directory, directory;
    const ServerProcess real(
        real_directory.path(),
        {"--set", "tls.certificate=" + files.certificate, "--set", "tls.key=" + files.key});
    const std::string url =
        "https://localhost:" + std::to_string(real.port()) + std::string(service_path);
    {
        const ServerProcess front(
            directory.path(),
            {"--forward", url, "--set", "standin.forward_ca=" + authority.certificate()});
        CHECK(is_success(call(front.port(), call_for("999"))));
    }
    const ServerProcess distrusting(directory.path(), {"--forward", url});
    CHECK(call(distrusting.port(), call_for("999")).status == 502);
}

TEST_CASE("Settings of forwarding that make no sense are refused", "[integration][forward]") {
    const auto refusal = [](std::vector<std::string> arguments) {
        arguments.insert(arguments.begin(), {"serve", "--mode", "stand-in", "--listen",
                                             "127.0.0.1:0", "--admin-listen", "127.0.0.1:0"});
        const TemporaryDirectory directory;
        arguments.insert(arguments.end(), {"--database", directory.path("a.db")});
        const ProgramResult result = run_program(arguments);
        CHECK(result.exit_code != 0);
        return result.errors;
    };
    CHECK_THAT(refusal({"--forward", "ftp://x/"}),
               Contains("standin.forward") && Contains("is no URL of the form"));
    CHECK_THAT(refusal({"--forward", "http://user:secret@x/"}),
               Contains("standin.forward must have no user") && !Contains("secret"));
    CHECK_THAT(refusal({"--record", "folder"}),
               Contains("standin.record") && Contains("standin.forward"));
    CHECK_THAT(refusal({"--forward", "http://x/", "--replay", "folder"}),
               Contains("standin.replay") && Contains("standin.forward"));
    CHECK_THAT(refusal({"--replay", "no-such-folder"}), Contains("standin.replay"));
    const ProgramResult production =
        run_program({"check-config", "--mode", "production", "--set", "standin.forward=http://x/"});
    CHECK(production.exit_code != 0);
    CHECK_THAT(production.errors, Contains("standin.forward"));
}

}  // namespace customercare::test
