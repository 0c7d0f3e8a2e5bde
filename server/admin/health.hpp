#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "model/date_time.hpp"
#include "model/http_message.hpp"

namespace customercare::admin {

enum class CheckState : std::uint8_t {
    ok,
    warning,  ///< Somebody should see to it; requests are taken as ever.
    failed,   ///< Not ready: /readyz answers 503 for as long as this lasts.
};

/// How one of the things stands that the service needs.
struct Finding {
    CheckState state = CheckState::ok;
    std::string text;  ///< For the operator: how it stands and, if not well, what to do.
};

struct Check {
    std::string name;  ///< One word; also the label of its metrics.
    /// From any thread. Must not wait: a load balancer does for the answer. What it throws counts
    /// as failed.
    std::function<Finding()> look;
};

/// Whether the service lives, and takes requests: /livez and /readyz. May be used from any thread.
class Health {
public:
    /// They are asked in this order, after one of the health's own, "shutdown".
    explicit Health(std::vector<Check> checks) : checks_(std::move(checks)) {}

    /// Not ready from now on: the server is about to stop.
    void begin_shutdown() { is_stopping_ = true; }

    struct Result {
        std::string_view name;
        Finding finding;
    };
    [[nodiscard]] std::vector<Result> look() const;

    /// 200 whatever the checks say: nothing that they look at is better for a restart.
    [[nodiscard]] model::HttpReply liveness(bool is_verbose) const;
    /// 200 if no check failed, else 503. Names those that failed; `is_verbose`: all, with texts.
    [[nodiscard]] model::HttpReply readiness(bool is_verbose) const;

private:
    std::vector<Check> checks_;
    std::atomic<bool> is_stopping_{false};
};

/// Failed while as many records wait as there may be.
[[nodiscard]] Check queue_check(std::function<std::size_t()> length, std::size_t limit);

/// A warning from `notice` before the certificate's end on. Never failed, even afterwards: proxies
/// that do not look at the date go on well, and to turn them away would be the outage.
[[nodiscard]] Check certificate_check(std::function<model::Instant()> expiry,
                                      std::chrono::days notice,
                                      model::Clock clock = model::system_now);

}  // namespace customercare::admin
