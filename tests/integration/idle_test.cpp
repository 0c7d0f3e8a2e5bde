#include <algorithm>
#include <catch2/catch.hpp>
#include <chrono>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include "support/http_client.hpp"
#include "support/message.hpp"
#include "support/open_files.hpp"
#include "support/server_process.hpp"

namespace customercare::test {
namespace {

bool is_turned_away(const HttpReply& reply) {
    return reply.status == 503 && reply.headers.contains("retry-after") &&
           reply.headers.at("connection") == "close";
}

/// Connections that have had one request served each, and keep silent.
class IdleClients {
public:
    explicit IdleClients(const ServerProcess& server) : server_(server) {}

    void add(int count) {
        for (; count > 0; --count) {
            const auto source = static_cast<std::uint8_t>(clients_.size() % 16 + 1);
            const std::string request =
                post_sample(Soap::v11, {{"MessageId", "idle-" + std::to_string(clients_.size())}});
            std::unique_ptr<HttpClient> client;
            HttpReply reply;
            // The server may have yet to see that others have gone.
            const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(30);
            do {
                client = std::make_unique<HttpClient>(server_.port(), source);
                reply = client->call(request);
            } while (is_turned_away(reply) && std::chrono::steady_clock::now() < deadline);
            if (!is_success(reply)) throw std::runtime_error("no success: " + reply.body);
            clients_.push_back(std::move(client));
        }
    }
    void remove(std::size_t count) { clients_.resize(clients_.size() - count); }

    /// True if none of them was closed meanwhile.
    [[nodiscard]] bool are_served() const {
        return std::ranges::all_of(clients_, [](const auto& client) {
            return is_success(client->call(post_sample(Soap::v11)));
        });
    }

private:
    const ServerProcess& server_;
    std::vector<std::unique_ptr<HttpClient>> clients_;
};

double ms_for_a_new_client(const ServerProcess& server, int number) {
    const std::string request =
        post_sample(Soap::v11, {{"MessageId", "new-" + std::to_string(number)}});
    const auto begin = std::chrono::steady_clock::now();
    const bool success = is_success(call(server.port(), request));
    CHECK(success);
    return std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - begin)
        .count();
}

}  // namespace

TEST_CASE("10000 idle connections leave a new client served at once", "[integration][load]") {
    constexpr int idle_count = 10'000;
    constexpr int most = idle_count + 50;
    allow_open_files(most + 500);
    const TemporaryDirectory directory;
    ServerProcess server(directory.path(), {"--set", "http.idle_timeout_ms=86400000", "--set",
                                            "http.max_connections=" + std::to_string(most)});
    IdleClients idle(server);
    idle.add(idle_count);

    std::vector<double> times;
    for (int i = 0; i < 21; ++i) times.push_back(ms_for_a_new_client(server, i));
    std::ranges::sort(times);
    WARN("served in " << times[10] << " ms (median), " << times[20] << " ms at most; "
                      << server.resident_kb() << " kB");
    CHECK(times[10] < 20 * patience);
    if (patience == 1) CHECK(server.resident_kb() < 60'000);

    idle.add(most - idle_count);
    CHECK(is_turned_away(call(server.port(), post_sample(Soap::v11))));
    idle.remove(10);
    idle.add(10);
    CHECK(idle.are_served());
    CHECK(server.stop() == 0);
}

TEST_CASE("A limit of open files below http.max_connections is said at the start, and kept to",
          "[integration]") {
    const TemporaryDirectory directory;
    ServerProcess server(directory.path(), {"--set", "http.max_connections=1234"},
                         {"/usr/bin/prlimit", "--nofile=300"});
    const std::string warning =
        "http.max_connections is 1234, but the limit of open files (ulimit -Hn) leaves room for "
        "150.";
    CHECK_THAT(server.log(), Catch::Contains("few_descriptors") && Catch::Contains(warning));

    IdleClients idle(server);
    idle.add(150);
    CHECK(is_turned_away(call(server.port(), post_sample(Soap::v11))));
    CHECK(server.stop() == 0);

    ServerProcess enough(directory.path(), {"--set", "http.max_connections=150"},
                         {"/usr/bin/prlimit", "--nofile=300:500"});
    CHECK_THAT(enough.log().substr(enough.log().rfind("starting")),
               !Catch::Contains("few_descriptors"));
    CHECK(enough.stop() == 0);
}

}  // namespace customercare::test
