#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "soap/contract.hpp"
#include "soap/words.hpp"

// The lexical rules of simple values, as ASMX's deserializer has them (the contract's table of
// values).

namespace customercare::soap {

/// XmlConvert.ToBoolean: true, false, 1 or 0, in that case, white space around. nullopt: none of
/// them.
[[nodiscard]] std::optional<bool> parse_boolean(std::string_view text);

/// Reads `text` as a value of that type and appends to `canonical`, as element content, what gSOAP
/// shall see. Returns ASMX's words for what is wrong with it, or "".
[[nodiscard]] Words convert_value(Content content, std::string_view text, std::string& canonical);

}  // namespace customercare::soap
