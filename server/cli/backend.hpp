#pragma once

#include <memory>
#include <optional>

#include "cli/log.hpp"
#include "handlers/audit.hpp"
#include "handlers/throttle.hpp"
#include "http/server.hpp"
#include "model/http_message.hpp"
#include "settings.hpp"
#include "soap/rulebooks.hpp"
#include "standin/sandboxes.hpp"
#include "standin/service.hpp"
#include "store/call_log_store.hpp"
#include "store/credential_store.hpp"
#include "store/keys.hpp"

namespace customercare::cli {

/// What answers at the service's address: in mode production the endpoint on its store; in mode
/// stand-in the same in sandboxes, of which nothing is there in production.
class Backend {
public:
    /// What a stand-in's sandboxes have in common, too.
    struct Shared {
        const store::Keys& keys;
        const store::CredentialRegistry& credentials;
        handlers::Throttle& throttle;
        handlers::AuditQueue& audit;
    };

    /// Opens the database. What is given must outlive it.
    Backend(const Settings& settings, const Shared& shared, const Log& log);
    /// Stores what is queued and completes it.
    ~Backend();
    Backend(const Backend&) = delete;
    Backend& operator=(const Backend&) = delete;

    void handle(const model::HttpRequest& request, model::HttpRespond respond);

    /// Takes soap.*, guard.*, credentials.* and the like for the calls that come from now on. For
    /// one thread at a time; throws if the settings can't be used, and then nothing has changed.
    void change(const Settings& settings);

    /// A stand-in's journal tells also of what never reached handle().
    void note(const http::Exchange& exchange) const;

    [[nodiscard]] store::CallLogStore& call_logs() const;

    struct StandIn {
        StandIn(const Settings& settings, const Shared& shared, const Log& log);

        standin::Sandboxes sandboxes;
        standin::Service service;
    };
    [[nodiscard]] StandIn* stand_in() const { return stand_in_.get(); }  ///< May be nullptr.

private:
    struct Production;
    std::unique_ptr<Production> production_;
    std::unique_ptr<StandIn> stand_in_;
};

}  // namespace customercare::cli
