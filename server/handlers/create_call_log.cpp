#include "handlers/create_call_log.hpp"

#include <algorithm>
#include <utility>

#include "handlers/field_walk.hpp"
#include "model/error.hpp"
#include "model/white_space.hpp"

namespace customercare::handlers {

namespace {

/// Unicode code points of a UTF-8 text.
std::size_t count_characters(std::string_view text) {
    return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) {
        return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U;
    }));
}

std::pair<std::string, std::string> split_path(const std::string& path) {
    const std::size_t slash = path.rfind('/');
    if (slash == std::string_view::npos) return {"", path};
    return {path.substr(0, slash), path.substr(slash + 1)};
}

/// True if the path names an element of open content, or one with children, that was sent.
bool has_element(const model::CallLog& call_log, std::string_view path) {
    const auto is = [&](std::string_view other) { return path == other; };
    if (is("CustomerCallLog/Requestor")) return call_log.requestor.has_value();
    if (is("CustomerCallLog/Customer")) return call_log.customer.has_value();
    if (is("CustomerCallLog/Premise")) return call_log.premise.has_value();
    if (is("CustomerCallLog/Account")) return call_log.account.has_value();
    if (is("BaseRequest/NameValue")) return !call_log.name_value.empty();
    if (call_log.requestor) {
        if (is("CustomerCallLog/Requestor/PrimaryContact")) {
            return call_log.requestor->primary_contact.has_value();
        }
        if (is("CustomerCallLog/Requestor/SecondaryContact")) {
            return call_log.requestor->secondary_contact.has_value();
        }
        if (is("CustomerCallLog/Requestor/Email")) return call_log.requestor->email.has_value();
        if (is("CustomerCallLog/Requestor/OtherPhone"))
            return !call_log.requestor->other_phone.empty();
        if (is("CustomerCallLog/Requestor/Fax")) return !call_log.requestor->fax.empty();
    }
    return std::any_of(
        call_log.open_content.begin(), call_log.open_content.end(),
        [&](const model::OpenContent& content) {
            return std::string_view(content.path).substr(0, content.path.find('[')) == path;
        });
}

model::Outcome outcome_of(const model::ServiceError& refusal) {
    if (refusal.code() == model::ErrorCode::busy) return model::Outcome::busy;
    if (refusal.code() == model::ErrorCode::no_space) return model::Outcome::no_space;
    return model::Outcome::failed;
}

model::CreateCallLogReply throttled(Throttle::Refusal&& refusal) {
    return {.outcome = refusal.outcome,
            .operator_detail = std::move(refusal.detail),
            .retry_after = refusal.retry_after};
}

}  // namespace

CreateCallLog::CreateCallLog(Rules rules, const store::CredentialRegistry& credentials,
                             store::CallLogStore& call_logs, const store::Keys& keys,
                             Throttle& throttle, AuditQueue& audit, model::Clock clock)
    : rules_(std::move(rules)),
      credentials_(credentials),
      call_logs_(call_logs),
      keys_(keys),
      throttle_(throttle),
      audit_(audit),
      clock_(std::move(clock)) {
    for (const std::string& path : rules_.required) {
        auto [parent, name] = split_path(path);
        required_.push_back({std::move(parent), std::move(name)});
    }
    for (const auto& [path, length] : rules_.max_length) {
        auto [parent, name] = split_path(path);
        limited_.push_back({std::move(parent), std::move(name), length});
    }
}

void CreateCallLog::handle(model::CreateCallLogRequest&& request,
                           const model::CreateCallLogDone& done) const {
    const model::Instant now = clock_();
    Sender sender;
    if (auto refusal = refuse_credentials(request, now, sender)) {
        return done(*std::move(refusal));
    }
    if (request.trail != nullptr) {
        request.trail->credentials_judged = std::chrono::steady_clock::now();
        request.trail->credential_label = sender.label;
    }
    if (std::string violations = find_violations(request.call_log); !violations.empty()) {
        return done(
            error(model::Outcome::validation_failed, "ValidationFailed", std::move(violations)));
    }
    if (request.trail != nullptr) request.trail->validated = std::chrono::steady_clock::now();

    store::NewCallLog record{.call_log = std::move(request.call_log),
                             .sender = std::string(sender.token.begin(), sender.token.end()),
                             .credential_label = std::move(sender.label),
                             .digest = request.digest,
                             .received_at = now};
    try {
        call_logs_.append(std::move(record), [this, done](store::AppendResult&& result) {
            switch (result.status) {
                case store::AppendStatus::stored:
                    return done(success(model::Outcome::stored, result.id));
                case store::AppendStatus::replayed:
                    return done(success(model::Outcome::replayed, result.id));
                case store::AppendStatus::conflicting:
                    return done(error(model::Outcome::duplicate_message, "DuplicateMessage",
                                      "The MessageId was used before for another message."));
                case store::AppendStatus::failed:
                    return done({.outcome = model::Outcome::failed,
                                 .operator_detail = std::move(result.error)});
            }
        });
    } catch (const model::ServiceError& refusal) {
        done({.outcome = outcome_of(refusal), .operator_detail = refusal.what()});
    }
}

