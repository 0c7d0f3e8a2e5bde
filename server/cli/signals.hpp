#pragma once

#include <csignal>

namespace customercare::cli {

/// The signals that the server is steered by, delivered to one who waits for them. To be made
/// before any thread is, since threads inherit what is blocked.
class Signals {
public:
    /// Without `with_hangup` SIGHUP keeps its default action.
    explicit Signals(bool with_hangup);

    int wait();          ///< Returns the number of the next one: SIGTERM, SIGINT or SIGHUP.
    void end_at_once();  ///< From now on another SIGTERM or SIGINT ends the process at once.

private:
    sigset_t signals_{};
};

}  // namespace customercare::cli
