#pragma once

#include <string>
#include <string_view>

#include "model/http_message.hpp"

namespace customercare::http {

/// What a reply says of its connection.
enum class Persistence {
    keep,
    keep_and_say_so,  ///< To an HTTP/1.0 client that asked for it.
    close,
};

/// Status line and headers of a reply, with the empty line after them. `date` is
/// model::http_date().
[[nodiscard]] std::string reply_head(const model::HttpReply& reply, Persistence persistence,
                                     std::string_view date);

/// False for the statuses whose replies never have a body ([RFC9110] 15.3.5, 15.4.5).
[[nodiscard]] bool may_have_body(unsigned status);

}  // namespace customercare::http
