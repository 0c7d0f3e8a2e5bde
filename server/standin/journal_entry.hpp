#pragma once

#include <cstddef>
#include <string_view>

#include "standin/exchange.hpp"
#include "store/journal_store.hpp"

namespace customercare::standin {

/// The exchange as JSON, in short and whole, as told in the README's chapter on the stand-in: SSN,
/// DriverLicense and tokens are masked, bodies cut at `max_body_bytes`.
[[nodiscard]] store::JournalRow journal_row(const Exchange& exchange, std::string_view sandbox,
                                            std::size_t max_body_bytes);

}  // namespace customercare::standin
