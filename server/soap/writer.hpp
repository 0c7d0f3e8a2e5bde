#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "model/create_call_log.hpp"
#include "model/credentials.hpp"
#include "soap/guard.hpp"

// The bytes of every SOAP message that leaves: as ASMX's XmlTextWriter makes them, since clients
// notice no difference. UTF-8 without byte order mark, one line, prefix `soap` in both versions.

namespace customercare::soap {

enum class FaultCode { client, server, version_mismatch, must_understand };

/// CreateCallLogResponse with its BaseResponse; the request's ScCredentials, if any, are echoed.
[[nodiscard]] std::string write_create_call_log_reply(
    SoapVersion version, const std::optional<model::ScCredentials>& credentials,
    std::string_view credentials_attributes, const model::CreateCallLogReply& reply,
    std::string_view message_date_time);

/// A fault in that version ([SOAP11] 4.4, [SOAP12-1] 5.4). Client and Server are Sender and
/// Receiver in SOAP 1.2. MustUnderstand faults have no detail element, all others an empty one.
[[nodiscard]] std::string write_fault(SoapVersion version, FaultCode code, std::string_view text);

/// The fault for an envelope in a namespace that is not SOAP's: always SOAP 1.1, with the Upgrade
/// header of [SOAP12-1] 5.4.7.
[[nodiscard]] std::string write_version_mismatch(std::string_view envelope_namespace);

}  // namespace customercare::soap
