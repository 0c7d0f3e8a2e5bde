#include <signal.h>

#include <array>
#include <catch2/catch.hpp>
#include <chrono>
#include <filesystem>
#include <map>
#include <string>
#include <thread>
#include <vector>

#include "support/database.hpp"
#include "support/http_client.hpp"
#include "support/message.hpp"
#include "support/server_process.hpp"

namespace customercare::test {
namespace {

using namespace std::chrono_literals;
using Catch::Contains;

constexpr const char* direct_token = "direct-secret-90e1";
constexpr const char* originating_token = "originating-secret-4c77";
constexpr std::size_t failures = 5;

// Addresses of clients: 127.0.0.x.
constexpr std::uint8_t guesser = 2;
constexpr std::uint8_t neighbour = 3;

void add_credential(const std::filesystem::path& directory, const std::string& role,
                    const std::string& token, std::vector<std::string> more = {}) {
    std::vector<std::string> arguments{
        "credentials", "add",           "--role",     role,
        "--label",     role + "-label", "--database", (directory / "customercare.db").string()};
    arguments.insert(arguments.end(), more.begin(), more.end());
    const ProgramResult result = run_program(arguments, token);
    INFO(result.errors);
    REQUIRE(result.exit_code == 0);
}

/// A directory with a good credential of each role.
struct Credentials {
    TemporaryDirectory directory;
    Credentials() {
        add_credential(directory.path(), "direct", direct_token);
        add_credential(directory.path(), "originating", originating_token);
    }
};

std::vector<std::string> production(std::vector<std::string> settings = {}) {
    std::vector<std::string> arguments{"--mode", "production"};
    for (const std::string& setting : settings) {
        arguments.insert(arguments.end(), {"--set", setting});
    }
    return arguments;
}

std::string call_with(Soap version, const std::string& direct,
                      const std::string& originating = originating_token) {
    return post_sample(version, {{"DirectUserNameToken", token(direct)},
                                 {"OriginatingUserNameToken", token(originating)}});
}

HttpReply call_from(std::uint8_t address, const ServerProcess& server, const std::string& request) {
    return HttpClient(server.port(), address).call(request);
}

HttpReply good_call(std::uint8_t address, const ServerProcess& server, Soap version = Soap::v11) {
    return call_from(address, server, call_with(version, direct_token));
}

/// Guesses until the address is locked out; how many guesses were judged.
std::size_t guess_from(std::uint8_t address, const ServerProcess& server,
                       const std::string& prefix = "guess-") {
    for (std::size_t guess = 0; guess < 1000; ++guess) {
        const HttpReply reply =
            call_from(address, server, call_with(Soap::v11, prefix + std::to_string(guess)));
        if (reply.status == 429) return guess;
        CHECK(text_of(reply, "ErrorCode") == "AuthenticationFailed");
    }
    return 1000;
}

/// Waits until the log holds the text; false if it does not in time.
bool comes_to_log(const ServerProcess& server, const std::string& text) {
    const auto deadline = std::chrono::steady_clock::now() + 30s * patience;
    while (std::chrono::steady_clock::now() < deadline) {
        if (server.log().find(text) != std::string::npos) return true;
        std::this_thread::sleep_for(20ms);
    }
    return false;
}

std::size_t count_in(const std::string& text, const std::string& part) {
    std::size_t count = 0;
    for (std::size_t at = 0; (at = text.find(part, at)) != std::string::npos; ++at) ++count;
    return count;
}

int retry_after(const HttpReply& reply) {
    const auto header = reply.headers.find("retry-after");
    return header == reply.headers.end() ? -1 : std::stoi(header->second);
}

/// Without what differs from reply to reply.
std::string without_time(const HttpReply& reply) {
    std::string body = reply.body;
    const std::size_t begin = body.find("<MessageDateTime>");
    const std::size_t end = body.find("</MessageDateTime>");
    if (end != std::string::npos) body.erase(begin, end - begin);
    return body;
}

}  // namespace

TEST_CASE("Who guesses credentials is locked out, by default and by address",
          "[integration][throttle]") {
    const Credentials credentials;
    ServerProcess server(credentials.directory.path(), production());
    CHECK(guess_from(guesser, server) == 20);

    const HttpReply eleven = good_call(guesser, server);
    CHECK(eleven.status == 429);
    CHECK(eleven.headers.at("content-type") == "text/xml; charset=utf-8");
    CHECK(text_of(eleven, "faultcode") == "soap:Server");
    CHECK_THAT(fault_text(eleven),
               Contains("Try again in " + std::to_string(retry_after(eleven)) + " seconds"));
    CHECK(retry_after(eleven) > 0);
    CHECK(retry_after(eleven) <= 300);
    CHECK(eleven.headers.contains("x-aspnet-version"));

    const HttpReply twelve = good_call(guesser, server, Soap::v12);
    CHECK(twelve.status == 429);
    CHECK(twelve.headers.at("content-type") == "application/soap+xml; charset=utf-8");
    CHECK(text_of(twelve, "Value") == "soap:Receiver");
    CHECK(retry_after(twelve) > 0);

    // It costs no look at the message, which may be anything.
    CHECK(call_from(guesser, server, post(Soap::v11, "<not-even-xml")).status == 429);
    CHECK(
        call_from(guesser, server,
                  "GET " + std::string(service_path) + "?WSDL HTTP/1.1\r\nHost: localhost\r\n\r\n")
            .status == 200);

    CHECK(is_success(good_call(neighbour, server)));
    server.send_signal(SIGHUP);
    CHECK(good_call(guesser, server).status == 429);
    CHECK(is_success(good_call(neighbour, server)));
    CHECK(server.stop() == 0);
    CHECK(Database(server.database()).call_log_count() == 1);
}

TEST_CASE("A lock-out ends after its time, and both ends are in the log",
          "[integration][throttle]") {
    const Credentials credentials;
    ServerProcess server(credentials.directory.path(),
                         production({"credentials.lockout_failures=" + std::to_string(failures),
                                     "credentials.lockout_duration_s=5"}));
    CHECK(guess_from(guesser, server) == failures);
    HttpReply reply;
    do {
        reply = good_call(guesser, server);
        if (reply.status == 429) {
            CHECK(retry_after(reply) >= 1);
            CHECK(retry_after(reply) <= 5);
            std::this_thread::sleep_for(50ms);
        }
    } while (reply.status == 429);
    CHECK(is_success(reply));

    CHECK(comes_to_log(server, "action=lockout_ended"));
    CHECK(server.stop() == 0);
    const std::string log = server.log();
    CHECK(count_in(log, "audit action=refused reason=not_accepted peer=127.0.0.2") == failures);
    CHECK(count_in(log,
                   "action=lockout_began setting=credentials.lockout_failures "
                   "peer=127.0.0.2") == 1);
    CHECK_THAT(log, Contains("lockout=1 duration_s=5"));
    CHECK_THAT(log, Contains("action=lockout_ended setting=credentials.lockout_failures "
                             "peer=127.0.0.2 lockout=1 refused="));
    CHECK_THAT(log, Contains("outcome=locked_out"));
    for (const char* secret : {direct_token, originating_token, "guess-"}) {
        CHECK_THAT(log, !Contains(secret));
    }
}

TEST_CASE("A client that goes on with a revoked token is told so, and harms nobody else",
          "[integration][throttle]") {
    const Credentials credentials;
    ServerProcess server(credentials.directory.path(),
                         production({"credentials.lockout_failures=" + std::to_string(failures),
                                     "credentials.lockout_repeats=50"}));
    CHECK(is_success(good_call(guesser, server)));
    const std::string id =
        Database(server.database()).value("SELECT id FROM credential WHERE role = 'direct'");
    CHECK(run_program({"credentials", "revoke", id, "--database", server.database()}).exit_code ==
          0);
    CHECK(comes_to_log(server, "audit action=credential_revoked credential=" + id +
                                   " role=direct label=direct-label"));

    // From two addresses, which share the tries.
    std::size_t refused = 0;
    for (; refused < 1000; ++refused) {
        const HttpReply reply = good_call(refused % 2 == 0 ? guesser : neighbour, server);
        if (reply.status != 200) break;
        CHECK(text_of(reply, "ErrorCode") == "AuthenticationFailed");
    }
    CHECK(refused == 50);
    const HttpReply reply = good_call(guesser, server);
    CHECK(reply.status == 429);
    CHECK(text_of(reply, "faultcode") == "soap:Server");
    CHECK(retry_after(reply) > 0);

    // Others from that address, and the same client with a new token, are taken.
    add_credential(credentials.directory.path(), "direct", "direct-secret-new");
    CHECK(comes_to_log(server, "audit action=credential_added"));
    CHECK(is_success(call_from(guesser, server, call_with(Soap::v11, "direct-secret-new"))));
    CHECK(server.stop() == 0);
    const std::string log = server.log();
    CHECK_THAT(log, Contains("direct=revoked direct_credential=" + id +
                             " direct_label=direct-label originating=valid"));
    CHECK_THAT(log, Contains("action=lockout_began setting=credentials.lockout_repeats"));
    CHECK_THAT(log, !Contains("secret"));
}

TEST_CASE("Unknown, revoked, expired and foreign tokens get the same reply, byte for byte",
          "[integration][throttle]") {
    const Credentials credentials;
    const auto& directory = credentials.directory.path();
    add_credential(directory, "direct", "secret-revoked");
    add_credential(directory, "direct", "secret-expired", {"--expires", "2011-03-04T10:06:07Z"});
    add_credential(directory, "direct", "secret-foreign", {"--client-subject", "CN=somebody"});
    add_credential(directory, "originating", "secret-other-role");
    const std::string database = (directory / "customercare.db").string();
    const std::string id =
        Database(database).value("SELECT id FROM credential ORDER BY id LIMIT 1 OFFSET 2");
    CHECK(run_program({"credentials", "revoke", id, "--database", database}).exit_code == 0);
    ServerProcess server(directory, production());

    const auto version = GENERATE(Soap::v11, Soap::v12);
    // As long as each other, since the reply echoes the header.
    constexpr std::array tokens{"secret-unknown", "secret-revoked", "secret-expired",
                                "secret-foreign", "secret-other-role"};
    std::map<std::string, std::string> expected_headers;
    std::string expected_body;
    for (const char* direct : tokens) {
        CAPTURE(direct);
        HttpReply reply = call_from(guesser, server, call_with(version, direct));
        CHECK(reply.status == 200);
        CHECK(text_of(reply, "ErrorCode") == "AuthenticationFailed");
        const std::string body = replace_first(without_time(reply), direct, "");
        // The length follows from the token's and the time's.
        for (const char* header : {"date", "content-length", "x-request-id"})
            reply.headers.erase(header);
        if (expected_body.empty()) {
            expected_body = body;
            expected_headers = reply.headers;
        }
        CHECK(body == expected_body);
        CHECK(reply.headers == expected_headers);
    }
    CHECK(server.stop() == 0);
    for (const char* standing : {"unknown", "revoked", "expired", "other_client", "other_role"}) {
        CHECK_THAT(server.log(), Contains(std::string("direct=") + standing));
    }
}

TEST_CASE("An address's rate is limited, and so is a credential's", "[integration][throttle]") {
    const bool by_address = GENERATE(true, false);
    const auto version = GENERATE(Soap::v11, Soap::v12);
    const Credentials credentials;
    const std::string what = by_address ? "limits.address" : "limits.credential";
    ServerProcess server(credentials.directory.path(),
                         production({what + "_calls_per_s=1", what + "_burst=10"}));
    std::size_t let_through = 0;
    HttpReply reply;
    const auto begin = std::chrono::steady_clock::now();
    for (; let_through < 1000; ++let_through) {
        const std::uint8_t address =
            by_address ? guesser : static_cast<std::uint8_t>(2 + let_through % 100);
        reply = good_call(address, server, version);
        if (reply.status != 200) break;
    }
    const std::chrono::duration<double> passed = std::chrono::steady_clock::now() - begin;
    CHECK(let_through >= 10);
    CHECK(static_cast<double>(let_through) <= 11 + passed.count());
    CHECK(reply.status == 429);
    CHECK(retry_after(reply) == 1);
    CHECK(fault_text(reply) == "There are too many calls. Try again in 1 seconds.");
    CHECK((version == Soap::v11 ? text_of(reply, "faultcode") == "soap:Server"
                                : text_of(reply, "Value") == "soap:Receiver"));
    if (by_address) CHECK(is_success(good_call(neighbour, server)));
    // Who waits as long as told is served.
    std::this_thread::sleep_for(1s);
    CHECK(is_success(good_call(guesser, server, version)));
    CHECK(server.stop() == 0);
    CHECK_THAT(server.log(), Contains("audit action=rate_limited setting=" + what +
                                      "_calls_per_s peer=127.0.0."));
}

TEST_CASE("Clients behind a trusted proxy are told apart", "[integration][throttle]") {
    const Credentials credentials;
    ServerProcess server(credentials.directory.path(),
                         production({"credentials.lockout_failures=" + std::to_string(failures),
                                     "soap.trusted_proxies=127.0.0.1"}));
    const auto by_proxy = [&](const std::string& direct, const std::string& header) {
        const std::string message =
            sample_message(Soap::v11, {{"DirectUserNameToken", token(direct)},
                                       {"OriginatingUserNameToken", token(originating_token)}});
        return call_from(1, server, post(Soap::v11, message, header));
    };
    const std::string guesser_header = "X-Forwarded-For: 198.51.100.1, 203.0.113.9\r\n";
    for (std::size_t guess = 0; guess < failures; ++guess) {
        // What a client forges before its own address does not matter.
        CHECK(by_proxy("guess-" + std::to_string(guess),
                       "X-Forwarded-For: 198.51.100." + std::to_string(guess) + ", 203.0.113.9\r\n")
                  .status == 200);
    }
    CHECK(by_proxy(direct_token, guesser_header).status == 429);
    CHECK(is_success(by_proxy(direct_token, "X-Forwarded-For: 198.51.100.1\r\n")));
    // Without the header nobody is known, and nobody locked out.
    for (std::size_t guess = 0; guess < 3 * failures; ++guess) {
        CHECK(by_proxy("guess-" + std::to_string(guess), "").status == 200);
    }
    CHECK(is_success(by_proxy(direct_token, "")));
    CHECK(server.stop() == 0);
    CHECK_THAT(server.log(), Contains("action=lockout_began setting=credentials.lockout_failures "
                                      "peer=203.0.113.9"));
    CHECK(count_in(server.log(), "audit action=address_unknown") == 1);
}

TEST_CASE("A flood of refused calls fills the log with no more audit lines than allowed",
          "[integration][throttle]") {
    const Credentials credentials;
    ServerProcess server(credentials.directory.path(), production({"credentials.lockout_failures=0",
                                                                   "credentials.lockout_repeats=0",
                                                                   "log.max_audit_lines_per_s=2"}));
    constexpr std::size_t calls = 200;
    const auto begin = std::chrono::steady_clock::now();
    HttpClient client(server.port());
    for (std::size_t call = 0; call < calls; ++call) {
        CHECK(client.call(call_with(Soap::v11, "guess-" + std::to_string(call))).status == 200);
    }
    CHECK(server.stop() == 0);
    const std::chrono::duration<double> passed = std::chrono::steady_clock::now() - begin;
    const std::string log = server.log();
    const std::size_t lines = count_in(log, "audit action=refused");
    CHECK(lines >= 2);
    CHECK(static_cast<double>(lines) <= 2 * (2 + passed.count()));
    // None is lost without a count.
    std::size_t left_out = 0;
    const std::string summary = "audit action=left_out refused=";
    for (std::size_t at = 0; (at = log.find(summary, at)) != std::string::npos;) {
        at += summary.size();
        left_out += std::stoul(log.substr(at));
    }
    CHECK(lines + left_out == calls);
}

TEST_CASE("A stand-in locks nobody out unless it is told to", "[integration][throttle]") {
    const Credentials credentials;
    ServerProcess server(credentials.directory.path(), {"--set", "credentials.policy=registered"});
    for (int guess = 0; guess < 50; ++guess) {
        CHECK(call_from(guesser, server, call_with(Soap::v11, "guess-" + std::to_string(guess)))
                  .status == 200);
    }
    CHECK(is_success(good_call(guesser, server)));
}

}  // namespace customercare::test
