#include <signal.h>

#include <catch2/catch.hpp>
#include <chrono>
#include <fstream>
#include <nlohmann/json.hpp>
#include <string>
#include <thread>

#include "support/database.hpp"
#include "support/http_client.hpp"
#include "support/message.hpp"
#include "support/server_process.hpp"

namespace customercare::test {
namespace {

using std::chrono::steady_clock;

/// A request of which the server has everything but the body.
class HalfRequest {
public:
    explicit HalfRequest(std::uint16_t port) : client_(port) {
        client_.send(whole_.substr(0, body_));
        const auto interim = client_.receive();
        REQUIRE(interim);
        REQUIRE(interim->status == 100);
    }
    HttpReply finish() { return client_.call(whole_.substr(body_)); }

private:
    std::string whole_ = post(Soap::v11, sample_message(Soap::v11), "Expect: 100-continue\r\n");
    std::size_t body_ = whole_.find("\r\n\r\n") + 4;
    HttpClient client_;
};

void wait_until_not_listening(std::uint16_t port) {
    const auto deadline = steady_clock::now() + std::chrono::seconds(30);
    while (steady_clock::now() < deadline) {
        try {
            const HttpClient client(port);
        } catch (const std::exception&) {
            return;
        }
        std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
    FAIL("still listening");
}

std::size_t lines_of(const std::string& text) {
    return static_cast<std::size_t>(std::ranges::count(text, '\n'));
}

}  // namespace

TEST_CASE("At SIGTERM a request that has begun is still answered and stored",
          "[integration][shutdown]") {
    const int signal = GENERATE(SIGTERM, SIGINT);
    const TemporaryDirectory directory;
    ServerProcess server(directory.path());
    HalfRequest request(server.port());
    const HttpClient idle(server.port());

    server.send_signal(signal);
    wait_until_not_listening(server.port());
    const HttpReply reply = request.finish();
    CHECK(is_success(reply));
    CHECK(reply.headers.at("connection") == "close");
    CHECK(server.wait() == 0);
    CHECK(Database(server.database()).call_log_count() == 1);
}

TEST_CASE("A second signal ends the server at once", "[integration][shutdown]") {
    const TemporaryDirectory directory;
    ServerProcess server(directory.path(), {"--set", "http.drain_timeout_ms=60000"});
    const HalfRequest request(server.port());

    server.send_signal(SIGTERM);
    wait_until_not_listening(server.port());
    const auto before = steady_clock::now();
    server.send_signal(SIGTERM);
    CHECK(server.wait() != 0);
    CHECK(steady_clock::now() - before < std::chrono::seconds(5));
}

TEST_CASE("A stand-in is ready after at most 50 ms of processor time",
          "[integration][start][load]") {
    // The least of some, as other programs on the machine add to it.
    auto least = std::chrono::nanoseconds::max();
    for (int i = 0; i < 5; ++i) {
        const TemporaryDirectory directory;
        const ServerProcess server(directory.path());
        least = std::min(least, server.cpu_time());
    }
    CHECK(least < std::chrono::milliseconds(50) * patience);
}

TEST_CASE("With --exit-with-parent the server ends when who started it has ended",
          "[integration][shutdown]") {
    const bool with_flag = GENERATE(true, false);
    const TemporaryDirectory directory;
    const std::string ready = directory.path("ready");
    // A shell that starts the server, waits until it is ready, and ends.
    const ProgramResult shell = run_command(
        {"sh", "-c",
         "\"$0\" serve --mode stand-in --listen 127.0.0.1:0 --admin-listen 127.0.0.1:0 --database "
         "\"$1\" "
         "$3 >\"$2\" 2>\"$2.log\" & until grep -q READY \"$2\"; do sleep 0.01; done",
         program(), directory.path("test.db"), ready, with_flag ? "--exit-with-parent" : ""});
    REQUIRE(shell.exit_code == 0);
    const auto pid = nlohmann::json::parse(read_file(ready).substr(6)).at("pid").get<int>();
    const auto has_ended = [&] {
        // Who has no parent to wait for it stays as a zombie.
        const std::string state = read_file("/proc/" + std::to_string(pid) + "/stat");
        return state.empty() || state.find(") Z") != std::string::npos;
    };
    if (!with_flag) {
        CHECK_FALSE(has_ended());
        CHECK(kill(pid, SIGKILL) == 0);
        return;
    }
    const auto deadline = steady_clock::now() + std::chrono::seconds(60);
    while (!has_ended() && steady_clock::now() < deadline) {
        std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
    CHECK(has_ended());
    CHECK(read_file(ready + ".log").find(" stopped") != std::string::npos);
}

TEST_CASE("A server that can't start says why in one line that names the setting",
          "[integration][start]") {
    const TemporaryDirectory directory;
    const auto failed_start = [&](std::vector<std::string> arguments) {
        arguments.insert(arguments.begin(), {"serve", "--mode", "stand-in"});
        const ProgramResult result = run_program(arguments);
        CHECK(result.exit_code != 0);
        CHECK(result.exit_code < 128);
        CHECK(result.output.empty());
        CHECK(lines_of(result.errors) == 1);
        return result.errors;
    };
    const std::string database = directory.path("other.db");

    SECTION("address in use") {
        ServerProcess server(directory.path());
        const std::string address = "127.0.0.1:" + std::to_string(server.port());
        const std::string errors = failed_start(
            {"--listen", address, "--admin-listen", "127.0.0.1:0", "--database", database});
        CHECK_THAT(errors, Catch::Contains("listen") && Catch::Contains(address));
    }
    SECTION("admin address in use") {
        ServerProcess server(directory.path());
        const std::string address = "127.0.0.1:" + std::to_string(server.admin_port());
        const std::string errors = failed_start(
            {"--listen", "127.0.0.1:0", "--admin-listen", address, "--database", database});
        CHECK_THAT(errors, Catch::Contains("admin") && Catch::Contains(address));
    }
    SECTION("unreadable configuration") {
        const std::string missing = directory.path("none.toml");
        CHECK_THAT(failed_start({"--config", missing}), Catch::Contains(missing));
    }
    SECTION("broken configuration") {
        const auto broken = directory.path() / "broken.toml";
        std::ofstream(broken) << "[http\n";
        CHECK_THAT(failed_start({"--config", broken.string()}), Catch::Contains(broken.string()));
    }
    SECTION("unknown setting") {
        CHECK_THAT(failed_start({"--set", "credentials.polcy=any"}),
                   Catch::Contains("credentials.polcy") && Catch::Contains("credentials.policy"));
    }
    SECTION("database that can't be made") {
        const std::string unwritable = "/proc/nothing/customercare.db";
        CHECK_THAT(failed_start({"--listen", "127.0.0.1:0", "--admin-listen", "127.0.0.1:0",
                                 "--database", unwritable}),
                   Catch::Contains("database") && Catch::Contains(unwritable));
    }
}

}  // namespace customercare::test
