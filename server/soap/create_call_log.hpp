#pragma once

#include "model/create_call_log.hpp"

// gSOAP's generated classes, with their names.
// NOLINTBEGIN(bugprone-reserved-identifier)
class ccs__ScCredentials;
class _ccs__CreateCallLog;
// NOLINTEND(bugprone-reserved-identifier)

namespace customercare::soap {

/// From gSOAP's generated classes to the model. `credentials`: nullptr if there were none.
[[nodiscard]] model::CreateCallLogRequest to_model(const ccs__ScCredentials* credentials,
                                                   const _ccs__CreateCallLog& message);

}  // namespace customercare::soap
