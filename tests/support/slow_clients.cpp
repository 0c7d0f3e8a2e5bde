#include "support/slow_clients.hpp"

#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>

#include "support/http_client.hpp"
#include "support/message.hpp"

namespace customercare::test {

using std::chrono::steady_clock;

namespace {

/// More requests, and replies to them, than the buffers of both sockets take.
std::string many_requests() {
    const std::string one =
        "GET " + std::string(service_path) + "?WSDL HTTP/1.1\r\nHost: localhost\r\n\r\n";
    std::string all;
    while (all.size() < 100'000) all += one;
    return all;
}

}  // namespace

SlowClients::SlowClients(std::uint16_t port, int count_of_each, std::chrono::milliseconds duration)
    : port_(port) {
    const auto begun = steady_clock::now();
    for (int i = 0; i < count_of_each; ++i) {
        std::this_thread::sleep_until(begun + duration * i / count_of_each);
        for (const Kind kind : {Kind::head, Kind::body, Kind::reply}) {
            clients_.push_back({kind, -1, {}, {}, {}});
            connect(clients_.back());
        }
    }
    thread_ = std::thread([this] { run(); });
}

SlowClients::~SlowClients() {
    finish();
    for (const Client& client : clients_) ::close(client.socket);
}

std::vector<SlowClients::Cut> SlowClients::finish() {
    finishing_ = true;
    if (thread_.joinable()) thread_.join();
    return std::move(cuts_);
}

void SlowClients::connect(Client& client) {
    static const std::string post = post_sample(Soap::v11);
    static const std::string requests = many_requests();
    const auto source = static_cast<std::uint8_t>(++connections_ % 16 + 1);
    client.socket = connect_from(source, port_, client.kind == Kind::reply ? 4096 : 0);
    client.begun = steady_clock::now();
    client.received.clear();
    client.unsent = client.kind == Kind::reply ? requests : post;
    // The rest comes byte by byte.
    std::size_t at_once = client.unsent.size();
    if (client.kind == Kind::head) at_once = 10;
    if (client.kind == Kind::body) at_once = client.unsent.find("\r\n\r\n") + 1'000;
    const ssize_t sent =
        ::send(client.socket, client.unsent.data(), at_once, MSG_NOSIGNAL | MSG_DONTWAIT);
    client.unsent.erase(0, sent > 0 ? static_cast<std::size_t>(sent) : 0);
}

void SlowClients::run() {
    auto next_drip = steady_clock::now();
    while (!finishing_) {
        if (steady_clock::now() >= next_drip) {
            drip();
            next_drip = steady_clock::now() + std::chrono::milliseconds(500);
        }
        look_for_cuts();
    }
}

void SlowClients::drip() {
    for (Client& client : clients_) {
        if (client.kind == Kind::reply) {
            char byte = 0;
            (void)!::recv(client.socket, &byte, 1, MSG_DONTWAIT);
        } else if (::send(client.socket, client.unsent.data(), 1, MSG_NOSIGNAL) == 1) {
            client.unsent.erase(0, 1);
        }
    }
}

void SlowClients::look_for_cuts() {
    std::vector<pollfd> polled;
    for (const Client& client : clients_) {
        // Of the others, only the connection's reset is of interest.
        const short events = client.kind == Kind::reply ? 0 : POLLIN;
        polled.push_back({client.socket, events, 0});
    }
    ::poll(polled.data(), polled.size(), 50);
    for (std::size_t i = 0; i < clients_.size(); ++i) {
        Client& client = clients_[i];
        if (polled[i].revents == 0 || !is_cut(client)) continue;
        cuts_.push_back({client.kind,
                         std::chrono::duration_cast<std::chrono::milliseconds>(steady_clock::now() -
                                                                               client.begun),
                         client.received});
        ::close(client.socket);
        connect(client);
    }
}

bool SlowClients::is_cut(Client& client) {
    if (client.kind == Kind::reply) return true;
    std::array<char, 4096> buffer{};
    const ssize_t size = ::recv(client.socket, buffer.data(), buffer.size(), MSG_DONTWAIT);
    if (size < 0) return errno != EAGAIN;
    client.received.append(buffer.data(), static_cast<std::size_t>(size));
    return size == 0;
}

}  // namespace customercare::test
