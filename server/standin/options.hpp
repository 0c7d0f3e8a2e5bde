#pragma once

#include <chrono>
#include <cstddef>

#include "handlers/audit.hpp"
#include "handlers/rules.hpp"
#include "handlers/throttle.hpp"
#include "soap/options.hpp"
#include "standin/scenario_options.hpp"
#include "store/call_log_store.hpp"
#include "store/credential_store.hpp"
#include "store/keys.hpp"

namespace customercare::standin {

/// What a stand-in sets for itself: settings standin.*.
struct Options {
    std::size_t journal_max_entries = 1000;        ///< Of one sandbox; the oldest go first.
    std::size_t journal_max_bytes = 67'108'864;    ///< Likewise.
    std::size_t journal_max_body_bytes = 262'144;  ///< Of a request or reply; the rest is cut.
    std::size_t max_sandboxes = 1000;              ///< Beside the default one.
    std::chrono::seconds sandbox_idle{60};  ///< Then a sandbox gives back threads and memory.
    ScenarioOptions scenarios;
};

/// What every sandbox's service is made of. The pointers outlive the stand-in.
struct Ingredients {
    soap::Options soap;
    handlers::Rules rules;
    store::Options store;  ///< Of the default sandbox.
    const store::Keys* keys = nullptr;
    const store::CredentialRegistry* credentials = nullptr;
    handlers::Throttle* throttle = nullptr;
    handlers::AuditQueue* audit = nullptr;
};

}  // namespace customercare::standin
