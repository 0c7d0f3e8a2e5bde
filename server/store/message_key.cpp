#include "store/message_key.hpp"

#include <sodium.h>

#include <algorithm>
#include <array>
#include <cstddef>

namespace customercare::store {

namespace {

constexpr std::size_t hashed_bytes = 4;
constexpr std::size_t tail_size = 2;

std::int64_t append_byte(std::int64_t key, unsigned char byte) { return key << 8 | byte; }

}  // namespace

std::optional<std::int64_t> message_key(std::string_view message_id) {
    if (message_id.empty()) return std::nullopt;
    const std::size_t head_size = message_id.size() - std::min(message_id.size(), tail_size);
    const std::string_view head = message_id.substr(0, head_size);
    std::array<unsigned char, crypto_generichash_BYTES_MIN> hash{};
    crypto_generichash(hash.data(), hash.size(),
                       reinterpret_cast<const unsigned char*>(head.data()), head.size(), nullptr,
                       0);
    std::int64_t key = 0;
    for (std::size_t i = 0; i < hashed_bytes; ++i) key = append_byte(key, hash[i]);
    for (const char c : message_id.substr(head_size)) {
        key = append_byte(key, static_cast<unsigned char>(c));
    }
    return key;
}

}  // namespace customercare::store
