#include "standin/delays.hpp"

#include <utility>

namespace customercare::standin {

Delays::Delays() : thread_([this] { run(); }) {}

Delays::~Delays() {
    {
        const std::lock_guard lock(mutex_);
        stopping_ = true;
    }
    changed_.notify_all();
    thread_.join();
}

void Delays::call_after(std::chrono::milliseconds delay, std::function<void()> call) {
    {
        const std::lock_guard lock(mutex_);
        calls_.emplace(Clock::now() + delay, std::move(call));
    }
    changed_.notify_all();
}

void Delays::run() {
    std::unique_lock lock(mutex_);
    while (!stopping_) {
        if (calls_.empty()) {
            changed_.wait(lock);
        } else if (calls_.begin()->first > Clock::now()) {
            const Clock::time_point next = calls_.begin()->first;
            changed_.wait_until(lock, next);
        } else {
            auto due = calls_.extract(calls_.begin());
            lock.unlock();
            due.mapped()();
            due = {};  // What the function holds goes before the lock is back.
            lock.lock();
        }
    }
}

}  // namespace customercare::standin
