#include "handlers/lockouts.hpp"

namespace customercare::handlers {

Lockouts::Lockouts(const Options& options) : options_(options), table_(options.capacity) {}

std::optional<std::chrono::nanoseconds> Lockouts::check(const TableKey& key, SteadyTime now) {
    std::optional<std::chrono::nanoseconds> rest;
    if (active_count_ == 0) return rest;
    table_.find(key, [&](State& state) {
        if (now >= state.locked_until) return;
        ++state.refused;
        rest = state.locked_until - now;
    });
    return rest;
}

std::optional<std::uint64_t> Lockouts::count(const TableKey& key, SteadyTime now) {
    return count_if_new(key, 0, now);
}

std::optional<std::uint64_t> Lockouts::count_if_new(const TableKey& key, std::uint32_t fingerprint,
                                                    SteadyTime now) {
    const auto worth = [&](const State& state) {
        const bool is_locked = now < state.locked_until;
        const bool is_recent = now - state.window_begin < options_.window;
        return std::pair(is_locked ? state.locked_until : SteadyTime::min(),
                         is_recent ? state.failures : 0);
    };
    const bool begins =
        table_.get(key, worth, [&](State& state) { return count_in(state, fingerprint, now); });
    if (!begins) return std::nullopt;

    const SteadyTime until = now + options_.duration;
    const std::lock_guard lock(mutex_);
    if (active_.size() >= options_.capacity) {
        ended_early_.push_back(end(active_.front()));
        active_.pop_front();
    }
    const std::uint64_t number = ++last_number_;
    active_.push_back({key, until, number});
    active_count_ = active_.size();
    table_.find(key, [&](State& state) { state.number = number; });
    return number;
}

/// True if a lock-out begins with this failure.
bool Lockouts::count_in(State& state, std::uint32_t fingerprint, SteadyTime now) const {
    if (now < state.locked_until) return false;  // Another thread was faster.
    if (state.failures == 0 || now - state.window_begin >= options_.window) {
        state = {};
        state.window_begin = now;
    }
    if (fingerprint != 0) {
        const auto& seen = state.seen;
        if (std::find(seen.begin(), seen.end(), fingerprint) != seen.end()) return false;
        state.seen[state.next_seen++ % state.seen.size()] = fingerprint;
    }
    if (++state.failures < options_.failures) return false;
    state = {};
    state.locked_until = now + options_.duration;
    return true;
}

std::vector<Lockouts::Ended> Lockouts::take_ended(SteadyTime now) {
    if (active_count_ == 0) return {};
    const std::lock_guard lock(mutex_);
    std::vector<Ended> ended = std::move(ended_early_);
    ended_early_.clear();
    while (!active_.empty() && active_.front().until <= now) {
        ended.push_back(end(active_.front()));
        active_.pop_front();
    }
    active_count_ = active_.size();
    return ended;
}

Lockouts::Ended Lockouts::end(const Active& active) {
    Ended ended{active.key, active.number, 0};
    table_.find(active.key, [&](State& state) {
        if (state.number != active.number) return;
        ended.refused = state.refused;
        state = {};
    });
    return ended;
}

}  // namespace customercare::handlers
