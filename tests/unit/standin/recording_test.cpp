#include "standin/recording.hpp"

#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>

#include "model/error.hpp"
#include "standin/recorder.hpp"
#include "standin/replay.hpp"
#include "support/temporary_directory.hpp"
#include "unit/standin/request.hpp"

namespace customercare::standin {
namespace {

using Catch::Contains;
using test::account;
using test::envelope;

Recording sample(std::string request, std::string reply) {
    return {.name = "1.http",
            .method = "POST",
            .target = "/x?y",
            .request_headers = {{"Content-Type", "text/xml"}, {"X-Empty", ""}},
            .request_body = std::move(request),
            .status = 500,
            .reply_headers = {{"Content-Type", "text/xml; charset=utf-8"}},
            .reply_body = std::move(reply)};
}

bool is_same(const Recording& left, const Recording& right) {
    return left.method == right.method && left.target == right.target &&
           left.request_headers == right.request_headers &&
           left.request_body == right.request_body && left.status == right.status &&
           left.reply_headers == right.reply_headers && left.reply_body == right.reply_body;
}

std::string refusal(const std::string& text) {
    try {
        (void)read_recording("1.http", text);
    } catch (const model::ServiceError& error) {
        return error.what();
    }
    return "accepted";
}

/// A folder with recordings of these account numbers, whose replies are "reply 0", "reply 1", ...
struct Folder {
    explicit Folder(const std::vector<std::string>& numbers) {
        Recorder recorder(path());
        std::size_t count = 0;
        for (const std::string& number : numbers) {
            Recording recording = sample(envelope(account(number)), "");
            recording.reply_body = "reply " + std::to_string(count++);
            recorder.write(std::move(recording), "CreateCallLog");
        }
    }
    [[nodiscard]] std::string path() const { return directory.path("recordings"); }
    [[nodiscard]] std::string file(const std::string& name) const { return path() + '/' + name; }

