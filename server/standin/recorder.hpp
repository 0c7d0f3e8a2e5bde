#pragma once

#include <cstdint>
#include <functional>
#include <mutex>
#include <string>
#include <string_view>

#include "standin/recording.hpp"

namespace customercare::standin {

/// Writes recordings into a folder, numbered in the order in which they come:
/// "000001-CreateCallLog.http". May be used by several threads.
class Recorder {
public:
    /// Makes the folder if need be; goes on behind what is there. Throws ServiceError{usage}.
    explicit Recorder(std::string folder);

    /// Gives the recording its name. Secrets become *****: headers that carry some here, what is
    /// in the bodies before. Throws ServiceError{storage}.
    void write(Recording recording, std::string_view operation);

private:
    const std::string folder_;
    std::mutex mutex_;
    std::uint64_t last_number_ = 0;
};

}  // namespace customercare::standin
