#pragma once

#include <chrono>
#include <cstdint>
#include <optional>

#include "handlers/bounded_table.hpp"
#include "handlers/lockouts.hpp"

namespace customercare::handlers {

/// Lets so many calls a second through for each key, and some more at once if it was quiet before:
/// a token bucket. May be used from any thread.
///
/// At most `capacity` keys are remembered (see BoundedTable): first forgotten is who has used the
/// least of what is allowed, and forgetting gives back no more than that.
class RateLimit {
public:
    struct Options {
        std::uint32_t per_second = 0;  ///< At least 1, as is
        std::uint32_t burst = 0;       ///< what a bucket holds.
        std::size_t capacity = 0;
    };
    struct Verdict {
        /// nullopt: go ahead. Else a call after that time is let through, if no other comes before.
        std::optional<std::chrono::nanoseconds> wait;
        bool begins = false;  ///< The first refusal since the bucket was full.
    };

    explicit RateLimit(const Options& options) : options_(options), table_(options.capacity) {}

    [[nodiscard]] Verdict admit(const TableKey& key, SteadyTime now);

private:
    struct State {
        double used = 0;  ///< Of the burst, at `at`.
        SteadyTime at;
        bool is_limited = false;
    };
    [[nodiscard]] double used(const State& state, SteadyTime now) const;

    Options options_;
    BoundedTable<State> table_;
};

}  // namespace customercare::handlers
