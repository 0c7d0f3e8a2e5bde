#include "cli/service_manager.hpp"

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <charconv>
#include <cstddef>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <optional>

#include "http/inherited_socket.hpp"
#include "model/error.hpp"

namespace customercare::cli {

namespace {

constexpr int first_inherited = 3;  // SD_LISTEN_FDS_START

/// The variable's value, which is removed from the environment.
std::optional<std::string> take_variable(const char* name) {
    const char* value = std::getenv(name);  // NOLINT(concurrency-mt-unsafe): no threads yet.
    if (value == nullptr) return std::nullopt;
    std::string text = value;
    unsetenv(name);  // NOLINT(concurrency-mt-unsafe)
    return text;
}

std::optional<std::int64_t> take_number(const char* name) {
    const std::optional<std::string> text = take_variable(name);
    if (!text) return std::nullopt;
    std::int64_t number = 0;
    const auto [end, error] = std::from_chars(text->data(), text->data() + text->size(), number);
    if (error != std::errc{} || end != text->data() + text->size()) return std::nullopt;
    return number;
}

[[noreturn]] void refuse(const std::string& what) {
    throw model::ServiceError(model::ErrorCode::usage, what);
}

/// As sockaddr_un: `name` is a path, or has @ in place of the zero that an abstract name begins
/// with.
std::string socket_address(std::string name) {
    if ((name[0] != '/' && name[0] != '@') || name.size() >= sizeof(sockaddr_un::sun_path)) {
        refuse("NOTIFY_SOCKET = " + name + " is no socket's address: expected /PATH or @NAME");
    }
    if (name[0] == '@') name[0] = '\0';
    constexpr sa_family_t family = AF_UNIX;
    std::string address(offsetof(sockaddr_un, sun_path), '\0');
    std::memcpy(address.data() + offsetof(sockaddr_un, sun_family), &family, sizeof family);
    return address + name;
}

}  // namespace

ServiceManager::ServiceManager() {
    const auto watchdog = take_number("WATCHDOG_USEC");
    const bool is_watched = take_number("WATCHDOG_PID").value_or(getpid()) == getpid();
    const auto name = take_variable("NOTIFY_SOCKET");
    if (!name || name->empty()) return;
    address_ = socket_address(*name);
    socket_ = ::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (watchdog && *watchdog > 0 && is_watched)
        interval_ = std::chrono::microseconds(*watchdog / 2);
}

ServiceManager::~ServiceManager() {
    if (socket_ >= 0) ::close(socket_);
}

void ServiceManager::ready(const std::string& status) const { tell("READY=1\nSTATUS=" + status); }

void ServiceManager::reloading() const {
    timespec now{};
    clock_gettime(CLOCK_MONOTONIC, &now);
    const auto since_boot = std::chrono::duration_cast<std::chrono::microseconds>(
        std::chrono::seconds(now.tv_sec) + std::chrono::nanoseconds(now.tv_nsec));
    tell("RELOADING=1\nMONOTONIC_USEC=" + std::to_string(since_boot.count()) +
         "\nSTATUS=Reading the settings and certificates anew");
}

void ServiceManager::stopping() const {
    tell("STOPPING=1\nSTATUS=Answering the requests in flight");
}

// The thread that calls it serves clients, so it must not wait.
void ServiceManager::alive() const { tell("WATCHDOG=1", MSG_DONTWAIT); }

void ServiceManager::tell(const std::string& state, int flags) const {
    if (socket_ < 0) return;
    // NOLINTNEXTLINE(cppcoreguidelines-pro-type-reinterpret-cast): as sendto() wants it.
    const auto* address = reinterpret_cast<const sockaddr*>(address_.data());
    static_cast<void>(::sendto(socket_, state.data(), state.size(), flags | MSG_NOSIGNAL, address,
                               static_cast<socklen_t>(address_.size())));
}

std::string take_socket(Settings& settings) {
    const auto pid = take_number("LISTEN_PID");
    const std::int64_t count = take_number("LISTEN_FDS").value_or(0);
    static_cast<void>(take_variable("LISTEN_FDNAMES"));
    if (pid != getpid() || count == 0) return "";
    if (count > 1) {
        refuse("LISTEN_FDS = " + std::to_string(count) +
               ": the service listens on one socket only: let the .socket unit have one "
               "ListenStream=, which may be [::]:PORT for both IPv4 and IPv6");
    }
    const http::Options defaults;
    const std::string wanted = listen_text(settings.http.address, settings.http.port);
    settings.http.setting = "the socket from systemd";
    http::take_listener(settings.http, first_inherited);
    const std::string taken = listen_text(settings.http.address, settings.http.port);
    if (wanted == taken || wanted == listen_text(defaults.address, defaults.port)) return "";
    return "http.listen = " + wanted +
           " has no effect, since systemd gave a socket that listens on " + taken +
           ". Change that with: systemctl edit customercare.socket";
}

}  // namespace customercare::cli
