#include "support/load.hpp"

#include <stdexcept>

#include "support/http_client.hpp"
#include "support/message.hpp"

namespace customercare::test {

/// One that makes a row in each table of call logs.
std::string Load::request(const std::string& message_id) {
    static constexpr std::string_view end = "</Requestor>";
    return post(Soap::v11,
                replace_first(sample_message(Soap::v11, {{"MessageId", message_id}}), end,
                              "<DriverLicense>1</DriverLicense>" + std::string(end)));
}

Load::Load(std::uint16_t port, int clients, std::vector<std::string> first)
    : port_(port), first_(std::move(first)) {
    for (int i = 0; i < clients; ++i) threads_.emplace_back([this] { run_client(); });
}

Load::~Load() { finish(); }

void Load::wait_until_acknowledged(std::size_t count) const {
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::minutes(1);
    while (acknowledged_count_ < count) {
        if (std::chrono::steady_clock::now() > deadline) {
            throw std::runtime_error("only " + std::to_string(acknowledged_count_) +
                                     " messages acknowledged within a minute");
        }
        std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
}

std::vector<std::string> Load::acknowledged_so_far() {
    const std::lock_guard lock(mutex_);
    return acknowledged_;
}

void Load::finish() {
    finishing_ = true;
    for (std::thread& thread : threads_) thread.join();
    threads_.clear();
}

std::string Load::next_message_id() {
    static std::atomic<int> count{0};
    const std::lock_guard lock(mutex_);
    if (first_.empty()) return "load-" + std::to_string(++count);
    std::string id = std::move(first_.back());
    first_.pop_back();
    return id;
}

void Load::run_client() {
    std::string id;
    try {
        HttpClient client(port_);
        while (!finishing_) {
            id = next_message_id();
            if (!client.send(request(id))) break;
            const auto reply = client.receive();
            if (!reply) break;
            const std::lock_guard lock(mutex_);
            if (is_success(*reply)) {
                acknowledged_.push_back(id);
                ++acknowledged_count_;
            } else {
                refusals_.push_back(std::to_string(reply->status) + " " + reply->body);
                unanswered_.push_back(id);
            }
            id.clear();
            // Said when the server is stopping.
            if (reply->headers.contains("connection") && reply->headers.at("connection") == "close")
                return;
        }
    } catch (const std::exception&) {  // The server is gone, or silent: the test looks at the ids.
    }
    if (id.empty()) return;
    const std::lock_guard lock(mutex_);
    unanswered_.push_back(id);
}

}  // namespace customercare::test
