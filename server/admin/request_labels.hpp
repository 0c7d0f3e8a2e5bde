#pragma once

#include <array>
#include <cstddef>
#include <string_view>

namespace customercare::admin {

// The values of the labels that tell requests apart, all of them, and which one a request has.

/// As in the log; "other" is any that is not here.
inline constexpr std::array<std::string_view, 19> outcomes{"stored",
                                                           "replayed",
                                                           "AuthenticationFailed",
                                                           "ValidationFailed",
                                                           "DuplicateMessage",
                                                           "locked_out",
                                                           "rate_limited",
                                                           "busy",
                                                           "no_space",
                                                           "failed",
                                                           "fault",
                                                           "refused",
                                                           "page",
                                                           "abandoned",
                                                           "handshake_failed",
                                                           "forwarded",
                                                           "recorded",
                                                           "reset",
                                                           "other"};

inline constexpr std::array<std::string_view, 3> soap_versions{"1.1", "1.2", "none"};

/// Why a request was not done, or not even read.
inline constexpr std::array<std::string_view, 18> refusal_reasons{
    "credentials", "disk",      "duplicate",    "failure",      "header_too_large",
    "locked_out",  "malformed", "media_type",   "message",      "method",
    "overload",    "path",      "rate_limited", "request_size", "timeout",
    "validation",  "tls",       "other"};

/// Where `name` is; the last one if it is not there.
template <typename Names>
[[nodiscard]] constexpr std::size_t index_of(const Names& names, std::string_view name) {
    std::size_t index = 0;
    while (index + 1 < names.size() && names[index] != name) ++index;
    return index;
}

/// Of refusal_reasons; "" if the request was not refused.
[[nodiscard]] std::string_view refusal_reason(std::string_view outcome, unsigned status);

}  // namespace customercare::admin
