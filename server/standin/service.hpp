#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "model/http_message.hpp"
#include "standin/detour.hpp"
#include "standin/exchange.hpp"
#include "standin/sandboxes.hpp"

namespace customercare::standin {

/// Which sandbox a request is for, by header X-CustomerCare-Sandbox or path prefix /sandbox/NAME.
struct SandboxAddress {
    std::string name;         ///< "" for the default one.
    std::string_view mount;   ///< The prefix, or "".
    std::string_view target;  ///< Without the prefix.
};
/// Throws ServiceError{usage} if both are there and differ, or if the prefix has no name.
[[nodiscard]] SandboxAddress sandbox_address(const model::HttpRequest& request);

// What of a reply reaches the client if HttpReply::wire_fault is not none.
[[nodiscard]] bool has_head(const model::HttpReply& reply);  ///< Status line and headers.
[[nodiscard]] std::string_view sent_body(const model::HttpReply& reply);

/// What answers at the service's address in a stand-in: finds the sandbox, lets a scenario or its
/// endpoint answer, and writes the journal. May be used from any thread.
class Service {
public:
    /// Takes the reply, and the id of its journal entry.
    using Done = std::function<void(model::HttpReply&&, std::int64_t journal_id)>;

    /// Throws ServiceError{usage} as Detour does.
    Service(Sandboxes& sandboxes, const ScenarioOptions& options)
        : sandboxes_(sandboxes), detour_(options) {}

    void handle(const model::HttpRequest& request, model::HttpRespond respond);
    /// The same for one who asks for the journal entry, too.
    void handle(const model::HttpRequest& request, Done done);

    /// A request that was refused, or broke off, before it was whole: for the journal alone.
    struct Fragment {
        std::string_view peer;
        std::string_view method;  ///< This and `target` may be "".
        std::string_view target;
        unsigned status = 0;  ///< 0: there was no reply.
        std::string_view outcome;
        std::string_view detail;
    };
    void note(const Fragment& fragment);

    /// The sandbox's recordings begin at the first ones again.
    void restart_replay(const std::string& sandbox) { detour_.restart_replay(sandbox); }

private:
    struct Call;

    void refuse(const std::shared_ptr<Call>& call, unsigned status, const std::string& why);
    void finish(Call& call, model::HttpReply&& reply);
    std::int64_t journal(Sandbox& sandbox, const std::shared_ptr<Exchange>& exchange);

    Sandboxes& sandboxes_;
    Detour detour_;
};

}  // namespace customercare::standin
