#pragma once

#include <atomic>
#include <list>
#include <utility>

#include "handlers/audit.hpp"
#include "handlers/create_call_log.hpp"
#include "handlers/rules.hpp"
#include "handlers/throttle.hpp"
#include "model/date_time.hpp"
#include "soap/endpoint.hpp"
#include "soap/options.hpp"
#include "store/call_log_store.hpp"
#include "store/credential_store.hpp"
#include "store/keys.hpp"

namespace customercare::soap {

/// What rules are applied to, and judged by. All of it outlives the rulebooks.
struct Premises {
    const store::Keys& keys;
    const store::CredentialRegistry& credentials;
    store::CallLogStore& call_logs;
    handlers::Throttle& throttle;
    handlers::AuditQueue& audit;
    model::Clock clock;
};

/// What answers requests by some settings: the operation, and the endpoint in front of it.
struct Rulebook {
    Rulebook(const Premises& premises, const Options& options, const handlers::Rules& rules)
        : create_call_log(rules, premises.credentials, premises.call_logs, premises.keys,
                          premises.throttle, premises.audit, premises.clock),
          endpoint(options, create_call_log, premises.throttle, premises.clock) {}

    handlers::CreateCallLog create_call_log;
    Endpoint endpoint;
};

/// The rulebook in force, which another one may replace while requests come. The former ones stay
/// until the end, since calls may be under way in them.
class Rulebooks {
public:
    Rulebooks(Premises premises, const Options& options, const handlers::Rules& rules)
        : premises_(std::move(premises)) {
        replace(options, rules);
    }

    /// From any thread.
    [[nodiscard]] const Rulebook& current() const {
        return *current_.load(std::memory_order_acquire);
    }
    /// For one thread at a time.
    void replace(const Options& options, const handlers::Rules& rules) {
        current_.store(&rulebooks_.emplace_back(premises_, options, rules),
                       std::memory_order_release);
    }

private:
    const Premises premises_;
    std::list<Rulebook> rulebooks_;  // Whose members never move.
    std::atomic<const Rulebook*> current_{nullptr};
};

}  // namespace customercare::soap
