#pragma once

#include "admin/health.hpp"
#include "admin/metrics.hpp"
#include "model/http_message.hpp"

namespace customercare::admin {

/// The server for operators: health checks and metrics. May be used from any thread.
class Admin {
public:
    /// Both must outlive it.
    Admin(const Health& health, const Metrics& metrics) : health_(health), metrics_(metrics) {}

    void handle(const model::HttpRequest& request, const model::HttpRespond& respond) const;

private:
    [[nodiscard]] model::HttpReply answer(const model::HttpRequest& request) const;

    const Health& health_;
    const Metrics& metrics_;
};

}  // namespace customercare::admin
