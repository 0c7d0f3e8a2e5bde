#pragma once

#include <map>
#include <optional>
#include <string>

#include "model/create_call_log.hpp"

namespace customercare::fuzz {

/// Elements by their path, each step numbered as in WalkedElement, with their text: nullopt for
/// those that hold others.
using Fields = std::map<std::string, std::optional<std::string>>;

/// What the model holds of a call log, by paths below CreateCallLogRequest. BaseRequest and
/// CustomerCallLog themselves are not in it: the model has no place for them.
[[nodiscard]] Fields fields_of(const model::CallLog& call_log);

/// What it holds of the header, by paths below ScCredentials.
[[nodiscard]] Fields fields_of(const model::ScCredentials& credentials);

}  // namespace customercare::fuzz
