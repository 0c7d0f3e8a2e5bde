#include "standin/detour.hpp"

#include <string>
#include <utility>

#include "soap/encoding.hpp"
#include "soap/routing.hpp"
#include "standin/masking.hpp"
#include "standin/message.hpp"
#include "standin/outcomes.hpp"

namespace customercare::standin {

namespace {

std::optional<ScenarioNote> note(const std::optional<Scenario>& scenario) {
    if (!scenario) return std::nullopt;
    return ScenarioNote{scenario->id, scenario->name};
}

std::optional<ScenarioNote> note(const std::optional<NearMiss>& nearest) {
    if (!nearest) return std::nullopt;
    return ScenarioNote{nearest->id, nearest->name, nearest->why};
}

/// True if the request never reaches the rules of the service, or others answer in their place.
bool replaces_rules(AnswerKind kind) {
    switch (kind) {
        case AnswerKind::error_data:
        case AnswerKind::fault:
        case AnswerKind::http:
        case AnswerKind::reset_before_storing:
        case AnswerKind::answer_without_storing:
            return true;
        case AnswerKind::pass:
        case AnswerKind::success:
        case AnswerKind::reset_after_storing:
        case AnswerKind::truncated:
        case AnswerKind::garbage:
        case AnswerKind::store_without_answer:
            break;
    }
    return false;
}

/// What the endpoint would have told of a message that it may never see.
void describe(const model::HttpRequest& request, soap::Trail& trail) {
    if (request.method != "POST") return;
    Message message(request);
    trail.operation = message.operation();
    const auto first = [&message](std::string_view path) {
        const auto values = message.values(path);
        return values.empty() ? std::string() : values.front();
    };
    trail.message_id = first("BaseRequest/MessageId");
    trail.account_number = first("CustomerCallLog/Account/AccountNumber");
}

/// Masked, and in UTF-8.
std::string readable(const std::string& body, const Headers& headers) {
    const auto text = decode_body(body, headers);
    return text ? mask(*text) : std::string();
}

Forward::Observer recording_to(std::optional<Recorder>& recorder) {
    if (!recorder) return {};
    return [&recorder](Recording&& recording, std::string_view operation) {
        if (recording.method != "POST") return;
        recording.target = mask(recording.target);
        recording.request_body = readable(recording.request_body, recording.request_headers);
        recording.reply_body = readable(recording.reply_body, recording.reply_headers);
        recorder->write(std::move(recording), operation);
    };
}

}  // namespace

Detour::Detour(const ScenarioOptions& options) {
    if (!options.record.empty()) recorder_.emplace(options.record);
    if (!options.replay.empty()) replay_.emplace(options.replay, options.replay_fields);
    if (!options.forward.url.empty()) forward_.emplace(options.forward, recording_to(recorder_));
}

void Detour::answer(const model::HttpRequest& request, Sandbox& sandbox,
                    const Sandbox::Visit& visit, Exchange& exchange, model::HttpRespond respond) {
    const Choice choice = sandbox.scenarios().choose(request);
    exchange.scenario = note(choice.scenario);
    exchange.nearest_scenario = note(choice.nearest);
    const Place place{sandbox.name(), visit, exchange};
    if (!choice.scenario) return answer_really(request, place, std::move(respond));
    exchange.is_answered_by_scenario = replaces_rules(choice.scenario->answer.kind);
    if (exchange.is_answered_by_scenario) describe(request, exchange.trail);
    const RealService real{visit.rulebook().create_call_log,
                           [&](const model::HttpRequest& passed, model::HttpRespond reply_to,
                               const soap::CallHandler* instead) {
                               if (instead == nullptr) {
                                   return answer_really(passed, place, std::move(reply_to));
                               }
                               visit.rulebook().endpoint.handle(passed, std::move(reply_to),
                                                                &exchange.trail, instead);
                           }};
    perform(*choice.scenario, request, real, delays_, std::move(respond));
}

void Detour::answer_really(const model::HttpRequest& request, const Place& place,
                           model::HttpRespond respond) {
    const bool is_whole = !request.body_too_long && !request.no_room;
    if (is_whole && forward_) {
        describe(request, place.exchange.trail);
        return forward_->answer(request, std::move(respond));
    }
    if (is_whole && replay_ && request.method == "POST") {
        return replay(request, place, std::move(respond));
    }
    place.visit.rulebook().endpoint.handle(request, std::move(respond), &place.exchange.trail);
}

void Detour::replay(const model::HttpRequest& request, const Place& place,
                    model::HttpRespond respond) {
    Replayed replayed = replay_->answer(request, place.sandbox);
    if (replayed.reply) {
        describe(request, place.exchange.trail);
        return respond(std::move(*replayed.reply));
    }
    place.exchange.nearest_scenario = note(replayed.nearest);
    place.exchange.is_answered_by_scenario = true;
    const soap::CallHandler refuse = [](model::CreateCallLogRequest&&,
                                        const model::CreateCallLogDone& done) {
        done({.fault = model::CallFault{
                  .text = "No recording answers this request: none in the folder standin.replay is "
                          "of the same operation with the same standin.replay_fields. The "
                          "journal's entry tells which is nearest."}});
    };
    place.visit.rulebook().endpoint.handle(request, std::move(respond), &place.exchange.trail,
                                           &refuse);
}

void Detour::restart_replay(const std::string& sandbox) {
    if (replay_) replay_->restart(sandbox);
}

}  // namespace customercare::standin
