#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <string>
#include <thread>
#include <vector>

namespace customercare::test {

/// Clients that send or receive a byte now and then, as those of a slow-loris attack do. Each
/// connects again when the server has cut it off.
class SlowClients {
public:
    enum class Kind {
        head,   ///< Sends the headers slowly,
        body,   ///< or the body,
        reply,  ///< or asks for much at once and takes the replies slowly.
    };
    /// A connection that the server ended.
    struct Cut {
        Kind kind;
        std::chrono::milliseconds age;  ///< Since its first byte.
        std::string reply;              ///< What the server had sent, for head and body.
    };

    /// Connects them one after the other, evenly over `duration`.
    SlowClients(std::uint16_t port, int count_of_each, std::chrono::milliseconds duration);
    ~SlowClients();
    SlowClients(const SlowClients&) = delete;
    SlowClients& operator=(const SlowClients&) = delete;

    std::vector<Cut> finish();

private:
    struct Client {
        Kind kind;
        int socket;
        std::chrono::steady_clock::time_point begun;
        std::string unsent;
        std::string received;
    };

    void connect(Client& client);
    void run();
    void drip();
    void look_for_cuts();
    bool is_cut(Client& client);

    std::uint16_t port_;
    std::uint32_t connections_ = 0;  ///< So far.
    std::vector<Client> clients_;
    std::vector<Cut> cuts_;
    std::atomic<bool> finishing_{false};
    std::thread thread_;
};

}  // namespace customercare::test
