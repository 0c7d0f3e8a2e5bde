#include <atomic>
#include <catch2/catch.hpp>
#include <chrono>
#include <future>
#include <memory>
#include <thread>

#include "http/server.hpp"
#include "support/http_client.hpp"

namespace customercare::http {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr const char* request = "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n";

/// Two threads; who asks for /hang keeps one of them until released.
class HangingServer {
public:
    HangingServer()
        : server_(
              {.port = 0, .threads = 2},
              [this](const model::HttpRequest& asked, const model::HttpRespond& respond) {
                  if (asked.target == "/hang") {
                      hangs_.set_value();
                      released_.get_future().wait();
                  }
                  respond({.status = 200});
              },
              [](const Exchange&) {}) {
        server_.report_life(milliseconds(1), [this] { ++beats_; });
        server_.start();
    }
    ~HangingServer() { server_.stop(); }
    HangingServer(const HangingServer&) = delete;
    HangingServer& operator=(const HangingServer&) = delete;

    [[nodiscard]] std::uint16_t port() const { return server_.port(); }
    void wait_until_it_hangs() { hangs_.get_future().wait(); }
    void release() { released_.set_value(); }
    void stop() { server_.stop(); }
    [[nodiscard]] int beats() const { return beats_; }

    void wait_for_beats(int more) const {
        const int wanted = beats_ + more;
        const auto deadline = steady_clock::now() + std::chrono::seconds(60);
        while (beats_ < wanted) {
            REQUIRE(steady_clock::now() < deadline);
            std::this_thread::sleep_for(milliseconds(1));
        }
    }

private:
    std::promise<void> hangs_;
    std::promise<void> released_;
    std::atomic<int> beats_ = 0;
    Server server_;
};

}  // namespace

TEST_CASE("A server's heartbeat stops while any of its threads hangs", "[http][heartbeat]") {
    HangingServer server;
    server.wait_for_beats(10);
    // Connections go to the threads in turn.
    const bool is_second_thread = GENERATE(false, true);
    test::HttpClient first(server.port());
    CHECK(first.call(request).status == 200);
    std::unique_ptr<test::HttpClient> other;
    if (!is_second_thread) {
        other = std::make_unique<test::HttpClient>(server.port());
        CHECK(other->call(request).status == 200);
    }
    test::HttpClient hanging(server.port());
    hanging.send("GET /hang HTTP/1.1\r\nHost: localhost\r\n\r\n");
    server.wait_until_it_hangs();

    const int before = server.beats();
    std::this_thread::sleep_for(milliseconds(50));
    CHECK(server.beats() <= before + 1);  // One that was already on its way.

    server.release();
    server.wait_for_beats(10);
    CHECK(hanging.receive()->status == 200);
    server.stop();
    const int after = server.beats();
    std::this_thread::sleep_for(milliseconds(20));
    CHECK(server.beats() == after);
}

}  // namespace customercare::http
