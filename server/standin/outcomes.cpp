#include "standin/outcomes.hpp"

#include <memory>
#include <random>
#include <string>
#include <string_view>
#include <utility>

namespace customercare::standin {

namespace {

using model::HttpReply;
using model::HttpRespond;

/// Of replies that are no outcome of the service's own.
constexpr std::string_view by_scenario = "scenario";

/// Neither HTTP nor XML nor text.
constexpr std::string_view garbage_bytes = "\x15\x03\xFF\xFE<<&;\x80\x81\x01\x02garbage\xC3\x28\n";

std::chrono::milliseconds pick(const Delay& delay) {
    thread_local std::mt19937 generator{std::random_device{}()};
    std::uniform_int_distribution<std::chrono::milliseconds::rep> between(delay.from.count(),
                                                                          delay.to.count());
    return std::chrono::milliseconds(between(generator));
}

HttpRespond delayed(const Delay& delay, Delays& delays, HttpRespond respond) {
    return [wait = pick(delay), &delays, respond = std::move(respond)](HttpReply&& reply) {
        delays.call_after(wait, [respond, kept = std::make_shared<HttpReply>(std::move(reply))] {
            respond(std::move(*kept));
        });
    };
}

/// Passes the reply on after `change` has had it.
template <typename Change>
HttpRespond changing(HttpRespond respond, Change change) {
    return [respond = std::move(respond), change](HttpReply&& reply) {
        change(reply);
        respond(std::move(reply));
    };
}

HttpRespond with_wire_fault(HttpRespond respond, model::WireFault fault) {
    return changing(std::move(respond), [fault](HttpReply& reply) {
        reply.wire_fault = fault;
        reply.body.clear();
    });
}

model::Outcome outcome_of(std::string_view code) {
    if (code == "AuthenticationFailed") return model::Outcome::authentication_failed;
    if (code == "DuplicateMessage") return model::Outcome::duplicate_message;
    return model::Outcome::validation_failed;
}

bool is_our_code(std::string_view code) {
    return code == "AuthenticationFailed" || code == "ValidationFailed" ||
           code == "DuplicateMessage";
}

/// A call handler that stores nothing and always gives the same.
soap::CallHandler always(model::CreateCallLogReply reply) {
    return [reply = std::move(reply)](model::CreateCallLogRequest&&,
                                      const model::CreateCallLogDone& done) {
        done(model::CreateCallLogReply(reply));
    };
}

/// The service does its work, and its word is taken for a success unless nothing works at all.
soap::CallHandler succeeding(const handlers::CreateCallLog& calls) {
    return [&calls](model::CreateCallLogRequest&& request, const model::CreateCallLogDone& done) {
        calls.handle(std::move(request), [&calls, done](model::CreateCallLogReply&& reply) {
            if (reply.outcome == model::Outcome::busy ||
                reply.outcome == model::Outcome::no_space ||
                reply.outcome == model::Outcome::failed) {
                return done(std::move(reply));
            }
            done(calls.success(reply.outcome, reply.call_log_id));
        });
    };
}

model::CreateCallLogReply error_data_of(const Answer& answer,
                                        const handlers::CreateCallLog& calls) {
    model::CreateCallLogReply reply =
        calls.error(outcome_of(answer.code), answer.code, answer.description);
    reply.error_data->native_error_detail = answer.native_error_detail;
    return reply;
}

HttpReply plain_reply(const Answer& answer) {
    HttpReply reply;
    reply.status = answer.status;
    reply.headers = answer.headers;
    reply.body = answer.body;
    reply.summary.outcome = by_scenario;
    return reply;
}

HttpReply reset_reply() {
    HttpReply reply;
    reply.wire_fault = model::WireFault::reset;
    reply.summary.outcome = "reset";
    return reply;
}

}  // namespace

void perform(const Scenario& scenario, const model::HttpRequest& request, const RealService& real,
             Delays& delays, HttpRespond respond) {
    const Answer& answer = scenario.answer;
    if (answer.delay) respond = delayed(*answer.delay, delays, std::move(respond));
    const auto answer_with = [&](const soap::CallHandler& instead, HttpRespond&& reply_to) {
        real.answer(request, std::move(reply_to), &instead);
    };
    const auto say_by_scenario = [](HttpReply& reply) { reply.summary.outcome = by_scenario; };

    switch (answer.kind) {
        case AnswerKind::pass:
            return real.answer(request, std::move(respond), nullptr);
        case AnswerKind::success:
            return answer_with(succeeding(real.calls), std::move(respond));
        case AnswerKind::error_data:
            if (!is_our_code(answer.code)) {
                respond = changing(std::move(respond), say_by_scenario);
            }
            return answer_with(always(error_data_of(answer, real.calls)), std::move(respond));
        case AnswerKind::fault:
            return answer_with(always({.fault = model::CallFault{answer.is_client_fault,
                                                                 answer.text, answer.status}}),
                               std::move(respond));
        case AnswerKind::http:
            return respond(plain_reply(answer));
        case AnswerKind::reset_before_storing:
            return respond(reset_reply());
        case AnswerKind::reset_after_storing:
            return real.answer(
                request, with_wire_fault(std::move(respond), model::WireFault::reset), nullptr);
        case AnswerKind::truncated:
            return real.answer(request,
                               changing(std::move(respond),
                                        [bytes = answer.bytes](HttpReply& reply) {
                                            reply.wire_fault = model::WireFault::truncated;
                                            reply.truncated_after = bytes;
                                        }),
                               nullptr);
        case AnswerKind::garbage:
            return real.answer(request,
                               changing(std::move(respond),
                                        [](HttpReply& reply) {
                                            reply.wire_fault = model::WireFault::raw;
                                            reply.body = garbage_bytes;
                                        }),
                               nullptr);
        case AnswerKind::store_without_answer:
            return real.answer(
                request, with_wire_fault(std::move(respond), model::WireFault::silence), nullptr);
        case AnswerKind::answer_without_storing:
            return answer_with(always(real.calls.success(model::Outcome::stored, 0)),
                               changing(std::move(respond), say_by_scenario));
    }
}

}  // namespace customercare::standin
