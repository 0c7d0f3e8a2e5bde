#include "soap/endpoint.hpp"

#include <sodium.h>

#include <algorithm>
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
        case model::Outcome::no_space:
            return "no_space";
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

/// It takes somebody to make room: who tries again at once only fills the log.
model::HttpReply no_space(SoapVersion version) {
    model::HttpReply reply =
        fault(version, FaultCode::server, "Server is out of storage space. Try again later.");
    reply.status = 503;
    reply.headers.emplace_back("Retry-After", "30");
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
    std::size_t ignored_count;
    model::HttpRespond respond;
    Trail* trail;

    void finish(model::CreateCallLogReply&& result) const {
        if (trail != nullptr) trail->steps.push_back({Stage::rules, Trail::Clock::now()});
        model::HttpReply reply;
        if (result.fault) {
            reply = chosen_fault(*result.fault);
        } else if (result.outcome == model::Outcome::busy) {
            reply = busy(version, result.operator_detail);
        } else if (result.outcome == model::Outcome::no_space) {
            reply = no_space(version);
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
        if (!result.fault) reply.summary.outcome = name_of(result.outcome);
        reply.summary.call_log_id = result.call_log_id;
        reply.summary.ignored = ignored;
        reply.summary.ignored_count = ignored_count;
        if (trail != nullptr) trail->steps.push_back({Stage::reply, Trail::Clock::now()});
        respond(std::move(reply));
    }

private:
    [[nodiscard]] model::HttpReply chosen_fault(const model::CallFault& chosen) const {
        model::HttpReply reply =
            fault(version, chosen.is_client ? FaultCode::client : FaultCode::server, chosen.text);
        reply.status = chosen.status;
        if (chosen.status == 503) reply.headers.emplace_back("Retry-After", "1");
        return reply;
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
      clock_(std::move(clock)) {}

Endpoint::Worker& Endpoint::worker() const {
    // One for all endpoints with the same limits: a stand-in's sandboxes have an endpoint each.
    struct Slot {
        GuardLimits limits;
        std::unique_ptr<Worker> worker;
    };
    thread_local Slot slot;
    if (!slot.worker || slot.limits != options_.limits) {
        // The guard refers to them, and this endpoint's own may be gone before the thread is.
        slot.limits = options_.limits;
        slot.worker = std::make_unique<Worker>(contract_, slot.limits);
    }
    // NOLINTNEXTLINE(clang-analyzer-cplusplus.NewDelete): it lives as long as the thread.
    return *slot.worker;
}

/// Notes what happens in a request's trail; with no trail it does nothing.
class Endpoint::Steps {
public:
    explicit Steps(Trail* trail) : trail_(trail) {}

    [[nodiscard]] Trail* trail() const { return trail_; }
    void passed(Stage stage) const {
        if (trail_ != nullptr) trail_->steps.push_back({stage, Trail::Clock::now()});
    }
    void refused(Stage stage, Refusal refusal, const std::string& words = {},
                 Position position = {.line = 0}) const {
        if (trail_ == nullptr) return;
        passed(stage);
        trail_->refusal = refusal;
        trail_->words = words;
        trail_->position = position;
    }
    void refused(Stage stage, Refusal refusal, const ReadError& error) const {
        // What is not well-formed may be anything, and is not quoted.
        const bool is_quoted = error.kind == ReadError::Kind::invalid;
        refused(stage, refusal, is_quoted ? error.words.text : error.words.for_log, error.position);
    }
    void routed(const Route& route) const {
        if (trail_ == nullptr) return;
        trail_->by_soap_action = route.by_soap_action;
        trail_->action = route.action;
        if (route.operation != nullptr) trail_->operation = route.operation->name;
    }
    void read(const Reading& reading) const {
        if (trail_ == nullptr) return;
        trail_->envelope_version = reading.version;
        trail_->root_name = reading.root_name;
        trail_->root_namespace = reading.root_namespace;
        trail_->body_element = reading.body_element;
        trail_->body_namespace = reading.body_namespace;
        trail_->ignored = reading.ignored;
        trail_->ignored_count = reading.ignored_count;
        if (reading.operation != nullptr) trail_->operation = reading.operation->name;
    }
    void converted(model::CreateCallLogRequest& call) const {
        if (trail_ == nullptr) return;
        passed(Stage::skeleton);
        trail_->message_id = call.call_log.message_id.value_or("");
        if (call.call_log.account) {
            trail_->account_number = call.call_log.account->account_number.value_or("");
        }
        call.trail = &trail_->rules;
    }

private:
    Trail* trail_;
};

void Endpoint::handle(const model::HttpRequest& request, model::HttpRespond reply_to, Trail* trail,
                      const CallHandler* instead) const {
    const Steps steps(trail);
    const model::HttpRespond respond = [this,
                                        reply_to = std::move(reply_to)](model::HttpReply&& reply) {
        if (!options_.aspnet_version.empty()) {
            reply.headers.emplace_back("X-AspNet-Version", options_.aspnet_version);
        }
        reply_to(std::move(reply));
    };
    if (request.no_room) {
        steps.refused(Stage::route, Refusal::no_room);
        return respond(
            busy(version_of_content_type(request), "http.max_inflight_bytes are in use."));
    }
    const std::string_view path = request.target.substr(0, request.target.find('?'));
    const std::string_view query = path.size() < request.target.size()
                                       ? request.target.substr(path.size() + 1)
                                       : std::string_view{};
    if (!model::equals_ignoring_case(path.substr(0, options_.path.size()), options_.path) ||
        (path.size() > options_.path.size() && path[options_.path.size()] != '/')) {
        steps.refused(Stage::route, Refusal::path);
        return respond(not_found_page(request.target));
    }
    if (path.size() > options_.path.size()) {
        steps.refused(Stage::route, Refusal::path_info);
        return respond(path_info_page());
    }
    if (request.method == "POST") return handle_call(request, respond, steps, instead);
    if (request.method == "GET") {
        steps.passed(Stage::route);
        if (trail != nullptr) trail->is_page = true;
        return respond(get_page(request, path, query, options_));
    }
    steps.refused(Stage::route, Refusal::method);
    respond(method_not_allowed(request.method));
}

void Endpoint::handle_call(const model::HttpRequest& request, const model::HttpRespond& respond,
                           const Steps& steps, const CallHandler* instead) const {
    const model::Caller caller{client_addresses_.find(request), request.id};
    if (auto refusal = throttle_.admit(caller)) {
        steps.refused(Stage::route, Refusal::throttled);
        return respond(throttled(version_of_content_type(request), refusal->outcome,
                                 refusal->retry_after, std::move(refusal->detail)));
    }
    handle_soap(request, caller, respond, steps, instead);
}

void Endpoint::handle_soap(const model::HttpRequest& request, const model::Caller& caller,
                           const model::HttpRespond& respond, const Steps& steps,
                           const CallHandler* instead) const {
    const model::HttpHeader* header = request.find("Content-Type");
    const ContentType content_type(header != nullptr ? header->value : std::string_view{});
    const Route routed = route(request, content_type, contract_);
    steps.routed(routed);
    if (routed.by_soap_action && routed.operation == nullptr) {
        steps.refused(Stage::route, Refusal::soap_action);
        return respond(fault(SoapVersion::soap11, FaultCode::client,
                             "Server did not recognize the value of HTTP Header SOAPAction: " +
                                 *routed.action + "."));
    }
    if (request.body_too_long) {
        steps.refused(Stage::route, Refusal::too_long);
        return respond(too_long(routed));
    }
    const bool is_soap = content_type.is_text_xml() || content_type.is_application_soap();
    const auto unsupported = [&](Stage stage) {
        steps.refused(stage, Refusal::content_type);
        respond(bare_reply(415,
                           "Content-Type must be text/xml (SOAP 1.1) or application/soap+xml (SOAP "
                           "1.2), without a blank before the semicolon."));
    };
    if (routed.operation != nullptr && !is_soap) return unsupported(Stage::route);
    steps.passed(Stage::route);

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

    steps.read(reading);
    if (reading.error && reading.error->kind == ReadError::Kind::limit) {
        steps.refused(Stage::guard, Refusal::limit, *reading.error);
        model::HttpReply reply =
            fault(reading.version, FaultCode::client, unable_to_read + reading.error->words);
        reply.summary.limit = reading.error->setting;
        return respond(std::move(reply));
    }
    if (routed.operation == nullptr) {
        if (reading.routing_error) {
            const bool is_xml = reading.routing_error->kind != ReadError::Kind::not_well_formed;
            steps.refused(Stage::guard, is_xml ? Refusal::not_readable : Refusal::not_well_formed,
                          *reading.routing_error);
            return respond(fault_for(reading, FaultCode::server,
                                     unable_to_process + reading.routing_error->words));
        }
        if (!names_operation(reading, contract_)) {
            steps.refused(Stage::guard, Refusal::unknown_action);
            return respond(fault_for(reading, FaultCode::client, unknown_action(routed)));
        }
        if (!is_soap) return unsupported(Stage::guard);
    }
    if (reading.root_read && reading.version == SoapVersion::none) {
        steps.refused(Stage::guard, Refusal::version_mismatch);
        return respond(fault_for(reading, FaultCode::version_mismatch, {}));
    }
    if (reading.version == SoapVersion::soap11 && !content_type.is_text_xml()) {
        return unsupported(Stage::guard);
    }
    if (reading.error) {
        const bool is_xml = reading.error->kind != ReadError::Kind::not_well_formed;
        steps.refused(Stage::guard, is_xml ? Refusal::invalid : Refusal::not_well_formed,
                      *reading.error);
        if (!is_xml) {
            return respond(bare_reply(400, reading.error->words.for_log));
        }
        return respond(
            fault(reading.version, FaultCode::client, unable_to_read + reading.error->words));
    }
    if (reading.not_understood) {
        steps.refused(Stage::guard, Refusal::not_understood, reading.not_understood->name);
        return respond(
            fault(reading.version, FaultCode::must_understand,
                  "SOAP header " + reading.not_understood->name + " was not understood."));
    }
    if (options_.strict && !reading.ignored.empty()) {
        const IgnoredElement& first = reading.ignored.front();
        steps.refused(Stage::guard, Refusal::strict);
        return respond(
            fault(reading.version, FaultCode::client,
                  unable_to_read +
                      ("Element " + first.path + " in line " + std::to_string(first.line) +
                       " is not part of the contract; expected there: " + first.expected + ".")));
    }

    steps.passed(Stage::guard);
    model::CreateCallLogRequest call = own.skeleton.read(reading);
    call.digest = digest_of(reading);
    call.client_subject = request.client_subject;
    call.caller = caller;
    call.call_log.open_content = std::move(reading.open_content);
    call.call_log.nil_elements = std::move(reading.nil_elements);
    steps.converted(call);
    auto pending = std::make_shared<Pending>(
        Pending{reading.version, options_.time_zone, clock_, call.credentials,
                std::move(reading.credentials_attributes), reading.operation->name,
                describe_ignored(reading), reading.ignored_count, respond, steps.trail()});
    const model::CreateCallLogDone done = [pending](model::CreateCallLogReply&& result) {
        pending->finish(std::move(result));
    };
    if (instead != nullptr) return (*instead)(std::move(call), done);
    create_call_log_.handle(std::move(call), done);
}

}  // namespace customercare::soap
