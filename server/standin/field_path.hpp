#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace customercare::standin {

/// The path of a field below the operation's request ("CustomerCallLog/Account/AccountNumber") that
/// `text` means: such a path, or a tail of one that no other path has ("Account/AccountNumber").
/// Throws ServiceError{usage}, whose text names the candidates.
[[nodiscard]] std::string resolve_field_path(std::string_view text);

/// Every field of the contract, in its order.
[[nodiscard]] const std::vector<std::string>& list_field_paths();

/// Fields whose text is shown to nobody: SSN and DriverLicense.
[[nodiscard]] bool is_secret_field(std::string_view path);

}  // namespace customercare::standin
