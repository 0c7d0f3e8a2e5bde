#include "store/write_watch.hpp"

#include <utility>

namespace customercare::store {

namespace {

constexpr std::chrono::seconds trial_interval{1};

}  // namespace

void WriteWatch::observe(WriteObserver observer) {
    const std::lock_guard lock(mutex_);
    observer_ = std::move(observer);
}

void WriteWatch::committed(std::size_t records, std::chrono::nanoseconds duration) {
    const std::lock_guard lock(mutex_);
    if (observer_.committed) observer_.committed(records, duration);
}

void WriteWatch::synced(std::chrono::nanoseconds duration) {
    const std::lock_guard lock(mutex_);
    note(std::nullopt);
    if (observer_.synced) observer_.synced(duration);
}

void WriteWatch::failed(const std::string& error) {
    const std::lock_guard lock(mutex_);
    note(error);
    if (observer_.failed) observer_.failed();
}

void WriteWatch::tried(const std::optional<std::string>& error) {
    const std::lock_guard lock(mutex_);
    note(error);
}

void WriteWatch::note(const std::optional<std::string>& error) {
    error_ = error;
    last_attempt_ = Clock::now();
    is_asked_ = false;
}

bool WriteWatch::is_trial_due() const {
    const std::lock_guard lock(mutex_);
    const auto age = Clock::now() - last_attempt_;
    return error_ ? age >= trial_interval : is_asked_ && age >= proof_lifetime_;
}

std::optional<std::string> WriteWatch::find_error() {
    const std::lock_guard lock(mutex_);
    is_asked_ = true;
    return error_;
}

}  // namespace customercare::store
