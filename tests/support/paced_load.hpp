#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "support/http_client.hpp"

namespace customercare::test {

/// What came of one message of a PacedLoad.
struct Exchange {
    std::string message_id;
    HttpReply reply;  ///< Status 0: the connection ended without one.
    double ms = 0;    ///< From the sending to the whole reply.
};

/// Clients that post messages with distinct MessageIds, each on one connection, at a given rate.
class PacedLoad {
public:
    /// `per_second` is that of all clients together; 0: each sends as soon as it has its reply.
    PacedLoad(std::uint16_t port, int clients, double per_second = 0);
    ~PacedLoad();
    PacedLoad(const PacedLoad&) = delete;
    PacedLoad& operator=(const PacedLoad&) = delete;

    /// Every client ends after its present message; returns what they did.
    std::vector<Exchange> finish();

private:
    void run_client(int index);

    std::uint16_t port_;
    int clients_;
    double per_second_;
    std::atomic<bool> finishing_{false};
    std::mutex mutex_;
    std::vector<Exchange> exchanges_;
    std::vector<std::thread> threads_;
};

/// The time in which 99 % of the exchanges that `wanted` picks were done; throws if there is none.
[[nodiscard]] double p99_ms(const std::vector<Exchange>& exchanges,
                            bool (*wanted)(const Exchange&));

/// What it did in that time.
[[nodiscard]] std::vector<Exchange> run_load(std::uint16_t port, int clients, double per_second,
                                             std::chrono::milliseconds duration);

/// MessageIds of those that were told success.
[[nodiscard]] std::vector<std::string> acknowledged(const std::vector<Exchange>& exchanges);

[[nodiscard]] bool is_acknowledged(const Exchange& exchange);

}  // namespace customercare::test
