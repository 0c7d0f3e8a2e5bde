#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>

namespace customercare::model {

/// An IP address. An IPv4 address is the same whether written alone or mapped into IPv6.
class IpAddress {
public:
    using Bytes = std::array<unsigned char, 16>;

    IpAddress() = default;  ///< "::"
    explicit IpAddress(const Bytes& bytes) : bytes_(bytes) {}

    /// "192.0.2.7", "2001:db8::1", "fe80::1%eth0" (the zone is left out); nullopt for anything
    /// else.
    [[nodiscard]] static std::optional<IpAddress> parse(std::string_view text);

    [[nodiscard]] bool is_v4() const;
    [[nodiscard]] bool is_loopback() const;

    /// What counts as one client: an IPv4 address, or the /64 of an IPv6 address, all of which is
    /// at the hands of whoever has one address there (RFC 4291 2.5.4).
    [[nodiscard]] IpAddress client() const;

    [[nodiscard]] const Bytes& bytes() const { return bytes_; }  ///< IPv4 mapped into IPv6.
    [[nodiscard]] std::string text() const;

    bool operator==(const IpAddress&) const = default;

private:
    Bytes bytes_{};
};

}  // namespace customercare::model
