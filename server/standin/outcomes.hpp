#pragma once

#include <functional>

#include "handlers/create_call_log.hpp"
#include "model/http_message.hpp"
#include "soap/endpoint.hpp"
#include "standin/delays.hpp"
#include "standin/scenario.hpp"

namespace customercare::standin {

/// What a request would meet without a scenario.
struct RealService {
    const handlers::CreateCallLog& calls;
    /// Answers a request; if `instead` is not null, the endpoint must, and with that.
    std::function<void(const model::HttpRequest&, model::HttpRespond,
                       const soap::CallHandler* instead)>
        answer;
};

/// Answers as the scenario says. `respond` is called within this call, on the store's thread, or,
/// after a delay, on that of `delays`, and until then real.calls must live. The request is not
/// looked at after this call.
void perform(const Scenario& scenario, const model::HttpRequest& request, const RealService& real,
             Delays& delays, model::HttpRespond respond);

}  // namespace customercare::standin
