#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "standin/message.hpp"
#include "standin/scenario.hpp"

namespace customercare::standin {

/// An account number whose calls have a fixed outcome, without any set-up.
struct MagicAccount {
    std::string account_number;
    std::string outcome;  ///< In a word or two.
    std::string text;     ///< What happens, in a sentence.
    Answer answer;
};

/// In the order of their numbers.
[[nodiscard]] const std::vector<MagicAccount>& magic_accounts();

/// The scenario of the message's account number, if that is a magic one.
[[nodiscard]] std::optional<Scenario> find_magic_account(Message& message);

}  // namespace customercare::standin
