#include <catch2/catch.hpp>
#include <chrono>
#include <string>
#include <thread>

#include "support/admin_client.hpp"
#include "support/http_client.hpp"
#include "support/message.hpp"
#include "support/server_process.hpp"

namespace customercare::test {
namespace {

using Catch::Contains;

class StandIn {
public:
    TemporaryDirectory directory;
    ServerProcess server{directory.path()};
    AdminClient admin{server.admin_port()};

    HttpReply send(const Content& content = {}) const {
        return call(server.port(), post_sample(Soap::v11, content));
    }
    Json verify(const Json& body) const { return admin.send("POST", "/verify", body); }
    /// The error of a refused body.
    std::string refusal(const Json& body) const {
        const HttpReply reply = admin.call("POST", "/verify", body.dump());
        CHECK(reply.status == 400);
        return Json::parse(reply.body).at("error");
    }
};

Json call_logs_with(const Json& where, const Json& count) {
    return {{"call_logs", {{"where", where}, {"count", count}}}};
}

}  // namespace

TEST_CASE("Call logs are verified in words of the contract", "[integration][standin]") {
    const StandIn stand_in;
    stand_in.send({{"MessageId", "m-1"}, {"AccountNumber", "998"}});
    stand_in.send({{"MessageId", "m-2"}, {"AccountNumber", "997"}, {"RequestType", "4"}});

    const Json found = stand_in.verify(call_logs_with({{"Account/AccountNumber", "998"}}, 1));
    CHECK(found.at("satisfied") == true);
    CHECK(found.at("count") == 1);
    CHECK(found.at("matches") == Json{1});

    const Json missed = stand_in.verify(
        call_logs_with({{"Account/AccountNumber", "999"}, {"CustomerCallLog/RequestType", 3}}, 1));
    CHECK(missed.at("satisfied") == false);
    CHECK(missed.at("count") == 0);
    REQUIRE(missed.at("nearest").size() == 2);
    CHECK(missed.at("nearest")[0] ==
          Json{{"id", 1},
               {"differences",
                {{{"field", "Account/AccountNumber"}, {"expected", "999"}, {"actual", "998"}}}}});
    CHECK(missed.at("nearest")[1].at("differences").size() == 2);
    CHECK(missed.at("text") ==
          "Expected 1 call log with Account/AccountNumber 999 and CustomerCallLog/RequestType 3; "
          "found 0. Nearest: call log 1: Account/AccountNumber is 998.");

    CHECK(stand_in.verify(call_logs_with({{"MessageId", "m-2"}}, {{"at_least", 1}, {"at_most", 3}}))
              .at("satisfied") == true);
    CHECK(stand_in.verify(call_logs_with(Json::object(), 3)).at("satisfied") == false);
    CHECK(stand_in.verify(call_logs_with({{"DBA", nullptr}}, 2)).at("satisfied") == true);
    CHECK(stand_in.verify({{"call_logs", Json::object()}}).at("satisfied") == true);

    CHECK_THAT(stand_in.refusal(call_logs_with({{"Phone", "1"}}, 1)),
               Contains("PrimaryContact/Phone"));
    CHECK_THAT(stand_in.refusal(call_logs_with({{"acountNumber", "1"}}, 1)),
               Contains("acountNumber"));
    CHECK_THAT(stand_in.refusal(call_logs_with({{"SSN", "1"}}, 1)), Contains("kept sealed"));
    CHECK_THAT(stand_in.refusal(Json::object()), Contains("call_logs"));
    CHECK_THAT(stand_in.refusal({{"call_logs", {{"were", 1}}}}), Contains("call_logs.were"));
    CHECK_THAT(stand_in.refusal(call_logs_with(Json::object(), Json::object())),
               Contains("call_logs.count must have at_least, at_most or both"));
    CHECK_THAT(stand_in.refusal(call_logs_with(Json::object(), {{"at_least", 5}, {"at_most", 2}})),
               Contains("call_logs.count.at_most must be an integer from 5 to "));
}

TEST_CASE("Requests are verified likewise", "[integration][standin]") {
    const StandIn stand_in;
    stand_in.send({{"DirectUserNameToken", ""}});
    const Json body{{"requests", {{"where", {{"outcome", "AuthenticationFailed"}}}, {"count", 1}}}};
    CHECK(stand_in.verify(body).at("matches") == Json{1});
    const auto matches = [&](const std::string& field, const Json& value) {
        return stand_in.verify({{"requests", {{"where", {{field, value}}}}}}).at("matches");
    };
    CHECK(matches("call_log_id", nullptr) == Json{1});
    CHECK(matches("scenario/id", nullptr) == Json{1});
    CHECK(matches("explanation", nullptr).empty());
    CHECK(matches("trace_id", stand_in.admin.last_entry().at("trace_id")) == Json{1});
    stand_in.send({{"AccountNumber", "000000000001"}});
    CHECK(matches("scenario/name", "magic account 000000000001") == Json{2});
    CHECK(stand_in.verify({{"requests", {{"where", {{"call_log_id", 7}}}}}}).at("text") ==
          "Expected at least 1 request with call_log_id 7; found 0. Nearest: request 2: "
          "call_log_id is absent.");
    CHECK_THAT(stand_in.refusal({{"requests", {{"where", {{"result", "x"}}}}}}),
               Contains("status, outcome, explanation"));
}

TEST_CASE("A verification waits until it is true, or its time is over", "[integration][standin]") {
    const StandIn stand_in;
    Json body = call_logs_with({{"MessageId", "late"}}, 1);
    body["wait_ms"] = 60'000;
    HttpClient waiting(stand_in.server.admin_port());
    waiting.send(http_request("POST", "/verify", body.dump()));
    CHECK(stand_in.admin.get("/journal").at("last_id") == 0);
    stand_in.send({{"MessageId", "late"}});
    const auto reply = waiting.receive();
    REQUIRE(reply);
    CHECK(Json::parse(reply->body).at("satisfied") == true);

    body = call_logs_with({{"MessageId", "never"}}, 1);
    body["wait_ms"] = 20;
    CHECK(stand_in.verify(body).at("satisfied") == false);
}

TEST_CASE("Call logs are listed, found, cleared, and given back as they were exported",
          "[integration][standin]") {
    const StandIn stand_in;
    stand_in.send({{"MessageId", "m-1"}, {"AccountNumber", "1"}});
    stand_in.send({{"MessageId", "m-2"}, {"AccountNumber", "2"}});
    const Json one = stand_in.admin.get("/call-logs?account=2").at("call_logs");
    REQUIRE(one.size() == 1);
    CHECK(one[0] == stand_in.admin.get("/call-logs/2"));
    CHECK(stand_in.admin.get("/call-logs?after=1").at("call_logs").size() == 1);
    CHECK(stand_in.admin.get("/call-logs?from=2020-01-01&to=2020-01-02").at("call_logs").empty());
    CHECK(stand_in.admin.call("GET", "/call-logs?from=yesterday").status == 400);
    CHECK(stand_in.admin.call("GET", "/call-logs/7").status == 404);
    CHECK(stand_in.admin.call("GET", "/call-logs/2").body.find("000-00-0000") == std::string::npos);

    const Json before = stand_in.admin.get("/call-logs");
    std::string lines;
    for (const Json& call_log : before.at("call_logs")) lines += call_log.dump() + "\n";
    stand_in.admin.act("DELETE", "/call-logs");
    CHECK(stand_in.admin.get("/call-logs").at("call_logs").empty());
    const HttpReply seeded =
        stand_in.admin.call("POST", "/call-logs", lines, "Content-Type: application/x-ndjson\r\n");
    REQUIRE(seeded.status == 200);
    CHECK(Json::parse(seeded.body) == Json{{"stored", 2}, {"ids", {1, 2}}});
    CHECK(stand_in.admin.get("/call-logs") == before);
}

TEST_CASE("Seeds that are no call logs are refused by line and place", "[integration][standin]") {
    const StandIn stand_in;
    const auto refusal = [&](const std::string& body, const std::string& type) {
        const HttpReply reply =
            stand_in.admin.call("POST", "/call-logs", body, "Content-Type: " + type + "\r\n");
        return std::to_string(reply.status) + " " +
               Json::parse(reply.body).at("error").get<std::string>();
    };
    const std::string lines = "application/x-ndjson";
    CHECK_THAT(refusal("{}\n{\"CallerId\":1}", lines),
               Contains("400 line 2: CallerId must be a string"));
    CHECK_THAT(refusal("{\"CustomerCallLog\":{\"Account\":{\"Numer\":\"1\"}}}", lines),
               Contains("400 line 1: CustomerCallLog/Account/Numer is no element"));
    CHECK_THAT(refusal("{", lines), Contains("400 line 1: it is not a call log in JSON"));
    CHECK_THAT(refusal("{\"receivedAt\":\"today\"}", lines), Contains("receivedAt must be a time"));
    CHECK_THAT(refusal("{\"CustomerCallLog\":{\"RequestType\":18446744073709551615}}", lines),
               Contains("CustomerCallLog/RequestType must be an integer of 32 bits"));
    CHECK_THAT(refusal("{\"CallerId\":\"\\u0001\"}", "application/X-NDJSON ; charset=utf-8"),
               Contains("400 line 1: CallerId must not have U+0001"));
    CHECK_THAT(
        refusal(R"({"CustomerCallLog":{"Requestor":{"Fax":[{},{"Phone":"\uFFFE"}]}}})", lines),
        Contains("CustomerCallLog/Requestor/Fax[2]/Phone must not have U+FFFE"));
    for (const char* xml : {"<a", "<a>", "<a/>b", "<a/><b/>", "<!-- --><a/>", "<a b='1' b='2'/>"}) {
        CHECK_THAT(refusal(R"({"CustomerCallLog":{"Requestor":{"a":")" + std::string(xml) + "\"}}}",
                           lines),
                   Contains("CustomerCallLog/Requestor/a is no well-formed XML element"));
    }
    CHECK_THAT(refusal("x", "text/plain"), Contains("415 Content-Type must be"));
    CHECK_THAT(refusal("x", "application/x-ndjsonl"), Contains("415 Content-Type must be"));
    CHECK_THAT(refusal("<a>", "text/xml"),
               Contains("400 the message was not stored (fault): The root element is a"));
    CHECK(stand_in.admin.get("/call-logs").at("call_logs").empty());

