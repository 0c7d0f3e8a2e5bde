#include "soap/endpoint.hpp"

#include <sodium.h>

#include <algorithm>
#include <atomic>
#include <memory>
#include <string>
#include <utility>

#include "model/error.hpp"
#include "soap/encoding.hpp"
#include "soap/guard.hpp"
#include "soap/pages.hpp"
#include "soap/routing.hpp"
#include "soap/skeleton.hpp"
#include "soap/writer.hpp"

namespace customercare::soap {

namespace {

const Words unable_to_read = "Server was unable to read request. ---> ";
const Words unable_to_process = "Server was unable to process request. ---> ";

std::string_view content_type_of(SoapVersion version) {
    return version == SoapVersion::soap12 ? "application/soap+xml; charset=utf-8"
                                          : "text/xml; charset=utf-8";
}

std::string_view name_of(SoapVersion version) {
    switch (version) {
        case SoapVersion::soap11:
            return "1.1";
        case SoapVersion::soap12:
            return "1.2";
        case SoapVersion::none:
            break;
    }
    return {};
}

std::string_view name_of(model::Outcome outcome) {
    switch (outcome) {
        case model::Outcome::stored:
            return "stored";
        case model::Outcome::replayed:
            return "replayed";
        case model::Outcome::authentication_failed:
            return "AuthenticationFailed";
        case model::Outcome::validation_failed:
            return "ValidationFailed";
        case model::Outcome::duplicate_message:
            return "DuplicateMessage";
        case model::Outcome::locked_out:
            return "locked_out";
        case model::Outcome::rate_limited:
            return "rate_limited";
        case model::Outcome::busy:
            return "busy";
        case model::Outcome::failed:
            break;
    }
    return "failed";
}

/// ASMX writes no body with these.
model::HttpReply bare_reply(unsigned status, std::string detail) {
    model::HttpReply reply;
    reply.status = status;
    reply.headers.emplace_back("Cache-Control", "private");
    reply.summary.outcome = "refused";
    reply.summary.detail = std::move(detail);
    return reply;
}

model::HttpReply fault_body(SoapVersion version, std::string body, std::string detail) {
    model::HttpReply reply;
    reply.status = 500;
    reply.content_type = content_type_of(version);
    reply.headers.emplace_back("Cache-Control", "private");
    reply.body = std::move(body);
    reply.summary.soap_version = name_of(version);
    reply.summary.outcome = "fault";
    reply.summary.detail = std::move(detail);
    return reply;
}

model::HttpReply fault(SoapVersion version, FaultCode code, const Words& words) {
    return fault_body(version, write_fault(version, code, words.text), words.for_log);
}

/// A fault in the version of the envelope; a root in no SOAP namespace makes it VersionMismatch,
/// and no root at all leaves it SOAP 1.2, as the router for that version reports it.
model::HttpReply fault_for(const Reading& reading, FaultCode code, const Words& words) {
    if (!reading.root_read) return fault(SoapVersion::soap12, code, words);
    if (reading.version == SoapVersion::none) {
        return fault_body(SoapVersion::soap11, write_version_mismatch(reading.root_namespace),
                          "The envelope's namespace is neither SOAP 1.1's nor SOAP 1.2's.");
    }
    return fault(reading.version, code, words);
}

model::HttpReply busy(SoapVersion version, std::string detail) {
    model::HttpReply reply = fault(version, FaultCode::server, "Server is too busy");
    reply.status = 503;
    reply.headers.emplace_back("Retry-After", "1");
    reply.summary.outcome = name_of(model::Outcome::busy);
    reply.summary.detail = std::move(detail);
    return reply;
}

/// Status 429, not 503: see handlers::Throttle.
model::HttpReply throttled(SoapVersion version, model::Outcome outcome,
                           std::chrono::seconds retry_after, std::string detail) {
    const std::string seconds = std::to_string(retry_after.count());
    const std::string text = outcome == model::Outcome::locked_out
                                 ? "Too many credentials were not accepted. Try again in "
                                 : "There are too many calls. Try again in ";
    model::HttpReply reply = fault(version, FaultCode::server, text + seconds + " seconds.");
    reply.status = 429;
    reply.headers.emplace_back("Retry-After", seconds);
    reply.summary.outcome = name_of(outcome);
    reply.summary.detail = std::move(detail);
    return reply;
}

/// For faults before anybody has looked at the message.
SoapVersion version_of_content_type(const model::HttpRequest& request) {
    const model::HttpHeader* header = request.find("Content-Type");
    const bool is_soap12 = header != nullptr && ContentType(header->value).is_application_soap();
    return is_soap12 ? SoapVersion::soap12 : SoapVersion::soap11;
}

model::HttpReply too_long(const Route& route) {
    // The router for SOAP 1.2 finds no stream to read the body element from.
    if (!route.by_soap_action && route.operation == nullptr) {
        return fault(SoapVersion::soap12, FaultCode::server,
                     unable_to_process + "Object reference not set to an instance of an object.");
    }
    return fault(route.by_soap_action ? SoapVersion::soap11 : SoapVersion::soap12,
                 FaultCode::server,
                 "There was an exception running the extensions specified in the config file. ---> "
                 "Maximum request length exceeded.");
}

/// What the router for SOAP 1.2 says if the Body's first child names no operation either.
std::string unknown_action(const Route& route) {
    if (!route.action || route.action->empty()) {
        return "Unable to handle request without a valid action parameter. Please supply a valid "
               "soap "
               "action.";
    }
    return "Unable to handle request. The action '" + *route.action + "' was not recognized.";
}

bool names_operation(const Reading& reading, const Contract& contract) {
    const auto& operations = contract.operations();
    return reading.body_namespace == contract.service_namespace() &&
           std::any_of(operations.begin(), operations.end(), [&](const Operation& operation) {
               return operation.name == reading.body_element;
           });
}

model::ContentDigest digest_of(const Reading& reading) {
    crypto_generichash_state state;
    crypto_generichash_init(&state, nullptr, 0, model::ContentDigest{}.size());
    const auto add = [&](std::string_view text) {
        crypto_generichash_update(&state, reinterpret_cast<const unsigned char*>(text.data()),
                                  text.size());
    };
    add(reading.body);
    for (const model::OpenContent& content : reading.open_content) {
        add(content.path);
        add(content.xml);
    }
    for (const std::string& path : reading.nil_elements) add(path);
    model::ContentDigest digest;
    crypto_generichash_final(&state, digest.data(), digest.size());
    return digest;
}

/// What a reply needs of its request, until the store is done.
struct Pending {
    SoapVersion version;
    model::TimeZone time_zone;
    model::Clock clock;
    std::optional<model::ScCredentials> credentials;
    std::string credentials_attributes;
    std::string_view operation;
    std::vector<std::string> ignored;
    model::HttpRespond respond;

