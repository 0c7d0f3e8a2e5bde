#include "http/inherited_socket.hpp"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <array>

#include "model/error.hpp"

namespace customercare::http {

namespace {

int option_of(int socket, int name) {
    int value = 0;
    socklen_t size = sizeof value;
    return ::getsockopt(socket, SOL_SOCKET, name, &value, &size) == 0 ? value : -1;
}

bool listens_for_tcp(int socket) {
    const int domain = option_of(socket, SO_DOMAIN);
    return (domain == AF_INET || domain == AF_INET6) && option_of(socket, SO_TYPE) == SOCK_STREAM &&
           option_of(socket, SO_ACCEPTCONN) == 1;
}

}  // namespace

void take_listener(Options& options, int socket) {
    union {
        sockaddr any;
        sockaddr_in v4;
        sockaddr_in6 v6;
    } address{};
    socklen_t size = sizeof address;
    if (!listens_for_tcp(socket) || ::getsockname(socket, &address.any, &size) != 0) {
        throw model::ServiceError(model::ErrorCode::usage,
                                  options.setting + " does not listen for TCP connections");
    }
    ::fcntl(socket, F_SETFD, FD_CLOEXEC);

    std::array<char, INET6_ADDRSTRLEN> text{};
    const bool is_v6 = address.any.sa_family == AF_INET6;
    const void* binary = &address.v4.sin_addr;
    if (is_v6) binary = &address.v6.sin6_addr;
    ::inet_ntop(address.any.sa_family, binary, text.data(), text.size());
    options.socket = socket;
    options.address = text.data();
    options.port = ntohs(is_v6 ? address.v6.sin6_port : address.v4.sin_port);
}

}  // namespace customercare::http
