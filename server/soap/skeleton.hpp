#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string_view>

#include "model/create_call_log.hpp"
#include "soap/guard.hpp"

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
    [[nodiscard]] model::CreateCallLogRequest read(const Reading& reading);

private:
    struct Free {
        void operator()(::soap* context) const noexcept;
    };
    [[noreturn]] void fail();

    /// Hands the message over to gSOAP, piece by piece.
    struct Input {
        std::string_view text;
        std::size_t position = 0;                  ///< What stands behind it gSOAP has yet to read.
        std::span<const std::size_t> object_ends;  ///< Those behind it.

        std::size_t copy(char* buffer, std::size_t size);
    };

    Input input_;
    bool is_in_step_ = false;  ///< gSOAP expects the next message, having read all of the last.
    std::unique_ptr<::soap, Free> context_;
};

}  // namespace customercare::soap
