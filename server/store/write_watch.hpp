#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <mutex>
#include <optional>
#include <string>

namespace customercare::store {

/// Told of each batch, on the store's threads; must neither wait nor throw.
struct WriteObserver {
    std::function<void(std::size_t records, std::chrono::nanoseconds)> committed;
    std::function<void(std::chrono::nanoseconds)> synced;
    std::function<void()> failed;  ///< Nothing of the batch was stored.
};

/// How writing goes: what the store's threads tell of it, for who asks from any other.
///
/// As long as writing fails, and if somebody has asked and nothing was written lately, the writer
/// is to try: without that, a store that nobody sends anything to since it is not ready would never
/// be ready again, and one that was broken meanwhile would seem well.
class WriteWatch {
public:
    /// What was written within `proof_lifetime` proves that one can write.
    explicit WriteWatch(std::chrono::milliseconds proof_lifetime)
        : proof_lifetime_(proof_lifetime) {}

    void observe(WriteObserver observer);

    void committed(std::size_t records, std::chrono::nanoseconds duration);
    void synced(std::chrono::nanoseconds duration);  ///< Writing works.
    void failed(const std::string& error);
    void tried(const std::optional<std::string>& error);  ///< Without a record.

    [[nodiscard]] bool is_trial_due() const;
    /// Why the last attempt to write failed; nullopt if it did not.
    [[nodiscard]] std::optional<std::string> find_error();

private:
    using Clock = std::chrono::steady_clock;

    void note(const std::optional<std::string>& error);

    const std::chrono::milliseconds proof_lifetime_;
    mutable std::mutex mutex_;
    WriteObserver observer_;
    std::optional<std::string> error_;
    Clock::time_point last_attempt_ = Clock::now();
    bool is_asked_ = false;
};

}  // namespace customercare::store
