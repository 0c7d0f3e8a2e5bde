#include "support/queue.hpp"

#include <chrono>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <string>
#include <thread>

#include "support/http_client.hpp"

namespace customercare::test {

std::size_t queue_length(const ServerProcess& server) {
    const HttpReply reply =
        call(server.admin_port(), "GET /readyz?verbose HTTP/1.1\r\nHost: localhost\r\n\r\n");
    const auto readiness = nlohmann::json::parse(reply.body);
    for (const auto& check : readiness.at("checks")) {
        if (check.at("name") == "queue") return std::stoul(check.at("text").get<std::string>());
    }
    throw std::runtime_error("there is no check \"queue\"");
}

void wait_until_queued(const ServerProcess& server, std::size_t count) {
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::minutes(1);
    while (queue_length(server) < count) {
        if (std::chrono::steady_clock::now() > deadline) {
            throw std::runtime_error("the queue stays shorter than " + std::to_string(count));
        }
        std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
}

}  // namespace customercare::test
