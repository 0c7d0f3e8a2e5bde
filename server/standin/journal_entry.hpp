#pragma once

#include <string_view>

#include "standin/exchange.hpp"
#include "store/journal_store.hpp"

namespace customercare::standin {

/// The exchange as JSON, in short and whole, as openapi.json describes it: SSN, DriverLicense and
/// tokens are masked.
[[nodiscard]] store::JournalRow journal_row(const Exchange& exchange, std::string_view sandbox);

}  // namespace customercare::standin
