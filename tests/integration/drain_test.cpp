#include <signal.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <chrono>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "support/database.hpp"
#include "support/http_client.hpp"
#include "support/message.hpp"
#include "support/paced_load.hpp"
#include "support/queue.hpp"
#include "support/server_process.hpp"
#include "support/write_lock.hpp"

namespace customercare::test {
namespace {

using namespace std::chrono_literals;
using std::chrono::steady_clock;

std::vector<std::string> sorted(std::vector<std::string> values) {
    std::ranges::sort(values);
    return values;
}

/// Clients with a request each that waits for a writer that can't write.
class WaitingClients {
public:
    explicit WaitingClients(ServerProcess& server) : lock_(server.database()) {
        lock_.take();
        for (std::size_t i = 0; i < replies_.size(); ++i) {
            threads_.emplace_back([this, i, &server] {
                HttpClient client(server.port());
                client.send(post_sample(Soap::v11, {{"MessageId", std::to_string(i)}}));
                replies_[i] = client.receive();
            });
        }
        // All but the one that the writer has in hand.
        wait_until_queued(server, replies_.size() - 1);
    }
    ~WaitingClients() { join(); }
    WaitingClients(const WaitingClients&) = delete;
    WaitingClients& operator=(const WaitingClients&) = delete;

    void let_writer_write() { lock_.release(); }

    [[nodiscard]] const std::vector<std::optional<HttpReply>>& replies() {
        join();
        return replies_;
    }

private:
    void join() {
        for (std::thread& thread : threads_) thread.join();
        threads_.clear();
    }

    WriteLock lock_;
    std::vector<std::optional<HttpReply>> replies_{64};
    std::vector<std::thread> threads_;
};

const std::vector<std::string> one_by_one{"--set", "store.batch_limit=1", "--set",
                                          "store.busy_timeout_ms=60000"};

/// Until the server has begun to stop, when it takes no connections.
void wait_until_deaf(const ServerProcess& server) {
    const auto is_listening = [&] {
        try {
            const HttpClient client(server.port());
            return true;
        } catch (const std::exception&) {
            return false;
        }
    };
    while (is_listening()) std::this_thread::sleep_for(1ms);
}

}  // namespace

TEST_CASE("At SIGTERM all that waits for the disk is stored and answered",
          "[integration][shutdown]") {
    const TemporaryDirectory directory;
    ServerProcess server(directory.path(), one_by_one);
    WaitingClients clients(server);
    server.send_signal(SIGTERM);
    wait_until_deaf(server);
    clients.let_writer_write();

    for (const auto& reply : clients.replies()) {
        REQUIRE(reply);
        CHECK(is_success(*reply));
        CHECK(reply->headers.at("connection") == "close");
    }
    CHECK(server.wait() == 0);
    CHECK(Database(server.database()).call_log_count() == 64);
}

TEST_CASE("Who has connected before SIGTERM and asks after it is answered",
          "[integration][shutdown]") {
    const TemporaryDirectory directory;
    ServerProcess server(directory.path());
    HttpClient client(server.port());
    HttpClient idle(server.port());
    REQUIRE(is_success(idle.call(post_sample(Soap::v11, {{"MessageId", "m1"}}))));
    server.send_signal(SIGTERM);
    wait_until_deaf(server);
    CHECK(is_success(client.call(post_sample(Soap::v11, {{"MessageId", "m2"}}))));
    CHECK_FALSE(idle.receive());  // It has had its turn.
    CHECK(server.wait() == 0);
}

TEST_CASE("A lock of another process does not keep the server from ending in time",
          "[integration][shutdown]") {
    const TemporaryDirectory directory;
    std::vector<std::string> options = one_by_one;
    options.insert(options.end(), {"--set", "http.drain_timeout_ms=300"});
    ServerProcess server(directory.path(), options);
    WaitingClients clients(server);  // And nobody lets the writer write.
    const auto before = steady_clock::now();
    server.send_signal(SIGTERM);
    CHECK(server.wait() == 0);
    CHECK(steady_clock::now() - before < 5s * patience);
    for (const auto& reply : clients.replies()) CHECK_FALSE((reply && is_success(*reply)));
    CHECK(Database(server.database()).call_log_count() == 0);
}

TEST_CASE("SIGTERM under load ends in time, and nothing that was acknowledged is lost",
          "[integration][shutdown]") {
    const bool twice = GENERATE(false, true);
    const TemporaryDirectory directory;
    ServerProcess server(directory.path(), {"--set", "http.drain_timeout_ms=20000"});
    PacedLoad load(server.port(), 32);
    while (Database(server.database()).call_log_count() < 500) std::this_thread::sleep_for(1ms);
    const auto before = steady_clock::now();
    server.send_signal(SIGTERM);
    if (twice) server.send_signal(SIGTERM);
    const int exit_code = server.wait();
    CHECK(steady_clock::now() - before < 20s);
    const auto exchanges = load.finish();

    const auto stored =
        sorted(Database(server.database()).column("SELECT message_id FROM call_log"));
    const auto acknowledged_ids = sorted(acknowledged(exchanges));
    if (twice) {
        // The first of two pending signals may be handled before the second one is sent.
        CHECK((exit_code == 128 + SIGTERM || exit_code == 0));
        CHECK(std::ranges::includes(stored, acknowledged_ids));
    } else {
        CHECK(exit_code == 0);
        CHECK(stored == acknowledged_ids);
    }
}

}  // namespace customercare::test