    void finish(model::CreateCallLogReply&& result) const {
        model::HttpReply reply;
        if (result.outcome == model::Outcome::busy) {
            reply = busy(version, result.operator_detail);
        } else if (result.retry_after.count() != 0) {
            reply = throttled(version, result.outcome, result.retry_after, result.operator_detail);
        } else if (result.outcome == model::Outcome::failed) {
            reply = fault(version, FaultCode::server,
                          unable_to_process + "The call log could not be stored.");
        } else {
            reply.content_type = content_type_of(version);
            reply.headers.emplace_back("Cache-Control", "private, max-age=0");
            reply.body =
                write_create_call_log_reply(version, credentials, credentials_attributes, result,
                                            model::round_trip_text(clock(), time_zone));
            reply.summary.soap_version = name_of(version);
            if (result.error_data) reply.summary.detail = result.error_data->description;
        }
        if (!result.operator_detail.empty())
            reply.summary.detail = std::move(result.operator_detail);
        reply.summary.operation = operation;
        reply.summary.outcome = name_of(result.outcome);
        reply.summary.call_log_id = result.call_log_id;
        reply.summary.ignored = ignored;
        respond(std::move(reply));
    }
};

std::vector<std::string> describe_ignored(const Reading& reading) {
    std::vector<std::string> described;
    for (const IgnoredElement& element : reading.ignored) {
        described.push_back(element.path + " (line " + std::to_string(element.line) + ")");
    }
    if (reading.ignored_count > reading.ignored.size()) {
        described.push_back(
            "and " + std::to_string(reading.ignored_count - reading.ignored.size()) + " more");
    }
    return described;
}

}  // namespace

/// One thread's parsers, and a buffer for messages that are not in UTF-8.
struct Endpoint::Worker {
    Worker(const Contract& contract, const GuardLimits& limits) : guard(contract, limits) {}

