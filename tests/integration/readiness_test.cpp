#include <signal.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <chrono>
#include <nlohmann/json.hpp>
#include <string>
#include <thread>
#include <vector>

#include "support/certificates.hpp"
#include "support/io_faults.hpp"
#include "support/message.hpp"
#include "support/operator.hpp"
#include "support/server_process.hpp"
#include "support/temporary_directory.hpp"
#include "support/tls_client.hpp"
#include "support/write_lock.hpp"

namespace customercare::test {
namespace {

using Names = std::vector<std::string>;
using nlohmann::json;

const std::vector<std::string> soon{"--set", "store.probe_interval_ms=100", "--set",
                                    "store.busy_timeout_ms=100"};

/// A check's state and text, as /readyz?verbose tells them.
json check_of(const ServerProcess& server, const std::string& name) {
    const json readiness = json::parse(ask_admin(server, "/readyz?verbose").body);
    for (const json& check : readiness["checks"]) {
        if (check["name"] == name) return check;
    }
    FAIL("no check " << name);
    return {};
}

}  // namespace

TEST_CASE("A server that is well says so, check by check", "[integration][health]") {
    const TemporaryDirectory directory;
    const ServerProcess server(directory.path());
    CHECK(ask_admin(server, "/livez").body == "ok");
    CHECK(json::parse(ask_admin(server, "/readyz").body) == json{{"ready", true}});
    const HttpReply verbose = ask_admin(server, "/readyz?verbose");
    CHECK(verbose.status == 200);
    Names names;
    const json readiness = json::parse(verbose.body);
    for (const json& check : readiness["checks"]) {
        names.push_back(check["name"]);
        CHECK(check["state"] == "ok");
        CHECK_FALSE(check["text"].get<std::string>().empty());
    }
    for (const char* name : {"shutdown", "database", "queue"}) {
        CHECK(std::ranges::count(names, name) == 1);
    }
    CHECK(json::parse(ask_admin(server, "/livez?verbose").body)["alive"] == true);
}

TEST_CASE("HEAD tells of life and readiness by its status alone", "[integration][health]") {
    const TemporaryDirectory directory;
    ServerProcess server(directory.path(), {"--set", "http.drain_delay_ms=3600000"});
    HttpClient client(server.admin_port());
    const auto ask = [&](const std::string& path) {
        REQUIRE(client.send("HEAD " + path + " HTTP/1.1\r\nHost: localhost\r\n\r\n"));
        const auto reply = client.receive(true);
        REQUIRE(reply);
        CHECK(reply->body.empty());
        return reply->status;
    };
    CHECK(ask("/livez") == 200);
    CHECK(ask("/readyz") == 200);
    server.send_signal(SIGTERM);
    wait_until_ready(server, false);
    CHECK(ask("/readyz") == 503);
    CHECK(ask("/livez") == 200);
}

TEST_CASE("A stand-in's admin server goes by the names of admin.hosts, too",
          "[integration][standin]") {
    const TemporaryDirectory directory;
    const ServerProcess server(directory.path(), {"--set", "admin.hosts=standin,box.example"});
    const auto status = [&](const std::string& host) {
        return call(server.admin_port(), "GET /journal HTTP/1.1\r\nHost: " + host + ":8081\r\n\r\n")
            .status;
    };
    CHECK(status("standin") == 200);
    CHECK(status("box.example") == 200);
    CHECK(status("other.example") == 403);
}

TEST_CASE("A store that fails makes the server unready, until it works again",
          "[integration][health]") {
    const TemporaryDirectory directory;
    IoFaults faults(directory.path());
    const ServerProcess server(directory.path(), soon);
    const auto fault = GENERATE(IoFault::sync, IoFault::disk_full, IoFault::read_only);
    CHECK(ask_admin(server, "/readyz").status == 200);

    faults.fail(fault, 1);
    SECTION("while there is nothing to store") {}
    SECTION("as a request finds out") {
        CHECK(call(server.port(), post_sample(Soap::v11)).status == 500);
    }
    wait_until_ready(server, false);
    CHECK(failed_checks(server) == Names{"database"});
    CHECK(ask_admin(server, "/livez").status == 200);
    CHECK(metric(server, R"(customercare_health_check_failed{check="database"})") == 1);

    faults.heal();
    wait_until_ready(server, true);
    CHECK(is_success(call(server.port(), post_sample(Soap::v11))));
    CHECK(metric(server, R"(customercare_health_check_failed{check="database"})") == 0);
}

TEST_CASE("A database that another program holds makes the server unready as long as it does",
          "[integration][health]") {
    const TemporaryDirectory directory;
    const ServerProcess server(directory.path(), soon);
    WriteLock lock(server.database());
    lock.take();
    wait_until_ready(server, false);
    CHECK_THAT(check_of(server, "database")["text"].get<std::string>(), Catch::Contains("locked"));
    lock.release();
    wait_until_ready(server, true);
}

TEST_CASE("While it answers what is in flight at SIGTERM, a server is not ready",
          "[integration][health][shutdown]") {
    const TemporaryDirectory directory;
    ServerProcess server(directory.path());
    const std::string request = post_sample(Soap::v11);
    HttpClient client(server.port());
    REQUIRE(client.send(request.substr(0, 1000)));
    REQUIRE(ask_admin(server, "/readyz").status == 200);

    server.send_signal(SIGTERM);
    wait_until_ready(server, false);
    CHECK(failed_checks(server) == Names{"shutdown"});
    CHECK(ask_admin(server, "/livez").status == 200);

    REQUIRE(client.send(request.substr(1000)));
    const auto reply = client.receive();
    REQUIRE(reply);
    CHECK(is_success(*reply));
    CHECK(server.wait() == 0);
}

TEST_CASE("Told to stop, a server serves on for http.drain_delay_ms, and is not ready",
          "[integration][health][shutdown]") {
    const TemporaryDirectory directory;
    ServerProcess server(directory.path(), {"--set", "http.drain_delay_ms=3600000"});
    server.send_signal(SIGTERM);
    wait_until_ready(server, false);
    CHECK(is_success(call(server.port(), post_sample(Soap::v11))));
    server.send_signal(SIGTERM);  // A second one ends it at once.
    CHECK(server.wait() == 128 + SIGTERM);
}

TEST_CASE("The certificate's end is looked at, and a new one's after SIGHUP",
          "[integration][health][tls]") {
    const TemporaryDirectory directory;
    const CertificateAuthority authority(directory.path());
    const std::chrono::hours begin{-1};
    const auto issue = [&](int days) {
        return authority.issue("server", {{"CN", "server"}}, begin, std::chrono::hours(24 * days));
    };
    const CertificateFiles files = issue(20);
    const ServerProcess server(directory.path(), {"--set", "tls.certificate=" + files.certificate,
                                                  "--set", "tls.key=" + files.key});
    CHECK(check_of(server, "certificate")["state"] == "warning");
    CHECK(ask_admin(server, "/readyz").status == 200);
    const std::string expiry = "customercare_tls_certificate_expiry_timestamp_seconds";
    const double before = metric(server, expiry);

    static_cast<void>(issue(300));
    server.send_signal(SIGHUP);
    for (int i = 0; i < 3000 && metric(server, expiry) == before; ++i) {
        std::this_thread::sleep_for(std::chrono::milliseconds(20));
    }
    CHECK(check_of(server, "certificate")["state"] == "ok");
    CHECK(metric(server, expiry) - before == Approx(280 * 86'400).margin(3600));

    TlsClient client(server.port(), {.authority = authority.certificate()});
    CHECK(is_success(client.call(post_sample(Soap::v11))));
    CHECK(metric(server, R"(customercare_tls_handshakes_total{result="full"})") == 1);
}

}  // namespace customercare::test
