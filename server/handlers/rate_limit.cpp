#include "handlers/rate_limit.hpp"

namespace customercare::handlers {

namespace {
using Seconds = std::chrono::duration<double>;

/// So that rounding keeps out nobody who has waited as long as told.
constexpr double tolerance = 1e-6;
}  // namespace

RateLimit::Verdict RateLimit::admit(const TableKey& key, SteadyTime now) {
    const auto worth = [&](const State& state) { return used(state, now); };
    return table_.get(key, worth, [&](State& state) -> Verdict {
        state.used = used(state, now);
        state.at = now;
        if (state.used == 0) state.is_limited = false;
        if (state.used + 1 <= options_.burst + tolerance) {
            ++state.used;
            return {};
        }
        const Seconds wait((state.used + 1 - options_.burst) / options_.per_second);
        return {std::chrono::ceil<std::chrono::nanoseconds>(wait),
                !std::exchange(state.is_limited, true)};
    });
}

double RateLimit::used(const State& state, SteadyTime now) const {
    // Another thread's `now` may be a little later.
    const double passed = std::max(0.0, Seconds(now - state.at).count());
    return std::max(0.0, state.used - passed * options_.per_second);
}

}  // namespace customercare::handlers
