#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "model/sensitive.hpp"

namespace customercare::store {

/// The secrets of one installation, from its key file: one master key, from which the key for token
/// hashes and the key for encryption at rest are derived (libsodium crypto_kdf).
/// Immutable after construction, hence safe from any thread.
class Keys {
public:
    /// Reads the key file; creates it (mode 0600, 32 random bytes in hex, and a key id) if it does
    /// not exist. Throws ServiceError{usage} naming the file if it can't be read or written, is
    /// malformed, or can be read by others.
    explicit Keys(const std::string& path);
    ~Keys();
    Keys(const Keys&) = delete;
    Keys& operator=(const Keys&) = delete;

    /// Keyed BLAKE2b-256 of a token.
    [[nodiscard]] std::array<unsigned char, 32> hash_token(const model::Sensitive& token) const;

    /// XChaCha20-Poly1305: key id, nonce, ciphertext. `context` (table, column) is authenticated,
    /// so that a value can't be moved to another column.
    [[nodiscard]] std::string seal(std::string_view plain, std::string_view context) const;
    /// Throws ServiceError{storage} if the value was sealed with another key or was altered.
    [[nodiscard]] model::Sensitive open(std::string_view sealed, std::string_view context) const;

private:
    struct Secrets;
    std::unique_ptr<Secrets> secrets_;
};

}  // namespace customercare::store
