#pragma once

#include <string>
#include <vector>

namespace customercare::test {

/// What a client sends on one connection, and what it must get.
struct HttpCase {
    std::string name;
    std::string section;  ///< "9112 6.3": an RFC and what it says of the matter.
    std::string bytes;
    std::vector<std::vector<int>> replies;  ///< One each, with the statuses allowed.
    bool closes = false;       ///< The server ends the connection after the last reply.
    int stored = 0;            ///< Call logs.
    bool half_closes = false;  ///< The client ends its side after the bytes.
};

/// For a service at /s.
[[nodiscard]] std::vector<HttpCase> http_cases();

/// MessageId of requests that must never be taken for one.
inline constexpr const char* smuggled_id = "smuggled";

}  // namespace customercare::test