    Guard guard;
    Skeleton skeleton;
    std::string buffer;
};

Endpoint::Endpoint(Options options, const handlers::CreateCallLog& create_call_log,
                   handlers::Throttle& throttle, model::Clock clock)
    : options_(std::move(options)),
      contract_(contract()),
      create_call_log_(create_call_log),
      throttle_(throttle),
      client_addresses_(options_.trusted_proxies),
      clock_(clock) {
    static std::atomic<std::uint64_t> endpoints{0};
    id_ = ++endpoints;
}

Endpoint::Worker& Endpoint::worker() const {
    struct Slot {
        std::uint64_t owner = 0;
        std::unique_ptr<Worker> worker;
    };
    thread_local Slot slot;
    if (slot.owner != id_) slot = {id_, std::make_unique<Worker>(contract_, options_.limits)};
    // NOLINTNEXTLINE(clang-analyzer-cplusplus.NewDelete): it lives as long as the thread.
    return *slot.worker;
}

void Endpoint::handle(const model::HttpRequest& request, model::HttpRespond reply_to) const {
    const model::HttpRespond respond = [this,
                                        reply_to = std::move(reply_to)](model::HttpReply&& reply) {
        if (!options_.aspnet_version.empty()) {
            reply.headers.emplace_back("X-AspNet-Version", options_.aspnet_version);
        }
        reply_to(std::move(reply));
    };
    if (request.no_room) {
        return respond(
            busy(version_of_content_type(request), "http.max_inflight_bytes are in use."));
    }
    const std::string_view path = request.target.substr(0, request.target.find('?'));
    const std::string_view query = path.size() < request.target.size()
                                       ? request.target.substr(path.size() + 1)
                                       : std::string_view{};
    if (!model::equals_ignoring_case(path.substr(0, options_.path.size()), options_.path) ||
        (path.size() > options_.path.size() && path[options_.path.size()] != '/')) {
        return respond(not_found_page(request.target));
    }
    if (path.size() > options_.path.size()) return respond(path_info_page());
    if (request.method == "POST") return handle_call(request, respond);
    if (request.method == "GET") return respond(get_page(request, path, query, options_));
    respond(method_not_allowed(request.method));
}

void Endpoint::handle_call(const model::HttpRequest& request,
                           const model::HttpRespond& respond) const {
    const model::Caller caller{client_addresses_.find(request), request.id};
    if (auto refusal = throttle_.admit(caller)) {
        return respond(throttled(version_of_content_type(request), refusal->outcome,
                                 refusal->retry_after, std::move(refusal->detail)));
    }
    handle_soap(request, caller, respond);
}

void Endpoint::handle_soap(const model::HttpRequest& request, const model::Caller& caller,
                           const model::HttpRespond& respond) const {
    const model::HttpHeader* header = request.find("Content-Type");
    const ContentType content_type(header != nullptr ? header->value : std::string_view{});
    const Route routed = route(request, content_type, contract_);
    if (routed.by_soap_action && routed.operation == nullptr) {
        return respond(fault(SoapVersion::soap11, FaultCode::client,
                             "Server did not recognize the value of HTTP Header SOAPAction: " +
                                 *routed.action + "."));
    }
    if (request.body_too_long) return respond(too_long(routed));
    const bool is_soap = content_type.is_text_xml() || content_type.is_application_soap();
    const auto unsupported = [&] {
        respond(bare_reply(415,
                           "Content-Type must be text/xml (SOAP 1.1) or application/soap+xml (SOAP "
                           "1.2), without a blank before the semicolon."));
    };
    if (routed.operation != nullptr && !is_soap) return unsupported();

    Worker& own = worker();
    const std::optional<std::string_view> message =
        to_utf8(request.body, content_type.parameter("charset"), content_type.is_application_soap(),
                own.buffer);
    Reading reading;
    if (message) {
        reading = own.guard.read(*message, routed.operation);
    } else {
        reading.error = {ReadError::Kind::not_well_formed, "The message is not valid UTF-16.", {}};
        reading.routing_error = reading.error;
    }

    if (reading.error && reading.error->kind == ReadError::Kind::limit) {
        return respond(
            fault(reading.version, FaultCode::client, unable_to_read + reading.error->words));
    }
    if (routed.operation == nullptr) {
        if (reading.routing_error) {
            return respond(fault_for(reading, FaultCode::server,
                                     unable_to_process + reading.routing_error->words));
        }
        if (!names_operation(reading, contract_)) {
            return respond(fault_for(reading, FaultCode::client, unknown_action(routed)));
        }
        if (!is_soap) return unsupported();
    }
    if (reading.root_read && reading.version == SoapVersion::none) {
        return respond(fault_for(reading, FaultCode::version_mismatch, {}));
    }
    if (reading.version == SoapVersion::soap11 && !content_type.is_text_xml()) return unsupported();
    if (reading.error) {
        if (reading.error->kind == ReadError::Kind::not_well_formed) {
            return respond(bare_reply(400, reading.error->words.for_log));
        }
        return respond(
            fault(reading.version, FaultCode::client, unable_to_read + reading.error->words));
    }
    if (reading.not_understood) {
        return respond(
            fault(reading.version, FaultCode::must_understand,
                  "SOAP header " + reading.not_understood->name + " was not understood."));
    }
    if (options_.strict && !reading.ignored.empty()) {
        const IgnoredElement& first = reading.ignored.front();
        return respond(
            fault(reading.version, FaultCode::client,
                  unable_to_read +
                      ("Element " + first.path + " in line " + std::to_string(first.line) +
                       " is not part of the contract; expected there: " + first.expected + ".")));
    }

    model::CreateCallLogRequest call =
        own.skeleton.read(reading.canonical, reading.has_credentials);
    call.digest = digest_of(reading);
    call.client_subject = request.client_subject;
    call.caller = caller;
    call.call_log.open_content = std::move(reading.open_content);
    call.call_log.nil_elements = std::move(reading.nil_elements);
    auto pending = std::make_shared<Pending>(
        Pending{reading.version, options_.time_zone, clock_, call.credentials,
                std::move(reading.credentials_attributes), reading.operation->name,
                describe_ignored(reading), respond});
    create_call_log_.handle(std::move(call), [pending](model::CreateCallLogReply&& result) {
        pending->finish(std::move(result));
    });
}

}  // namespace customercare::soap
