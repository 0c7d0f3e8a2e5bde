#pragma once

#include <cstddef>
#include <cstdint>
#include <stdexcept>
#include <string>

#include "support/admin_client.hpp"
#include "support/http_client.hpp"
#include "support/message.hpp"
#include "support/server_process.hpp"

namespace customercare::test {

/// The admin address, with what tests of scenarios ask of it.
class ScenarioAdmin : public AdminClient {
public:
    explicit ScenarioAdmin(const ServerProcess& server) : AdminClient(server.admin_port()) {}

    /// Returns the id.
    std::int64_t add_scenario(const std::string& json) const {
        const HttpReply reply = call("POST", "/scenarios", json);
        if (reply.status != 201) throw std::runtime_error(reply.body);
        return Json::parse(reply.body).at("id");
    }

    /// In place of all others.
    void only_scenario(const std::string& json) const {
        act("DELETE", "/scenarios");
        add_scenario(json);
    }

    [[nodiscard]] std::size_t stored(const std::string& account = "") const {
        const std::string filter = account.empty() ? "" : "?account=" + account;
        return get("/call-logs" + filter).at("call_logs").size();
    }
};

/// A call for that account, with a MessageId of its own.
inline std::string call_for(const std::string& account, Soap version = Soap::v11) {
    static int count = 0;
    return post_sample(
        version, {{"AccountNumber", account}, {"MessageId", "call-" + std::to_string(++count)}});
}

}  // namespace customercare::test
