#include "standin/explanation.hpp"

#include <algorithm>
#include <array>
#include <cctype>

#include "soap/contract.hpp"
#include "standin/decision_trail.hpp"

namespace customercare::standin {

namespace {

using soap::Refusal;

std::string in_quotes(std::string_view text) { return '"' + std::string(text) + '"'; }

/// The operation whose action is most like the one sent.
const soap::Operation& nearest_operation(std::string_view sent) {
    const auto& operations = soap::contract().operations();
    return *std::max_element(
        operations.begin(), operations.end(), [&](const auto& left, const auto& right) {
            const auto likeness = [&](const soap::Operation& operation) {
                const std::string& action = operation.soap_action;
                return std::mismatch(action.rbegin(), action.rend(), sent.rbegin(), sent.rend(),
                                     [](unsigned char a, unsigned char b) {
                                         return std::tolower(a) == std::tolower(b);
                                     })
                           .first -
                       action.rbegin();
            };
            return likeness(left) < likeness(right);
        });
}

std::string explain_action(const soap::Trail& trail, std::string_view where) {
    const std::string sent = trail.action.value_or("");
    const soap::Operation& nearest = nearest_operation(sent);
    if (sent.empty()) {
        return std::string(where) + " is empty. Send " + in_quotes(nearest.soap_action) + ".";
    }
    const std::string difference = action_difference(sent, nearest.soap_action);
    return std::string(where) + " says " + in_quotes(sent) + "; the operation is " +
           in_quotes(nearest.soap_action) + (difference.empty() ? "" : " " + difference) + ".";
}

std::string explain_unknown_action(const soap::Trail& trail) {
    const std::string service(soap::contract().service_namespace());
    std::string text;
    if (trail.action) {
        text = explain_action(trail, trail.by_soap_action ? "The SOAPAction header"
                                                          : "The action in Content-Type") +
               " ";
    } else {
        text =
            "There is neither a SOAPAction header nor an action parameter in Content-Type, so the "
            "Body's first element decides. ";
    }
    if (trail.body_element.empty()) return text + "The Body holds no element.";
    const soap::Operation& nearest = nearest_operation(trail.body_element);
    text += "The Body's first element is " + trail.body_element + " in " +
            (trail.body_namespace.empty() ? "no namespace"
                                          : "namespace " + in_quotes(trail.body_namespace));
    return text + "; the operation's is " + nearest.name + " in namespace " + in_quotes(service) +
           ".";
}

std::string explain_content_type(const Exchange& exchange) {
    const std::string* type = exchange.find_request_header("Content-Type");
    const bool is_soap12 = exchange.trail.envelope_version == soap::SoapVersion::soap12;
    const std::string wanted =
        is_soap12 ? "application/soap+xml; charset=utf-8" : "text/xml; charset=utf-8";
    std::string text = type == nullptr ? "There is no Content-Type header."
                                       : "Content-Type is " + in_quotes(*type) + ".";
    const bool has_blank = type != nullptr && type->find(" ;") != std::string::npos;
    if (has_blank) return text + " Leave out the blank before the semicolon, as ASMX wants it.";
    if (exchange.trail.envelope_version == soap::SoapVersion::soap11) {
        return text + " The envelope is of SOAP 1.1: send " + in_quotes(wanted) +
               ", or an envelope of SOAP 1.2.";
    }
    return text + R"( Send "text/xml; charset=utf-8" with an envelope of SOAP 1.1, or )"
                  R"("application/soap+xml; charset=utf-8" with one of SOAP 1.2.)";
}

std::string explain_path(const Exchange& exchange) {
    const std::string_view path =
        std::string_view(exchange.target).substr(0, exchange.target.find('?'));
    return "The path is " + in_quotes(path) +
           "; the service is at \"/webservices/CustomerCareService.asmx\" (setting soap.path), or, "
           "in a sandbox, at \"/sandbox/NAME/webservices/CustomerCareService.asmx\".";
}

/// `exchange.detail` is the setting behind it: see handlers::Throttle.
std::string explain_throttled(const Exchange& exchange) {
    const bool is_locked_out = exchange.outcome == "locked_out";
    return std::string(is_locked_out ? "Too many credentials were refused"
                                     : "Calls come too fast") +
           ": setting " + exchange.detail +
           ". Wait for as long as Retry-After says, or set it to 0, which is without limit.";
}

std::string explain_outcome(const Exchange& exchange, std::string_view text) {
    const std::string& outcome = exchange.outcome;
    if (outcome == "AuthenticationFailed") return explain_credentials(exchange, text);
    if (outcome == "ValidationFailed") {
        std::string sentences = "The settings validation.* ask for more:";
        for (const std::string& error : validation_errors(exchange)) sentences += " " + error;
        return sentences;
    }
    if (outcome == "DuplicateMessage") {
        return "The MessageId " + in_quotes(exchange.trail.message_id) +
               " was used before by this sender, for a message with other content. Send a new "
               "MessageId, or the same content.";
    }
    if (outcome == "locked_out" || outcome == "rate_limited") return explain_throttled(exchange);
    if (outcome == "no_space") {
        return "The database's disk is nearly full (settings store.min_free_bytes). Make room, and "
               "send it again.";
    }
    if (outcome == "busy") {
        return "More requests wait than store.queue_limit or http.max_inflight_bytes allow. Send "
               "it "
               "again in a second.";
    }
    // No endpoint was asked: the request was not whole, or there is no such sandbox.
    const bool was_not_asked = outcome == "refused" || outcome == "abandoned";
    if (was_not_asked && exchange.trail.steps.empty()) return exchange.detail;
    if (outcome == "failed") return "The call log could not be stored: " + exchange.detail;
    return {};
}

std::string explain_ignored(const soap::Trail& trail) {
    if (trail.ignored.empty()) return {};
    const std::size_t count = trail.ignored_count;
    const soap::IgnoredElement& first = trail.ignored.front();
    return (count == 1 ? "One element was ignored: "
                       : std::to_string(count) + " elements were ignored, the first of them ") +
           first.path + " in line " + std::to_string(first.line) + ". " + ignored_hint(first);
}

std::string name_of(const ScenarioNote& scenario) {
    return "The scenario " +
           (scenario.name.empty() ? std::to_string(scenario.id) : in_quotes(scenario.name));
}

/// What a scenario did to a reply on its way; "" for nothing.
std::string explain_wire_fault(const Exchange& exchange) {
    if (!exchange.scenario) return {};
    switch (exchange.wire_fault) {
        case model::WireFault::none:
            break;
        case model::WireFault::reset:
            return name_of(*exchange.scenario) + " reset the connection; nothing was sent.";
        case model::WireFault::silence:
            return name_of(*exchange.scenario) + " kept the connection open and sent nothing.";
        case model::WireFault::raw:
            return name_of(*exchange.scenario) + " sent what is no HTTP.";
        case model::WireFault::truncated:
            return name_of(*exchange.scenario) + " ended the connection after " +
                   std::to_string(exchange.reply_bytes) + " bytes of the reply's body.";
    }
    return {};
}

std::string explain_scenario(const Exchange& exchange) {
    if (exchange.scenario) {
        return name_of(*exchange.scenario) + " answered in place of the service.";
    }
    if (!exchange.nearest_scenario) return "No recording answers it.";
    return "No recording answers it; the nearest is " + exchange.nearest_scenario->name + ": " +
           exchange.nearest_scenario->why + ".";
}

}  // namespace

std::string explain(const Exchange& exchange, std::string_view text) {
    const soap::Trail& trail = exchange.trail;
    if (std::string fault = explain_wire_fault(exchange); !fault.empty()) return fault;
    switch (trail.refusal) {
        case Refusal::none:
            if (exchange.is_answered_by_scenario) return explain_scenario(exchange);
            break;
        case Refusal::no_room:
            return "Requests in flight take all of http.max_inflight_bytes. Send it again later.";
        case Refusal::path:
            return explain_path(exchange);
        case Refusal::path_info:
            return "Nothing may follow .asmx in the path: operations are named by SOAPAction, and "
                   "HTTP GET and form posts are not offered.";
        case Refusal::method:
            return "The method is " + exchange.method +
                   "; send messages by POST, and ask for pages and ?WSDL by GET.";
        case Refusal::throttled:
            return explain_throttled(exchange);
        case Refusal::soap_action:
            return explain_action(trail, "The SOAPAction header");
        case Refusal::too_long:
            return "The body is longer than http.max_body_bytes. Send less, or raise that setting.";
        case Refusal::content_type:
            return explain_content_type(exchange);
        case Refusal::unknown_action:
            return explain_unknown_action(trail);
        default:
            return explain_message(exchange, text);
    }
    std::string sentences = explain_outcome(exchange, text);
    const std::string ignored = explain_ignored(trail);
    if (!sentences.empty() && !ignored.empty()) sentences += " ";
    return sentences + ignored;
}

std::string ignored_hint(const soap::IgnoredElement& element) {
    const std::string name = element.path.substr(element.path.rfind('/') + 1);
    if (name == "text()")
        return "Text has no place between elements; expected: " + element.expected + ".";
    const std::string_view expected = element.expected;
    if (expected.starts_with("one ")) return "It may stand there once: " + element.expected + ".";
    const std::size_t in = std::min(expected.rfind(" in "), expected.size());
    std::string_view names = expected.substr(0, in);
    while (!names.empty()) {
        const std::size_t comma = std::min(names.find(", "), names.size());
        const std::string_view known = names.substr(0, comma);
        if (known == name) {
            const bool wants_none = expected.ends_with(" in no namespace");
            return name + " is known there, but" + std::string(expected.substr(in)) +
                   (wants_none
                        ? ": write xmlns=\"\" on it or on an element around it that has none "
                          "either."
                        : ": declare that namespace on it.");
        }
        if (model::equals_ignoring_case(known, name)) {
            return "The name is spelled " + std::string(known) + ": upper and lower case matter.";
        }
        names.remove_prefix(std::min(comma + 2, names.size()));
    }
    return "The contract has no such element there; it has " + element.expected + ".";
}

std::string action_difference(std::string_view sent, std::string_view expected) {
    if (model::equals_ignoring_case(sent, expected)) {
        const auto at = std::mismatch(sent.begin(), sent.end(), expected.begin()).second;
        const bool is_capital = std::isupper(static_cast<unsigned char>(*at)) != 0;
        return std::string(is_capital ? "(capital " : "(small ") + *at + ")";
    }
    const std::size_t slash = expected.rfind('/');
    const std::string_view name = expected.substr(slash + 1);
    const auto is = [&](const std::string& other) { return sent == other; };
    const std::string wanted(expected);
    if (is(wanted + "/")) return "(without the slash at its end)";
    if (is(std::string(name))) return "(with the namespace before the name)";
    if (is("/" + std::string(name))) return "(with the namespace before the name)";
    if (is(wanted.substr(0, slash) + std::string(name))) {
        return "(with a slash between namespace and name)";
    }
    for (const char separator : {'#', ':'}) {
        if (is(wanted.substr(0, slash) + separator + std::string(name))) {
            return "(with a slash between namespace and name)";
        }
    }
    if (is("https" + wanted.substr(wanted.find(':')))) return "(http, not https)";
    const std::size_t first = sent.find_first_not_of(" \t\"'");
    if (first != std::string_view::npos &&
        sent.substr(first, sent.find_last_not_of(" \t\"'") - first + 1) == expected) {
        return "(without blanks, and in two quotation marks or in none)";
    }
    if (sent.size() > name.size() && sent.ends_with("/" + std::string(name))) {
        return "(another namespace)";
    }
    return {};
}

}  // namespace customercare::standin
