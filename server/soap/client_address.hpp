#pragma once

#include <optional>
#include <string>
#include <vector>

#include "model/http_message.hpp"
#include "model/ip_address.hpp"

namespace customercare::soap {

/// Tells whose address a request comes from: the peer's, or the one that a trusted proxy puts into
/// X-Forwarded-For. That header's last entries are the proxies' own work, the ones before whatever
/// the client sent; hence the last one that is no trusted proxy counts.
class ClientAddresses {
public:
    explicit ClientAddresses(const std::vector<std::string>& trusted_proxies);

    /// nullopt: it is not known, and all clients of that proxy must not be taken for one. So for a
    /// trusted proxy without the header, and for what on this machine sends the header without
    /// being trusted: a proxy that nobody has told us of.
    [[nodiscard]] std::optional<model::IpAddress> find(const model::HttpRequest& request) const;

private:
    [[nodiscard]] bool is_trusted(const model::IpAddress& address) const;

    std::vector<model::IpAddress> trusted_;
};

}  // namespace customercare::soap
