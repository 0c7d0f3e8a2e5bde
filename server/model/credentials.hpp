#pragma once

#include <optional>
#include <string>

#include "model/call_log.hpp"
#include "model/sensitive.hpp"

namespace customercare::model {

struct BinarySecurityToken {
    std::optional<Sensitive> id;
};

struct UserNameToken {
    std::optional<BinarySecurityToken> binary_security_token;

    /// The token's ID, or nullptr where any part of the way to it is absent.
    [[nodiscard]] const Sensitive* id() const {
        return binary_security_token && binary_security_token->id ? &*binary_security_token->id
                                                                  : nullptr;
    }
};

/// The SOAP header ScCredentials. Absent parts stay absent, since the reply echoes the header.
struct ScCredentials {
    std::optional<UserNameToken> direct_user_name_token;
    std::optional<UserNameToken> originating_user_name_token;
    Text created;
};

}  // namespace customercare::model
