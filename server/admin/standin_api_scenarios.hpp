#pragma once

#include <optional>
#include <string_view>

#include "model/http_message.hpp"
#include "standin/scenario_set.hpp"

namespace customercare::admin {

/// Answers /scenarios, /scenarios/ID and /magic-accounts for one sandbox; `path` is the target's,
/// without query and without the sandbox's prefix. nullopt: it is none of them.
[[nodiscard]] std::optional<model::HttpReply> answer_scenarios(standin::ScenarioSet& scenarios,
                                                               const model::HttpRequest& request,
                                                               std::string_view path);

}  // namespace customercare::admin
