#include <algorithm>
#include <catch2/catch.hpp>
#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "integration/http_cases.hpp"
#include "support/database.hpp"
#include "support/http_client.hpp"
#include "support/message.hpp"
#include "support/server_process.hpp"

namespace customercare::test {
namespace {

/// Answered once if the server is at the beginning of a request.
constexpr std::string_view probe = "GET /s HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";

std::optional<HttpReply> receive_final(HttpClient& client, bool head) {
    auto reply = client.receive(head);
    while (reply && reply->status == 100) reply = client.receive(head);
    return reply;
}

/// One connection: sends the case's bytes in pieces, the last one to the end, and looks at all that
/// comes back. Returns what was wrong, "" if nothing.
std::string run(const HttpCase& test, std::uint16_t port, const std::vector<std::size_t>& cuts) {
    HttpClient client(port);
    std::size_t begin = 0;
    bool is_open = true;
    for (std::size_t i = 0; i <= cuts.size() && is_open; ++i) {
        const std::size_t end = i < cuts.size() ? cuts[i] : test.bytes.size();
        is_open = client.send(std::string_view(test.bytes).substr(begin, end - begin));
        begin = end;
    }
    if (test.half_closes) client.end_sending();
    const bool head = test.bytes.starts_with("HEAD");
    for (const std::vector<int>& allowed : test.replies) {
        const auto reply = receive_final(client, head);
        if (!reply) return "a reply is missing";
        if (std::ranges::find(allowed, reply->status) == allowed.end()) {
            return "status " + std::to_string(reply->status) + ": " + reply->body.substr(0, 200);
        }
    }
    if (!test.closes) {
        client.send(probe);
        const auto reply = receive_final(client, false);
        if (!reply) return "the connection is closed";
        if (reply->status != 200) {
            return "the next request gets status " + std::to_string(reply->status);
        }
    }
    const auto more = client.receive();
    return more ? "one more reply: " + std::to_string(more->status) : "";
}

struct Service {
    TemporaryDirectory directory;
    ServerProcess server{directory.path(),
                         {"--set", "soap.path=/s", "--set", "store.duplicates=accept"}};
    Database database{server.database()};

    /// The case in all ways of cutting it that `cuts` gives, one after the other.
    void check(const HttpCase& test, const std::vector<std::vector<std::size_t>>& ways) const {
        const std::int64_t before = database.call_log_count();
        for (const auto& cuts : ways) {
            INFO("cut at " << (cuts.size() == 1 ? std::to_string(cuts[0]) : "many places"));
            const std::string problem = run(test, server.port(), cuts);
            if (!problem.empty()) FAIL_CHECK(problem);
        }
        CHECK(database.call_log_count() - before ==
              test.stored * static_cast<std::int64_t>(ways.size()));
        CHECK(database.value("SELECT count(*) FROM call_log WHERE message_id = '" +
                             std::string(smuggled_id) + "'") == "0");
    }
};

std::vector<std::size_t> every(std::size_t step, std::size_t size) {
    std::vector<std::size_t> cuts;
    for (std::size_t at = step; at < size; at += step) cuts.push_back(at);
    return cuts;
}

void check_all(const std::function<std::vector<std::vector<std::size_t>>(std::size_t)>& ways) {
    const Service service;
    for (const HttpCase& test : http_cases()) {
        INFO(test.name << " (RFC " << test.section << ")");
        service.check(test, ways(test.bytes.size()));
    }
    CHECK(is_success(
        call(service.server.port(), replace_first(post_sample(Soap::v11), service_path, "/s"))));
}

}  // namespace

TEST_CASE("Each HTTP case is answered as the RFC says, once", "[integration][http]") {
    const auto cases = http_cases();
    CHECK(cases.size() >= 200);
    check_all([](std::size_t) { return std::vector<std::vector<std::size_t>>{{}}; });
}

TEST_CASE("Each HTTP case has the same outcome byte by byte", "[integration][http]") {
    check_all([](std::size_t size) {
        // Some are far longer than any line of interest.
        return std::vector<std::vector<std::size_t>>{every(size > 8'000 ? 997 : 1, size)};
    });
}

TEST_CASE("Each HTTP case has the same outcome cut in two at any place", "[integration][http]") {
    check_all([](std::size_t size) {
        constexpr std::size_t interesting = 400;  // What comes later is a body, mostly.
        // Sanitizers make it ten times as slow, and find what they look for at some places as at
        // all.
        constexpr std::size_t step = CUSTOMERCARE_SANITIZED ? 7 : 1;
        std::vector<std::vector<std::size_t>> ways;
        for (std::size_t at = 1; at < std::min(size, interesting); at += step) ways.push_back({at});
        return ways;
    });
}

TEST_CASE("A reset in the middle of a request stores nothing and harms nobody",
          "[integration][http]") {
    const Service service;
    const std::string request = replace_first(post_sample(Soap::v11), service_path, "/s");
    for (const std::size_t size : {std::size_t{1}, request.size() / 2, request.size() - 1}) {
        HttpClient client(service.server.port());
        REQUIRE(client.send(request.substr(0, size)));
        client.reset();
    }
    CHECK(is_success(call(service.server.port(), request)));
    CHECK(service.database.call_log_count() == 1);
}

}  // namespace customercare::test
