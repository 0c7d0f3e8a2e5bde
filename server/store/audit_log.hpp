#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "store/database.hpp"
#include "store/lock_file.hpp"

// The audit trail: table audit_event, to which the database lets nobody do anything but add.

namespace customercare::store {

class Keys;

/// A line to add. No part of it may be personal data.
struct AuditEntry {
    std::string_view event;    ///< "erase"
    std::string_view subject;  ///< What it was done to: "credential 3".
    std::string_view detail;   ///< "state=done removed=2"
};

/// A line as it stands there.
struct AuditEvent {
    std::int64_t id = 0;
    std::string at;     ///< UTC: "2011-03-04T10:06:07.250Z".
    std::string actor;  ///< "alice (1000)"
    std::string event;
    std::string subject;
    std::string detail;
};

/// Adds a line in the name of the process's user, within a transaction of the caller's: what it
/// tells of and the line are there together or not at all.
void append_audit_event(Database& database, const AuditEntry& entry);

/// A person's account as a subject: a keyed hash, so that who has the key file finds the lines
/// about an account whose number is known, and nobody learns a number from a line.
[[nodiscard]] std::string account_subject(const Keys& keys, std::string_view account_number);

/// Which lines to give; what is not set does not matter.
struct AuditFilter {
    std::optional<std::string> from = std::nullopt;  ///< As model::utc_text(Instant).
    std::optional<std::string> before = std::nullopt;
    std::optional<std::string> event = std::nullopt;
    std::optional<std::string> subject = std::nullopt;
};

/// The lines in their order. Throws ServiceError{storage}.
[[nodiscard]] std::vector<AuditEvent> list_audit_events(const std::string& path,
                                                        const AuditFilter& filter = {});

/// Adds single lines, also while a server runs. For one thread.
class AuditLog {
public:
    /// Throws ServiceError{storage} as every function here.
    explicit AuditLog(const std::string& path);
    /// On return the line is on disk.
    void append(const AuditEntry& entry);

private:
    LockFile lock_;
    Database database_;
};

}  // namespace customercare::store
