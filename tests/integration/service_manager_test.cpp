#include <signal.h>

#include <catch2/catch.hpp>
#include <string>
#include <vector>

#include "support/certificates.hpp"
#include "support/database.hpp"
#include "support/http_client.hpp"
#include "support/message.hpp"
#include "support/notify_socket.hpp"
#include "support/server_process.hpp"

namespace customercare::test {
namespace {

using Catch::Contains;
using Catch::StartsWith;

/// Starts the program as its manager does: with that socket as the first descriptor it inherits.
std::vector<std::string> with_socket(int descriptor, const std::string& count = "1",
                                     const std::string& pid = "$$") {
    return {"/bin/bash", "-c",
            "exec 3<&" + std::to_string(descriptor) + "; LISTEN_PID=" + pid +
                " LISTEN_FDS=" + count + R"( exec "$0" "$@")"};
}

std::string sample_post() { return post(Soap::v11, sample_message(Soap::v11)); }

}  // namespace

TEST_CASE("A service manager is told what the server does", "[integration][service_manager]") {
    const TemporaryDirectory directory;
    const CertificateAuthority authority(directory.path());
    const CertificateFiles files = authority.issue("server");
    const std::string name = GENERATE(as<std::string>(), "path", "abstract");
    const std::string address =
        name == "path" ? directory.path("notify") : "@" + directory.path("notify").substr(1);
    const NotifySocket manager(address);
    ServerProcess server(
        directory.path(),
        {"--set", "tls.certificate=" + files.certificate, "--set", "tls.key=" + files.key},
        {"/usr/bin/env", "NOTIFY_SOCKET=" + address});
    const std::string ready = "READY=1\nSTATUS=Serving " + server.url();
    CHECK(manager.receive() == ready);

    server.send_signal(SIGHUP);
    CHECK_THAT(manager.receive(), StartsWith("RELOADING=1\nMONOTONIC_USEC="));
    CHECK(manager.receive() == ready);

    server.send_signal(SIGTERM);
    CHECK_THAT(manager.receive(), StartsWith("STOPPING=1\nSTATUS="));
    CHECK(server.wait() == 0);
}

TEST_CASE("The watchdog hears from the server as often as it wants to",
          "[integration][service_manager]") {
    const TemporaryDirectory directory;
    const NotifySocket manager(directory.path("notify"));
    const auto start = [&](const std::string& pid) {
        return std::vector<std::string>{"/bin/bash", "-c",
                                        "NOTIFY_SOCKET=" + directory.path("notify") +
                                            " WATCHDOG_USEC=100000 WATCHDOG_PID=" + pid +
                                            R"( exec "$0" "$@")"};
    };
    SECTION("if it is meant") {
        ServerProcess server(directory.path(), {}, start("$$"));
        CHECK_THAT(manager.receive(), StartsWith("READY=1"));
        for (int i = 0; i < 3; ++i) CHECK(manager.receive() == "WATCHDOG=1");
        CHECK(server.stop() == 0);
    }
    SECTION("not if another process is") {
        ServerProcess server(directory.path(), {}, start("1"));
        CHECK_THAT(manager.receive(), StartsWith("READY=1"));
        CHECK(server.stop() == 0);
        CHECK_THAT(manager.receive(), StartsWith("STOPPING=1"));
    }
}

TEST_CASE("Who connects while the server is replaced by another is answered by that one",
          "[integration][service_manager]") {
    const TemporaryDirectory directory;
    const ListeningSocket socket;
    const auto launcher = with_socket(socket.descriptor());
    const std::vector<std::string> arguments = {"--set", "store.duplicates=accept"};
    {
        ServerProcess server(directory.path(), arguments, launcher);
        CHECK(server.port() == socket.port());
        CHECK(is_success(call(socket.port(), sample_post())));
        CHECK_THAT(server.log(),
                   Contains("listen_ignored") && Contains("127.0.0.1:0 has no effect"));
        CHECK(server.stop() == 0);
    }
    HttpClient waiting(socket.port());
    REQUIRE(waiting.send(sample_post()));
    ServerProcess server(directory.path(), arguments, launcher);
    const auto reply = waiting.receive();
    REQUIRE(reply);
    CHECK(is_success(*reply));
    CHECK(server.stop() == 0);
    CHECK(Database(server.database()).call_log_count() == 2);
}

TEST_CASE("A socket that is meant for another process is left alone",
          "[integration][service_manager]") {
    const TemporaryDirectory directory;
    const ListeningSocket socket;
    ServerProcess server(directory.path(), {}, with_socket(socket.descriptor(), "1", "1"));
    CHECK(server.port() != socket.port());
    CHECK(is_success(call(server.port(), sample_post())));
}

TEST_CASE("A socket from the manager that the server must not or can't serve is refused",
          "[integration][service_manager]") {
    const TemporaryDirectory directory;
    const auto refusal = [&](std::vector<std::string> command) {
        command.insert(command.end(), {program(), "serve", "--admin-listen", "", "--database",
                                       directory.path("customercare.db")});
        const ProgramResult result = run_command(command);
        CHECK(result.exit_code == 2);
        CHECK(result.output.empty());
        return result.errors;
    };
    const ListeningSocket open_to_all("0.0.0.0");

    CHECK_THAT(refusal(with_socket(open_to_all.descriptor())),
               Contains("the socket from systemd = 0.0.0.0:") && Contains("tls.certificate"));
    CHECK_THAT(refusal(with_socket(open_to_all.descriptor(), "2")),
               Contains("LISTEN_FDS = 2") && Contains("ListenStream="));
    CHECK_THAT(refusal({"/bin/bash", "-c",
                        R"(exec 3</dev/null; LISTEN_PID=$$ LISTEN_FDS=1 exec "$0" "$@")"}),
               Contains("the socket from systemd does not listen for TCP"));
    CHECK_THAT(refusal({"/usr/bin/env", "NOTIFY_SOCKET=notify"}),
               Contains("NOTIFY_SOCKET = notify"));
}

}  // namespace customercare::test
