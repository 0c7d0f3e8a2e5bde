#include "http/heartbeat.hpp"

#include <boost/asio/post.hpp>

namespace customercare::http {

namespace asio = boost::asio;

Heartbeat::Heartbeat(std::deque<Loop>& loops, std::chrono::microseconds interval,
                     std::function<void()> beat)
    : loops_(loops), timer_(loops.front().context()), interval_(interval), beat_(std::move(beat)) {
    wait();
}

void Heartbeat::stop() {
    stopped_ = true;
    timer_.cancel();
}

void Heartbeat::wait() {
    timer_.expires_after(interval_);
    timer_.async_wait([this](boost::system::error_code cancelled) {
        if (!cancelled) pass_on(1);
    });
}

void Heartbeat::pass_on(std::size_t next) {
    if (next < loops_.size()) {
        asio::post(loops_[next].context(), [this, next] { pass_on(next + 1); });
        return;
    }
    asio::post(loops_.front().context(), [this] {
        if (stopped_) return;
        beat_();
        wait();
    });
}

}  // namespace customercare::http
