#pragma once

#include <cstddef>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "support/http_client.hpp"
#include "support/message.hpp"
#include "support/server_process.hpp"

namespace customercare::test {

/// The JSON interface of a server in stand-in mode.
class StandIn {
public:
    explicit StandIn(const ServerProcess& server) : server_(server) {}

    [[nodiscard]] HttpReply ask(const std::string& method, const std::string& path,
                                const std::string& body = "") const {
        std::string request = method + ' ' + path + " HTTP/1.1\r\nHost: localhost\r\n";
        if (method == "POST" || method == "PUT") {
            request +=
                "Content-Type: application/json\r\nContent-Length: " + std::to_string(body.size()) +
                "\r\n";
        }
        return call(server_.admin_port(), request + "\r\n" + body);
    }

    [[nodiscard]] nlohmann::json get(const std::string& path) const {
        const HttpReply reply = ask("GET", path);
        if (reply.status != 200) throw std::runtime_error(path + ": " + reply.body);
        return nlohmann::json::parse(reply.body);
    }

    /// Returns the id.
    std::int64_t add_scenario(const std::string& json) const {
        const HttpReply reply = ask("POST", "/scenarios", json);
        if (reply.status != 201) throw std::runtime_error(reply.body);
        return nlohmann::json::parse(reply.body).at("id");
    }

    /// In place of all others.
    void only_scenario(const std::string& json) const {
        (void)ask("DELETE", "/scenarios");
        add_scenario(json);
    }

    [[nodiscard]] std::size_t stored(const std::string& account = "") const {
        const std::string filter = account.empty() ? "" : "?account=" + account;
        return get("/call-logs" + filter).at("call_logs").size();
    }

    /// The newest entry, whole.
    [[nodiscard]] nlohmann::json last_entry() const {
        const std::int64_t id = get("/journal?limit=1").at("entries").at(0).at("id");
        return get("/journal/" + std::to_string(id));
    }

private:
    const ServerProcess& server_;
};

/// A call for that account, with a MessageId of its own.
inline std::string call_for(const std::string& account, Soap version = Soap::v11) {
    static int count = 0;
    return post_sample(
        version, {{"AccountNumber", account}, {"MessageId", "call-" + std::to_string(++count)}});
}

}  // namespace customercare::test
