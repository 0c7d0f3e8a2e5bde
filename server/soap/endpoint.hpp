#pragma once

#include <functional>
#include <string_view>

#include "handlers/create_call_log.hpp"
#include "handlers/throttle.hpp"
#include "model/http_message.hpp"
#include "soap/client_address.hpp"
#include "soap/contract.hpp"
#include "soap/options.hpp"
#include "soap/trail.hpp"

namespace customercare::soap {

/// Answers a call that was read, as handlers::CreateCallLog::handle() does.
using CallHandler =
    std::function<void(model::CreateCallLogRequest&&, const model::CreateCallLogDone&)>;

/// The address of the service: everything that CustomerCareService.asmx answers, in the order of
/// decisions of ASMX. handle() may be called from any thread; each gets a guard and a gSOAP context
/// of its own.
class Endpoint {
public:
    /// `create_call_log` and `throttle` must outlive the endpoint.
    Endpoint(Options options, const handlers::CreateCallLog& create_call_log,
             handlers::Throttle& throttle, model::Clock clock = model::system_now);

    /// Answers one request; `reply_to` is called from within this call or, for what is stored, on
    /// the store's thread. `trail`, if not null, is filled until then and must live as long. A call
    /// goes to `instead` if that is not null.
    void handle(const model::HttpRequest& request, model::HttpRespond reply_to,
                Trail* trail = nullptr, const CallHandler* instead = nullptr) const;

private:
    struct Worker;
    [[nodiscard]] Worker& worker() const;

    class Steps;

    void handle_call(const model::HttpRequest& request, const model::HttpRespond& respond,
                     const Steps& steps, const CallHandler* instead) const;
    void handle_soap(const model::HttpRequest& request, const model::Caller& caller,
                     const model::HttpRespond& respond, const Steps& steps,
                     const CallHandler* instead) const;

    Options options_;
    const Contract& contract_;
    const handlers::CreateCallLog& create_call_log_;
    handlers::Throttle& throttle_;
    ClientAddresses client_addresses_;
    model::Clock clock_;
};

}  // namespace customercare::soap
