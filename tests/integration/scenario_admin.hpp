#pragma once

#include <array>
#include <cerrno>
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

/// A client that looks at all bytes and at how they end.
class RawClient : public HttpClient {
public:
    explicit RawClient(const ServerProcess& server) : HttpClient(server.port()) {}

    /// Until the end of the connection; `error` is then the system's, 0 for a proper one.
    std::string read_all() {
        std::string all;
        std::array<char, 4096> buffer{};
        std::ptrdiff_t count = 0;
        while ((count = read_some(buffer.data(), buffer.size())) > 0) {
            all.append(buffer.data(), static_cast<std::size_t>(count));
        }
        error = count < 0 ? errno : 0;
        return all;
    }
    int error = 0;
};

/// A call for that account, with a MessageId of its own.
inline std::string call_for(const std::string& account, Soap version = Soap::v11) {
    static int count = 0;
    return post_sample(
        version, {{"AccountNumber", account}, {"MessageId", "call-" + std::to_string(++count)}});
}

}  // namespace customercare::test
