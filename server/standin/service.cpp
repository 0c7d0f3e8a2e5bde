#include "standin/service.hpp"

#include <chrono>
#include <ctime>
#include <exception>
#include <utility>

#include "model/error.hpp"
#include "standin/exchange.hpp"

namespace customercare::standin {

namespace {

constexpr std::string_view sandbox_header = "X-CustomerCare-Sandbox";
constexpr std::string_view sandbox_prefix = "/sandbox/";

std::shared_ptr<Exchange> begin_exchange(const model::HttpRequest& request, Sandbox& sandbox) {
    const std::size_t shown = sandbox.options().journal_max_body_bytes;
    auto exchange = std::make_shared<Exchange>();
    exchange->request_id = sandbox.next_request_id();
    exchange->x_request_id = !request.client_request_id.empty()
                                 ? std::string(request.client_request_id)
                             : sandbox.are_request_ids_set() ? std::to_string(exchange->request_id)
                                                             : std::to_string(request.id);
    exchange->trace_id = request.trace.trace_id.text();
    exchange->at = sandbox.clock().now();
    exchange->peer = request.peer;
    exchange->method = request.method;
    exchange->target = request.target;
    for (const model::HttpHeader& header : request.headers) {
        exchange->request_headers.emplace_back(header.name, header.value);
    }
    // No more, since what waits to be written is beyond http.max_inflight_bytes.
    exchange->request_body = request.body.substr(0, shown);
    exchange->request_bytes = request.body.size();
    exchange->is_body_missing = request.body_too_long || request.no_room;
    return exchange;
}

void end_exchange(Exchange& exchange, const Sandbox& sandbox, const model::HttpReply& reply) {
    exchange.end = Exchange::SteadyClock::now();
    exchange.wire_fault = reply.wire_fault;
    if (has_head(reply)) {
        exchange.status = reply.status;
        exchange.reply_headers = reply.headers;
        if (!reply.content_type.empty()) {
            exchange.reply_headers.emplace_back("Content-Type", reply.content_type);
        }
    }
    const std::string_view body = sent_body(reply);
    exchange.reply_body = body.substr(0, sandbox.options().journal_max_body_bytes);
    exchange.reply_bytes = body.size();
    exchange.outcome = reply.summary.outcome;
    exchange.soap_version = reply.summary.soap_version;
    exchange.detail = reply.summary.detail;
    exchange.call_log_id = reply.summary.call_log_id;
}

}  // namespace

bool has_head(const model::HttpReply& reply) {
    return reply.wire_fault == model::WireFault::none ||
           reply.wire_fault == model::WireFault::truncated;
}

std::string_view sent_body(const model::HttpReply& reply) {
    switch (reply.wire_fault) {
        case model::WireFault::reset:
        case model::WireFault::silence:
            return {};
        case model::WireFault::truncated:
            return std::string_view(reply.body).substr(0, reply.truncated_after);
        case model::WireFault::none:
        case model::WireFault::raw:
            break;
    }
    return reply.body;
}

SandboxAddress sandbox_address(const model::HttpRequest& request) {
    SandboxAddress address{.name = {}, .mount = {}, .target = request.target};
    if (request.target.starts_with(sandbox_prefix)) {
        const std::size_t end = std::min(request.target.find_first_of("/?", sandbox_prefix.size()),
                                         request.target.size());
        address.name = request.target.substr(sandbox_prefix.size(), end - sandbox_prefix.size());
        address.mount = request.target.substr(0, end);
        address.target = request.target.substr(end);
        if (address.name.empty()) {
            throw model::ServiceError(model::ErrorCode::usage,
                                      "the path names no sandbox: it is /sandbox/NAME/..., or has "
                                      "no /sandbox for the default one");
        }
        if (!address.target.starts_with('/')) address.target = "/";
    }
    const model::HttpHeader* header = request.find(sandbox_header);
    if (header == nullptr || header->value.empty()) return address;
    if (!address.mount.empty() && address.name != header->value) {
        throw model::ServiceError(model::ErrorCode::usage,
                                  "the path and the header X-CustomerCare-Sandbox name different "
                                  "sandboxes; leave out one of them");
    }
    address.name = header->value;
    return address;
}

/// One request on its way.
struct Service::Call {
    Call(std::shared_ptr<Sandbox> in, const model::HttpRequest& request, Done done_with)
        : sandbox(std::move(in)),
          exchange(begin_exchange(request, *sandbox)),
          done(std::move(done_with)) {}

