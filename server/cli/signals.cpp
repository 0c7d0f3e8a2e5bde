#include "cli/signals.hpp"

#include <unistd.h>

namespace customercare::cli {

Signals::Signals(bool with_hangup) {
    sigemptyset(&signals_);
    sigaddset(&signals_, SIGTERM);
    sigaddset(&signals_, SIGINT);
    if (with_hangup) sigaddset(&signals_, SIGHUP);
    pthread_sigmask(SIG_BLOCK, &signals_, nullptr);
}

int Signals::wait() {
    int signal = 0;
    sigwait(&signals_, &signal);
    return signal;
}

void Signals::end_at_once() {
    // An own handler, since the kernel keeps the default action from process 1 of a container.
    const auto end_now = [](int number) { _exit(128 + number); };
    std::signal(SIGTERM, end_now);
    std::signal(SIGINT, end_now);
    sigdelset(&signals_, SIGHUP);
    pthread_sigmask(SIG_UNBLOCK, &signals_, nullptr);
}

}  // namespace customercare::cli
