#include "cli/audit_log.hpp"

#include <array>
#include <chrono>
#include <optional>
#include <string>

namespace customercare::cli {

namespace {

using handlers::AuditEvent;
using std::chrono::steady_clock;

constexpr std::string_view line = "audit";

constexpr std::array<std::string_view, AuditEvent::action_count> action_names{
    "refused", "lockout_began", "lockout_ended", "rate_limited", "address_unknown"};

std::string_view name_of(AuditEvent::Action action) {
    return action_names[static_cast<std::size_t>(action)];
}

std::string_view name_of(store::Standing standing) {
    switch (standing) {
        case store::Standing::unknown:
            return "unknown";
        case store::Standing::other_role:
            return "other_role";
        case store::Standing::other_client:
            return "other_client";
        case store::Standing::expired:
            return "expired";
        case store::Standing::revoked:
            return "revoked";
        case store::Standing::valid:
            break;
    }
    return "valid";
}

std::string_view name_of(store::CredentialChange::Kind kind) {
    switch (kind) {
        case store::CredentialChange::Kind::added:
            return "credential_added";
        case store::CredentialChange::Kind::revoked:
            return "credential_revoked";
        case store::CredentialChange::Kind::removed:
            break;
    }
    return "credential_removed";
}

LogLevel level_of(AuditEvent::Action action) {
    return action == AuditEvent::Action::lockout_ended ? LogLevel::info : LogLevel::warning;
}

/// The client as it is counted: an IPv6 address by its network.
std::string text_of(const AuditEvent& event) {
    if (!event.address) return {};
    const bool is_network = event.action == AuditEvent::Action::lockout_ended;
    return event.address->text() + (is_network && !event.address->is_v4() ? "/64" : "");
}

/// The fields of one line.
class Fields {
public:
    void add(std::string_view key, std::string_view value) {
        if (!value.empty()) fields_.push_back({key, value});
    }
    void add(std::string_view key, std::uint64_t value) {
        fields_.push_back({key, static_cast<std::int64_t>(value)});
    }
    void add_if(std::string_view key, std::uint64_t value) {
        if (value != 0) add(key, value);
    }
    [[nodiscard]] std::span<const LogField> get() const { return fields_; }

private:
    std::vector<LogField> fields_;
};

void add_found(Fields& fields, const handlers::FoundCredentials& found) {
    // Where any token will do, nothing is looked up.
    if (!found.direct.credential || !found.originating.credential) return;
    const store::Credential& direct = *found.direct.credential;
    const store::Credential& originating = *found.originating.credential;
    fields.add("direct", name_of(found.direct.standing));
    fields.add_if("direct_credential", static_cast<std::uint64_t>(direct.id));
    fields.add("direct_label", direct.label);
    fields.add("originating", name_of(found.originating.standing));
    fields.add_if("originating_credential", static_cast<std::uint64_t>(originating.id));
    fields.add("originating_label", originating.label);
}

void write(const Log& log, const AuditEvent& event) {
    const std::string peer = text_of(event);
    Fields fields;
    fields.add("action", name_of(event.action));
    fields.add("reason", event.reason);
    fields.add("setting", event.setting);
    fields.add("peer", peer);
    fields.add_if("id", event.request_id);
    fields.add_if("lockout", event.lockout);
    fields.add_if("duration_s", static_cast<std::uint64_t>(event.duration.count()));
    if (event.action == AuditEvent::Action::lockout_ended) fields.add("refused", event.refused);
    if (event.credentials) add_found(fields, *event.credentials);
    if (event.action == AuditEvent::Action::address_unknown) {
        fields.add("detail",
                   "Clients come by a proxy and their addresses are not known, so none is counted "
                   "for lock-outs and rates: name the proxy in soap.trusted_proxies and have it "
                   "append to X-Forwarded-For.");
    }
    log.write(level_of(event.action), line, fields.get());
}

}  // namespace

AuditLog::AuditLog(const Log& log, handlers::AuditQueue& queue, handlers::Throttle& throttle)
    : log_(log), queue_(queue), throttle_(throttle), thread_([this] { run(); }) {}

AuditLog::~AuditLog() {
    queue_.stop();
    thread_.join();
}

void AuditLog::run() {
    auto deadline = steady_clock::now() + std::chrono::seconds(1);
    for (bool is_last = false; !is_last;) {
        is_last = queue_.is_stopped();
        for (const AuditEvent& event : queue_.take(deadline)) write(log_, event);
        if (const auto now = steady_clock::now(); is_last || now >= deadline) {
            next_second();
            deadline = now + std::chrono::seconds(1);
        }
    }
}

void AuditLog::next_second() {
    throttle_.end_lockouts();
    const handlers::AuditQueue::Counts left_out = queue_.next_second();
    Fields fields;
    fields.add("action", "left_out");
    for (std::size_t i = 0; i < left_out.size(); ++i) fields.add_if(action_names[i], left_out[i]);
    if (fields.get().size() > 1) log_.write(LogLevel::warning, line, fields.get());
}

void log_changes(const Log& log, const std::vector<store::CredentialChange>& changes) {
    for (const store::CredentialChange& change : changes) {
        const store::Credential& credential = *change.credential;
        Fields fields;
        fields.add("action", name_of(change.kind));
        fields.add("credential", static_cast<std::uint64_t>(credential.id));
        fields.add("role", credential.role == store::Role::direct ? "direct" : "originating");
        fields.add("label", credential.label);
        log.write(LogLevel::info, line, fields.get());
    }
}

}  // namespace customercare::cli