    const HttpReply seeded =
        stand_in.admin.call("POST", "/call-logs", sample_message(Soap::v12),
                            "Content-Type: application/soap+xml; charset=utf-8\r\n");
    CHECK(Json::parse(seeded.body) == Json{{"stored", 1}, {"ids", {1}}});
    CHECK(stand_in.admin.get("/journal").at("entries").empty());
}

TEST_CASE("Query parameters that are not known are refused", "[integration][standin]") {
    const StandIn stand_in;
    const auto refusal = [&](std::string_view method, const std::string& target) {
        const HttpReply reply = stand_in.admin.call(method, target);
        CHECK(reply.status == 400);
        return Json::parse(reply.body).at("error").get<std::string>();
    };
    CHECK(refusal("GET", "/call-logs?acount=zzz") ==
          "unknown query parameter acount; allowed here: account, customer, premise, message_id, "
          "from, to, limit, after");
    CHECK_THAT(refusal("GET", "/sandbox/a/journal?limit=1&Outcome=x"),
               Contains("unknown query parameter Outcome"));
    CHECK(refusal("GET", "/events?before=1") ==
          "unknown query parameter before; allowed here: after");
    CHECK(refusal("DELETE", "/call-logs?account=1") ==
          "unknown query parameter account; allowed here: none");
    CHECK(stand_in.admin.call("GET", "/journal?&limit=1&").status == 200);
    CHECK(stand_in.admin.call("GET", "/clock?").status == 200);
}

