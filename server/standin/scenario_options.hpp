#pragma once

#include <string>
#include <vector>

#include "standin/forward.hpp"
#include "standin/scenario.hpp"

namespace customercare::standin {

/// What a stand-in answers with instead of the real service's own behaviour: settings standin.*.
struct ScenarioOptions {
    bool has_magic_accounts = true;
    std::vector<Scenario> scenarios;  ///< Every sandbox begins with these.
    ForwardOptions forward;           ///< Without URL: nothing is forwarded.
    std::string record;               ///< Folder for what was forwarded; "": nothing is recorded.
    std::string replay;               ///< Folder of recordings to answer from; "": none.
    std::vector<std::string> replay_fields{"Account/AccountNumber"};
};

}  // namespace customercare::standin
