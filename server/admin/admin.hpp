#pragma once

#include <cstddef>

#include "model/http_message.hpp"
#include "store/call_log_store.hpp"

namespace customercare::admin {

/// The server for operators: health checks. May be used from any thread.
class Admin {
public:
    /// `call_logs` must outlive it. Not ready: as many records wait there as `queue_limit`.
    Admin(const store::CallLogStore& call_logs, std::size_t queue_limit);

    void handle(const model::HttpRequest& request, const model::HttpRespond& respond) const;

private:
    [[nodiscard]] model::HttpReply answer(const model::HttpRequest& request) const;
    [[nodiscard]] model::HttpReply readiness() const;

    const store::CallLogStore& call_logs_;
    std::size_t queue_limit_;
};

}  // namespace customercare::admin
