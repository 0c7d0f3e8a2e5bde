#include "handlers/throttle.hpp"

#include <catch2/catch.hpp>
#include <string>

using namespace customercare;
using namespace std::chrono_literals;
using handlers::AuditEvent;
using handlers::PresentedCredentials;
using model::Outcome;

namespace {

handlers::SteadyTime time_now{1000h};
handlers::SteadyTime manual_clock() { return time_now; }

model::Caller from(const char* address) {
    return {.address = model::IpAddress::parse(address), .request_id = 7};
}

store::TokenHash hash(unsigned number) {
    store::TokenHash hash{};
    for (std::size_t i = 0; i < hash.size(); ++i) {
        hash[i] = static_cast<unsigned char>((number + 1) * 2'654'435'761U >> (i % 4 * 8));
    }
    return hash;
}

PresentedCredentials pair(unsigned direct, unsigned originating) {
    return {.direct = hash(direct), .originating = hash(originating), .found = {}};
}

struct ThrottleFixture {
    handlers::AuditQueue audit{1000};
    handlers::ThrottleOptions options{.lockout_failures = 5,
                                      .lockout_repeats = 10,
                                      .lockout_window = 60s,
                                      .lockout_duration = 300s};

    std::vector<AuditEvent> events(AuditEvent::Action action) {
        std::vector<AuditEvent> events = audit.take(std::chrono::steady_clock::now());
        std::erase_if(events, [&](const AuditEvent& event) { return event.action != action; });
        return events;
    }
};

}  // namespace

TEST_CASE_METHOD(ThrottleFixture, "An address that guesses is locked out, and no other",
                 "[handlers][throttle]") {
    handlers::Throttle throttle(options, audit, manual_clock);
    for (unsigned guess = 0; guess < 5; ++guess) {
        CHECK_FALSE(throttle.admit(from("192.0.2.7")));
        CHECK_FALSE(throttle.count_refused(from("192.0.2.7"), pair(guess, 1)));
    }
    const auto refusal = throttle.admit(from("192.0.2.7"));
    REQUIRE(refusal);
    CHECK(refusal->outcome == Outcome::locked_out);
    CHECK(refusal->retry_after == 300s);
    CHECK(refusal->detail == "credentials.lockout_failures");
    CHECK_FALSE(throttle.admit(from("192.0.2.8")));
    time_now += 299s + 1ms;
    CHECK(throttle.admit(from("192.0.2.7"))->retry_after == 1s);
    time_now += 1s;
    CHECK_FALSE(throttle.admit(from("192.0.2.7")));
}

TEST_CASE_METHOD(ThrottleFixture, "An IPv6 guesser does not get further by changing its /64's rest",
                 "[handlers][throttle]") {
    handlers::Throttle throttle(options, audit, manual_clock);
    for (unsigned guess = 0; guess < 5; ++guess) {
        const std::string address = "2001:db8:1:2::" + std::to_string(guess);
        CHECK_FALSE(throttle.count_refused(from(address.c_str()), pair(guess, 1)));
    }
    CHECK(throttle.admit(from("2001:db8:1:2:ffff::")));
    CHECK_FALSE(throttle.admit(from("2001:db8:1:3::1")));
}

TEST_CASE_METHOD(ThrottleFixture,
                 "A client that goes on with a dead credential does not shut out its neighbours",
                 "[handlers][throttle]") {
    options.lockout_repeats = 0;
    handlers::Throttle throttle(options, audit, manual_clock);
    for (int call = 0; call < 1000; ++call) {
        for (unsigned client = 0; client < 4; ++client) {
            CHECK_FALSE(throttle.count_refused(from("192.0.2.7"), pair(client, client)));
        }
    }
    CHECK_FALSE(throttle.admit(from("192.0.2.7")));
}

TEST_CASE_METHOD(ThrottleFixture, "A pair's tries are the same from one address or from many",
                 "[handlers][throttle]") {
    handlers::Throttle throttle(options, audit, manual_clock);
    for (unsigned call = 0; call < 10; ++call) {
        const std::string address = "192.0.2." + std::to_string(call);
        CHECK_FALSE(throttle.count_refused(from(address.c_str()), pair(1, 2)));
    }
    const auto refusal = throttle.count_refused(from("192.0.2.99"), pair(1, 2));
    REQUIRE(refusal);
    CHECK(refusal->retry_after == 300s);
    CHECK(refusal->detail == "credentials.lockout_repeats");
    // Other pairs with one of its tokens are not concerned, nor are calls before they are judged.
    CHECK_FALSE(throttle.count_refused(from("192.0.2.99"), pair(1, 3)));
    CHECK_FALSE(throttle.count_refused(from("192.0.2.99"), pair(3, 2)));
    CHECK_FALSE(throttle.count_refused(from("192.0.2.99"), pair(2, 1)));
    CHECK_FALSE(throttle.admit(from("192.0.2.99")));
    CHECK_FALSE(throttle.admit(from("192.0.2.99"), pair(1, 2)));
}

TEST_CASE_METHOD(ThrottleFixture, "What counts does not depend on what was wrong with the tokens",
                 "[handlers][throttle]") {
    using store::Standing;
    for (const auto direct : {Standing::unknown, Standing::revoked, Standing::expired,
                              Standing::other_client, Standing::other_role, Standing::valid}) {
        handlers::Throttle throttle(options, audit, manual_clock);
        const auto presented = [&](unsigned guess) {
            PresentedCredentials credentials = pair(1, guess);
            credentials.found.direct.standing = direct;
            return credentials;
        };
        int calls = 0;
        for (; !throttle.admit(from("192.0.2.7")); ++calls) {
            CHECK_FALSE(
                throttle.count_refused(from("192.0.2.7"), presented(static_cast<unsigned>(calls))));
        }
        CHECK(calls == 5);
        int repeats = 0;
        for (; !throttle.count_refused(from("192.0.2.8"), presented(100)); ++repeats) {
        }
        CHECK(repeats == 10);
    }
}

TEST_CASE_METHOD(ThrottleFixture, "Where the address is not known, nobody is counted by it",
                 "[handlers][throttle]") {
    options.address_rate = options.address_burst = 1;
    handlers::Throttle throttle(options, audit, manual_clock);
    for (unsigned call = 0; call < 100; ++call) {
        CHECK_FALSE(throttle.admit({}));
        CHECK_FALSE(throttle.count_refused({}, pair(call, call)));
    }
    CHECK(events(AuditEvent::Action::address_unknown).size() == 1);
}

TEST_CASE_METHOD(ThrottleFixture, "Rates hold for an address and for a direct credential",
                 "[handlers][throttle]") {
    options.address_rate = 2;
    options.address_burst = 10;
    options.credential_rate = 1;
    options.credential_burst = 3;
    handlers::Throttle throttle(options, audit, manual_clock);
    for (int call = 0; call < 10; ++call) CHECK_FALSE(throttle.admit(from("192.0.2.7")));
    const auto refusal = throttle.admit(from("192.0.2.7"));
    REQUIRE(refusal);
    CHECK(refusal->outcome == Outcome::rate_limited);
    CHECK(refusal->retry_after == 1s);
    CHECK(refusal->detail == "limits.address_calls_per_s");
    CHECK_FALSE(throttle.admit(from("192.0.2.8")));

    // Whatever the originating token and the address.
    CHECK_FALSE(throttle.admit(from("192.0.2.1"), pair(1, 1)));
    CHECK_FALSE(throttle.admit(from("192.0.2.2"), pair(1, 2)));
    CHECK_FALSE(throttle.admit(from("192.0.2.3"), pair(1, 3)));
    CHECK(throttle.admit(from("192.0.2.4"), pair(1, 4))->detail == "limits.credential_calls_per_s");
    CHECK_FALSE(throttle.admit(from("192.0.2.4"), pair(2, 4)));
    CHECK(events(AuditEvent::Action::rate_limited).size() == 2);
    time_now += 1s;
    CHECK_FALSE(throttle.admit(from("192.0.2.4"), pair(1, 4)));
    CHECK_FALSE(throttle.admit(from("192.0.2.7")));
}

TEST_CASE_METHOD(ThrottleFixture,
                 "The audit is told of each refusal, and of lock-outs at both ends",
                 "[handlers][throttle]") {
    handlers::Throttle throttle(options, audit, manual_clock);
    for (unsigned guess = 0; guess < 5; ++guess) {
        CHECK_FALSE(throttle.count_refused(from("192.0.2.7"), pair(guess, 1)));
    }
    for (int call = 0; call < 3; ++call) CHECK(throttle.admit(from("192.0.2.7")));
    const auto all = audit.take(std::chrono::steady_clock::now());
    REQUIRE(all.size() == 6);
    CHECK(all.front().action == AuditEvent::Action::refused);
    CHECK(all.front().reason == "not_accepted");
    CHECK(all.front().request_id == 7);
    CHECK(all.back().action == AuditEvent::Action::lockout_began);
    CHECK(all.back().address == model::IpAddress::parse("192.0.2.7"));
    CHECK(all.back().duration == 300s);

    throttle.end_lockouts();
    CHECK(events(AuditEvent::Action::lockout_ended).empty());
    time_now += 300s;
    throttle.end_lockouts();
    const auto ended = events(AuditEvent::Action::lockout_ended);
    REQUIRE(ended.size() == 1);
    CHECK(ended.front().address == model::IpAddress::parse("192.0.2.7"));
    CHECK(ended.front().lockout == all.back().lockout);
    CHECK(ended.front().refused == 3);
}

TEST_CASE_METHOD(ThrottleFixture, "With everything off nothing is ever refused",
                 "[handlers][throttle]") {
    handlers::Throttle throttle({.lockout_failures = 0, .lockout_repeats = 0}, audit, manual_clock);
    for (unsigned call = 0; call < 2000; ++call) {
        CHECK_FALSE(throttle.admit(from("192.0.2.7")));
        CHECK_FALSE(throttle.count_refused(from("192.0.2.7"), pair(call % 2, call)));
        CHECK_FALSE(throttle.admit(from("192.0.2.7"), pair(1, 1)));
    }
}

TEST_CASE("The audit's queue lets through so many events a second, and counts the others",
          "[handlers][audit]") {
    handlers::AuditQueue queue(3);
    const auto now = std::chrono::steady_clock::now;
    for (int i = 0; i < 10; ++i) queue.add({.action = AuditEvent::Action::refused});
    queue.add({.action = AuditEvent::Action::lockout_began});
    CHECK(queue.take(now()).size() == 4);
    queue.add({.action = AuditEvent::Action::refused});
    CHECK(queue.take(now()).empty());
    CHECK(queue.next_second()[0] == 8);
    CHECK(queue.next_second()[0] == 0);
    queue.add({.action = AuditEvent::Action::refused});
    CHECK(queue.take(now()).size() == 1);
    queue.stop();
    CHECK(queue.take(now() + 1h).empty());
}

TEST_CASE_METHOD(ThrottleFixture, "Limits that are changed count anew, and the others go on",
                 "[handlers][throttle][reload]") {
    handlers::Throttle throttle(options, audit, manual_clock);
    for (unsigned guess = 0; guess < 5; ++guess) {
        CHECK_FALSE(throttle.count_refused(from("192.0.2.7"), pair(guess, 1)));
    }
    options.address_rate = 1;
    options.address_burst = 2;
    throttle.change(options);
    CHECK(throttle.admit(from("192.0.2.7"))->outcome == Outcome::locked_out);
    CHECK_FALSE(throttle.admit(from("192.0.2.8")));
    CHECK_FALSE(throttle.admit(from("192.0.2.8")));
    CHECK(throttle.admit(from("192.0.2.8"))->outcome == Outcome::rate_limited);

    options.lockout_failures = 6;
    throttle.change(options);
    CHECK_FALSE(throttle.admit(from("192.0.2.7")));
    CHECK(throttle.admit(from("192.0.2.8"))->outcome == Outcome::rate_limited);

    options.address_rate = 0;
    throttle.change(options);
    CHECK_FALSE(throttle.admit(from("192.0.2.8")));
}