std::optional<model::CreateCallLogReply> CreateCallLog::refuse_credentials(
    const model::CreateCallLogRequest& request, model::Instant now, Sender& sender) const {
    const auto token =
        [&](const std::optional<model::UserNameToken>& name) -> const model::Sensitive* {
        return name && name->id() != nullptr && !name->id()->empty() ? name->id() : nullptr;
    };
    const auto& credentials = request.credentials;
    const model::Sensitive* direct =
        credentials ? token(credentials->direct_user_name_token) : nullptr;
    const model::Sensitive* originating =
        credentials ? token(credentials->originating_user_name_token) : nullptr;
    if (direct == nullptr || originating == nullptr) {
        audit_refusal(request.caller, "missing");
        return authentication_failed(
            "The SOAP header ScCredentials must hold a DirectUserNameToken and an "
            "OriginatingUserNameToken, each with a BinarySecurityToken/ID.");
    }
    if (is_too_old(*credentials, now)) {
        audit_refusal(request.caller, "created");
        return authentication_failed(
            "ScCredentials/Created must be a dateTime with a time zone, at most " +
            std::to_string(rules_.max_age.count()) + " seconds from now.");
    }

    PresentedCredentials presented{.direct = keys_.hash_token(*direct),
                                   .originating = keys_.hash_token(*originating),
                                   .found = {}};
    if (rules_.credential_policy == CredentialPolicy::registered) {
        const std::string& subject = request.client_subject;
        auto& found = presented.found;
        // Both are looked up in any case, so that the time does not tell which one was wrong.
        found.direct = credentials_.find(store::Role::direct, presented.direct, now, subject);
        found.originating =
            credentials_.find(store::Role::originating, presented.originating, now, subject);
        const bool is_direct_valid = found.direct.standing == store::Standing::valid;
        const bool is_originating_valid = found.originating.standing == store::Standing::valid;
        if (request.trail != nullptr) {
            request.trail->direct_is_registered = is_direct_valid;
            request.trail->originating_is_registered = is_originating_valid;
        }
        if (!is_direct_valid || !is_originating_valid) {
            if (auto refusal = throttle_.count_refused(request.caller, presented)) {
                return throttled(*std::move(refusal));
            }
            return authentication_failed("The credentials in ScCredentials were not accepted.");
        }
        sender.label = found.direct.credential->label;
    }
    if (auto refusal = throttle_.admit(request.caller, presented)) {
        return throttled(*std::move(refusal));
    }
    sender.token = presented.direct;
    return std::nullopt;
}

bool CreateCallLog::is_too_old(const model::ScCredentials& credentials, model::Instant now) const {
    if (rules_.max_age.count() == 0) return false;
    const auto created =
        credentials.created ? model::parse_date_time(*credentials.created) : std::nullopt;
    return !created || !created->zoned || created->instant < now - rules_.max_age ||
           created->instant > now + rules_.max_age;
}

model::CreateCallLogReply CreateCallLog::authentication_failed(std::string description) const {
    return error(model::Outcome::authentication_failed, "AuthenticationFailed",
                 std::move(description));
}

void CreateCallLog::audit_refusal(const model::Caller& caller, std::string_view reason) const {
    audit_.add({.action = AuditEvent::Action::refused,
                .reason = reason,
                .address = caller.address,
                .request_id = caller.request_id});
}

std::string CreateCallLog::find_violations(const model::CallLog& call_log) const {
    if (required_.empty() && limited_.empty()) return {};
    std::string violations;
    const auto report = [&](const FieldRule& rule, const std::string& what) {
        if (!violations.empty()) violations += ' ';
        violations += rule.parent + (rule.parent.empty() ? "" : "/") + rule.name + what;
    };
    std::vector<bool> present(required_.size());
    visit_fields(call_log, [&](std::string_view parent, std::string_view name,
                               std::optional<std::string_view> text) {
        const auto is_here = [&](const FieldRule& rule) {
            return rule.parent == parent && rule.name == name;
        };
        for (std::size_t i = 0; i < required_.size(); ++i) {
            if (is_here(required_[i]) && text && !model::trim(*text).empty()) present[i] = true;
        }
        for (const FieldRule& rule : limited_) {
            if (is_here(rule) && text && count_characters(*text) > rule.max_length) {
                report(rule, " is longer than " + std::to_string(rule.max_length) + " characters.");
            }
        }
    });
    for (std::size_t i = 0; i < required_.size(); ++i) {
        const FieldRule& rule = required_[i];
        const std::string path = rule.parent.empty() ? rule.name : rule.parent + "/" + rule.name;
        if (!present[i] && !has_element(call_log, path)) report(rule, " is required.");
    }
    return violations;
}

model::CreateCallLogReply CreateCallLog::success(model::Outcome outcome, std::int64_t id) const {
    return {.outcome = outcome,
            .response_code = rules_.success_code,
            .response_description = rules_.success_description,
            .call_log_id = id};
}

model::CreateCallLogReply CreateCallLog::error(model::Outcome outcome, std::string_view code,
                                               std::string description) const {
    return {.outcome = outcome,
            .response_code = rules_.error_code,
            .response_description = rules_.error_description,
            .error_data = model::ErrorData{.code = std::string(code),
                                           .description = std::move(description),
                                           .native_error_detail = {}}};
}

}  // namespace customercare::handlers
