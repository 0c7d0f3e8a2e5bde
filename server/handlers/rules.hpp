#pragma once

#include <chrono>
#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace customercare::handlers {

enum class CredentialPolicy {
    registered,  ///< Both tokens must be registered (customercare credentials add).
    any,         ///< Both tokens must be there; their values do not matter.
};

/// The rules of CreateCallLog that an installation sets.
struct Rules {
    CredentialPolicy credential_policy = CredentialPolicy::registered;
    std::chrono::seconds max_age{0};  ///< Of ScCredentials/Created; 0: not looked at.

    /// Elements that must be there and not be blank, as paths below CreateCallLogRequest
    /// ("BaseRequest/MessageId", "CustomerCallLog/Account/AccountNumber").
    std::vector<std::string> required;
    /// Longest text, in characters (Unicode code points), of the elements named likewise.
    std::map<std::string, std::size_t> max_length;

    // BaseResponse's texts. The original's values are not public.
    std::string success_code = "0";
    std::string success_description = "Success";
    std::string error_code = "1";
    std::string error_description = "Error";
};

}  // namespace customercare::handlers
