#include "model/ip_address.hpp"

#include <arpa/inet.h>

#include <algorithm>

namespace customercare::model {

namespace {

constexpr std::array<unsigned char, 12> v4_prefix{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF};
constexpr std::size_t network_bytes = 8;

}  // namespace

std::optional<IpAddress> IpAddress::parse(std::string_view text) {
    std::array<char, INET6_ADDRSTRLEN> copy{};  // inet_pton wants a null at the end.
    text = text.substr(0, text.find('%'));
    if (text.size() >= copy.size()) return std::nullopt;
    std::copy(text.begin(), text.end(), copy.begin());

    IpAddress address;
    if (text.find(':') != std::string_view::npos) {
        if (inet_pton(AF_INET6, copy.data(), address.bytes_.data()) != 1) return std::nullopt;
        return address;
    }
    std::copy(v4_prefix.begin(), v4_prefix.end(), address.bytes_.begin());
    if (inet_pton(AF_INET, copy.data(), address.bytes_.data() + v4_prefix.size()) != 1) {
        return std::nullopt;
    }
    return address;
}

bool IpAddress::is_v4() const {
    return std::equal(v4_prefix.begin(), v4_prefix.end(), bytes_.begin());
}

bool IpAddress::is_loopback() const {
    if (is_v4()) return bytes_[v4_prefix.size()] == 127;
    return std::all_of(bytes_.begin(), bytes_.end() - 1, [](auto byte) { return byte == 0; }) &&
           bytes_.back() == 1;
}

IpAddress IpAddress::client() const {
    IpAddress network = *this;
    if (!is_v4()) std::fill(network.bytes_.begin() + network_bytes, network.bytes_.end(), 0);
    return network;
}

std::string IpAddress::text() const {
    std::array<char, INET6_ADDRSTRLEN> text{};
    if (is_v4()) {
        inet_ntop(AF_INET, bytes_.data() + v4_prefix.size(), text.data(), text.size());
    } else {
        inet_ntop(AF_INET6, bytes_.data(), text.data(), text.size());
    }
    return text.data();
}

}  // namespace customercare::model
