#pragma once

#include <nlohmann/json_fwd.hpp>

#include "standin/scenario.hpp"

namespace customercare::standin {

/// A scenario as the API and the settings file write it. Members `id` and `used` are ignored.
/// Throws ServiceError{usage}, whose text names the key, and what is allowed there.
[[nodiscard]] Scenario read_scenario(const nlohmann::json& json);

[[nodiscard]] nlohmann::ordered_json write_scenario(const Scenario& scenario);

}  // namespace customercare::standin
