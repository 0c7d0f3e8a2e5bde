#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "admin/health.hpp"
#include "model/date_time.hpp"
#include "model/http_message.hpp"
#include "store/write_watch.hpp"

namespace customercare::admin {

/// What is read at each scrape, since others count it or know how it stands.
struct Readings {
    std::size_t queue_length = 0;
    std::uint64_t connections = 0;
    std::uint64_t accepted = 0;
    std::uint64_t turned_away = 0;
    std::uint64_t inflight_bytes = 0;
    std::uint64_t disk_free_bytes = 0;
    std::uint64_t full_handshakes = 0;
    std::uint64_t resumed_handshakes = 0;
    std::uint64_t failed_handshakes = 0;
    std::optional<model::Instant> certificate_expiry;  ///< nullopt: no TLS.
};

/// What does not change while the program runs.
struct MetricOptions {
    std::string version;
    std::string mode;
    std::vector<std::string> operations;    ///< Of the contract.
    std::vector<std::string> guard_limits;  ///< Settings guard.*.
    std::string database;                   ///< Its path.
    std::size_t queue_limit = 0;
    std::size_t max_connections = 0;
    std::size_t max_inflight_bytes = 0;
};

/// What happens, for Prometheus: /metrics. Every series is there from the start, and no label's
/// value comes from a request, so that nobody can make more of them. May be used from any thread.
class Metrics {
public:
    /// `health` must outlive it; `read` is called at each scrape.
    Metrics(MetricOptions options, const Health& health, std::function<Readings()> read);
    ~Metrics();
    Metrics(const Metrics&) = delete;
    Metrics& operator=(const Metrics&) = delete;

    struct Exchange {
        const model::ExchangeSummary& summary;
        unsigned status = 0;
        std::size_t request_bytes = 0;
        std::size_t reply_bytes = 0;
        std::chrono::nanoseconds duration{0};
        model::ExchangeTimes times;
    };
    void count(const Exchange& exchange);  ///< Takes less than a microsecond.

    [[nodiscard]] store::WriteObserver store_observer();

    /// In the text format 0.0.4.
    [[nodiscard]] model::HttpReply reply() const;

private:
    class Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace customercare::admin
