#pragma once

#include <chrono>
#include <deque>
#include <functional>
#include <utility>  // <boost/asio> 1.74 uses std::exchange without it.

#include <boost/asio/steady_timer.hpp>

#include "http/loop.hpp"

namespace customercare::http {

/// Tells at intervals that all threads of a server serve their connections: it goes through all of
/// them in turn, and one that hangs does not hand it on. Belongs to the first loop's thread.
class Heartbeat {
public:
    /// `loops` must outlive it. Begins at once.
    Heartbeat(std::deque<Loop>& loops, std::chrono::microseconds interval,
              std::function<void()> beat);

    void stop();  ///< On the first loop's thread: lets that loop come to its end.

private:
    void wait();
    void pass_on(std::size_t next);

    std::deque<Loop>& loops_;
    boost::asio::steady_timer timer_;
    std::chrono::microseconds interval_;
    std::function<void()> beat_;
    bool stopped_ = false;
};

}  // namespace customercare::http
