#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <ctime>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "model/trace_context.hpp"

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
    /// What was taken off the front of the target's path, and belongs to the addresses that we give
    /// away: "/sandbox/NAME" of a stand-in, else "".
    std::string_view mount{};
    std::span<const HttpHeader> headers;
    std::string_view body;
    std::string_view peer;            ///< The client's address, without port.
    std::string_view local_address;   ///< Our end of the connection, without port.
    bool is_tls = false;              ///< The client speaks TLS with us,
    std::string_view client_subject;  ///< with a certificate of this subject (RFC 2253), or "".
    std::uint64_t id = 0;             ///< Unique within this run of the server; in each log line.
    std::string_view client_request_id;  ///< From X-Request-Id, "" if there is no good one.
    TraceContext trace;
    bool body_too_long = false;  ///< The body is over http.max_body_bytes and is not here.
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
    std::size_t ignored_count = 0;     ///< All of them; `ignored` may name the first few.
    std::string_view limit;  ///< The setting guard.* that the message went beyond, or "". Static.
    std::int64_t call_log_id = 0;
};

/// How long the parts of an exchange took, one after the other; 0: it did not come to that.
struct ExchangeTimes {
    std::chrono::nanoseconds receive{0};  ///< From the request's first byte to the handler's call,
    std::chrono::nanoseconds process{0};  ///< to its return,
    std::chrono::nanoseconds store{0};    ///< to the reply, where that is given later,
    std::chrono::nanoseconds send{0};     ///< to the reply's handing over to the socket.
};

/// What a stand-in does to a reply on its way, for tests of clients. The connection ends with it.
enum class WireFault : unsigned char {
    none,
    reset,      ///< Nothing is sent, and the connection is reset.
    truncated,  ///< The body breaks off after HttpReply::truncated_after bytes.
    raw,        ///< The body is sent without status line and headers.
    silence,    ///< Nothing is sent until the client goes, or until http.idle_timeout.
};

struct HttpReply {
    unsigned status = 200;
    std::string_view content_type;                             ///< Static text; "" for none.
    std::vector<std::pair<std::string, std::string>> headers;  ///< Beyond those that http/ sets.
    std::string body;
    std::string request_id;  ///< For X-Request-Id; "": the client's, or HttpRequest::id.
    bool close = false;      ///< Close the connection after this reply.
    WireFault wire_fault = WireFault::none;
    std::size_t truncated_after = 0;  ///< Bytes of the body, for WireFault::truncated.
    ExchangeSummary summary;
};

/// Takes the reply of one request, once, from any thread.
using HttpRespond = std::function<void(HttpReply&&)>;

/// Answers a request: calls `respond` before it returns or later. May throw; the server then
/// answers 500.
using HttpHandler = std::function<void(const HttpRequest&, HttpRespond)>;

/// IMF-fixdate ([RFC9110] 5.6.7), "Sun, 06 Nov 1994 08:49:37 GMT".
[[nodiscard]] std::string http_date(std::time_t time);

/// True if both are the same when ASCII case is not looked at.
[[nodiscard]] bool equals_ignoring_case(std::string_view left, std::string_view right);

}  // namespace customercare::model
