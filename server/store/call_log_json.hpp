#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "store/call_log_reader.hpp"

// A stored call log as JSON. All names are the wire's.

namespace customercare::store {

using Json = nlohmann::ordered_json;

/// {"id":1,"receivedAt":"…","credential":"…","BaseRequest":{…},"CallerId":"…","CustomerCallLog":{…}}
/// Absent elements are absent; those sent as xsi:nil are null; repeating ones are arrays; open
/// content is a string of XML. "masked": true tells that "*****" stands for an SSN or
/// DriverLicense.
[[nodiscard]] Json to_json(const StoredCallLog& stored);

/// JSON on one line; never throws for invalid UTF-8.
[[nodiscard]] std::string dump(const Json& json);

}  // namespace customercare::store
