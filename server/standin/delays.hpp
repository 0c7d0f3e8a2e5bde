#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <thread>

namespace customercare::standin {

/// Calls functions later, on one thread for all of them.
class Delays {
public:
    Delays();
    ~Delays();  ///< Functions whose time has not come are dropped uncalled.
    Delays(const Delays&) = delete;
    Delays& operator=(const Delays&) = delete;

    /// `call` must be short, and not throw.
    void call_after(std::chrono::milliseconds delay, std::function<void()> call);

private:
    using Clock = std::chrono::steady_clock;

    void run();

    std::mutex mutex_;
    std::condition_variable changed_;
    std::multimap<Clock::time_point, std::function<void()>> calls_;
    bool stopping_ = false;
    std::thread thread_;
};

}  // namespace customercare::standin
