#pragma once

#include "admin/health.hpp"
#include "model/http_message.hpp"

namespace customercare::admin {

/// The server for operators: health checks. May be used from any thread.
class Admin {
public:
    explicit Admin(const Health& health) : health_(health) {}  ///< Which must outlive it.

    void handle(const model::HttpRequest& request, const model::HttpRespond& respond) const;

private:
    [[nodiscard]] model::HttpReply answer(const model::HttpRequest& request) const;

    const Health& health_;
};

}  // namespace customercare::admin
