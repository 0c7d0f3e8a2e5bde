#include "store/audit_log.hpp"

#include <pwd.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <fstream>

#include "model/date_time.hpp"
#include "store/keys.hpp"
#include "store/migrate.hpp"

namespace customercare::store {

namespace {

constexpr std::chrono::milliseconds busy_timeout{10'000};

/// "alice (1000)"; the number alone if it has no name.
std::string text_of(uid_t user) {
    passwd entry{};
    passwd* found = nullptr;
    std::array<char, 4096> buffer{};
    std::string number = std::to_string(user);
    if (getpwuid_r(user, &entry, buffer.data(), buffer.size(), &found) != 0 || found == nullptr) {
        return number;
    }
    return std::string(found->pw_name) + " (" + number + ')';
}

/// The process's user; and who logged in, where the kernel knows of another (sudo does not change
/// that).
std::string actor() {
    const uid_t user = geteuid();
    std::string text = text_of(user);
    uid_t login = user;
    constexpr auto none = static_cast<uid_t>(-1);
    if (std::ifstream("/proc/self/loginuid") >> login && login != none && login != user) {
        text += ", logged in as " + text_of(login);
    }
    return text;
}

}  // namespace

void append_audit_event(Database& database, const AuditEntry& entry) {
    database
        .prepare(
            "INSERT INTO audit_event (at, actor, event, subject, detail)"
            " VALUES (?, ?, ?, ?, ?)")
        .bind_copy(model::utc_text(model::system_now()))
        .bind_copy(actor())
        .bind(entry.event)
        .bind(entry.subject)
        .bind(entry.detail)
        .run();
}

std::string account_subject(const Keys& keys, std::string_view account_number) {
    return "account " + keys.hash_account(account_number);
}

std::vector<AuditEvent> list_audit_events(const std::string& path, const AuditFilter& filter) {
    Database database = open_read_only(path, busy_timeout);
    Statement rows = database.prepare(
        "SELECT id, at, actor, event, subject, detail FROM audit_event"
        " WHERE (?1 IS NULL OR at >= ?1) AND (?2 IS NULL OR at < ?2)"
        " AND (?3 IS NULL OR event = ?3) AND (?4 IS NULL OR subject = ?4) ORDER BY id");
    rows.bind(filter.from).bind(filter.before).bind(filter.event).bind(filter.subject);
    std::vector<AuditEvent> events;
    while (rows.step()) {
        AuditEvent& event = events.emplace_back();
        rows.read(event.id);
        rows.read(event.at);
        rows.read(event.actor);
        rows.read(event.event);
        rows.read(event.subject);
        rows.read(event.detail);
    }
    return events;
}

AuditLog::AuditLog(const std::string& path)
    : lock_(path),
      database_(open_migrated(path, Database::Access::read_write, busy_timeout, lock_)) {}

void AuditLog::append(const AuditEntry& entry) {
    const CheckpointLock no_checkpoint(lock_, busy_timeout);
    Transaction transaction(database_);
    append_audit_event(database_, entry);
    transaction.commit();
}

}  // namespace customercare::store