TEST_CASE("With clock and ids set, replies are the same bytes from run to run",
          "[integration][standin]") {
    const auto run = [] {
        const StandIn stand_in;
        stand_in.admin.send("PUT", "/clock", {{"now", "2026-01-31T10:00:00Z"}});
        stand_in.admin.act("PUT", "/ids", R"({"next_call_log_id":1000,"next_request_id":7})");
        HttpClient client(stand_in.server.port());
        const HttpReply reply = client.call(post_sample(Soap::v11));
        const Json entry = stand_in.admin.last_entry();
        CHECK(entry.at("call_log_id") == 1000);
        CHECK(entry.at("request_id") == "7");
        CHECK(entry.at("at") == "2026-01-31T10:00:00.000Z");
        CHECK(stand_in.admin.get("/call-logs/1000").at("receivedAt") == "2026-01-31T10:00:00.000Z");
        CHECK(reply.headers.at("date") == "Sat, 31 Jan 2026 10:00:00 GMT");
        std::string bytes = std::to_string(reply.status) + reply.body;
        for (const auto& [name, value] : reply.headers) bytes += name + ": " + value + "\n";
        return bytes;
    };
    CHECK(run() == run());
}

TEST_CASE("The clock stands, moves and runs", "[integration][standin]") {
    const StandIn stand_in;
    CHECK(stand_in.admin.get("/clock").at("frozen") == false);
    CHECK(stand_in.admin.send("PUT", "/clock", {{"now", "2026-01-31T10:00:00+01:00"}}) ==
          Json{{"now", "2026-01-31T09:00:00.000Z"}, {"frozen", true}});
    CHECK(stand_in.admin.send("POST", "/clock/advance", {{"seconds", 90}}).at("now") ==
          "2026-01-31T09:01:30.000Z");
    stand_in.admin.act("DELETE", "/clock");
    CHECK(stand_in.admin.get("/clock").at("frozen") == false);
    CHECK(stand_in.admin.call("PUT", "/clock", R"({"now":"2026-01-31T10:00:00"})").status == 400);
    CHECK(stand_in.admin.call("PUT", "/clock", "{").status == 400);
    CHECK(stand_in.admin.call("POST", "/clock/advance", "{}").status == 400);
    CHECK(stand_in.admin.call("POST", "/clock").headers.at("allow") == "GET, PUT, DELETE");
}

