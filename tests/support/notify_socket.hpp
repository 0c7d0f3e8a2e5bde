#pragma once

#include <string>

namespace customercare::test {

/// What a service manager listens on for what its services tell by sd_notify(3).
class NotifySocket {
public:
    explicit NotifySocket(const std::string& name);  ///< A path, or "@NAME" for an abstract one.
    ~NotifySocket();
    NotifySocket(const NotifySocket&) = delete;
    NotifySocket& operator=(const NotifySocket&) = delete;

    /// The next message; throws if none comes for a minute.
    [[nodiscard]] std::string receive() const;

private:
    int socket_;
};

/// A socket that listens on a free port of an address, as a manager opens it for a service.
class ListeningSocket {
public:
    explicit ListeningSocket(const std::string& address = "127.0.0.1");
    ~ListeningSocket();
    ListeningSocket(const ListeningSocket&) = delete;
    ListeningSocket& operator=(const ListeningSocket&) = delete;

    /// Children inherit it by this number.
    [[nodiscard]] int descriptor() const { return socket_; }
    [[nodiscard]] unsigned short port() const { return port_; }

private:
    int socket_;
    unsigned short port_ = 0;
};

}  // namespace customercare::test
