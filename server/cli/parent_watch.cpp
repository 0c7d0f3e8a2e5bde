#include "cli/parent_watch.hpp"

#include <poll.h>
#include <sys/eventfd.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <system_error>

#include "model/error.hpp"

namespace customercare::cli {

namespace {

[[noreturn]] void refuse(int error) {
    throw model::ServiceError(model::ErrorCode::usage,
                              "--exit-with-parent: the parent can't be watched: " +
                                  std::generic_category().message(error));
}

}  // namespace

ParentWatch::ParentWatch() {
    const pid_t parent = getppid();
    // glibc has a function for it from 2.36 on only.
    parent_ = static_cast<int>(syscall(SYS_pidfd_open, parent, 0U));
    const int error = errno;
    stop_ = eventfd(0, EFD_CLOEXEC);
    // It may have ended before it was looked at: then we have another one by now.
    const bool has_gone = (parent_ < 0 && error == ESRCH) || getppid() != parent;
    if (has_gone) {
        kill(getpid(), SIGTERM);
    } else if (parent_ < 0 || stop_ < 0) {
        refuse(error);
    } else {
        thread_ = std::thread([this] { run(); });
    }
}

ParentWatch::~ParentWatch() {
    if (thread_.joinable()) {
        eventfd_write(stop_, 1);
        thread_.join();
    }
    if (parent_ >= 0) close(parent_);
    if (stop_ >= 0) close(stop_);
}

void ParentWatch::run() const {
    std::array<pollfd, 2> watched{pollfd{parent_, POLLIN, 0}, pollfd{stop_, POLLIN, 0}};
    while (poll(watched.data(), watched.size(), -1) < 0 && errno == EINTR) {
    }
    if (watched[1].revents == 0) kill(getpid(), SIGTERM);
}

}  // namespace customercare::cli