TEST_CASE("The clock stays within the years 1 to 9999", "[integration][standin]") {
    const StandIn stand_in;
    const auto refusal = [&](const std::string& seconds) {
        const HttpReply reply =
            stand_in.admin.call("POST", "/clock/advance", "{\"seconds\":" + seconds + "}");
        CHECK(reply.status == 400);
        return Json::parse(reply.body).at("error").get<std::string>();
    };
    CHECK_THAT(refusal("18446744073709551615"), Contains("seconds must be an integer from -"));
    for (const char* now : {"0000-12-31T00:00:00Z", "10000-01-01T00:00:00Z"}) {
        const HttpReply reply = stand_in.admin.call("PUT", "/clock", Json{{"now", now}}.dump());
        CHECK(reply.status == 400);
        CHECK_THAT(reply.body, Contains("in the years 1 to 9999"));
    }
    stand_in.admin.send("PUT", "/clock", {{"now", "9999-12-31T23:59:58Z"}});
    CHECK_THAT(refusal("2"), Contains("leads out of the years 1 to 9999: it is 9999-12-31T23:59"));
    CHECK(stand_in.admin.send("POST", "/clock/advance", {{"seconds", 1}}).at("now") ==
          "9999-12-31T23:59:59.000Z");
    CHECK(is_success(stand_in.send({{"MessageId", "last"}})));
    stand_in.admin.send("PUT", "/clock", {{"now", "0001-01-01T00:00:00Z"}});
    CHECK_THAT(refusal("-1"), Contains("leads out of the years 1 to 9999"));
    const HttpReply first = stand_in.send({{"MessageId", "first"}});
    CHECK(is_success(first));
    CHECK(first.headers.at("date") == "Mon, 01 Jan 0001 00:00:00 GMT");
    CHECK(stand_in.admin.get("/statistics").at("buckets").size() > 0);
}

