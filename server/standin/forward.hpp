#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <string>

#include "model/http_message.hpp"
#include "standin/recording.hpp"

namespace customercare::standin {

struct ForwardOptions {
    std::string url;                            ///< Of the service: http:// or https://.
    std::string certificate_authorities;        ///< PEM file; "": the system's.
    std::chrono::milliseconds timeout{30'000};  ///< For a whole exchange.
    std::size_t max_reply_bytes = 64 * 1024UL * 1024;
};

/// Passes requests on to a real service, all on one thread of its own, by libcurl. The client gets
/// what the service says; if that says nothing, a Server fault with status 502 or 504.
class Forward {
public:
    /// Is told each exchange that had a reply, on the thread of the class; `operation` is static
    /// text, "" for none. What it throws is told in the log.
    using Observer = std::function<void(Recording&&, std::string_view operation)>;

    /// Throws ServiceError{usage} if the URL is not allowed. `observe` may be empty.
    Forward(ForwardOptions options, Observer observe);
    ~Forward();  ///< Requests without a reply are dropped.
    Forward(const Forward&) = delete;
    Forward& operator=(const Forward&) = delete;

    /// From any thread; `respond` is called on the thread of the class. The query of the request's
    /// target is passed on, its path is not.
    void answer(const model::HttpRequest& request, model::HttpRespond respond);

private:
    class Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace customercare::standin
