#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace customercare::test {

/// Clients that post messages, each client one after the other on one connection, until the server
/// goes away or finish() is called. MessageIds are distinct within a test.
class Load {
public:
    /// `first` are MessageIds to send before new ones.
    Load(std::uint16_t port, int clients, std::vector<std::string> first = {});
    ~Load();
    Load(const Load&) = delete;
    Load& operator=(const Load&) = delete;

    /// The request that a client posts with that MessageId.
    [[nodiscard]] static std::string request(const std::string& message_id);

    void wait_until_acknowledged(std::size_t count) const;  ///< Throws after a minute.
    /// MessageIds whose success reply has arrived so far.
    [[nodiscard]] std::vector<std::string> acknowledged_so_far();
    void finish();  ///< Every client ends after its present message; returns when all have.

    // What follows is complete after finish().
    /// MessageIds whose success reply has arrived.
    [[nodiscard]] const std::vector<std::string>& acknowledged() const { return acknowledged_; }
    /// MessageIds that were sent and not answered with success.
    [[nodiscard]] const std::vector<std::string>& unanswered() const { return unanswered_; }
    /// Complete replies other than success.
    [[nodiscard]] const std::vector<std::string>& refusals() const { return refusals_; }

private:
    void run_client();
    std::string next_message_id();

    std::uint16_t port_;
    std::atomic<bool> finishing_{false};
    std::atomic<std::size_t> acknowledged_count_{0};
    std::mutex mutex_;
    std::vector<std::string> first_;
    std::vector<std::string> acknowledged_;
    std::vector<std::string> unanswered_;
    std::vector<std::string> refusals_;
    std::vector<std::thread> threads_;
};

}  // namespace customercare::test
