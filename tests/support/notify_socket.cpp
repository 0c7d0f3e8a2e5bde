#include "support/notify_socket.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstddef>
#include <cstring>
#include <system_error>

namespace customercare::test {

namespace {

void check(int result, const char* what) {
    if (result < 0) throw std::system_error(errno, std::generic_category(), what);
}

}  // namespace

NotifySocket::NotifySocket(const std::string& name)
    : socket_(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0)) {
    check(socket_, "socket");
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::memcpy(address.sun_path, name.data(), std::min(name.size(), sizeof address.sun_path - 1));
    if (name[0] == '@') address.sun_path[0] = '\0';
    check(::bind(socket_, reinterpret_cast<const sockaddr*>(&address),
                 static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + name.size())),
          "bind");
    const timeval minute{60, 0};
    check(::setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &minute, sizeof minute), "setsockopt");
}

NotifySocket::~NotifySocket() { ::close(socket_); }

std::string NotifySocket::receive() const {
    std::array<char, 4096> buffer{};
    const ssize_t size = ::recv(socket_, buffer.data(), buffer.size(), 0);
    check(static_cast<int>(size), "recv");
    return {buffer.data(), static_cast<std::size_t>(size)};
}

ListeningSocket::ListeningSocket(const std::string& address)
    : socket_(::socket(AF_INET, SOCK_STREAM, 0)) {
    check(socket_, "socket");
    sockaddr_in place{};
    place.sin_family = AF_INET;
    socklen_t size = sizeof place;
    check(::inet_pton(AF_INET, address.c_str(), &place.sin_addr) == 1 ? 0 : -1, "inet_pton");
    check(::bind(socket_, reinterpret_cast<const sockaddr*>(&place), size), "bind");
    check(::listen(socket_, SOMAXCONN), "listen");
    check(::getsockname(socket_, reinterpret_cast<sockaddr*>(&place), &size), "getsockname");
    port_ = ntohs(place.sin_port);
}

ListeningSocket::~ListeningSocket() { ::close(socket_); }

}  // namespace customercare::test
