#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "handlers/audit.hpp"
#include "handlers/lockouts.hpp"
#include "handlers/rate_limit.hpp"
#include "model/create_call_log.hpp"

namespace customercare::handlers {

/// 0 switches the limit off that it belongs to.
struct ThrottleOptions {
    std::uint32_t lockout_failures = 20;  ///< Different credentials refused to one address.
    std::uint32_t lockout_repeats = 600;  ///< The same credentials refused, to whomever.
    std::chrono::seconds lockout_window{60};
    std::chrono::seconds lockout_duration{300};
    std::uint32_t address_rate = 0;  ///< Calls a second of one address,
    std::uint32_t address_burst = 100;
    std::uint32_t credential_rate = 0;  ///< and with one direct credential.
    std::uint32_t credential_burst = 100;
    std::size_t max_tracked = 65'536;  ///< Addresses or credentials, for each of the four.
};

/// A call's two tokens: as hashes, and what they are found to be.
struct PresentedCredentials {
    store::TokenHash direct;
    store::TokenHash originating;
    FoundCredentials found;
};

[[nodiscard]] SteadyTime steady_now();

/// Lock-out of who guesses credentials, and limits for how fast calls may come.
///
/// What is counted by what:
///
/// - Guesses by address (IPv6: by /64; see model::IpAddress::client). A guess is a pair of tokens,
///   direct and originating as presented, that is refused and that is none of the last sixteen
///   pairs refused to this address. Hence a client that goes on with a credential that was revoked
///   does not lock out the others behind its address. Missing tokens and a Created out of range do
///   not count: nobody looked at a token. A locked address is refused before its message is read.
/// - Refusals of one and the same pair, from whatever addresses. Changing the address gives no
///   more tries of it.
/// - What counts never depends on which token of the pair was wrong, nor on why: unknown, revoked,
///   expired and another client's are the same here too, so that no lock-out betrays half of a
///   pair.
/// - Success resets nothing: who has one good pair could guess others without end.
///
/// A valid pair can't be locked out but by its address, whatever others send: it is looked at
/// before its own count, which matters for refused pairs alone. So whoever knows one of its tokens,
/// replays it too late or without the client certificate it is bound to, can't shut out its owner.
/// An address can't be forged (TCP), and a proxy's word on it counts only from
/// soap.trusted_proxies; where that is not known, nothing is counted by address.
///
/// All refusals here are 429 (RFC 6585): it is the caller who is to slow down. 503 is kept for what
/// the server itself lacks, since load balancers and alarms take a server that answers 503 for a
/// sick one, and a guesser could have it taken out of service. Clients of that time know neither
/// number: both are a transport error to them, and both come with a SOAP fault and Retry-After.
///
/// May be used from any thread. A call that is let through costs next to nothing while nobody is
/// locked out and no rate is set.
class Throttle {
public:
    struct Refusal {
        model::Outcome outcome = model::Outcome::locked_out;
        std::chrono::seconds retry_after{0};
        std::string detail;  ///< For the log: the setting behind it.
    };

    /// `audit` must outlive the throttle.
    Throttle(const ThrottleOptions& options, AuditQueue& audit, SteadyTime (*clock)() = steady_now);

    /// To be asked before anything else about a call.
    [[nodiscard]] std::optional<Refusal> admit(const model::Caller& caller);
    /// For valid credentials.
    [[nodiscard]] std::optional<Refusal> admit(const model::Caller& caller,
                                               const PresentedCredentials& credentials);
    /// Counts credentials that are refused. If that is so often that not even the usual refusal is
    /// to be given: this one.
    [[nodiscard]] std::optional<Refusal> count_refused(const model::Caller& caller,
                                                       const PresentedCredentials& credentials);

    /// Tells the audit of lock-outs whose time is over; to be called about once a second.
    void end_lockouts();

    /// Other limits from now on. Where the numbers of one change it counts anew, and who was locked
    /// out by it is free; the others go on as they were.
    void change(const ThrottleOptions& options);

private:
    /// The limits in force; nullptr: that one is off.
    struct Limits {
        ThrottleOptions options;
        std::shared_ptr<Lockouts> addresses;
        std::shared_ptr<Lockouts> pairs;
        std::shared_ptr<RateLimit> address_rate;
        std::shared_ptr<RateLimit> credential_rate;
    };
    [[nodiscard]] static std::shared_ptr<const Limits> make_limits(const ThrottleOptions& options,
                                                                   const Limits& former);
    [[nodiscard]] std::shared_ptr<const Limits> limits() const {
        return std::atomic_load(&limits_);
    }
    void audit_lockout(const model::Caller& caller, std::uint64_t number, const char* setting,
                       std::chrono::seconds duration, const PresentedCredentials* credentials);

    AuditQueue& audit_;
    SteadyTime (*clock_)();
    std::atomic<bool> told_unknown_{false};
    std::shared_ptr<const Limits> limits_;  // Read and replaced by std::atomic_*.
};

}  // namespace customercare::handlers
