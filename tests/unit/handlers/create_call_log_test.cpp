#include "handlers/create_call_log.hpp"

#include <time.h>

#include <algorithm>
#include <array>
#include <catch2/catch.hpp>
#include <future>
#include <map>

#include "unit/handlers/service_parts.hpp"

using namespace customercare;
using model::Outcome;

namespace {

double thread_nanoseconds() {
    timespec time{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return static_cast<double>(time.tv_sec) * 1e9 + static_cast<double>(time.tv_nsec);
}

double median(std::vector<double> values) {
    const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
    std::nth_element(values.begin(), middle, values.end());
    return *middle;
}

model::Instant fixed_now() { return model::parse_date_time("2026-03-04T05:06:07Z")->instant; }

struct HandlerFixture : test::ServiceParts {
    handlers::Rules rules;

    HandlerFixture() { rules.credential_policy = handlers::CredentialPolicy::any; }

    static model::UserNameToken token(const std::string& id) {
        return {model::BinarySecurityToken{model::Sensitive(id)}};
    }

    static model::CreateCallLogRequest request(const std::string& message_id = "m-1") {
        model::CreateCallLogRequest request;
        request.credentials = model::ScCredentials{token("direct"), token("originating"), {}};
        request.call_log.message_id = message_id;
        return request;
    }

    model::CreateCallLogReply handle(model::CreateCallLogRequest request) {
        const handlers::CreateCallLog handler(rules, credentials, call_logs, keys, throttle, audit,
                                              fixed_now);
        std::promise<model::CreateCallLogReply> reply;
        handler.handle(std::move(request), [&](model::CreateCallLogReply&& result) {
            reply.set_value(std::move(result));
        });
        return reply.get_future().get();
    }

    void add(store::Role role, const std::string& token_id,
             std::optional<model::Instant> expires_at = std::nullopt,
             const std::optional<std::string>& client_subject = std::nullopt) {
        store::CredentialStore(directory.path("test.db"), keys)
            .add(role, "label", model::Sensitive(token_id), expires_at, client_subject);
        credentials.reload();
    }
};

}  // namespace

TEST_CASE_METHOD(HandlerFixture, "A good request is stored and answered with success",
                 "[handlers][create_call_log]") {
    const auto reply = handle(request());
    CHECK(reply.outcome == Outcome::stored);
    CHECK(reply.response_code == "0");
    CHECK(reply.response_description == "Success");
    CHECK_FALSE(reply.error_data);
    CHECK(reply.call_log_id == 1);
}

TEST_CASE_METHOD(HandlerFixture, "Both tokens must be there whatever the policy",
                 "[handlers][create_call_log]") {
    auto without_header = request();
    without_header.credentials.reset();
    auto without_originating = request();
    without_originating.credentials->originating_user_name_token.reset();
    auto with_empty = request();
    with_empty.credentials->direct_user_name_token = token("");
    for (auto* each : {&without_header, &without_originating, &with_empty}) {
        const auto reply = handle(*each);
        CHECK(reply.outcome == Outcome::authentication_failed);
        REQUIRE(reply.error_data);
        CHECK(reply.error_data->code == "AuthenticationFailed");
        CHECK(reply.response_code == "1");
    }
}

TEST_CASE_METHOD(HandlerFixture,
                 "Registered tokens count by role, and unknown ones look all the same",
                 "[handlers][create_call_log]") {
    rules.credential_policy = handlers::CredentialPolicy::registered;
    const auto unknown = handle(request());
    CHECK(unknown.outcome == Outcome::authentication_failed);
    add(store::Role::direct, "direct");
    const auto half = handle(request());
    CHECK(half.error_data->description == unknown.error_data->description);
    add(store::Role::direct, "originating");
    CHECK(handle(request()).outcome == Outcome::authentication_failed);
    add(store::Role::originating, "originating");
    CHECK(handle(request()).outcome == Outcome::stored);
}

TEST_CASE_METHOD(HandlerFixture, "An expired credential is as good as unknown",
                 "[handlers][create_call_log]") {
    rules.credential_policy = handlers::CredentialPolicy::registered;
    add(store::Role::direct, "direct", fixed_now());
    add(store::Role::originating, "originating");
    CHECK(handle(request()).outcome == Outcome::authentication_failed);
}

TEST_CASE_METHOD(HandlerFixture, "A credential of another client is as good as unknown",
                 "[handlers][create_call_log]") {
    rules.credential_policy = handlers::CredentialPolicy::registered;
    const std::string unknown = handle(request()).error_data->description;
    const auto role = GENERATE(store::Role::direct, store::Role::originating);
    const bool is_direct = role == store::Role::direct;
    add(role, is_direct ? "direct" : "originating", std::nullopt, "CN=ivr");
    add(is_direct ? store::Role::originating : store::Role::direct,
        is_direct ? "originating" : "direct");
    auto call = request();
    call.client_subject = "CN=crm";
    const auto refused = handle(call);
    CHECK(refused.outcome == Outcome::authentication_failed);
    CHECK(refused.error_data->description == unknown);
    call.client_subject = "CN=ivr";
    CHECK(handle(call).outcome == Outcome::stored);
}

TEST_CASE_METHOD(
    HandlerFixture,
    "Unknown, revoked, expired and foreign tokens take the same work and the same reply",
    "[handlers][create_call_log]") {
    rules.credential_policy = handlers::CredentialPolicy::registered;
    for (int i = 0; i < 100; ++i) add(store::Role::direct, "other-" + std::to_string(i));
    add(store::Role::originating, "originating");
    add(store::Role::direct, "revoked");
    add(store::Role::direct, "expired", fixed_now());
    add(store::Role::direct, "foreign", std::nullopt, "CN=somebody");
    constexpr std::int64_t revoked_id = 102;  // After the others and "originating".
    REQUIRE(store::CredentialStore(directory.path("test.db"), keys).revoke(revoked_id));
    credentials.reload();

    const handlers::CreateCallLog handler(rules, credentials, call_logs, keys, throttle, audit,
                                          fixed_now);
    const std::array tokens{"unknown", "revoked", "expired", "foreign"};
    std::map<std::string, std::vector<double>> times;
    std::map<std::string, std::string> descriptions;
    // Taking turns, so that whatever else the machine does meets all alike.
    for (int round = 0; round < 500; ++round) {
        for (const char* name : tokens) {
            auto call = request();
            call.credentials->direct_user_name_token = token(name);
            const double begin = thread_nanoseconds();
            handler.handle(std::move(call), [&](model::CreateCallLogReply&& reply) {
                times[name].push_back(thread_nanoseconds() - begin);
                CHECK(reply.outcome == Outcome::authentication_failed);
                descriptions[name] = reply.error_data->description;
            });
        }
    }
    for (const char* name : tokens) {
        CAPTURE(name, median(times[name]), median(times["unknown"]));
        CHECK(descriptions[name] == descriptions["unknown"]);
        CHECK(median(times[name]) < 1.5 * median(times["unknown"]));
        CHECK(median(times["unknown"]) < 1.5 * median(times[name]));
    }
    // They are what they are named for.
    std::vector<store::Standing> standings;
    for (const auto& event : audit.take(std::chrono::steady_clock::now())) {
        if (event.credentials && standings.size() < tokens.size()) {
            standings.push_back(event.credentials->direct.standing);
        }
    }
    using store::Standing;
    CHECK(standings == std::vector{Standing::unknown, Standing::revoked, Standing::expired,
                                   Standing::other_client});
}

TEST_CASE_METHOD(HandlerFixture, "Credentials that are missing or too old are told to the audit",
                 "[handlers][create_call_log]") {
    rules.max_age = std::chrono::seconds(60);
    auto missing = request();
    missing.credentials.reset();
    missing.caller.request_id = 5;
    handle(missing);
    handle(request());
    const auto events = audit.take(std::chrono::steady_clock::now());
    REQUIRE(events.size() == 2);
    CHECK(events[0].reason == "missing");
    CHECK(events[0].request_id == 5);
    CHECK(events[1].reason == "created");
}

TEST_CASE_METHOD(HandlerFixture, "Valid credentials are let in whatever others did with them",
                 "[handlers][create_call_log]") {
    rules.credential_policy = handlers::CredentialPolicy::registered;
    add(store::Role::direct, "direct", std::nullopt, "CN=ivr");
    add(store::Role::originating, "originating");
    for (int call = 0; call < 700; ++call) {
        auto foreign = request();
        foreign.client_subject = "CN=thief";
        const auto reply = handle(foreign);
        CHECK(reply.outcome == (call < 600 ? Outcome::authentication_failed : Outcome::locked_out));
    }
    auto owner = request();
    owner.client_subject = "CN=ivr";
    CHECK(handle(owner).outcome == Outcome::stored);
}

TEST_CASE_METHOD(HandlerFixture, "Created is checked for age when max_age is set",
                 "[handlers][create_call_log]") {
    rules.max_age = std::chrono::seconds(60);
    const auto with_created = [&](model::Text created) {
        auto call = request();
        call.credentials->created = std::move(created);
        return handle(std::move(call)).outcome;
    };
    CHECK(with_created("2026-03-04T05:05:30Z") == Outcome::stored);
    CHECK(with_created("2026-03-04T06:05:30+01:00") == Outcome::replayed);
    CHECK(with_created("2026-03-04T05:05:06Z") == Outcome::authentication_failed);
    CHECK(with_created("2026-03-04T05:07:08Z") == Outcome::authentication_failed);
    CHECK(with_created("2026-03-04T05:05:30") == Outcome::authentication_failed);
    CHECK(with_created("yesterday") == Outcome::authentication_failed);
    CHECK(with_created(std::nullopt) == Outcome::authentication_failed);
}

TEST_CASE_METHOD(HandlerFixture, "Required elements and lengths are checked, all in one answer",
                 "[handlers][create_call_log]") {
    rules.required = {"BaseRequest/MessageId", "CustomerCallLog/Account/AccountNumber", "CallerId",
                      "CustomerCallLog/Premise/PremiseAddress"};
    rules.max_length = {{"CustomerCallLog/LogText", 3}};
    auto call = request();
    call.call_log.caller_id = "  ";
    call.call_log.log_text = "\xC3\xA9\xC3\xA9\xC3\xA9\xC3\xA9";
    const auto reply = handle(std::move(call));
    CHECK(reply.outcome == Outcome::validation_failed);
    CHECK(reply.error_data->code == "ValidationFailed");
    CHECK(reply.error_data->description ==
          "CustomerCallLog/LogText is longer than 3 characters. "
          "CustomerCallLog/Account/AccountNumber is "
          "required. CallerId is required. CustomerCallLog/Premise/PremiseAddress is required.");

    auto good = request();
    good.call_log.caller_id = "1";
    good.call_log.log_text = "\xC3\xA9\xC3\xA9\xC3\xA9";
    good.call_log.account = model::Account{.account_number = "a"};
    good.call_log.open_content = {{"CustomerCallLog/Premise/PremiseAddress", "<PremiseAddress/>"}};
    CHECK(handle(std::move(good)).outcome == Outcome::stored);
}

TEST_CASE_METHOD(HandlerFixture,
                 "The same message again has the first outcome, another is a duplicate",
                 "[handlers][create_call_log]") {
    const auto first = handle(request());
    const auto again = handle(request());
    CHECK(again.outcome == Outcome::replayed);
    CHECK(again.call_log_id == first.call_log_id);
    CHECK(again.response_code == "0");
    auto other = request();
    other.digest[0] = 1;
    const auto refused = handle(std::move(other));
    CHECK(refused.outcome == Outcome::duplicate_message);
    CHECK(refused.error_data->code == "DuplicateMessage");
    CHECK(handle(request("m-2")).outcome == Outcome::stored);
    auto other_sender = request();
    other_sender.digest[0] = 1;
    other_sender.credentials->direct_user_name_token = token("another");
    CHECK(handle(std::move(other_sender)).outcome == Outcome::stored);
}
