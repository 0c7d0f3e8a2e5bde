#pragma once

#include <string>

#include "soap/guard.hpp"

namespace customercare::standin {

/// A message that the service stores, with a MessageId of its own each time.
[[nodiscard]] std::string filled_sample(soap::SoapVersion version);

}  // namespace customercare::standin
