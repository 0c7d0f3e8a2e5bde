#pragma once

#include "model/call_log.hpp"
#include "store/call_log_json.hpp"

namespace customercare::store {

/// The call log of an object as to_json() makes it; id, receivedAt, credential and masked are not
/// looked at. Throws ServiceError{usage}, whose text names the member by its path and says what is
/// allowed there; texts are not quoted.
[[nodiscard]] model::CallLog call_log_from_json(const Json& json);

}  // namespace customercare::store
