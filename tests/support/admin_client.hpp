#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "support/http_client.hpp"

namespace customercare::test {

using Json = nlohmann::json;

/// An HTTP request with a body and its length; `headers` are whole lines with their line ends.
[[nodiscard]] std::string http_request(std::string_view method, std::string_view target,
                                       std::string_view body = "", std::string_view headers = "");

/// Talks to the admin address of a stand-in; `sandbox` goes into the header, if it is not "".
class AdminClient {
public:
    explicit AdminClient(std::uint16_t port, std::string sandbox = "")
        : port_(port), sandbox_(std::move(sandbox)) {}

    HttpReply call(std::string_view method, std::string_view target, std::string_view body = "",
                   std::string_view headers = "") const;
    /// The body of a reply with status 200; throws if it is another.
    Json get(std::string_view target) const;
    Json send(std::string_view method, std::string_view target, const Json& body) const;
    /// Expects 204.
    void act(std::string_view method, std::string_view target, std::string_view body = "") const;
    /// The newest entry of the journal, whole.
    Json last_entry() const;

private:
    std::uint16_t port_;
    std::string sandbox_;
};

}  // namespace customercare::test
