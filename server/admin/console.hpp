#pragma once

#include <optional>

#include "model/http_message.hpp"

namespace customercare::admin {

/// The console: a web page at "/", and at "/console/NAME" what it is made of. All of it is in the
/// program. nullopt: the request is for something else, or for "/" as JSON.
[[nodiscard]] std::optional<model::HttpReply> console_reply(const model::HttpRequest& request);

}  // namespace customercare::admin
