#pragma once

#include <memory>
#include <string_view>

#include "model/create_call_log.hpp"

struct soap;

namespace customercare::soap {

/// The gSOAP side of the service: parses a canonical envelope (see guard.hpp) in memory, dispatches
/// the operation, and gives the message back as plain values. One per thread: a context takes 164
/// kB.
class Skeleton {
public:
    Skeleton();

    /// Throws ServiceError{internal} if gSOAP refuses the message, which the guard rules out.
    [[nodiscard]] model::CreateCallLogRequest parse(std::string_view canonical);

private:
    struct Free {
        void operator()(::soap* context) const noexcept;
    };
    std::unique_ptr<::soap, Free> context_;
};

}  // namespace customercare::soap
