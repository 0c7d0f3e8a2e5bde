#pragma once

#include <functional>
#include <optional>
#include <string_view>

#include "model/call_log.hpp"

namespace customercare::handlers {

/// Visits every simple field of the call log by the path of its parent below CreateCallLogRequest
/// ("CustomerCallLog/Account", "" for CallerId), its name, and its text: nullopt if absent; flags
/// and numbers that are there have a text that is not blank. Fields of repeating elements come once
/// per element, those of absent elements not at all.
using FieldVisitor = std::function<void(std::string_view parent, std::string_view name,
                                        std::optional<std::string_view>)>;
void visit_fields(const model::CallLog& call_log, const FieldVisitor& visit);

}  // namespace customercare::handlers
