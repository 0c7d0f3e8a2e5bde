#include "soap/client_address.hpp"

#include <algorithm>
#include <string_view>

namespace customercare::soap {

namespace {

constexpr std::string_view forwarded_for = "X-Forwarded-For";

/// An entry of the list: an address, which some proxies write with its port.
std::optional<model::IpAddress> parse_entry(std::string_view entry) {
    const std::size_t begin = entry.find_first_not_of(" \t");
    if (begin == std::string_view::npos) return std::nullopt;
    entry = entry.substr(begin, entry.find_last_not_of(" \t") + 1 - begin);
    const std::size_t colon = entry.find(':');
    if (entry.front() == '[') {
        entry = entry.substr(1, entry.find(']') - 1);
    } else if (colon != std::string_view::npos && colon == entry.rfind(':')) {
        entry = entry.substr(0, colon);
    }
    return model::IpAddress::parse(entry);
}

}  // namespace

ClientAddresses::ClientAddresses(const std::vector<std::string>& trusted_proxies) {
    for (const std::string& text : trusted_proxies) {
        if (const auto address = model::IpAddress::parse(text)) trusted_.push_back(*address);
    }
}

std::optional<model::IpAddress> ClientAddresses::find(const model::HttpRequest& request) const {
    const auto peer = model::IpAddress::parse(request.peer);
    if (!peer) return std::nullopt;
    if (!is_trusted(*peer)) {
        const bool is_unknown_proxy = peer->is_loopback() && request.find(forwarded_for) != nullptr;
        return is_unknown_proxy ? std::nullopt : peer;
    }
    // Several lines are one list ([RFC9110] 5.2), of which we take the end.
    for (std::size_t line = request.headers.size(); line-- > 0;) {
        const model::HttpHeader& header = request.headers[line];
        if (!model::equals_ignoring_case(header.name, forwarded_for)) continue;
        std::string_view list = header.value;
        for (bool is_first = false; !is_first;) {
            const std::size_t comma = list.rfind(',');
            is_first = comma == std::string_view::npos;
            const auto address = parse_entry(is_first ? list : list.substr(comma + 1));
            if (!address || !is_trusted(*address)) return address;
            list = list.substr(0, is_first ? 0 : comma);
        }
    }
    return std::nullopt;
}

bool ClientAddresses::is_trusted(const model::IpAddress& address) const {
    return std::find(trusted_.begin(), trusted_.end(), address) != trusted_.end();
}

}  // namespace customercare::soap
