#include <catch2/catch.hpp>
#include <cerrno>
#include <chrono>
#include <fstream>
#include <string>
#include <vector>

#include "integration/scenario_admin.hpp"
#include "support/http_client.hpp"
#include "support/message.hpp"
#include "support/raw_client.hpp"
#include "support/server_process.hpp"

// Outcomes on demand, as a test suite would ask for them.

namespace customercare::test {
namespace {

using Catch::Contains;
using nlohmann::json;

struct ScenarioServer {
    TemporaryDirectory directory;
    ServerProcess server{directory.path()};
    ScenarioAdmin stand_in{server};

    [[nodiscard]] HttpReply send(const std::string& account = "999",
                                 Soap version = Soap::v11) const {
        return call(server.port(), call_for(account, version));
    }
    /// With this answer to all calls.
    [[nodiscard]] HttpReply send_to(const std::string& answer, Soap version = Soap::v11) const {
        stand_in.only_scenario("{\"answer\":" + answer + "}");
        return send("999", version);
    }
    /// True if a call for 999 is answered by a scenario with these conditions.
    [[nodiscard]] bool matches(const std::string& match, const std::string& request) const {
        stand_in.only_scenario("{\"name\":\"it\",\"match\":" + match +
                               R"(,"answer":{"kind":"http","status":418}})");
        return call(server.port(), request).status == 418;
    }
};

}  // namespace

TEST_CASE_METHOD(ScenarioServer, "Scenarios are added, listed, edited and removed",
                 "[integration][scenarios]") {
    CHECK(stand_in.get("/scenarios") == json::parse(R"({"scenarios":[]})"));
    const HttpReply added =
        stand_in.call("POST", "/scenarios", R"({"name":"n","answer":{"kind":"success"}})");
    CHECK(added.status == 201);
    CHECK(added.headers.at("location") == "/scenarios/1");
    const json one =
        json::parse(R"({"id":1,"name":"n","enabled":true,"match":{},"answer":{"kind":"success"},)"
                    R"("times":null,"used":0})");
    CHECK(json::parse(added.body) == one);
    CHECK(stand_in.get("/scenarios/1") == one);
    CHECK(stand_in.get("/scenarios").at("scenarios") == json::array({one}));

    (void)send();
    CHECK(stand_in.get("/scenarios/1").at("used") == 1);
    json changed = stand_in.get("/scenarios/1");
    changed["enabled"] = false;
    CHECK(stand_in.call("PUT", "/scenarios/1", changed.dump()).status == 200);
    CHECK(stand_in.get("/scenarios/1").at("enabled") == false);
    (void)send();
    CHECK(stand_in.get("/scenarios/1").at("used") == 0);

    CHECK(stand_in.add_scenario(R"({"answer":{"kind":"pass"}})") == 2);
    CHECK(stand_in.call("DELETE", "/scenarios/1").status == 204);
    CHECK(stand_in.call("GET", "/scenarios/1").status == 404);
    CHECK(stand_in.call("DELETE", "/scenarios").status == 204);
    CHECK(stand_in.get("/scenarios").at("scenarios").empty());
}

TEST_CASE_METHOD(ScenarioServer, "What is wrong with a scenario is told",
                 "[integration][scenarios]") {
    const auto refused = [&](const std::string& body) {
        const HttpReply reply = stand_in.call("POST", "/scenarios", body);
        CHECK(reply.status == 400);
        return json::parse(reply.body).at("error").get<std::string>();
    };
    CHECK_THAT(refused("{"), Contains("JSON"));
    CHECK_THAT(refused(R"({"answer":{"kind":"success","when":1}})"),
               Contains("unknown key answer.when; allowed here: kind, delay_ms"));
    CHECK_THAT(refused(R"({"match":{"fields":{"PhoneType":"x"}},"answer":{"kind":"pass"}})"),
               Contains("could be any of these fields"));
    CHECK_THAT(refused(R"({"match":{"header":{"":"x"}},"answer":{"kind":"pass"}})"),
               Contains("match.header has a name that no HTTP header has"));
    CHECK_THAT(refused(R"({"match":{"xpath":"//ws:a"},"answer":{"kind":"pass"}})"),
               Contains("match.xpath has the prefix ws: and can select nothing"));
    CHECK_THAT(refused(R"({"answer":{"kind":"fault","text":"a\u0001"}})"),
               Contains("answer.text must not have U+0001"));
    CHECK(stand_in.call("PUT", "/scenarios/9", R"({"answer":{"kind":"pass"}})").status == 404);
    CHECK(stand_in.call("DELETE", "/scenarios/9").status == 404);
    CHECK(stand_in.call("GET", "/scenarios/x").status == 404);
    CHECK(stand_in.call("POST", "/scenarios/1", "{}").headers.at("allow") == "GET, PUT, DELETE");
    CHECK(stand_in.call("PUT", "/scenarios", "{}").headers.at("allow") == "GET, POST, DELETE");
    CHECK(stand_in.call("POST", "/magic-accounts", "{}").headers.at("allow") == "GET");
    CHECK(stand_in.get("/scenarios").at("scenarios").empty());
}

TEST_CASE_METHOD(ScenarioServer, "Each condition is looked at", "[integration][scenarios]") {
    const std::string eleven = call_for("999");
    const std::string twelve = call_for("998", Soap::v12);
    const std::string marked = post(Soap::v11, sample_message(Soap::v11), "X-Test: 1\r\n");
    CHECK(matches("{}", eleven));
    CHECK(matches("{}", post(Soap::v11, "no XML")));
    CHECK(matches(R"({"operation":"CreateCallLog"})", eleven));
    CHECK(matches(R"({"operation":"CreateCallLog"})", twelve));
    CHECK(matches(R"({"soap":"1.1"})", eleven));
    CHECK_FALSE(matches(R"({"soap":"1.1"})", twelve));
    CHECK(matches(R"({"soap":"1.2"})", twelve));
    CHECK(matches(R"({"header":{"x-test":"1"}})", marked));
    CHECK_FALSE(matches(R"({"header":{"X-Test":"1"}})", eleven));
    CHECK(matches(R"({"fields":{"Account/AccountNumber":"999"}})", eleven));
    CHECK_FALSE(matches(R"({"fields":{"Account/AccountNumber":"999"}})", twelve));
    CHECK(matches(R"({"xpath":"//AccountNumber[.='999']"})", eleven));
    CHECK_FALSE(matches(R"({"xpath":"//AccountNumber[.='999']"})", twelve));
    CHECK(matches(R"({"xpath":"/soap:Envelope/soap:Body/tns:CreateCallLog//AccountNumber"})",
                  twelve));
    CHECK_FALSE(matches(R"({"xpath":"//tns:AccountNumber"})", twelve));
    // All of them must hold.
    CHECK_FALSE(matches(R"({"soap":"1.1","fields":{"Account/AccountNumber":"1"}})", eleven));
}

TEST_CASE("A scenario may be for a credential", "[integration][scenarios]") {
    const TemporaryDirectory directory;
    const std::string database = (directory.path() / "customercare.db").string();
    const ProgramResult added = run_program({"credentials", "add", "--database", database, "--role",
                                             "direct", "--label", "ivr", "--generate"});
    REQUIRE(added.exit_code == 0);
    const std::string id = added.output.substr(0, added.output.find_first_of(" \r\n"));
    const ServerProcess server(directory.path());
    const ScenarioAdmin stand_in(server);
    const std::string known = post_sample(Soap::v11, {{"DirectUserNameToken", token(id)}});
    const std::string other = post_sample(Soap::v11);
    for (const char* label : {"ivr", "any registered"}) {
        stand_in.only_scenario(R"({"match":{"credential":")" + std::string(label) +
                               R"("},"answer":{"kind":"http","status":418}})");
        CHECK(call(server.port(), known).status == 418);
        CHECK(call(server.port(), other).status == 200);
    }
    stand_in.only_scenario(
        R"({"match":{"credential":"web"},"answer":{"kind":"http","status":418}})");
    CHECK(call(server.port(), known).status == 200);
}

TEST_CASE_METHOD(ScenarioServer, "The nth call, and so many times", "[integration][scenarios]") {
    stand_in.only_scenario(R"({"match":{"call":2},"answer":{"kind":"http","status":418}})");
    CHECK(send().status == 200);
    CHECK(send().status == 418);
    CHECK(send().status == 200);
    stand_in.only_scenario(R"({"times":2,"answer":{"kind":"http","status":418}})");
    CHECK(send().status == 418);
    CHECK(send().status == 418);
    CHECK(is_success(send()));
    stand_in.only_scenario(R"({"match":{"call":1},"answer":{"kind":"http","status":418}})");
    stand_in.add_scenario(R"({"match":{"call":2},"answer":{"kind":"http","status":419}})");
    CHECK(send().status == 418);
    CHECK(send().status == 419);
    CHECK(is_success(send()));
}

TEST_CASE_METHOD(ScenarioServer, "Outcomes within SOAP", "[integration][scenarios]") {
    const Soap version = GENERATE(Soap::v11, Soap::v12);
    const HttpReply real = send("1", version);
    REQUIRE(is_success(real));

    const HttpReply error = send_to(R"({"kind":"error_data","code":"C1","description":"d < e",)"
                                    R"("native_error_detail":"n"})",
                                    version);
    CHECK(error.status == 200);
    CHECK(error.headers.at("content-type") == real.headers.at("content-type"));
    CHECK(text_of(error, "ErrorCode") == "C1");
    CHECK(text_of(error, "ErrorDescription") == "d < e");
    CHECK(text_of(error, "NativeErrorDetail") == "n");
    CHECK(text_of(error, "ResponseCode") == "1");
    // The header comes back as from the real service.
    const auto header = [](const HttpReply& reply) {
        return reply.body.substr(0, reply.body.find("<soap:Body>"));
    };
    CHECK(header(error) == header(real));

    const HttpReply fault =
        send_to(R"({"kind":"fault","code":"Client","text":"Not so.","status":400})", version);
    CHECK(fault.status == 400);
    CHECK(fault_text(fault) == "Not so.");
    CHECK_THAT(fault.body, Contains(version == Soap::v11 ? "soap:Client" : "soap:Sender"));
    CHECK(fault.headers.at("x-aspnet-version") == real.headers.at("x-aspnet-version"));
    CHECK(send_to(R"({"kind":"fault","text":"t"})", version).status == 500);
    CHECK(stand_in.stored() == 1);

    const HttpReply unstored = send_to(R"({"kind":"answer_without_storing"})", version);
    CHECK(is_success(unstored));
    CHECK(header(unstored) == header(real));
    CHECK(stand_in.stored() == 1);
    CHECK(is_success(send_to(R"({"kind":"success"})", version)));
    CHECK(is_success(send_to(R"({"kind":"pass"})", version)));
    CHECK(stand_in.stored() == 3);

    // What the real one refuses is a success, too.
    stand_in.only_scenario(R"({"answer":{"kind":"success"}})");
    CHECK(is_success(call(server.port(), post_sample(version, {{"DirectUserNameToken", ""}}))));
    CHECK(stand_in.stored() == 3);
}

TEST_CASE_METHOD(ScenarioServer, "Outcomes of HTTP and below", "[integration][scenarios]") {
    const HttpReply status =
        send_to(R"({"kind":"http","status":502,"headers":{"Content-Type":"text/html","X-A":"b"},)"
                R"("body":"<h1>Bad Gateway</h1>"})");
    CHECK(status.status == 502);
    CHECK(status.headers.at("content-type") == "text/html");
    CHECK(status.headers.at("x-a") == "b");
    CHECK(status.body == "<h1>Bad Gateway</h1>");
    CHECK(stand_in.stored() == 0);

    int error = 0;
    const auto read = [&](const std::string& answer) {
        stand_in.only_scenario("{\"answer\":" + answer + "}");
        RawClient<HttpClient> client(server.port());
        client.send(call_for("999"));
        std::string all = client.read_all();
        error = client.error;
        return all;
    };
    CHECK(read(R"({"kind":"reset"})").empty());
    CHECK(error == ECONNRESET);
    CHECK(stand_in.last_entry().at("status") == 0);
    CHECK_THAT(stand_in.last_entry().at("explanation").get<std::string>(),
               Contains("reset the connection"));
    CHECK(stand_in.send("POST", "/send", {{"body", sample_message(Soap::v11)}}).at("status") == 0);
    CHECK(stand_in.stored() == 0);
    CHECK(read(R"({"kind":"reset","when":"after_storing"})").empty());
    CHECK(error == ECONNRESET);
    CHECK(stand_in.stored() == 1);

    const std::string truncated = read(R"({"kind":"truncated","bytes":50})");
    CHECK(error == 0);
    const std::size_t body = truncated.find("\r\n\r\n") + 4;
    CHECK(truncated.size() == body + 50);
    const std::size_t length = truncated.find("Content-Length: ");
    CHECK(std::stoul(truncated.substr(length + 16)) > 50);
    CHECK(stand_in.last_entry().at("reply").at("bytes") == 50);
    CHECK_THAT(stand_in.last_entry().at("explanation").get<std::string>(),
               Contains("after 50 bytes"));
    CHECK(stand_in.stored() == 2);

    const std::string garbage = read(R"({"kind":"garbage"})");
    CHECK(error == 0);
    CHECK_FALSE(garbage.empty());
    CHECK_THAT(garbage, !Contains("HTTP"));
    CHECK(stand_in.last_entry().at("status") == 0);
    CHECK(stand_in.stored() == 3);
}

TEST_CASE_METHOD(ScenarioServer, "Stored without an answer: the client gives up",
                 "[integration][scenarios]") {
    stand_in.only_scenario(R"({"answer":{"kind":"store_without_answer"}})");
    RawClient<HttpClient> client(server.port());
    client.send(call_for("999"));
    while (stand_in.stored() == 0) {
    }
    client.end_sending();
    CHECK(client.read_all().empty());
    CHECK(stand_in.stored() == 1);
}

TEST_CASE_METHOD(ScenarioServer, "Delayed replies come together, and others at once",
                 "[integration][scenarios]") {
    using namespace std::chrono_literals;
    stand_in.only_scenario(R"({"match":{"fields":{"AccountNumber":"999"}},)"
                           R"("answer":{"kind":"pass","delay_ms":{"from":1500,"to":2000}}})");
    const auto start = std::chrono::steady_clock::now();
    std::vector<std::unique_ptr<HttpClient>> clients;
    for (int i = 0; i < 60; ++i) {
        clients.push_back(std::make_unique<HttpClient>(server.port()));
        clients.back()->send(call_for("999"));
    }
    CHECK(is_success(send("1")));
    for (const auto& client : clients) {
        const auto reply = client->receive();
        REQUIRE(reply);
        CHECK(is_success(*reply));
    }
    const auto taken = std::chrono::steady_clock::now() - start;
    CHECK(taken >= 1500ms);
    CHECK(taken < 60s);  // One after the other: 90 s at least.
}

TEST_CASE_METHOD(ScenarioServer, "The journal tells which scenario answered, or why none did",
                 "[integration][scenarios]") {
    (void)send();
    CHECK(stand_in.last_entry().at("scenario").is_null());
    CHECK(stand_in.last_entry().at("nearest_scenario").is_null());

    const std::int64_t id = stand_in.add_scenario(
        R"({"name":"not 998","match":{"soap":"1.1","fields":{"Account/AccountNumber":"998"}},)"
        R"("answer":{"kind":"http","status":418}})");
    (void)send("998");
    CHECK(stand_in.last_entry().at("scenario") == json{{"id", id}, {"name", "not 998"}});
    CHECK(stand_in.last_entry().at("status") == 418);
    CHECK(stand_in.last_entry().at("nearest_scenario").is_null());

    (void)send("999");
    CHECK(stand_in.last_entry().at("scenario").is_null());
    const json nearest = stand_in.last_entry().at("nearest_scenario");
    CHECK(nearest.at("id") == id);
    CHECK(nearest.at("name") == "not 998");
    CHECK(nearest.at("why") == "CustomerCallLog/Account/AccountNumber is \"999\", not \"998\"");
}

TEST_CASE("Scenarios of the settings file are there from the start, and again after a reset",
          "[integration][scenarios]") {
    const TemporaryDirectory directory;
    const std::string file = directory.path("scenarios.toml");
    std::ofstream(file) << "[[standin.scenario]]\n"
                           "name = \"teapot\"\n"
                           "times = 1\n"
                           "match.fields = { \"Account/AccountNumber\" = \"999\" }\n"
                           "answer = { kind = \"http\", status = 418, delay_ms = { from = 1, to = "
                           "2 } }\n"
                           "\n"
                           "[[standin.scenario]]\n"
                           "answer = { kind = \"pass\" }\n";
    const ServerProcess server(directory.path(), {"--config", file});
    const ScenarioAdmin stand_in(server);
    CHECK(stand_in.get("/scenarios").at("scenarios").size() == 2);
    CHECK(call(server.port(), call_for("999")).status == 418);
    CHECK(call(server.port(), call_for("999")).status == 200);
    CHECK(stand_in.call("DELETE", "/scenarios").status == 204);
    CHECK(stand_in.call("POST", "/reset").status == 204);
    CHECK(stand_in.get("/scenarios/1").at("name") == "teapot");
    CHECK(call(server.port(), call_for("999")).status == 418);
}

TEST_CASE("A wrong scenario in the settings file is told with its place",
          "[integration][scenarios]") {
    const TemporaryDirectory directory;
    const std::string file = directory.path("wrong.toml");
    const auto refused = [&](const std::string& text, const std::string& mode = "stand-in") {
        std::ofstream(file) << text;
        const ProgramResult result =
            run_program({"check-config", "--config", file, "--mode", mode});
        CHECK(result.exit_code != 0);
        return result.errors;
    };
    CHECK_THAT(refused("[standin]\n[[standin.scenario]]\nanswr = 1\n"),
               Contains("wrong.toml:2: standin.scenario 1: unknown key answr; allowed here: "));
    CHECK_THAT(refused("[standin]\nscenario = 1\n"),
               Contains("wrong.toml:2: standin.scenario is not allowed; allowed: tables "
                        "[[standin.scenario]]"));
    CHECK_THAT(refused("[[standin.scenario]]\nanswer = { kind = \"pass\", delay_ms = 1.5 }\n"),
               Contains("answer.delay_ms must be milliseconds"));
    CHECK_THAT(refused("[[standin.scenario]]\nanswer = { kind = \"pass\" }\n", "production"),
               Contains("standin.scenario"));
}

TEST_CASE_METHOD(ScenarioServer, "Every sandbox has scenarios of its own",
                 "[integration][scenarios]") {
    CHECK(
        stand_in.call("POST", "/sandbox/a/scenarios", R"({"answer":{"kind":"http","status":418}})")
            .status == 201);
    CHECK(is_success(send()));
    const std::string in_sandbox =
        replace_first(call_for("999"), "Host: ", "X-CustomerCare-Sandbox: a\r\nHost: ");
    CHECK(call(server.port(), in_sandbox).status == 418);
    CHECK(stand_in.get("/scenarios").at("scenarios").empty());
}

}  // namespace customercare::test
