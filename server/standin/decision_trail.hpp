#pragma once

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

#include "standin/exchange.hpp"

namespace customercare::standin {

/// One step of the way to a reply, as the journal tells it.
struct TrailStage {
    std::string_view name;    ///< http, route, guard, skeleton, credentials, validation, ...
    std::string_view result;  ///< ok, refused, skipped.
    std::string detail;
    std::chrono::microseconds duration{0};
};

/// Every stage in its order; those behind the one that decided are skipped.
[[nodiscard]] std::vector<TrailStage> decision_trail(const Exchange& exchange);

/// What the rules validation.* found, a sentence each.
[[nodiscard]] std::vector<std::string> validation_errors(const Exchange& exchange);

}  // namespace customercare::standin
