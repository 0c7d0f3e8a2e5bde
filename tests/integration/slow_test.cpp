#include <algorithm>
#include <catch2/catch.hpp>
#include <chrono>
#include <map>
#include <thread>
#include <vector>

#include "support/message.hpp"
#include "support/open_files.hpp"
#include "support/paced_load.hpp"
#include "support/server_process.hpp"
#include "support/slow_clients.hpp"

namespace customercare::test {

using namespace std::chrono_literals;

TEST_CASE("2000 slow clients are cut at the deadline and do not hinder a good one",
          "[integration][load]") {
    constexpr int of_each_kind = 667;
    constexpr std::chrono::milliseconds limit = 5s;
    allow_open_files(3 * of_each_kind + 200);
    const TemporaryDirectory directory;
    ServerProcess server(directory.path(), {"--set", "http.request_timeout_ms=5000", "--set",
                                            "http.write_timeout_ms=5000"});
    const auto port = server.port();
    constexpr double per_second = 200;  // What a good client sends.
    auto unhindered = run_load(port, 1, per_second, 5s);
    std::vector<Exchange> hindered;
    std::vector<SlowClients::Cut> cuts;
    {
        SlowClients slow(port, of_each_kind, limit * 4 / 5);
        hindered = run_load(port, 1, per_second, 20s);
        cuts = slow.finish();
    }
    std::ranges::move(run_load(port, 1, per_second, 5s), std::back_inserter(unhindered));

    std::map<SlowClients::Kind, int> counts;
    auto oldest = 0ms;
    for (const auto& cut : cuts) {
        ++counts[cut.kind];
        if (cut.age < limit) FAIL_CHECK("cut too early: " << cut.age.count() << " ms");
        oldest = std::max(oldest, cut.age);
        if (cut.kind != SlowClients::Kind::reply && !cut.reply.starts_with("HTTP/1.1 408 ")) {
            FAIL_CHECK("not told why: " << cut.reply);
        }
    }
    WARN(counts[SlowClients::Kind::head]
         << " cut in the head, " << counts[SlowClients::Kind::body] << " in the body, "
         << counts[SlowClients::Kind::reply] << " in the reply, after " << oldest.count()
         << " ms at most; p99 of " << hindered.size() << " calls "
         << p99_ms(hindered, is_acknowledged) << " ms, unhindered "
         << p99_ms(unhindered, is_acknowledged) << " ms; peak " << server.peak_resident_kb()
         << " kB");
    // Each again and again.
    for (const auto kind :
         {SlowClients::Kind::head, SlowClients::Kind::body, SlowClients::Kind::reply}) {
        CHECK(counts[kind] >= 2 * of_each_kind);
    }
    CHECK(oldest < limit + 3s * patience);
    CHECK(std::ranges::all_of(hindered, is_acknowledged));
    CHECK(std::ranges::all_of(unhindered, is_acknowledged));
    CHECK(hindered.size() > 100);
    CHECK(p99_ms(hindered, is_acknowledged) < 10 * patience * p99_ms(unhindered, is_acknowledged));
    // Of it about 20 MB are what the journal has yet to write.
    if (patience == 1) CHECK(server.peak_resident_kb() < 150'000);
    CHECK(server.stop() == 0);
}

}  // namespace customercare::test
