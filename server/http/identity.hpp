#pragma once

#include <cstdint>
#include <string_view>

#include "model/http_message.hpp"
#include "model/trace_context.hpp"

namespace customercare::http {

/// The client's X-Request-Id, if it is one that can go into a log and back: 1 to 128 letters,
/// digits and "-._:/=+@"; else "".
[[nodiscard]] std::string_view find_request_id(const model::HttpRequest& request);

/// The trace that the client continues, or a new one: where there is no traceparent, where it is
/// malformed, and where there are several.
[[nodiscard]] model::TraceContext trace_context(const model::HttpRequest& request,
                                                std::uint64_t request_id);

}  // namespace customercare::http
