#pragma once

#include <memory>
#include <string_view>

#include "model/create_call_log.hpp"

struct soap;

namespace customercare::soap {

/// The gSOAP side of the service: reads what the guard has checked (see Reading) into the generated
/// classes, and gives it back as plain values. One per thread: a context takes 164 kB.
class Skeleton {
public:
    Skeleton();
    Skeleton(const Skeleton&) = delete;
    Skeleton& operator=(const Skeleton&) = delete;

    /// Throws ServiceError{internal} if gSOAP refuses the message, which the guard rules out.
    [[nodiscard]] model::CreateCallLogRequest read(std::string_view canonical,
                                                   bool has_credentials);

private:
    struct Free {
        void operator()(::soap* context) const noexcept;
    };
    [[noreturn]] void fail();

    std::string_view input_;   ///< What gSOAP has not read yet.
    bool is_in_step_ = false;  ///< gSOAP expects the next message, having read all of the last.
    std::unique_ptr<::soap, Free> context_;
};

}  // namespace customercare::soap
