#pragma once

#include <cstdint>
#include <string_view>

#include "handlers/create_call_log.hpp"
#include "handlers/throttle.hpp"
#include "model/http_message.hpp"
#include "soap/client_address.hpp"
#include "soap/contract.hpp"
#include "soap/options.hpp"

namespace customercare::soap {

/// The address of the service: everything that CustomerCareService.asmx answers, in the order of
/// decisions of ASMX. handle() may be called from any thread; each gets a guard and a gSOAP context
/// of its own.
class Endpoint {
public:
    /// `create_call_log` and `throttle` must outlive the endpoint.
    Endpoint(Options options, const handlers::CreateCallLog& create_call_log,
             handlers::Throttle& throttle, model::Clock clock = model::system_now);

    /// Answers one request; `reply_to` is called from within this call or, for what is stored, on
    /// the store's thread.
    void handle(const model::HttpRequest& request, model::HttpRespond reply_to) const;

private:
    struct Worker;
    [[nodiscard]] Worker& worker() const;

    void handle_call(const model::HttpRequest& request, const model::HttpRespond& respond) const;
    void handle_soap(const model::HttpRequest& request, const model::Caller& caller,
                     const model::HttpRespond& respond) const;

    Options options_;
    const Contract& contract_;
    const handlers::CreateCallLog& create_call_log_;
    handlers::Throttle& throttle_;
    ClientAddresses client_addresses_;
    model::Clock clock_;
    std::uint64_t id_;  ///< Tells the endpoints of one process apart, for worker().
};

}  // namespace customercare::soap
