#include "handlers/audit.hpp"

#include <utility>

namespace customercare::handlers {

void AuditQueue::add(AuditEvent&& event) {
    const auto action = static_cast<std::size_t>(event.action);
    {
        const std::lock_guard lock(mutex_);
        if (taken_[action] >= max_per_second_) {
            ++left_out_[action];
            return;
        }
        ++taken_[action];
        events_.push_back(std::move(event));
    }
    changed_.notify_one();
}

std::vector<AuditEvent> AuditQueue::take(std::chrono::steady_clock::time_point deadline) {
    std::unique_lock lock(mutex_);
    changed_.wait_until(lock, deadline, [this] { return is_stopped_ || !events_.empty(); });
    return std::exchange(events_, {});
}

AuditQueue::Counts AuditQueue::next_second() {
    const std::lock_guard lock(mutex_);
    taken_ = {};
    return std::exchange(left_out_, {});
}

void AuditQueue::stop() {
    const std::lock_guard lock(mutex_);
    is_stopped_ = true;
    changed_.notify_one();
}

bool AuditQueue::is_stopped() const {
    const std::lock_guard lock(mutex_);
    return is_stopped_;
}

}  // namespace customercare::handlers
