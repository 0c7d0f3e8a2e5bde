#include "handlers/throttle.hpp"

#include <algorithm>
#include <cstring>

namespace customercare::handlers {

namespace {

const char* const failures_setting = "credentials.lockout_failures";
const char* const repeats_setting = "credentials.lockout_repeats";
const char* const address_rate_setting = "limits.address_calls_per_s";
const char* const credential_rate_setting = "limits.credential_calls_per_s";

TableKey key_of(const model::IpAddress& address) { return address.client().bytes(); }

/// Half of each hash. They are keyed: nobody can look for two tokens with the same half.
TableKey key_of(const PresentedCredentials& credentials) {
    TableKey key{};
    constexpr std::size_t half = std::tuple_size_v<TableKey> / 2;
    std::copy_n(credentials.direct.begin(), half, key.begin());
    std::copy_n(credentials.originating.begin(), half, key.begin() + half);
    return key;
}

TableKey key_of_direct(const PresentedCredentials& credentials) {
    TableKey key{};
    std::copy_n(credentials.direct.begin(), key.size(), key.begin());
    return key;
}

/// Of the pair; never 0.
std::uint32_t fingerprint_of(const TableKey& pair) {
    std::uint32_t direct = 0;
    std::uint32_t originating = 0;
    std::memcpy(&direct, pair.data(), sizeof direct);
    std::memcpy(&originating, pair.data() + pair.size() / 2, sizeof originating);
    constexpr std::uint32_t odd = 0x9E37'79B1;  // So that a swapped pair is another one.
    return (direct ^ (originating * odd)) | 1U;
}

Throttle::Refusal refusal(model::Outcome outcome, std::chrono::nanoseconds wait,
                          const char* setting) {
    return {outcome,
            std::max(std::chrono::ceil<std::chrono::seconds>(wait), std::chrono::seconds(1)),
            setting};
}

}  // namespace

SteadyTime steady_now() { return std::chrono::steady_clock::now(); }

Throttle::Throttle(const ThrottleOptions& options, AuditQueue& audit, SteadyTime (*clock)())
    : options_(options), audit_(audit), clock_(clock) {
    const auto lockouts = [&](std::optional<Lockouts>& made, std::uint32_t failures) {
        if (failures == 0) return;
        made.emplace(Lockouts::Options{failures, options.lockout_window, options.lockout_duration,
                                       options.max_tracked});
    };
    lockouts(addresses_, options.lockout_failures);
    lockouts(pairs_, options.lockout_repeats);
    const auto rate = [&](std::optional<RateLimit>& made, std::uint32_t per_second,
                          std::uint32_t burst) {
        if (per_second != 0)
            made.emplace(RateLimit::Options{per_second, burst, options.max_tracked});
    };
    rate(address_rate_, options.address_rate, options.address_burst);
    rate(credential_rate_, options.credential_rate, options.credential_burst);
}

std::optional<Throttle::Refusal> Throttle::admit(const model::Caller& caller) {
    if (!addresses_ && !address_rate_) return std::nullopt;
    if (!caller.address) {
        if (!told_unknown_.exchange(true)) {
            audit_.add({.action = AuditEvent::Action::address_unknown,
                        .setting = "soap.trusted_proxies",
                        .request_id = caller.request_id});
        }
        return std::nullopt;
    }
    if (!address_rate_ && !addresses_->is_anyone_locked()) return std::nullopt;
    const SteadyTime now = clock_();
    const TableKey key = key_of(*caller.address);
    if (addresses_) {
        if (const auto rest = addresses_->check(key, now)) {
            return refusal(model::Outcome::locked_out, *rest, failures_setting);
        }
    }
    if (!address_rate_) return std::nullopt;
    const RateLimit::Verdict verdict = address_rate_->admit(key, now);
    if (!verdict.wait) return std::nullopt;
    if (verdict.begins) {
        audit_.add({.action = AuditEvent::Action::rate_limited,
                    .setting = address_rate_setting,
                    .address = caller.address,
                    .request_id = caller.request_id});
    }
    return refusal(model::Outcome::rate_limited, *verdict.wait, address_rate_setting);
}

std::optional<Throttle::Refusal> Throttle::admit(const model::Caller& caller,
                                                 const PresentedCredentials& credentials) {
    if (!credential_rate_) return std::nullopt;
    const RateLimit::Verdict verdict =
        credential_rate_->admit(key_of_direct(credentials), clock_());
    if (!verdict.wait) return std::nullopt;
    if (verdict.begins) {
        audit_.add({.action = AuditEvent::Action::rate_limited,
                    .setting = credential_rate_setting,
                    .address = caller.address,
                    .request_id = caller.request_id,
                    .credentials = credentials.found});
    }
    return refusal(model::Outcome::rate_limited, *verdict.wait, credential_rate_setting);
}

std::optional<Throttle::Refusal> Throttle::count_refused(const model::Caller& caller,
                                                         const PresentedCredentials& credentials) {
    const SteadyTime now = clock_();
    const TableKey pair = key_of(credentials);
    if (pairs_) {
        if (const auto rest = pairs_->check(pair, now)) {
            return refusal(model::Outcome::locked_out, *rest, repeats_setting);
        }
    }
    audit_.add({.action = AuditEvent::Action::refused,
                .reason = "not_accepted",
                .address = caller.address,
                .request_id = caller.request_id,
                .credentials = credentials.found});
    if (pairs_) {
        if (const auto number = pairs_->count(pair, now)) {
            audit_lockout(caller, *number, repeats_setting, &credentials);
        }
    }
    if (addresses_ && caller.address) {
        if (const auto number =
                addresses_->count_if_new(key_of(*caller.address), fingerprint_of(pair), now)) {
            audit_lockout(caller, *number, failures_setting, nullptr);
        }
    }
    return std::nullopt;
}

void Throttle::audit_lockout(const model::Caller& caller, std::uint64_t number, const char* setting,
                             const PresentedCredentials* credentials) {
    AuditEvent event{.action = AuditEvent::Action::lockout_began,
                     .setting = setting,
                     .address = caller.address,
                     .request_id = caller.request_id,
                     .lockout = number,
                     .duration = options_.lockout_duration};
    if (credentials != nullptr) event.credentials = credentials->found;
    audit_.add(std::move(event));
}

void Throttle::end_lockouts() {
    const SteadyTime now = clock_();
    const auto audit = [&](const Lockouts::Ended& ended, const char* setting,
                           std::optional<model::IpAddress> address) {
        audit_.add({.action = AuditEvent::Action::lockout_ended,
                    .setting = setting,
                    .address = address,
                    .lockout = ended.number,
                    .refused = ended.refused});
    };
    if (addresses_) {
        for (const auto& ended : addresses_->take_ended(now)) {
            audit(ended, failures_setting, model::IpAddress(ended.key));
        }
    }
    if (pairs_) {
        for (const auto& ended : pairs_->take_ended(now)) audit(ended, repeats_setting, {});
    }
}

}  // namespace customercare::handlers
