#pragma once

#include <chrono>
#include <string>

#include "settings.hpp"

namespace customercare::cli {

/// Tells systemd, or whatever else speaks sd_notify(3), how the server is doing. Without such a
/// manager nothing happens. An own few lines, since libsystemd brings libraries for compression and
/// encryption into the program for the sake of one datagram.
class ServiceManager {
public:
    /// Takes what the manager said out of the environment, so that no child believes it is meant.
    /// To be made before any thread is. Throws ServiceError{usage} if $NOTIFY_SOCKET is no address.
    ServiceManager();
    ~ServiceManager();
    ServiceManager(const ServiceManager&) = delete;
    ServiceManager& operator=(const ServiceManager&) = delete;

    // From any thread. A manager that has gone is no reason to stop serving.
    void ready(const std::string& status) const;
    void reloading() const;  ///< ready() follows, whether the reload went well or not.
    void stopping() const;
    void alive() const;  ///< Called less often than the watchdog expects, the manager ends us.

    /// How often to call alive(): half of what the watchdog allows; 0: there is none.
    [[nodiscard]] std::chrono::microseconds watchdog_interval() const { return interval_; }

private:
    void tell(const std::string& state, int flags = 0) const;

    int socket_ = -1;
    std::string address_;  ///< Of the manager's socket, a sockaddr_un.
    std::chrono::microseconds interval_{0};
};

/// Lets the service listen on the socket that the manager has opened for it (sd_listen_fds(3)), if
/// there is one. Returns what the operator is to be warned of: http.listen is set to another
/// address, and has no effect; else "". Throws ServiceError{usage} if there are several, or if it
/// is no listening TCP socket. To be called before any thread is made.
[[nodiscard]] std::string take_socket(Settings& settings);

}  // namespace customercare::cli
