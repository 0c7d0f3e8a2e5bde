#pragma once

#include <thread>
#include <vector>

#include "cli/log.hpp"
#include "handlers/audit.hpp"
#include "handlers/throttle.hpp"
#include "store/credential_store.hpp"

namespace customercare::cli {

/// Writes the log lines `audit` from a thread of its own: one for each event in the queue, and once
/// a second how many were left out. Tells the throttle that time passes.
///
///   audit action=refused reason=not_accepted peer=192.0.2.7 id=12 direct=revoked
///     direct_credential=3 direct_label=ivr originating=unknown
///   audit action=lockout_began setting=credentials.lockout_failures peer=192.0.2.7 id=31 lockout=1
///     duration_s=300
///   audit action=lockout_ended setting=credentials.lockout_failures peer=192.0.2.7 lockout=1
///     refused=17
///   audit action=left_out refused=1204
///
/// `id` is the request's, as in its own line. Never a token, nor anything that follows from one.
class AuditLog {
public:
    /// All must outlive the object.
    AuditLog(const Log& log, handlers::AuditQueue& queue, handlers::Throttle& throttle);
    ~AuditLog();  ///< Writes what there is.
    AuditLog(const AuditLog&) = delete;
    AuditLog& operator=(const AuditLog&) = delete;

private:
    void run();
    void next_second();

    const Log& log_;
    handlers::AuditQueue& queue_;
    handlers::Throttle& throttle_;
    std::thread thread_;
};

/// One line for each change of table credential that the server has seen.
void log_changes(const Log& log, const std::vector<store::CredentialChange>& changes);

}  // namespace customercare::cli
