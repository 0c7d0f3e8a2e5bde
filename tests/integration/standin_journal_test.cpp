#include <catch2/catch.hpp>
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
    explicit StandIn(const std::vector<std::string>& arguments = {})
        : server(directory.path(), arguments) {}

    TemporaryDirectory directory;
    ServerProcess server;
    AdminClient admin{server.admin_port()};

    HttpReply send(const Content& content = {}, Soap version = Soap::v11) const {
        return call(server.port(), post_sample(version, content));
    }
};

std::string stage(const Json& entry, const std::string& name) {
    for (const Json& one : entry.at("trail")) {
        if (one.at("stage") == name) return one.at("result");
    }
    return "none";
}

}  // namespace

TEST_CASE("The journal has each request whole, with its reply and how it was decided",
          "[integration][standin]") {
    const StandIn stand_in;
    const HttpReply reply = stand_in.send({{"MessageId", "m-7"}}, Soap::v12);
    REQUIRE(is_success(reply));
    const Json entry = stand_in.admin.last_entry();
    CHECK(entry.at("id") == 1);
    CHECK(entry.at("peer") == "127.0.0.1");
    CHECK(entry.at("method") == "POST");
    CHECK(entry.at("target") == std::string(service_path));
    CHECK(entry.at("soap") == "1.2");
    CHECK(entry.at("operation") == "CreateCallLog");
    CHECK(entry.at("status") == 200);
    CHECK(entry.at("outcome") == "stored");
    CHECK(entry.at("explanation") == "");
    CHECK(entry.at("message_id") == "m-7");
    CHECK(entry.at("account_number") == "a-1");
    CHECK(entry.at("call_log_id") == 1);
    CHECK(entry.at("duration_us") > 0);
    CHECK(stage(entry, "guard") == "ok");
    CHECK(stage(entry, "store") == "ok");

    const std::string body = entry.at("request").at("body");
    CHECK_THAT(body, Contains("<MessageId>m-7</MessageId>") && Contains("<SSN>*****</SSN>") &&
                         !Contains("direct-token") && !Contains("000-00-0000"));
    CHECK(entry.at("request").at("bytes") ==
          sample_message(Soap::v12, {{"MessageId", "m-7"}}).size());
    const std::string answered = entry.at("reply").at("body");
    CHECK_THAT(answered, Contains("CreateCallLogResponse") && !Contains("direct-token"));
    CHECK(entry.at("reply").at("bytes") == reply.body.size());
}

TEST_CASE("The journal has refused requests and pages too, each with what to change",
          "[integration][standin]") {
    const StandIn stand_in;
    const std::uint16_t port = stand_in.server.port();
    const std::string wrong_action =
        replace_first(post_sample(Soap::v11), "/CreateCallLog\"", "/CreateCalllog\"");
    CHECK(call(port, wrong_action).status == 500);
    CHECK_THAT(stand_in.admin.last_entry().at("explanation").get<std::string>(),
               Contains("(capital L)"));
    CHECK(call(port, http_request("GET", "/nowhere")).status == 404);
    CHECK_THAT(stand_in.admin.last_entry().at("explanation").get<std::string>(),
               Contains("The path is \"/nowhere\""));
    const std::string whole = sample_message(Soap::v11);
    CHECK(call(port, post(Soap::v11, whole.substr(0, whole.rfind('<')))).status == 400);
    CHECK(stand_in.admin.last_entry().at("outcome") == "refused");
    CHECK(call(port, http_request("GET", std::string(service_path) + "?WSDL")).status == 200);
    CHECK(stand_in.admin.last_entry().at("outcome") == "page");
    CHECK(stand_in.send({{"DirectUserNameToken", ""}}).status == 200);
    const Json refused = stand_in.admin.last_entry();
    CHECK(refused.at("outcome") == "AuthenticationFailed");
    CHECK_THAT(refused.at("explanation").get<std::string>(),
               Contains("DirectUserNameToken/BinarySecurityToken is missing"));
    CHECK(stage(refused, "credentials") == "refused");

    const Json all = stand_in.admin.get("/journal?after=0");
    REQUIRE(all.at("entries").size() == 5);
    CHECK(all.at("last_id") == 5);
    for (std::size_t i = 0; i < 5; ++i) CHECK(all.at("entries")[i].at("id") == i + 1);
}

TEST_CASE("Requests that are refused before they are whole are in the journal, too",
          "[integration][standin]") {
    const StandIn stand_in;
    CHECK(call(stand_in.server.port(), "POST / HTTP/1.1\r\nContent-Length: x\r\n\r\n").status ==
          400);
    // It gets there once the reply is sent.
    REQUIRE(stand_in.admin.get("/journal?after=0&wait_ms=10000").at("entries").size() == 1);
    const Json entry = stand_in.admin.last_entry();
    CHECK(entry.at("outcome") == "refused");
    CHECK(entry.at("status") == 400);
    CHECK_THAT(entry.at("explanation").get<std::string>(), Contains("Content-Length"));
    CHECK(stage(entry, "http") == "refused");
}

TEST_CASE("Elements that were ignored are in the journal with a hint", "[integration][standin]") {
    const StandIn stand_in;
    REQUIRE(is_success(stand_in.send({{"Premise", "<premiseNumber>1</premiseNumber>"}})));
    const Json entry = stand_in.admin.last_entry();
    REQUIRE(entry.at("ignored").size() == 1);
    CHECK_THAT(entry.at("ignored")[0].at("path").get<std::string>(),
               Contains("Premise/premiseNumber"));
    CHECK_THAT(entry.at("ignored")[0].at("hint").get<std::string>(),
               Contains("is spelled PremiseNumber"));
    CHECK(entry.at("ignored_count") == 1);
}

