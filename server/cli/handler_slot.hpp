#pragma once

#include <atomic>
#include <list>
#include <utility>

#include "model/http_message.hpp"

namespace customercare::cli {

/// Where an HTTP server finds its handler, which may be replaced by another one while requests
/// come. The former ones stay until the end, since calls may be under way in them.
class HandlerSlot {
public:
    explicit HandlerSlot(model::HttpHandler handler) { replace(std::move(handler)); }

    /// From any thread.
    void handle(const model::HttpRequest& request, model::HttpRespond respond) const {
        (*current_.load(std::memory_order_acquire))(request, std::move(respond));
    }
    /// For one thread at a time.
    void replace(model::HttpHandler handler) {
        handlers_.push_back(std::move(handler));
        current_.store(&handlers_.back(), std::memory_order_release);
    }

private:
    std::list<model::HttpHandler> handlers_;  // Whose members never move.
    std::atomic<const model::HttpHandler*> current_{nullptr};
};

}  // namespace customercare::cli
