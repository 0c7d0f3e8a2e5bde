#pragma once

#include "model/create_call_log.hpp"

// gSOAP's generated classes, with their names.
// NOLINTBEGIN(bugprone-reserved-identifier)
class c__ScCredentials;
class _c__CreateCallLog;
// NOLINTEND(bugprone-reserved-identifier)

namespace customercare::soap {

/// Moves what gSOAP read into the model. `credentials`: nullptr if there were none.
[[nodiscard]] model::CreateCallLogRequest to_model(c__ScCredentials* credentials,
                                                   _c__CreateCallLog& message);

}  // namespace customercare::soap
