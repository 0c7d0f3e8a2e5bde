#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

// An HTTP exchange in plain values: what http/ hands to soap/ and admin/, and gets back.

namespace customercare::model {

struct HttpHeader {
    std::string_view name;
    std::string_view value;
};

/// One request, whole. Every view is valid only until the handler's call returns.
struct HttpRequest {
    std::string_view method;
    std::string_view target;  ///< As sent: path, and query after '?'.
    std::span<const HttpHeader> headers;
    std::string_view body;
    std::string_view peer;            ///< The client's address, without port.
    std::string_view local_address;   ///< Our end of the connection, without port.
    bool is_tls = false;              ///< The client speaks TLS with us,
    std::string_view client_subject;  ///< with a certificate of this subject (RFC 2253), or "".
    std::uint64_t id = 0;             ///< Unique within this run of the server; in each log line.
    bool body_too_long = false;       ///< The body is over http.max_body_bytes and is not here.
    /// The body is not here, since http.max_inflight_bytes are in use: to be answered 503.
    bool no_room = false;

    /// First header of that name, compared without case; nullptr if absent.
    [[nodiscard]] const HttpHeader* find(std::string_view name) const;
};

/// What one request's log line says. No body, no token, no personal data.
struct ExchangeSummary {
    std::string_view operation;     ///< "CreateCallLog", "" if none was found. Static text.
    std::string_view soap_version;  ///< "1.1", "1.2", "" for none. Static text.
    std::string_view outcome;       ///< Static text: "stored", "fault", ...
    std::string detail;  ///< Why it was refused, in words; may quote names from the input.
    std::vector<std::string> ignored;  ///< Elements that ASMX rules skip: "path (line 12)".
    std::int64_t call_log_id = 0;
};

struct HttpReply {
    unsigned status = 200;
    std::string_view content_type;                             ///< Static text; "" for none.
    std::vector<std::pair<std::string, std::string>> headers;  ///< Beyond those that http/ sets.
    std::string body;
    bool close = false;  ///< Close the connection after this reply.
    ExchangeSummary summary;
};

/// Takes the reply of one request, once, from any thread.
using HttpRespond = std::function<void(HttpReply&&)>;

/// Answers a request: calls `respond` before it returns or later. May throw; the server then
/// answers 500.
using HttpHandler = std::function<void(const HttpRequest&, HttpRespond)>;

/// True if both are the same when ASCII case is not looked at.
[[nodiscard]] bool equals_ignoring_case(std::string_view left, std::string_view right);

}  // namespace customercare::model
