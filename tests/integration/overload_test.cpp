#include <algorithm>
#include <atomic>
#include <catch2/catch.hpp>
#include <chrono>
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

/// Slows the server's commits down: another writer that has the database most of the time, with
/// sanitizers more of it, as what sends the load is slower then, too.
class SlowDatabase {
public:
    explicit SlowDatabase(const std::string& path) : lock_(path) {
        thread_ = std::thread([this] {
            while (!finishing_) {
                lock_.take();
                std::this_thread::sleep_for(CUSTOMERCARE_SANITIZED ? 10ms : 2ms);
                lock_.release();
                std::this_thread::sleep_for(1ms);
            }
        });
    }
    ~SlowDatabase() {
        finishing_ = true;
        thread_.join();
    }
    SlowDatabase(const SlowDatabase&) = delete;
    SlowDatabase& operator=(const SlowDatabase&) = delete;

private:
    WriteLock lock_;
    std::atomic<bool> finishing_{false};
    std::thread thread_;
};

bool is_busy(const HttpReply& reply) {
    return reply.status == 503 && fault_text(reply) == "Server is too busy" &&
           reply.headers.contains("retry-after");
}

bool was_refused(const Exchange& exchange) { return is_busy(exchange.reply); }

std::vector<std::string> sorted(std::vector<std::string> values) {
    std::ranges::sort(values);
    return values;
}

}  // namespace

TEST_CASE("At four times the load that it can take, a server refuses at once what is too much",
          "[integration][load]") {
    const TemporaryDirectory directory;
    ServerProcess server(directory.path(), {"--set", "store.queue_limit=4", "--set",
                                            "store.batch_limit=1", "--set", "log.level=error"});
    std::vector<Exchange> quiet;
    std::vector<Exchange> overloaded;
    double capacity = 0;
    constexpr auto duration = 5s;
    {
        const SlowDatabase slow(server.database());
        quiet = run_load(server.port(), 1, 0, 3s);
        // As many as the queue takes.
        const auto busy = run_load(server.port(), 4, 0, 3s);
        capacity = static_cast<double>(acknowledged(busy).size()) / 3;
        quiet.insert(quiet.end(), busy.begin(), busy.end());
        overloaded = run_load(server.port(), 64, 4 * capacity, duration);
    }
    const std::size_t peak_kb = server.peak_resident_kb();
    CHECK(server.stop() == 0);

    const auto refused = std::ranges::count_if(overloaded, was_refused);
    const auto accepted = std::ranges::count_if(overloaded, is_acknowledged);
    CHECK(static_cast<std::size_t>(refused + accepted) == overloaded.size());
    CHECK(std::ranges::all_of(quiet, is_acknowledged));
    WARN(capacity << "/s are taken; offered " << overloaded.size() / duration.count()
                  << "/s; p99 of accepted " << p99_ms(overloaded, is_acknowledged)
                  << " ms, unloaded " << p99_ms(quiet, is_acknowledged) << " ms; p99 of refused "
                  << p99_ms(overloaded, was_refused) << " ms; peak " << peak_kb << " kB");
    CHECK(static_cast<double>(overloaded.size()) > 3 * capacity * duration.count());
    CHECK(p99_ms(overloaded, was_refused) < 50 * patience);
    CHECK(p99_ms(overloaded, is_acknowledged) < 10 * p99_ms(quiet, is_acknowledged));
    if (patience == 1) CHECK(peak_kb < 40'000);

    quiet.insert(quiet.end(), overloaded.begin(), overloaded.end());
    CHECK(sorted(Database(server.database()).column("SELECT message_id FROM call_log")) ==
          sorted(acknowledged(quiet)));
}

TEST_CASE("Many large bodies at once take no more memory than http.max_inflight_bytes allows",
          "[integration][load]") {
    constexpr std::size_t inflight = 32 << 20U;
    constexpr std::size_t body = 3 << 20U;
    constexpr std::size_t clients = 60;
    const TemporaryDirectory directory;
    ServerProcess server(directory.path(),
                         {"--set", "http.max_inflight_bytes=" + std::to_string(inflight), "--set",
                          "store.batch_limit=1", "--set", "store.busy_timeout_ms=60000", "--set",
                          "guard.max_content_bytes=" + std::to_string(body + 65'536)});
    CHECK(is_success(call(server.port(), post_sample(Soap::v11, {{"MessageId", "first"}}))));
    WriteLock lock(server.database());
    lock.take();  // What is accepted stays in memory.

    const auto large = [](std::size_t number) {
        return post_sample(number % 2 == 0 ? Soap::v11 : Soap::v12,
                           {{"MessageId", "large-" + std::to_string(number)},
                            {"LogText", std::string(body, 'x')}});
    };
    std::vector<HttpReply> replies(clients);
    std::atomic<std::size_t> refused{0};
    std::vector<std::thread> threads;
    for (std::size_t i = 0; i < clients; ++i) {
        threads.emplace_back([&, i] {
            replies[i] = call(server.port(), large(i));
            if (is_busy(replies[i])) ++refused;
        });
    }
    // Until every request is refused, is in the writer's hands, or waits for it.
    const auto deadline = std::chrono::steady_clock::now() + 60s * patience;
    while (refused + queue_length(server) + 1 < clients &&
           std::chrono::steady_clock::now() < deadline) {
        std::this_thread::sleep_for(10ms);
    }
    // A small one is still taken, though it has to wait as well.
    const std::size_t waiting = queue_length(server);
    HttpReply small;
    threads.emplace_back([&] {
        small = call(server.port(), post_sample(Soap::v11, {{"MessageId", "small"}}));
    });
    CHECK_NOTHROW(wait_until_queued(server, waiting + 1));
    lock.release();
    for (std::thread& thread : threads) thread.join();
    CHECK(is_success(small));

    const auto accepted = static_cast<std::size_t>(std::ranges::count_if(replies, is_success));
    CHECK(accepted + refused == clients);
    CHECK(refused > 0);
    CHECK(accepted >= 4);
    CHECK(accepted * body <= inflight);
    WARN(accepted << " of " << clients << " accepted; peak " << server.peak_resident_kb() << " kB");
    if (patience == 1) CHECK(server.peak_resident_kb() < 40'000 + 3 * inflight / 1024);

    // All room is given back.
    CHECK(is_success(call(server.port(), large(clients))));
    CHECK(server.stop() == 0);
    CHECK(Database(server.database()).call_log_count() == static_cast<std::int64_t>(accepted) + 3);
}

}  // namespace customercare::test
