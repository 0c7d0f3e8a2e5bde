#pragma once

#include <string_view>

#include "model/create_call_log.hpp"

namespace customercare::soap {

/// What hangs on a gSOAP context's `user` during one message.
struct Call {
    std::string_view input;  ///< What gSOAP has not read yet.
    model::CreateCallLogRequest create_call_log;
};

}  // namespace customercare::soap
