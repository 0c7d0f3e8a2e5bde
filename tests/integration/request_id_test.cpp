#include <signal.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <cstdint>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <sstream>
#include <string>
#include <thread>

#include "support/http_client.hpp"
#include "support/message.hpp"
#include "support/operator.hpp"
#include "support/server_process.hpp"

namespace customercare::test {
namespace {

using nlohmann::json;

const std::vector<std::string> json_log{"--set", "log.format=json"};

/// The log's lines of requests, in the order of these; each line has to be a JSON object.
std::vector<json> requests_of(const std::string& log) {
    std::vector<json> requests;
    std::istringstream lines(log);
    for (std::string line; std::getline(lines, line);) {
        const json parsed = json::parse(line);
        if (parsed.at("event") == "request") requests.push_back(parsed);
    }
    // A line is written after the reply, when the next request may have its line already.
    std::ranges::sort(requests, [](const json& left, const json& right) {
        return left.at("id").get<std::int64_t>() < right.at("id").get<std::int64_t>();
    });
    return requests;
}

void wait_for_text(const std::filesystem::path& file, const std::string& text) {
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::minutes(1);
    while (read_file(file).find(text) == std::string::npos) {
        INFO(read_file(file));
        REQUIRE(std::chrono::steady_clock::now() < deadline);
        std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
}

}  // namespace

TEST_CASE("Every reply has an X-Request-Id, which the log knows", "[integration][trace]") {
    const TemporaryDirectory directory;
    ServerProcess server(directory.path(), json_log);
    const std::string get = "GET " + std::string(service_path);
    const std::string http = " HTTP/1.1\r\nHost: localhost\r\n";
    std::vector<std::string> ids;
    const std::vector<std::string> requests{
        post_sample(Soap::v11),
        post_sample(Soap::v12),
        post(Soap::v11, "<not XML"),
        get + "?WSDL" + http + "\r\n",
        "GET /elsewhere" + http + "\r\n",
        "no HTTP at all\r\n\r\n",
        get + http + "A: " + std::string(20'000, 'a') + "\r\n\r\n"};
    for (const std::string& request : requests) {
        const HttpReply reply = call(server.port(), request);
        REQUIRE(reply.headers.contains("x-request-id"));
        ids.push_back(reply.headers.at("x-request-id"));
    }
    CHECK(ask_admin(server, "/livez").headers.contains("x-request-id"));
    CHECK(server.stop() == 0);

    const std::vector<json> lines = requests_of(server.log());
    REQUIRE(lines.size() == ids.size());
    for (std::size_t i = 0; i < ids.size(); ++i) {
        CHECK(std::to_string(lines[i]["id"].get<std::int64_t>()) == ids[i]);
        CHECK_FALSE(lines[i].contains("request_id"));
        CHECK(lines[i]["trace_id"].get<std::string>().size() == 32);
        CHECK(lines[i]["span_id"].get<std::string>().size() == 16);
    }
}

TEST_CASE("A client's X-Request-Id and traceparent are taken if they are good",
          "[integration][trace]") {
    const TemporaryDirectory directory;
    ServerProcess server(directory.path(), json_log);
    const std::string message = sample_message(Soap::v11);
    const std::string trace_id = "4bf92f3577b34da6a3ce929d0e0e4736";
    const std::string parent_id = "00f067aa0ba902b7";
    const HttpReply good = call(server.port(), post(Soap::v11, message,
                                                    "X-Request-Id: order-17/3\r\ntraceparent: 00-" +
                                                        trace_id + "-" + parent_id + "-01\r\n"));
    CHECK(is_success(good));
    CHECK(good.headers.at("x-request-id") == "order-17/3");
    const HttpReply bad = call(server.port(), post(Soap::v11, message,
                                                   "X-Request-Id: \"><script>\r\ntraceparent: 00-" +
                                                       trace_id + "-" + parent_id + "-01-\r\n"));
    CHECK(is_success(bad));
    CHECK_THAT(bad.headers.at("x-request-id"), !Catch::Contains("script"));
    CHECK(server.stop() == 0);

    const std::vector<json> lines = requests_of(server.log());
    REQUIRE(lines.size() == 2);
    CHECK(lines[0]["request_id"] == "order-17/3");
    CHECK(lines[0]["trace_id"] == trace_id);
    CHECK(lines[0]["parent_id"] == parent_id);
    CHECK_FALSE(lines[1].contains("request_id"));
    CHECK_FALSE(lines[1].contains("parent_id"));
    CHECK(lines[1]["trace_id"] != trace_id);
}

TEST_CASE("At SIGHUP the log goes on in a new file, and no line is lost", "[integration][log]") {
    const TemporaryDirectory directory;
    const std::filesystem::path file = directory.path() / "server.log";
    ServerProcess server(directory.path(),
                         {"--set", "log.file=" + file.string(), "--set", "log.format=json"});
    REQUIRE(is_success(call(server.port(), post_sample(Soap::v11, {{"MessageId", "1"}}))));
    const std::filesystem::path moved = directory.path() / "server.log.1";
    std::filesystem::rename(file, moved);
    REQUIRE(is_success(call(server.port(), post_sample(Soap::v11, {{"MessageId", "2"}}))));
    server.send_signal(SIGHUP);
    wait_for_text(file, R"("event":"log_reopened")");
    REQUIRE(is_success(call(server.port(), post_sample(Soap::v11, {{"MessageId", "3"}}))));
    CHECK(server.stop() == 0);
    // The second request's line may come late, and then stands in the new file.
    CHECK_FALSE(requests_of(read_file(moved)).empty());
    CHECK_FALSE(requests_of(read_file(file)).empty());
    CHECK(requests_of(read_file(moved) + read_file(file)).size() == 3);
}

TEST_CASE("A log that can't be opened anew stays, and says why", "[integration][log]") {
    const TemporaryDirectory directory;
    const std::filesystem::path logs = directory.path() / "logs";
    std::filesystem::create_directory(logs);
    ServerProcess server(directory.path(), {"--set", "log.file=" + (logs / "log").string()});
    std::filesystem::rename(logs, directory.path() / "old");
    server.send_signal(SIGHUP);
    wait_for_text(directory.path() / "old" / "log", "log_not_reopened detail=\"log.file: ");
    CHECK(is_success(call(server.port(), post_sample(Soap::v11))));
    CHECK(server.stop() == 0);
    CHECK_THAT(read_file(directory.path() / "old" / "log"), Catch::Contains("outcome=stored"));
}

}  // namespace customercare::test