    std::shared_ptr<Sandbox> sandbox;
    std::unique_ptr<Sandbox::Visit> visit;  ///< Ends before the sandbox may.
    std::shared_ptr<Exchange> exchange;
    Done done;
    bool is_answered = false;
};

void Service::handle(const model::HttpRequest& request, model::HttpRespond respond) {
    handle(request, [respond = std::move(respond)](model::HttpReply&& reply, std::int64_t) {
        respond(std::move(reply));
    });
}

void Service::handle(const model::HttpRequest& request, Done done) {
    SandboxAddress address;
    std::shared_ptr<Call> call;
    try {
        address = sandbox_address(request);
        call = std::make_shared<Call>(sandboxes_.get(address.name), request, done);
        call->visit = std::make_unique<Sandbox::Visit>(*call->sandbox);
    } catch (const model::ServiceError& error) {
        // There is no such sandbox; the default one's journal tells of it.
        call = std::make_shared<Call>(sandboxes_.get(""), request, std::move(done));
        const unsigned status = error.code() == model::ErrorCode::usage  ? 400
                                : error.code() == model::ErrorCode::busy ? 503
                                                                         : 500;
        return refuse(call, status, error.what());
    }

    model::HttpRequest inner = request;
    inner.mount = address.mount;
    inner.target = address.target;
    try {
        detour_.answer(inner, *call->sandbox, *call->visit, *call->exchange,
                       [this, call](model::HttpReply&& reply) { finish(*call, std::move(reply)); });
    } catch (const std::exception& error) {
        if (call->is_answered) throw;
        refuse(call, 500, std::string("A defect of the program: ") + error.what());
    }
}

void Service::note(const Fragment& fragment) {
    const model::HttpRequest request{
        .method = fragment.method, .target = fragment.target, .peer = fragment.peer};
    std::shared_ptr<Sandbox> sandbox;
    try {
        sandbox = sandboxes_.get(sandbox_address(request).name);
    } catch (const model::ServiceError&) {
        sandbox = sandboxes_.get("");  // It is always there.
    }
    const std::shared_ptr<Exchange> exchange = begin_exchange(request, *sandbox);
    model::HttpReply reply;
    reply.status = fragment.status;
    reply.summary.outcome = fragment.outcome;
    reply.summary.detail = fragment.detail;
    end_exchange(*exchange, *sandbox, reply);
    journal(*sandbox, exchange);
}

void Service::refuse(const std::shared_ptr<Call>& call, unsigned status, const std::string& why) {
    model::HttpReply reply;
    reply.status = status;
    reply.content_type = "text/plain; charset=utf-8";
    if (status == 503) reply.headers.emplace_back("Retry-After", "1");
    reply.body = why + "\n";
    reply.summary.outcome = status == 500 ? "failed" : "refused";
    reply.summary.detail = why;
    finish(*call, std::move(reply));
}

/// The journal has the request before the client has its reply, so that whoever asks afterwards
/// finds it.
void Service::finish(Call& call, model::HttpReply&& reply) {
    call.is_answered = true;
    if (!call.sandbox->clock().is_real()) {
        const auto now = std::chrono::floor<std::chrono::seconds>(call.exchange->at);
        reply.headers.emplace_back("Date", model::http_date(now.time_since_epoch().count()));
    }
    reply.request_id = call.exchange->x_request_id;
    end_exchange(*call.exchange, *call.sandbox, reply);
    const std::int64_t id = journal(*call.sandbox, call.exchange);
    call.visit.reset();
    call.done(std::move(reply), id);
}

/// 0 if it can't be written: what the program stands in for has no journal either.
std::int64_t Service::journal(Sandbox& sandbox, const std::shared_ptr<Exchange>& exchange) {
    std::int64_t id = 0;
    try {
        id = sandbox.journal().append(exchange);
    } catch (const std::exception& error) {
        sandboxes_.report(std::string("The journal can't be written: ") + error.what());
    }
    sandboxes_.notify();
    return id;
}

}  // namespace customercare::standin
