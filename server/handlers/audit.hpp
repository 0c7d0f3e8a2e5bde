#pragma once

#include <array>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <optional>
#include <string_view>
#include <vector>

#include "model/ip_address.hpp"
#include "store/credential_store.hpp"

namespace customercare::handlers {

/// What the two tokens of a call are found to be. Tells more than any reply may.
struct FoundCredentials {
    store::Finding direct;
    store::Finding originating;
};

/// Something about credentials that whoever watches over the service has to know.
struct AuditEvent {
    enum class Action : std::uint8_t {
        refused,          ///< Credentials were not accepted.
        lockout_began,    ///< Of an address or of credentials.
        lockout_ended,    ///< Its time is over.
        rate_limited,     ///< The first call too many of an address or of a credential.
        address_unknown,  ///< Told once: calls come by a proxy that does not tell for whom.
    };
    static constexpr std::size_t action_count = 5;

    Action action = Action::refused;
    std::string_view reason;                  ///< Of `refused`: static text.
    std::string_view setting;                 ///< Of the others: the one behind it. Static text.
    std::optional<model::IpAddress> address;  ///< The client's, where it is known.
    std::uint64_t request_id = 0;
    std::optional<FoundCredentials> credentials;
    std::uint64_t lockout = 0;         ///< The lock-out's number.
    std::uint64_t refused = 0;         ///< Of lockout_ended: calls that it turned away.
    std::chrono::seconds duration{0};  ///< Of lockout_began.
};

/// Where events wait for the log, so that no call waits for it, nor takes longer for a token of
/// which there is more to say. Holds and lets through so many of each action a second; of the
/// others it knows how many they were: a flood is not to fill the disk. May be used from any
/// thread.
class AuditQueue {
public:
    using Counts = std::array<std::uint64_t, AuditEvent::action_count>;

    explicit AuditQueue(std::size_t max_per_second) : max_per_second_(max_per_second) {}

    void add(AuditEvent&& event);

    /// The events so far; waits for one at most until `deadline` or stop().
    [[nodiscard]] std::vector<AuditEvent> take(std::chrono::steady_clock::time_point deadline);
    /// To be called once a second. How many events since the last time were left out.
    Counts next_second();

    void stop();
    [[nodiscard]] bool is_stopped() const;

private:
    const std::size_t max_per_second_;
    mutable std::mutex mutex_;
    std::condition_variable changed_;
    std::vector<AuditEvent> events_;
    Counts taken_{};
    Counts left_out_{};
    bool is_stopped_ = false;
};

}  // namespace customercare::handlers
