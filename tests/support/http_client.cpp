#include "support/http_client.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <cerrno>
#include <stdexcept>
#include <system_error>

namespace customercare::test {
namespace {

std::string lower(std::string text) {
    std::ranges::transform(text, text.begin(),
                           [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return text;
}

/// Status line and headers, without the empty line.
HttpReply parse_head(std::string_view head) {
    HttpReply reply;
    reply.status = std::stoi(std::string(head.substr(head.find(' ') + 1, 3)));
    for (std::size_t at = head.find("\r\n"); at != std::string_view::npos;) {
        const std::size_t end = head.find("\r\n", at + 2);
        const std::string_view line = head.substr(at + 2, end - at - 2);
        const std::size_t colon = line.find(':');
        std::string_view value = line.substr(colon + 1);
        value.remove_prefix(std::min(value.find_first_not_of(' '), value.size()));
        reply.headers[lower(std::string(line.substr(0, colon)))] = value;
        at = end;
    }
    return reply;
}

}  // namespace

int connect_from(std::uint8_t source, std::uint16_t port, int receive_buffer) {
    const int socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const auto fail = [&](const char* what) {
        const int error = errno;
        if (socket >= 0) ::close(socket);
        throw std::system_error(error, std::generic_category(), what);
    };
    if (socket < 0) fail("socket");
    const auto set = [&](int level, int option, const auto& value) {
        if (::setsockopt(socket, level, option, &value, sizeof value) != 0) fail("setsockopt");
    };
    if (receive_buffer > 0) set(SOL_SOCKET, SO_RCVBUF, receive_buffer);
    set(IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, 1);
    sockaddr_in from{};
    from.sin_family = AF_INET;
    from.sin_addr.s_addr = htonl(INADDR_LOOPBACK - 1 + source);
    if (::bind(socket, reinterpret_cast<const sockaddr*>(&from), sizeof from) != 0) fail("bind");
    sockaddr_in to = from;
    to.sin_port = htons(port);
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (::connect(socket, reinterpret_cast<const sockaddr*>(&to), sizeof to) != 0) fail("connect");
    return socket;
}

HttpClient::HttpClient(std::uint16_t port, std::uint8_t source, int receive_buffer)
    : socket_(connect_from(source, port, receive_buffer)) {
    const timeval timeout{60, 0};
    setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &timeout, sizeof timeout);
    // What is sent goes out as it is cut.
    const int at_once = 1;
    setsockopt(socket_, IPPROTO_TCP, TCP_NODELAY, &at_once, sizeof at_once);
}

HttpClient::~HttpClient() {
    if (socket_ >= 0) ::close(socket_);
}

bool HttpClient::send(std::string_view bytes) {
    while (!bytes.empty()) {
        const std::ptrdiff_t sent = write_some(bytes);
        if (sent <= 0) return false;
        bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
    return true;
}

std::ptrdiff_t HttpClient::write_some(std::string_view bytes) {
    return ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
}

std::ptrdiff_t HttpClient::read_some(char* buffer, std::size_t size) {
    return ::recv(socket_, buffer, size, 0);
}

bool HttpClient::receive_more() {
    std::array<char, 16384> buffer{};
    const std::ptrdiff_t count = read_some(buffer.data(), buffer.size());
    if (count < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) {
        throw std::runtime_error("no reply within a minute");
    }
    if (count <= 0) return false;
    received_.append(buffer.data(), static_cast<std::size_t>(count));
    return true;
}

std::optional<HttpReply> HttpClient::receive(bool head) {
    std::size_t head_end = 0;
    while ((head_end = received_.find("\r\n\r\n")) == std::string::npos) {
        if (!receive_more()) return std::nullopt;
    }
    HttpReply reply = parse_head(std::string_view(received_).substr(0, head_end));
    received_.erase(0, head_end + 4);

    const auto length = reply.headers.find("content-length");
    const std::size_t size = head || length == reply.headers.end() ? 0 : std::stoul(length->second);
    while (received_.size() < size) {
        if (!receive_more()) return std::nullopt;
    }
    reply.body = received_.substr(0, size);
    received_.erase(0, size);
    return reply;
}

void HttpClient::end_sending() { ::shutdown(socket_, SHUT_WR); }

void HttpClient::reset() {
    const linger at_once{1, 0};
    setsockopt(socket_, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
    ::close(socket_);
    socket_ = -1;
}

HttpReply HttpClient::call(std::string_view request) {
    // A refusal may come, and the connection close, before the request is all sent.
    send(request);
    auto reply = receive();
    if (!reply) throw std::runtime_error("the connection ended without a reply");
    return *std::move(reply);
}

HttpReply call(std::uint16_t port, std::string_view request) {
    return HttpClient(port).call(request);
}

}  // namespace customercare::test
