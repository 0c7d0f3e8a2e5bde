#pragma once

#include <chrono>
#include <mutex>

#include "model/date_time.hpp"

namespace customercare::standin {

/// A sandbox's time: the real one, or one that tests set. May be used from any thread.
class Clock {
public:
    [[nodiscard]] model::Instant now() const {
        const std::lock_guard lock(mutex_);
        return is_frozen_ ? frozen_ : model::system_now() + ahead_;
    }
    [[nodiscard]] bool is_real() const {
        const std::lock_guard lock(mutex_);
        return !is_frozen_ && ahead_ == model::Ticks{0};
    }
    [[nodiscard]] bool is_frozen() const {
        const std::lock_guard lock(mutex_);
        return is_frozen_;
    }

    /// It stands still at `instant`.
    void freeze(model::Instant instant) {
        const std::lock_guard lock(mutex_);
        is_frozen_ = true;
        frozen_ = instant;
    }
    /// A clock that stands still then stands there; one that runs goes on from there.
    void advance(std::chrono::milliseconds by) {
        const std::lock_guard lock(mutex_);
        if (is_frozen_) {
            frozen_ += by;
        } else {
            ahead_ += by;
        }
    }
    /// Real time again.
    void release() {
        const std::lock_guard lock(mutex_);
        is_frozen_ = false;
        ahead_ = {};
    }

private:
    mutable std::mutex mutex_;
    bool is_frozen_ = false;
    model::Instant frozen_;
    model::Ticks ahead_{0};
};

}  // namespace customercare::standin
