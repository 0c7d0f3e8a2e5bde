#include "cli/audit_log.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <fstream>
#include <iterator>
#include <memory>
#include <string>

#include "support/temporary_directory.hpp"

using namespace customercare;
using Catch::Contains;
using handlers::AuditEvent;

namespace {

std::shared_ptr<const store::Credential> credential(std::int64_t id, const std::string& label) {
    return std::make_shared<const store::Credential>(store::Credential{.id = id, .label = label});
}

/// What the log holds after `use(log)`, without times.
template <typename Use>
std::string logged(cli::LogFormat format, Use use) {
    const test::TemporaryDirectory directory;
    const std::string path = directory.path("log");
    {
        const cli::Log log({.format = format, .file = path});
        use(log);
    }
    std::ifstream file(path);
    return {std::istreambuf_iterator<char>(file), {}};
}

std::string audited(std::vector<AuditEvent> events, std::size_t max_lines = 100) {
    return logged(cli::LogFormat::text, [&](const cli::Log& log) {
        handlers::AuditQueue queue(max_lines);
        handlers::Throttle throttle({}, queue);
        for (AuditEvent& event : events) queue.add(std::move(event));
        const cli::AuditLog audit(log, queue, throttle);
    });
}

}  // namespace

TEST_CASE("A refusal's line tells what the reply does not", "[cli][audit]") {
    AuditEvent event{.action = AuditEvent::Action::refused,
                     .reason = "not_accepted",
                     .address = model::IpAddress::parse("2001:db8::7"),
                     .request_id = 12};
    event.credentials = {{store::Standing::revoked, credential(3, "front desk")},
                         {store::Standing::unknown, credential(0, "")}};
    CHECK_THAT(audited({event}),
               Contains("warning audit action=refused reason=not_accepted peer=2001:db8::7 id=12 "
                        "direct=revoked direct_credential=3 direct_label=\"front desk\" "
                        "originating=unknown\n"));
    CHECK_THAT(
        audited({{.action = AuditEvent::Action::refused, .reason = "missing", .request_id = 13}}),
        Contains("warning audit action=refused reason=missing id=13\n"));
}

TEST_CASE("Lock-outs have a line at both ends", "[cli][audit]") {
    const auto address = model::IpAddress::parse("2001:db8:1:2::");
    const std::string log = audited({{.action = AuditEvent::Action::lockout_began,
                                      .setting = "credentials.lockout_failures",
                                      .address = address,
                                      .request_id = 1,
                                      .lockout = 4,
                                      .duration = std::chrono::seconds(300)},
                                     {.action = AuditEvent::Action::lockout_ended,
                                      .setting = "credentials.lockout_failures",
                                      .address = address,
                                      .lockout = 4,
                                      .refused = 0}});
    CHECK_THAT(log, Contains("warning audit action=lockout_began "
                             "setting=credentials.lockout_failures peer=2001:db8:1:2:: id=1 "
                             "lockout=4 duration_s=300\n"));
    CHECK_THAT(log, Contains("info audit action=lockout_ended "
                             "setting=credentials.lockout_failures peer=2001:db8:1:2::/64 "
                             "lockout=4 refused=0\n"));
}

TEST_CASE("A flood of refusals has a line that counts them", "[cli][audit]") {
    std::vector<AuditEvent> events(1000);
    events.push_back({.action = AuditEvent::Action::lockout_began});
    const std::string log = audited(std::move(events), 5);
    CHECK(std::count(log.begin(), log.end(), '\n') == 5 + 1 + 1);
    CHECK_THAT(log, Contains("warning audit action=left_out refused=995\n"));
}

TEST_CASE("Each change of a credential has a line", "[cli][audit]") {
    using Kind = store::CredentialChange::Kind;
    const auto role = store::Role::originating;
    const auto changed =
        std::make_shared<const store::Credential>(store::Credential{5, role, "ivr"});
    const std::string log = logged(cli::LogFormat::json, [&](const cli::Log& out) {
        cli::log_changes(
            out, {{Kind::added, changed}, {Kind::revoked, changed}, {Kind::removed, changed}});
    });
    for (const char* action : {"credential_added", "credential_revoked", "credential_removed"}) {
        CHECK_THAT(log, Contains(std::string(R"("event":"audit","action":")") + action +
                                 R"(","credential":5,"role":"originating","label":"ivr"})"));
    }
}
