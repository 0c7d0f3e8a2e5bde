#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <deque>
#include <mutex>
#include <optional>
#include <vector>

#include "handlers/bounded_table.hpp"

namespace customercare::handlers {

using SteadyTime = std::chrono::steady_clock::time_point;

/// Counts failures by key, and locks a key out for a time when they are too many within a window.
/// The window begins with the first failure; being refused while locked out does not prolong it.
/// May be used from any thread.
///
/// At most `capacity` keys are remembered (see BoundedTable): those without recent failures are
/// forgotten first, then those with the fewest, then the lock-out that ends soonest. To make room
/// over a lock-out takes as many failures from fresh keys as any fresh key may try anyway.
class Lockouts {
public:
    struct Options {
        std::uint32_t failures = 0;  ///< At least 1.
        std::chrono::seconds window{0};
        std::chrono::seconds duration{0};
        std::size_t capacity = 0;
    };
    struct Ended {
        TableKey key{};
        std::uint64_t number = 0;   ///< As count() gave it.
        std::uint64_t refused = 0;  ///< How often check() said no.
    };

    explicit Lockouts(const Options& options);

    /// How long the key is locked out still; nullopt if it is not. Costs one load where nobody is.
    [[nodiscard]] std::optional<std::chrono::nanoseconds> check(const TableKey& key,
                                                                SteadyTime now);

    /// Counts a failure. The number of the lock-out that begins with it, if one does.
    std::optional<std::uint64_t> count(const TableKey& key, SteadyTime now);
    /// The same, unless one of the last 16 that counted had the same fingerprint (not 0).
    std::optional<std::uint64_t> count_if_new(const TableKey& key, std::uint32_t fingerprint,
                                              SteadyTime now);

    /// Those whose time is over and that were not told of before.
    [[nodiscard]] std::vector<Ended> take_ended(SteadyTime now);

    [[nodiscard]] bool is_anyone_locked() const { return active_count_ != 0; }

private:
    struct State {
        SteadyTime window_begin;
        SteadyTime locked_until;
        std::uint32_t failures = 0;
        std::uint32_t next_seen = 0;
        std::array<std::uint32_t, 16> seen{};  ///< Fingerprints; 0: none.
        std::uint64_t number = 0;
        std::uint64_t refused = 0;
    };
    struct Active {
        TableKey key;
        SteadyTime until;
        std::uint64_t number;
    };

    bool count_in(State& state, std::uint32_t fingerprint, SteadyTime now) const;
    Ended end(const Active& active);

    Options options_;
    BoundedTable<State> table_;
    std::atomic<std::size_t> active_count_{0};
    std::mutex mutex_;
    std::uint64_t last_number_ = 0;
    std::deque<Active> active_;  ///< By their end, since all last equally long.
    std::vector<Ended> ended_early_;
};

}  // namespace customercare::handlers
