#include "support/operator.hpp"

#include <chrono>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <thread>

namespace customercare::test {

HttpReply ask_admin(const ServerProcess& server, const std::string& target) {
    return call(server.admin_port(), "GET " + target + " HTTP/1.1\r\nHost: localhost\r\n\r\n");
}

std::vector<std::string> failed_checks(const ServerProcess& server) {
    const auto answer = nlohmann::json::parse(ask_admin(server, "/readyz").body);
    return answer.value("failed", std::vector<std::string>());
}

void wait_until_ready(const ServerProcess& server, bool is_ready) {
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::minutes(1);
    for (;;) {
        const HttpReply reply = ask_admin(server, "/readyz?verbose");
        if (reply.status == (is_ready ? 200 : 503)) return;
        if (std::chrono::steady_clock::now() > deadline) {
            throw std::runtime_error("/readyz goes on to answer " + reply.body);
        }
        std::this_thread::sleep_for(std::chrono::milliseconds(20));
    }
}

double metric(const ServerProcess& server, const std::string& series) {
    const std::string all = "\n" + ask_admin(server, "/metrics").body;
    const std::size_t at = all.find("\n" + series + " ");
    if (at == std::string::npos) throw std::runtime_error("there is no metric " + series);
    return std::stod(all.substr(at + series.size() + 2));
}

void wait_for_metric(const ServerProcess& server, const std::string& series, double value) {
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::minutes(1);
    for (;;) {
        const double present = metric(server, series);
        if (present == value) return;
        if (std::chrono::steady_clock::now() > deadline) {
            throw std::runtime_error(series + " stays " + std::to_string(present));
        }
        std::this_thread::sleep_for(std::chrono::milliseconds(20));
    }
}

}  // namespace customercare::test
