#pragma once

#include <chrono>
#include <string>

namespace customercare::http {

struct ProbeReply {
    unsigned status = 0;  ///< 0: there was no reply; `text` says why.
    std::string text;     ///< The body, at most 64 KiB of it.
};

/// GET of http://ADDRESS:PORT/PATH or https://..., for asking a server of ours how it is doing.
/// Whose certificate it has is not looked at: nothing secret is sent. `timeout` is for each step.
/// Throws ServiceError{usage} if that is no such URL.
[[nodiscard]] ProbeReply probe(const std::string& url, std::chrono::seconds timeout);

}  // namespace customercare::http
