#pragma once

#include <string>

#include "soap/contract.hpp"
#include "soap/guard.hpp"

namespace customercare::soap {

/// The sample message that ASMX's help page shows, as HTML: indented, values as placeholders in
/// <font class=value>, repeating elements twice, complex types below depth 4 as xsi:nil.
/// `body` is the operation's request or response element. Line ends are LF.
/// Source: the sample writer of DefaultWsdlHelpGenerator.aspx, as told in the contract.
[[nodiscard]] std::string sample_message(const Contract& contract, SoapVersion version,
                                         const ElementDeclaration& body);

}  // namespace customercare::soap