    test::TemporaryDirectory directory;
};

std::string ask(Replay& replay, const std::string& number, const std::string& sandbox = "") {
    test::Request request{envelope(account(number))};
    const Replayed replayed = replay.answer(request.view(), sandbox);
    if (replayed.reply) return replayed.reply->body;
    return replayed.nearest->name + ": " + replayed.nearest->why;
}

std::string replay_refusal(const std::string& folder, const std::vector<std::string>& fields) {
    try {
        const Replay replay(folder, fields);
    } catch (const model::ServiceError& error) {
        return error.what();
    }
    return "accepted";
}

}  // namespace

TEST_CASE("A recording is read as it is written", "[standin][recording]") {
    const std::string body =
        GENERATE("", "<a/>", "<a>\r\n\n</a>\n", "\n", "### customercare recording 1: reply",
                 "<a>\n### customercare recording 1: reply\n200\n\n</a>",
                 "#### customercare recording 1: request\n");
    const Recording recording = sample(body, body);
    const std::string text = write_recording(recording);
    CAPTURE(text);
    CHECK(is_same(read_recording("1.http", text), recording));
}

TEST_CASE("A recording looks like this", "[standin][recording]") {
    const std::string text =
        "### customercare recording 1: request\n"
        "POST /x?y\n"
        "Content-Type: text/xml\n"
        "X-Empty: \n"
        "\n"
        "<question/>\n"
        "### customercare recording 1: reply\n"
        "500\n"
        "Content-Type: text/xml; charset=utf-8\n"
        "\n"
        "<answer/>";
    CHECK(write_recording(sample("<question/>", "<answer/>")) == text);
    // From an editor that ends lines otherwise.
    std::string edited;
    for (const char c : text) edited += c == '\n' ? "\r\n" : std::string(1, c);
    const Recording read = read_recording("1.http", edited);
    CHECK(read.status == 500);
    CHECK(read.reply_headers == sample("", "").reply_headers);
    CHECK_THAT(read.request_body, Catch::StartsWith("<question/>"));
}

TEST_CASE("What is wrong with a recording is told with its line", "[standin][recording]") {
    const std::string request = "### customercare recording 1: request\n";
    const std::string reply = "### customercare recording 1: reply\n";
    CHECK_THAT(refusal(""), Contains("1.http:0 ends too early"));
    CHECK_THAT(refusal("POST /\n"),
               Contains("1.http:1 is not \"### customercare recording 1: req"));
    CHECK_THAT(refusal(request + "POST\n"), Contains("1.http:2 is no method and target"));
    CHECK_THAT(refusal(request + "POST /\nheader\n\n"), Contains("1.http:3 is no header"));
    CHECK_THAT(refusal(request + "POST /\n\n<a/>\n"), Contains("there is no line \"### customer"));
    CHECK_THAT(refusal(request + "POST /\n\n<a/>\n" + reply + "OK\n"),
               Contains("1.http:6 is no status from 200 to 599"));
    CHECK_THAT(refusal(request + "POST /\n\n<a/>\n" + reply), Contains("ends too early"));
    CHECK(refusal(request + "POST /\n\n<a/>\n" + reply + "200\n\n") == "accepted");
}

TEST_CASE("Recordings are numbered on from what is there", "[standin][recording]") {
    const Folder folder({"1", "2"});
    Recorder(folder.path()).write(sample("", ""), "");
    for (const char* name :
         {"000001-CreateCallLog.http", "000002-CreateCallLog.http", "000003-unknown.http"}) {
        CHECK(std::filesystem::exists(folder.file(name)));
    }
    CHECK_THROWS_WITH(Recorder(folder.file("000001-CreateCallLog.http")),
                      Contains("standin.record: "));
}

TEST_CASE("Headers with secrets are masked", "[standin][recording]") {
    const Folder folder({});
    Recording recording = sample("", "");
    recording.request_headers = {{"authorization", "Basic c2VjcmV0"}, {"X", "y"}};
    recording.reply_headers = {{"Set-Cookie", "c2VjcmV0"}};
    Recorder(folder.path()).write(recording, "");
    std::ifstream file(folder.file("000001-unknown.http"));
    const std::string text{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
    CHECK_THAT(text, Contains("authorization: *****\nX: y\n") && Contains("Set-Cookie: *****\n") &&
                         !Contains("c2VjcmV0"));
}

TEST_CASE("A request is answered by its operation and the chosen fields", "[standin][recording]") {
    const Folder folder({"1", "2", "1"});
    Replay replay(folder.path(), {"Account/AccountNumber"});
    CHECK(ask(replay, "2") == "reply 1");
    CHECK(ask(replay, "1") == "reply 0");
    CHECK(ask(replay, "1") == "reply 2");
    CHECK(ask(replay, "1") == "reply 2");
    CHECK(ask(replay, "1", "sandbox") == "reply 0");
    replay.restart("");
    CHECK(ask(replay, "1") == "reply 0");
    CHECK(ask(replay, "1", "sandbox") == "reply 2");
    CHECK(ask(replay, "3") ==
          "000001-CreateCallLog.http: CustomerCallLog/Account/AccountNumber is \"3\" here, and "
          "\"1\" there");
    Replay by_operation(folder.path(), {});
    CHECK(ask(by_operation, "3") == "reply 0");
}

TEST_CASE("A recorded reply comes with its status and headers", "[standin][recording]") {
    const Folder folder({"1"});
    Replay replay(folder.path(), {});
    test::Request request{envelope("")};
    const Replayed replayed = replay.answer(request.view(), "");
    REQUIRE(replayed.reply);
    CHECK(replayed.reply->status == 500);
    CHECK(replayed.reply->headers == sample("", "").reply_headers);
    CHECK(replayed.reply->summary.outcome == "recorded");
}

TEST_CASE("A reply that was in another encoding says that it is in UTF-8 now",
          "[standin][recording]") {
    const auto [type, said] = GENERATE(table<std::string, std::string>(
        {{"text/xml; charset=utf-16", "text/xml; charset=utf-8"},
         {"application/soap+xml; charset=\"ISO-8859-1\"; action=\"a\"",
          "application/soap+xml; charset=\"utf-8\"; action=\"a\""},
         {"text/xml; charset=UTF-8", "text/xml; charset=UTF-8"},
         {"text/xml", "text/xml"}}));
    const test::TemporaryDirectory directory;
    Recording recording =
        sample(envelope(""), "<?xml version=\"1.0\" encoding='utf-16'?><a encoding='utf-16'/>");
    recording.reply_headers = {{"content-type", type}};
    Recorder(directory.path().string()).write(recording, "CreateCallLog");
    Replay replay(directory.path().string(), {});
    test::Request request{envelope("")};
    const Replayed replayed = replay.answer(request.view(), "");
    REQUIRE(replayed.reply);
    CHECK(replayed.reply->headers == Headers{{"content-type", said}});
    CHECK(replayed.reply->body == "<?xml version=\"1.0\" encoding='utf-8'?><a encoding='utf-16'/>");
}

TEST_CASE("What cannot be replayed is told at the start", "[standin][recording]") {
    const Folder folder({"1"});
    CHECK_THAT(replay_refusal(folder.file("none"), {}), Contains("standin.replay: "));
    CHECK_THAT(replay_refusal(folder.directory.path().string(), {}),
               Contains("has no recordings (*.http)"));
    CHECK_THAT(replay_refusal(folder.path(), {"PhoneType"}),
               Contains("standin.replay_fields: \"PhoneType\" could be any of"));
    CHECK_THAT(replay_refusal(folder.path(), {"Requestor/SSN"}),
               Contains("Requestor/SSN is masked in recordings"));
    std::ofstream(folder.file("2.http")) << "nonsense";
    CHECK_THAT(replay_refusal(folder.path(), {}), Contains("2.http:1 is not "));
}

}  // namespace customercare::standin
