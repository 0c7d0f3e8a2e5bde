#pragma once

#include <array>
#include <memory>
#include <string>
#include <string_view>

#include "model/sensitive.hpp"

namespace customercare::store {

/// The secrets of one installation, from its key file (store/key_file.hpp): the key for hashes,
/// which stays for ever, and the keys for encryption at rest, which can be changed
/// (store/key_rotation.hpp). May be used from any thread.
class Keys {
public:
    /// Reads the key file; creates it (mode 0600) if it does not exist. Throws ServiceError{usage}
    /// naming the file if it can't be read or written, is malformed, or can be read by others.
    explicit Keys(const std::string& path);
    ~Keys();
    Keys(const Keys&) = delete;
    Keys& operator=(const Keys&) = delete;

    /// Keyed BLAKE2b-256 of a token.
    [[nodiscard]] std::array<unsigned char, 32> hash_token(const model::Sensitive& token) const;
    /// Keyed BLAKE2b-128 of an account's number, without blanks around it, in hex.
    [[nodiscard]] std::string hash_account(std::string_view number) const;

    /// XChaCha20-Poly1305: key id, nonce, ciphertext. `context` (table, column) is authenticated,
    /// so that a value can't be moved to another column.
    [[nodiscard]] std::string seal(std::string_view plain, std::string_view context) const;
    /// Throws ServiceError{storage} if the value was sealed with another key or was altered. For a
    /// key that it does not know, it reads the file anew.
    [[nodiscard]] model::Sensitive open(std::string_view sealed, std::string_view context) const;

    /// The id of the key that seals, as it stands before every value.
    [[nodiscard]] std::string current_id() const;
    /// True if values may still be sealed with a former key.
    [[nodiscard]] bool is_changing() const;
    /// Reads the file anew. Throws as the constructor, and then nothing has changed.
    void reload() const;

private:
    struct Secrets;
    struct Sealer;
    [[nodiscard]] std::shared_ptr<Sealer> sealer() const;

    std::string path_;
    std::unique_ptr<Secrets> secrets_;
};

}  // namespace customercare::store
