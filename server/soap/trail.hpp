#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "model/create_call_log.hpp"
#include "soap/guard.hpp"

namespace customercare::soap {

/// Why a request got no BaseResponse. The order is that in which the endpoint decides.
enum class Refusal : std::uint8_t {
    none,
    no_room,           ///< http.max_inflight_bytes are in use.
    path,              ///< Not the service's address.
    path_info,         ///< Something behind .asmx.
    method,            ///< Neither GET nor POST.
    throttled,         ///< Over a limit of throttle.*.
    soap_action,       ///< SOAPAction names no operation.
    too_long,          ///< Over http.max_body_bytes.
    content_type,      ///< Not of SOAP, or not of the envelope's version.
    limit,             ///< Over a limit of guard.*.
    not_well_formed,   ///< Not XML, or not in its encoding.
    not_readable,      ///< No Envelope with a Body, before the operation is known.
    unknown_action,    ///< Neither action nor body element name an operation.
    version_mismatch,  ///< The envelope's namespace is no SOAP version's.
    invalid,           ///< A value of another type, no Body, a wrong xsi:type, ...
    not_understood,    ///< A header block with mustUnderstand.
    strict,            ///< An element that ASMX would skip, with soap.strict.
};

/// A step of the endpoint's decisions, in the order of its enumerators.
enum class Stage : std::uint8_t { route, guard, skeleton, rules, reply };

/// How the endpoint came to its answer, for those who want to be told: the stand-in's journal. It
/// may quote the message, personal data and tokens included.
struct Trail {
    using Clock = std::chrono::steady_clock;

    struct Step {
        Stage stage = Stage::route;
        Clock::time_point end;
    };

    Clock::time_point begin = Clock::now();
    std::vector<Step> steps;  ///< Those that were passed, and the one that refused.

    Refusal refusal = Refusal::none;
    bool is_page = false;  ///< GET: a help page, ?WSDL, ?disco.
    std::string words;     ///< What the fault or the guard says of the cause.
    Position position;     ///< Of `words` in the message; line 0: none.

    bool by_soap_action = false;        ///< As in Route.
    std::optional<std::string> action;  ///< Likewise.
    std::string_view operation;         ///< "" if none was found. Static text.
    SoapVersion envelope_version = SoapVersion::none;
    std::string root_name;
    std::string root_namespace;
    std::string body_element;
    std::string body_namespace;
    std::vector<IgnoredElement> ignored;
    std::size_t ignored_count = 0;

    model::RulesTrail rules;
    std::string message_id;
    std::string account_number;
};

}  // namespace customercare::soap
