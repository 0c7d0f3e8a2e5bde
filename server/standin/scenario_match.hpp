#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "model/sensitive.hpp"
#include "standin/message.hpp"
#include "standin/scenario.hpp"

namespace customercare::standin {

/// The label of the registered credential that a direct token is, for a client certificate of that
/// subject; nullopt: there is none.
using FindCredential = std::function<std::optional<std::string>(const model::Sensitive& token,
                                                                std::string_view client_subject)>;

/// A scenario's conditions, made ready once. May be used by several threads.
class Matcher {
public:
    explicit Matcher(const ScenarioMatch& match);  ///< Which read_scenario() has checked.

    /// Why the conditions do not hold, in words, one for each; none: they hold. Whether it is the
    /// nth call is not looked at.
    [[nodiscard]] std::vector<std::string> find_misses(Message& message,
                                                       const FindCredential& find_credential) const;

private:
    struct Field {
        std::string path;
        std::string value;
    };

    ScenarioMatch match_;
    std::vector<Field> fields_;
    std::optional<XPath> xpath_;
};

}  // namespace customercare::standin
