#include "support/wait_for_log.hpp"

#include <chrono>
#include <stdexcept>
#include <thread>

namespace customercare::test {

void wait_for_log(const ServerProcess& server, const std::string& text, std::size_t count) {
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(20) * patience;
    for (;;) {
        const std::string log = server.log();
        std::size_t found = 0;
        for (std::size_t at = 0; (at = log.find(text, at)) != std::string::npos; ++at) ++found;
        if (found >= count) return;
        if (std::chrono::steady_clock::now() > deadline) {
            throw std::runtime_error("not in the log: " + text + "\n" + log);
        }
        std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
}

}  // namespace customercare::test
