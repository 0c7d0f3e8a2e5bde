#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "model/call_log.hpp"
#include "model/credentials.hpp"
#include "model/ip_address.hpp"

namespace customercare::model {

/// Digest (BLAKE2b-256) of a request's content, blind to prefixes and white space between elements:
/// two messages with the same MessageId and the same digest are one message sent twice.
using ContentDigest = std::array<unsigned char, 32>;

/// Who calls, for limits and the audit.
struct Caller {
    std::optional<IpAddress> address;  ///< The client's own, not a proxy's; nullopt: not known.
    std::uint64_t request_id = 0;      ///< As in HttpRequest.
};

/// What the rules found out about a call on their way: for the stand-in's journal.
struct RulesTrail {
    using Time = std::chrono::steady_clock::time_point;
    Time credentials_judged{};  ///< Time{}: not reached, likewise below.
    Time validated{};
    std::optional<bool> direct_is_registered;       ///< nullopt: not looked up.
    std::optional<bool> originating_is_registered;  ///< Likewise.
    std::string credential_label;
};

/// One CreateCallLog call, as the handler sees it.
struct CreateCallLogRequest {
    CallLog call_log;
    std::optional<ScCredentials> credentials;
    ContentDigest digest{};
    std::string client_subject;  ///< As in HttpRequest.
    Caller caller;
    RulesTrail* trail = nullptr;  ///< Filled if not null; lives until the call is done.
};

/// ErrorData of BaseResponse.
struct ErrorData {
    std::string code;
    std::string description;
    std::string native_error_detail;
};

/// A fault of a stand-in's choice.
struct CallFault {
    bool is_client = false;  ///< Else Server.
    std::string text;
    unsigned status = 500;
};

/// How a call ended, for the log and for tests.
enum class Outcome {
    stored,
    replayed,  ///< Same message as before; nothing stored, the first outcome again.
    authentication_failed,
    validation_failed,
    duplicate_message,
    locked_out,    ///< Not looked at: a Server fault with status 429, as is
    rate_limited,  ///< too many calls.
    busy,          ///< Not stored: a Server fault with status 503; likewise,
    no_space,      ///< since the disk is nearly full.
    failed,        ///< Not stored: a Server fault with status 500.
};

/// What the handler answers. For locked_out, rate_limited, busy, no_space and failed the reply is a
/// fault and the rest is empty.
struct CreateCallLogReply {
    Outcome outcome = Outcome::failed;
    std::string response_code;
    std::string response_description;
    std::optional<ErrorData> error_data;
    std::int64_t call_log_id = 0;         ///< Of the stored or replayed record; 0 if there is none.
    std::string operator_detail;          ///< Where it is a fault: why, for the log alone.
    std::chrono::seconds retry_after{0};  ///< For locked_out and rate_limited.
    std::optional<CallFault> fault{};     ///< A fault whatever the outcome is.
};

using CreateCallLogDone = std::function<void(CreateCallLogReply&&)>;

}  // namespace customercare::model
