#include "support/paced_load.hpp"

#include <algorithm>
#include <memory>
#include <stdexcept>

#include "support/message.hpp"

namespace customercare::test {

using std::chrono::steady_clock;

PacedLoad::PacedLoad(std::uint16_t port, int clients, double per_second)
    : port_(port), clients_(clients), per_second_(per_second) {
    for (int i = 0; i < clients; ++i) threads_.emplace_back([this, i] { run_client(i); });
}

PacedLoad::~PacedLoad() { finish(); }

std::vector<Exchange> PacedLoad::finish() {
    finishing_ = true;
    for (std::thread& thread : threads_) thread.join();
    threads_.clear();
    return std::move(exchanges_);
}

void PacedLoad::run_client(int index) {
    static std::atomic<int> count{0};
    const auto pause = std::chrono::duration_cast<steady_clock::duration>(
        std::chrono::duration<double>(per_second_ > 0 ? clients_ / per_second_ : 0));
    auto next = steady_clock::now() + pause * index / clients_;
    std::vector<Exchange> exchanges;
    std::unique_ptr<HttpClient> client;
    while (!finishing_) {
        std::this_thread::sleep_until(next);
        next = std::max(next + pause, steady_clock::now());  // Who is late does not make up for it.
        Exchange exchange{"paced-" + std::to_string(++count), {}, 0};
        const std::string request = post_sample(Soap::v11, {{"MessageId", exchange.message_id}});
        const auto sent = steady_clock::now();
        try {
            if (!client) client = std::make_unique<HttpClient>(port_);
            exchange.reply = client->call(request);
            if (exchange.reply.headers["connection"] == "close") client.reset();
        } catch (const std::exception&) {
            client.reset();
        }
        exchange.ms = std::chrono::duration<double, std::milli>(steady_clock::now() - sent).count();
        exchanges.push_back(std::move(exchange));
    }
    const std::lock_guard lock(mutex_);
    std::ranges::move(exchanges, std::back_inserter(exchanges_));
}

double p99_ms(const std::vector<Exchange>& exchanges, bool (*wanted)(const Exchange&)) {
    std::vector<double> times;
    for (const Exchange& exchange : exchanges) {
        if (wanted(exchange)) times.push_back(exchange.ms);
    }
    if (times.empty()) throw std::runtime_error("no such exchange");
    const auto place = times.begin() + static_cast<std::ptrdiff_t>((times.size() - 1) * 99 / 100);
    std::ranges::nth_element(times, place);
    return *place;
}

std::vector<Exchange> run_load(std::uint16_t port, int clients, double per_second,
                               std::chrono::milliseconds duration) {
    PacedLoad load(port, clients, per_second);
    std::this_thread::sleep_for(duration);
    return load.finish();
}

std::vector<std::string> acknowledged(const std::vector<Exchange>& exchanges) {
    std::vector<std::string> ids;
    for (const Exchange& exchange : exchanges) {
        if (is_acknowledged(exchange)) ids.push_back(exchange.message_id);
    }
    return ids;
}

bool is_acknowledged(const Exchange& exchange) { return is_success(exchange.reply); }

}  // namespace customercare::test
