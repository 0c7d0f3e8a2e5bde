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
    : audit_(audit), clock_(clock), limits_(make_limits(options, {})) {}

std::shared_ptr<const Throttle::Limits> Throttle::make_limits(const ThrottleOptions& options,
                                                              const Limits& former) {
    Limits limits{.options = options};
    const auto lockouts = [&](const std::shared_ptr<Lockouts>& old, std::uint32_t old_failures,
                              std::uint32_t failures) -> std::shared_ptr<Lockouts> {
        if (failures == 0) return nullptr;
        const ThrottleOptions& before = former.options;
        const bool is_same = old && failures == old_failures &&
                             options.lockout_window == before.lockout_window &&
                             options.lockout_duration == before.lockout_duration &&
                             options.max_tracked == before.max_tracked;
        if (is_same) return old;
        return std::make_shared<Lockouts>(Lockouts::Options{
            failures, options.lockout_window, options.lockout_duration, options.max_tracked});
    };
    limits.addresses =
        lockouts(former.addresses, former.options.lockout_failures, options.lockout_failures);
    limits.pairs = lockouts(former.pairs, former.options.lockout_repeats, options.lockout_repeats);
    const auto rate = [&](const std::shared_ptr<RateLimit>& old,
                          std::uint32_t ThrottleOptions::*per_second,
                          std::uint32_t ThrottleOptions::*burst) -> std::shared_ptr<RateLimit> {
        if (options.*per_second == 0) return nullptr;
        const ThrottleOptions& before = former.options;
        const bool is_same = old && options.*per_second == before.*per_second &&
                             options.*burst == before.*burst &&
                             options.max_tracked == before.max_tracked;
        if (is_same) return old;
        return std::make_shared<RateLimit>(
            RateLimit::Options{options.*per_second, options.*burst, options.max_tracked});
    };
    limits.address_rate =
        rate(former.address_rate, &ThrottleOptions::address_rate, &ThrottleOptions::address_burst);
    limits.credential_rate = rate(former.credential_rate, &ThrottleOptions::credential_rate,
                                  &ThrottleOptions::credential_burst);
    return std::make_shared<const Limits>(std::move(limits));
}

void Throttle::change(const ThrottleOptions& options) {
    std::atomic_store(&limits_, make_limits(options, *limits()));
}

std::optional<Throttle::Refusal> Throttle::admit(const model::Caller& caller) {
    const auto in_force = limits();
    if (!in_force->addresses && !in_force->address_rate) return std::nullopt;
    if (!caller.address) {
        if (!told_unknown_.exchange(true)) {
            audit_.add({.action = AuditEvent::Action::address_unknown,
                        .setting = "soap.trusted_proxies",
                        .request_id = caller.request_id});
        }
        return std::nullopt;
    }
    if (!in_force->address_rate && !in_force->addresses->is_anyone_locked()) return std::nullopt;
    const SteadyTime now = clock_();
    const TableKey key = key_of(*caller.address);
    if (in_force->addresses) {
        if (const auto rest = in_force->addresses->check(key, now)) {
            return refusal(model::Outcome::locked_out, *rest, failures_setting);
        }
    }
    if (!in_force->address_rate) return std::nullopt;
    const RateLimit::Verdict verdict = in_force->address_rate->admit(key, now);
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
    const auto in_force = limits();
    if (!in_force->credential_rate) return std::nullopt;
    const RateLimit::Verdict verdict =
        in_force->credential_rate->admit(key_of_direct(credentials), clock_());
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
    const auto in_force = limits();
    const SteadyTime now = clock_();
    const TableKey pair = key_of(credentials);
    if (in_force->pairs) {
        if (const auto rest = in_force->pairs->check(pair, now)) {
            return refusal(model::Outcome::locked_out, *rest, repeats_setting);
        }
    }
    audit_.add({.action = AuditEvent::Action::refused,
                .reason = "not_accepted",
                .address = caller.address,
                .request_id = caller.request_id,
                .credentials = credentials.found});
    const std::chrono::seconds duration = in_force->options.lockout_duration;
    if (in_force->pairs) {
        if (const auto number = in_force->pairs->count(pair, now)) {
            audit_lockout(caller, *number, repeats_setting, duration, &credentials);
        }
    }
    if (in_force->addresses && caller.address) {
        if (const auto number = in_force->addresses->count_if_new(key_of(*caller.address),
                                                                  fingerprint_of(pair), now)) {
            audit_lockout(caller, *number, failures_setting, duration, nullptr);
        }
    }
    return std::nullopt;
}

void Throttle::audit_lockout(const model::Caller& caller, std::uint64_t number, const char* setting,
                             std::chrono::seconds duration,
                             const PresentedCredentials* credentials) {
    AuditEvent event{.action = AuditEvent::Action::lockout_began,
                     .setting = setting,
                     .address = caller.address,
                     .request_id = caller.request_id,
                     .lockout = number,
                     .duration = duration};
    if (credentials != nullptr) event.credentials = credentials->found;
    audit_.add(std::move(event));
}

void Throttle::end_lockouts() {
    const auto in_force = limits();
    const SteadyTime now = clock_();
    const auto audit = [&](const Lockouts::Ended& ended, const char* setting,
                           std::optional<model::IpAddress> address) {
        audit_.add({.action = AuditEvent::Action::lockout_ended,
                    .setting = setting,
                    .address = address,
                    .lockout = ended.number,
                    .refused = ended.refused});
    };
    if (in_force->addresses) {
        for (const auto& ended : in_force->addresses->take_ended(now)) {
            audit(ended, failures_setting, model::IpAddress(ended.key));
        }
    }
    if (in_force->pairs) {
        for (const auto& ended : in_force->pairs->take_ended(now))
            audit(ended, repeats_setting, {});
    }
}

}  // namespace customercare::handlers