TEST_CASE("Ids have a limit that leaves room behind", "[integration][standin]") {
    const StandIn stand_in;
    for (const char* name : {"next_call_log_id", "next_request_id"}) {
        const HttpReply reply =
            stand_in.admin.call("PUT", "/ids", Json{{name, 9007199254740993}}.dump());
        CHECK(reply.status == 400);
        CHECK_THAT(reply.body, Contains(" must be an integer from 1 to 9007199254740992"));
        stand_in.admin.act("PUT", "/ids", Json{{name, 9007199254740992}}.dump());
    }
    CHECK(is_success(stand_in.send({{"MessageId", "1"}})));
    CHECK(is_success(stand_in.send({{"MessageId", "2"}})));
    CHECK(stand_in.admin.last_entry().at("call_log_id") == 9007199254740993);
}

TEST_CASE("A reset leaves nothing behind", "[integration][standin]") {
    const StandIn stand_in;
    stand_in.admin.send("PUT", "/clock", {{"now", "2026-01-31T10:00:00Z"}});
    stand_in.admin.act("PUT", "/ids", R"({"next_call_log_id":1000})");
    stand_in.send();
    CHECK(stand_in.admin.call("PUT", "/ids", R"({"next_call_log_id":1000})").status == 409);
    stand_in.admin.act("POST", "/reset");
    CHECK(stand_in.admin.get("/call-logs").at("call_logs").empty());
    CHECK(stand_in.admin.get("/journal").at("entries").empty());
    CHECK(stand_in.admin.get("/clock").at("frozen") == false);
    CHECK(is_success(stand_in.send()));  // The same MessageId, and no duplicate.
    CHECK(stand_in.admin.last_entry().at("call_log_id") == 1);
    CHECK(stand_in.admin.last_entry().at("request_id") == "1");
}

TEST_CASE("The sample can be sent, by the API and by curl", "[integration][standin]") {
    const StandIn stand_in;
    for (const char* version : {"1.1", "1.2"}) {
        const Json sample = stand_in.admin.get(std::string("/sample?soap=") + version);
        CHECK(sample.at("url") == stand_in.server.url());
        const Json sent =
            stand_in.admin.send("POST", "/send", {{"soap", version}, {"body", sample.at("body")}});
        CHECK(sent.at("status") == 200);
        CHECK_THAT(sent.at("body").get<std::string>(), Contains("Success"));
        const Json entry = stand_in.admin.get("/journal/" + sent.at("journal_id").dump());
        CHECK(entry.at("outcome") == "stored");
        CHECK(entry.at("soap") == version);
        CHECK(entry.at("ignored").empty());
        const ProgramResult curl = run_command({"sh", "-c", sample.at("curl")});
        CHECK(curl.exit_code == 0);
        CHECK(stand_in.admin.last_entry().at("outcome") == "replayed");
    }
    const Json sent = stand_in.admin.send(
        "POST", "/send", {{"body", "<a/>"}, {"headers", {{"soapaction", "\"x\""}}}});
    CHECK(sent.at("status") == 500);
    CHECK(stand_in.admin.call("GET", "/sample?soap=2").status == 400);
}

TEST_CASE("Pages from elsewhere and names that are made to point here get nothing",
          "[integration][standin]") {
    const StandIn stand_in;
    const std::string own = "localhost:" + std::to_string(stand_in.server.admin_port());
    const auto status = [&](const std::string& headers) {
        return stand_in.admin.call("POST", "/reset", "", headers).status;
    };
    CHECK(status("") == 204);
    CHECK(status("Host: " + own + "\r\nOrigin: http://" + own + "\r\n") == 204);
    CHECK(status("Host: 127.0.0.1\r\n") == 204);
    CHECK(status("Host: [::1]:8081\r\n") == 204);
    CHECK(status("Host: attacker.example\r\n") == 403);
    CHECK(status("Host: localhost.attacker.example\r\n") == 403);
    CHECK(status("Host: 127.attacker.example\r\n") == 403);
    CHECK(status("Origin: http://attacker.example\r\n") == 403);
    CHECK(status("Origin: null\r\n") == 403);
    CHECK(status("Host: " + own + "\r\nOrigin: http://localhost:1\r\n") == 403);
    CHECK(status("Host: " + own + "\r\nOrigin: https://" + own + "\r\n") == 403);
    CHECK(stand_in.admin.call("GET", "/livez", "", "Host: probe.example\r\n").status == 200);
}

}  // namespace customercare::test
