#include "cli/backend.hpp"

#include <string>
#include <utility>

namespace customercare::cli {

struct Backend::Production {
    Production(const Settings& settings, const Shared& shared)
        : call_logs(std::make_unique<store::CallLogStore>(settings.store, shared.keys)),
          rulebooks({.keys = shared.keys,
                     .credentials = shared.credentials,
                     .call_logs = *call_logs,
                     .throttle = shared.throttle,
                     .audit = shared.audit,
                     .clock = model::system_now},
                    settings.soap, settings.rules) {}
    // Before what its completions refer to.
    ~Production() { call_logs.reset(); }
    Production(const Production&) = delete;
    Production& operator=(const Production&) = delete;

    std::unique_ptr<store::CallLogStore> call_logs;
    soap::Rulebooks rulebooks;
};

Backend::StandIn::StandIn(const Settings& settings, const Shared& shared, const Log& log)
    : sandboxes({.soap = settings.soap,
                 .rules = settings.rules,
                 .store = settings.store,
                 .keys = &shared.keys,
                 .credentials = &shared.credentials,
                 .throttle = &shared.throttle,
                 .audit = &shared.audit},
                settings.standin,
                [&log](const std::string& why) {
                    log.write(LogLevel::error, "stand_in_failed", {{"detail", why}});
                }),
      service(sandboxes, settings.standin.scenarios) {}

Backend::Backend(const Settings& settings, const Shared& shared, const Log& log) {
    if (settings.mode == Mode::production) {
        production_ = std::make_unique<Production>(settings, shared);
    } else {
        stand_in_ = std::make_unique<StandIn>(settings, shared, log);
    }
}

Backend::~Backend() = default;

void Backend::handle(const model::HttpRequest& request, model::HttpRespond respond) {
    if (production_) {
        production_->rulebooks.current().endpoint.handle(request, std::move(respond));
    } else {
        stand_in_->service.handle(request, std::move(respond));
    }
}

void Backend::change(const Settings& settings) {
    if (production_) {
        production_->rulebooks.replace(settings.soap, settings.rules);
    } else {
        stand_in_->sandboxes.change(settings.soap, settings.rules);
    }
}

void Backend::note(const http::Exchange& exchange) const {
    if (!stand_in_ || exchange.summary->outcome == "handshake_failed") return;
    stand_in_->service.note({.peer = exchange.peer,
                             .method = exchange.method,
                             .target = exchange.target,
                             .status = exchange.status,
                             .outcome = exchange.summary->outcome,
                             .detail = exchange.summary->detail});
}

store::CallLogStore& Backend::call_logs() const {
    return production_ ? *production_->call_logs : stand_in_->sandboxes.main_store();
}

}  // namespace customercare::cli
