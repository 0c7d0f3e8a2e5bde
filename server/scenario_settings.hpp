#pragma once

#include <toml++/toml.h>

#include <string>
#include <vector>

#include "standin/scenario.hpp"

namespace customercare {

/// The tables [[standin.scenario]] of a settings file. Throws ServiceError{usage}, whose text names
/// file, line, key, and what is allowed.
[[nodiscard]] std::vector<standin::Scenario> read_scenarios(const toml::node& node,
                                                            const std::string& file);

}  // namespace customercare
