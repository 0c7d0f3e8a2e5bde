#pragma once

#include <string>
#include <string_view>

#include "standin/exchange.hpp"

namespace customercare::standin {

/// One or two plain sentences: what was wrong with the request, and what to change. "" where there
/// is nothing to say. `text` is the request's body in UTF-8. SSN, DriverLicense and tokens are not
/// quoted.
[[nodiscard]] std::string explain(const Exchange& exchange, std::string_view text);

/// The same for one element that was ignored though the request was not refused.
[[nodiscard]] std::string ignored_hint(const soap::IgnoredElement& element);

// The parts of explain(), each in a file of its own.

/// In what an action differs from an operation's: "(capital L)"; "" if in too much to be told.
[[nodiscard]] std::string action_difference(std::string_view sent, std::string_view expected);

/// A refusal that the endpoint's guard decided: explanation_of_message.cpp.
[[nodiscard]] std::string explain_message(const Exchange& exchange, std::string_view text);

/// AuthenticationFailed: explanation_of_credentials.cpp.
[[nodiscard]] std::string explain_credentials(const Exchange& exchange, std::string_view text);

}  // namespace customercare::standin
