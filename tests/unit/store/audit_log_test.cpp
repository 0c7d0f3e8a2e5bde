#include "store/audit_log.hpp"

#include <unistd.h>

#include <catch2/catch.hpp>

#include "store/credential_store.hpp"
#include "unit/store/store_support.hpp"

using namespace customercare;
using Catch::Matchers::Contains;
using store::AuditLog;
using store::list_audit_events;

TEST_CASE("The audit trail tells who did what, when", "[store][audit]") {
    const test::StoreDirectory directory;
    AuditLog audit(directory.database());
    audit.append({.event = "erase", .subject = "account 01", .detail = "state=begun"});
    audit.append({.event = "purge", .subject = "call logs", .detail = ""});

    const auto events = list_audit_events(directory.database());
    REQUIRE(events.size() == 2);
    CHECK(events[0].id == 1);
    CHECK(model::parse_date_time(events[0].at));
    CHECK_THAT(events[0].actor, Contains(std::to_string(geteuid())));
    CHECK(events[0].event == "erase");
    CHECK(events[0].subject == "account 01");
    CHECK(events[0].detail == "state=begun");

    CHECK(list_audit_events(directory.database(), {.event = "purge"}).size() == 1);
    CHECK(list_audit_events(directory.database(), {.subject = "account 01"}).size() == 1);
    CHECK(list_audit_events(directory.database(), {.from = "9"}).empty());
    CHECK(list_audit_events(directory.database(), {.before = "9"}).size() == 2);
}

TEST_CASE("The database lets nobody change or remove a line of the audit trail", "[store][audit]") {
    const test::StoreDirectory directory;
    AuditLog(directory.database()).append({.event = "erase", .subject = "a", .detail = ""});
    const store::Database database = test::open_beside(directory.database());
    const std::string sql =
        GENERATE("UPDATE audit_event SET actor = 'nobody'", "DELETE FROM audit_event",
                 "INSERT OR REPLACE INTO audit_event VALUES (1, '', '', '', '', '')");
    CHECK_THAT(test::error_of([&] { database.execute(sql.c_str()); }, model::ErrorCode::storage),
               Contains("append-only"));
    CHECK(list_audit_events(directory.database()).front().event == "erase");
}

TEST_CASE("Changes of credentials are audited, without label and token", "[store][audit]") {
    const test::StoreDirectory directory;
    const store::Keys keys(directory.key_file());
    store::CredentialStore credentials(directory.database(), keys);
    const auto add = [&] {
        return credentials.add(store::Role::direct, "Mrs Label", model::Sensitive("token-7"), {});
    };
    const auto id = add();
    CHECK_FALSE(test::error_of(add, model::ErrorCode::usage).empty());  // Twice.
    credentials.revoke(id);
    credentials.revoke(id + 1);  // There is none.

    const auto events = list_audit_events(directory.database());
    REQUIRE(events.size() == 2);
    CHECK(events[0].event == "credentials add");
    CHECK(events[1].event == "credentials revoke");
    for (const auto& event : events) {
        CHECK(event.subject == "credential " + std::to_string(id));
        CHECK_THAT(event.detail, !Contains("Label") && !Contains("token-7"));
    }
}

TEST_CASE("An account is named so that only those with the key file find it", "[store][audit]") {
    const test::StoreDirectory directory;
    const store::Keys keys(directory.key_file());
    const std::string subject = store::account_subject(keys, "1234567890");
    CHECK_THAT(subject, !Contains("1234567890") && !Contains("7890"));
    CHECK(store::account_subject(keys, " 1234567890\n") == subject);
    CHECK(store::account_subject(keys, "1234567891") != subject);
    CHECK(store::account_subject(store::Keys(directory.file("other")), "1234567890") != subject);
}