TEST_CASE("The journal is found by outcome, MessageId, account and text",
          "[integration][standin]") {
    const StandIn stand_in;
    stand_in.send({{"MessageId", "m-1"}, {"AccountNumber", "111"}});
    stand_in.send({{"MessageId", "m-2"}, {"AccountNumber", "222"}, {"LogText", "100% \"quoted\""}});
    stand_in.send({{"OriginatingUserNameToken", ""}});
    const auto ids = [&](const std::string& query) {
        std::string text;
        const Json found = stand_in.admin.get("/journal?" + query);
        for (const Json& entry : found.at("entries")) text += entry.at("id").dump();
        return text;
    };
    CHECK(ids("") == "321");
    CHECK(ids("after=0") == "123");
    CHECK(ids("after=1&limit=1") == "2");
    CHECK(ids("before=3") == "21");
    CHECK(ids("outcome=AuthenticationFailed") == "3");
    CHECK(ids("message_id=m-2") == "2");
    CHECK(ids("account=111") == "1");
    CHECK(ids("text=100%25+%22quoted%22") == "2");
    CHECK(ids("text=000-00-0000").empty());
    CHECK(stand_in.admin.call("GET", "/journal?limit=x").status == 400);
    CHECK(stand_in.admin.call("GET", "/journal/99").status == 404);
}

TEST_CASE("The journal outlives the server, also one that is killed", "[integration][standin]") {
    const TemporaryDirectory directory;
    {
        ServerProcess server(directory.path());
        call(server.port(), post_sample(Soap::v11));
        // What was read once is in the file.
        REQUIRE(AdminClient(server.admin_port()).last_entry().at("id") == 1);
        server.kill();
    }
    {
        ServerProcess server(directory.path());
        call(server.port(), http_request("GET", "/"));
        CHECK(server.stop() == 0);
    }
    const ServerProcess server(directory.path());
    const Json journal = AdminClient(server.admin_port()).get("/journal");
    REQUIRE(journal.at("entries").size() == 2);
    CHECK(journal.at("last_id") == 2);
}

TEST_CASE("The journal keeps the newest entries, as many and as long as the settings say",
          "[integration][standin]") {
    const StandIn stand_in(
        {"--set", "standin.journal_max_entries=3", "--set", "standin.journal_max_body_bytes=1024"});
    for (int i = 0; i < 7; ++i) {
        call(stand_in.server.port(), http_request("GET", "/" + std::to_string(i)));
    }
    stand_in.send();
    const Json entries = stand_in.admin.get("/journal?after=0").at("entries");
    REQUIRE(entries.size() == 3);
    CHECK(entries[0].at("target") == "/5");
    const Json entry = stand_in.admin.last_entry();
    CHECK(entry.at("request").at("truncated") == true);
    CHECK(entry.at("request").at("body").get<std::string>().size() <= 1024);
    stand_in.admin.act("DELETE", "/journal");
    CHECK(stand_in.admin.get("/journal").at("entries").empty());
    stand_in.send();
    CHECK(stand_in.admin.last_entry().at("id") == 9);
}

TEST_CASE("A long poll and an event stream wait for the next request", "[integration][standin]") {
    const StandIn stand_in;
    HttpClient poll(stand_in.server.admin_port());
    HttpClient stream(stand_in.server.admin_port());
    poll.send(http_request("GET", "/journal?after=0&wait_ms=60000"));
    const auto hello = stand_in.admin.call("GET", "/events");
    CHECK(hello.headers.at("content-type") == "text/event-stream");
    CHECK(hello.body == "retry: 100\n\nid: 0\n\n");
    stream.send(http_request("GET", "/events", "", "Last-Event-ID: 0\r\n"));
    stand_in.send({{"MessageId", "awaited"}});

    const auto polled = poll.receive();
    REQUIRE(polled);
    CHECK(Json::parse(polled->body).at("entries").at(0).at("message_id") == "awaited");
    const auto streamed = stream.receive();
    REQUIRE(streamed);
    CHECK_THAT(streamed->body, Contains("id: 1\nevent: request\ndata: {\"id\":1,"));
    CHECK_THAT(stand_in.admin.call("GET", "/events?after=99").body, Contains("id: 1\n\n"));

    // One that waits in vain has its answer in time, and at the latest when the server stops.
    const Json nothing = stand_in.admin.get("/journal?after=1&wait_ms=1");
    CHECK(nothing.at("entries").empty());
    HttpClient last(stand_in.server.admin_port());
    last.send(http_request("GET", "/events?after=1"));
    CHECK(stand_in.admin.get("/journal").at("last_id") == 1);
    stand_in.server.send_signal(15);
    CHECK(last.receive());
}

TEST_CASE("Statistics count outcomes and latency by the minute", "[integration][standin]") {
    const StandIn stand_in;
    stand_in.admin.send("PUT", "/clock", {{"now", "2026-01-31T10:00:30Z"}});
    stand_in.send({{"MessageId", "1"}});
    stand_in.send({{"MessageId", "2"}});
    stand_in.admin.send("POST", "/clock/advance", {{"seconds", 60}});
    call(stand_in.server.port(), http_request("GET", "/nowhere"));
    const Json statistics = stand_in.admin.get("/statistics?minutes=3");
    REQUIRE(statistics.at("buckets").size() == 3);
    CHECK(statistics.at("buckets")[0].at("latency_ms").is_null());
    CHECK(statistics.at("buckets")[1].at("at") == "2026-01-31T10:00:00Z");
    CHECK(statistics.at("buckets")[1].at("outcomes") == Json{{"stored", 2}});
    CHECK(statistics.at("buckets")[1].at("latency_ms").at("p95") > 0);
    CHECK(statistics.at("buckets")[2].at("outcomes") == Json{{"refused", 1}});
}

}  // namespace customercare::test
