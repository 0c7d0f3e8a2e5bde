#pragma once

#include <thread>

namespace customercare::cli {

/// Sends this process a SIGTERM when the process that started it has ended. To be made after
/// Signals. Not by PR_SET_PDEATHSIG, which goes by the thread that started it: those of test
/// runners come and go.
class ParentWatch {
public:
    ParentWatch();
    ~ParentWatch();
    ParentWatch(const ParentWatch&) = delete;
    ParentWatch& operator=(const ParentWatch&) = delete;

private:
    void run() const;

    int parent_ = -1;  ///< A pidfd.
    int stop_ = -1;    ///< An eventfd.
    std::thread thread_;
};

}  // namespace customercare::cli
