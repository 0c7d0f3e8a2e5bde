#pragma once

#include "admin/health.hpp"
#include "admin/metrics.hpp"
#include "model/http_message.hpp"

namespace customercare::admin {

class StandinApi;

/// The server for operators: health checks and metrics, and a stand-in's interface. May be used
/// from any thread.
class Admin {
public:
    /// All must outlive it. `standin` answers all other paths; nullptr: there are none.
    Admin(const Health& health, const Metrics& metrics, const StandinApi* standin = nullptr)
        : health_(health), metrics_(metrics), standin_(standin) {}

    void handle(const model::HttpRequest& request, const model::HttpRespond& respond) const;

private:
    [[nodiscard]] model::HttpReply answer(const model::HttpRequest& request) const;

    const Health& health_;
    const Metrics& metrics_;
    const StandinApi* standin_;
};

}  // namespace customercare::admin
