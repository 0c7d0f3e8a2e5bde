#pragma once

#include <array>
#include <string>
#include <vector>

namespace customercare::store {

using KeyId = std::array<unsigned char, 8>;
using SecretKey = std::array<unsigned char, 32>;

/// A key for encryption at rest, with the id that stands before every value sealed with it.
struct SealKey {
    enum class Use {
        current,  ///< Seals. There is one, and it stands first.
        former,   ///< Opens what is not sealed anew yet: a change of the key is under way.
        kept,     ///< Opens old copies of the database.
    };
    Use use = Use::current;
    KeyId id{};
    SecretKey key{};
};

/// What a key file holds; wiped when it goes. Its text:
///
///     customercare-keys 2
///     hash <64 hex digits>
///     current <16 hex digits: the id> <64 hex digits>
///     former <id> <key>                                   any number, likewise "kept"
///     end
///
/// The first version, "id <id>\nkey <master key>\n", is read as well: its two keys are derived from
/// the master key. A first change of the key makes the second version of it, which has the derived
/// hash key as it was and forgets the master key.
struct KeyRing {
    SecretKey hash_key{};  ///< For tokens and accounts; never changed, since they are not kept.
    std::vector<SealKey> seal_keys;

    KeyRing() = default;
    KeyRing(KeyRing&&) = default;
    KeyRing& operator=(KeyRing&&) = delete;
    KeyRing(const KeyRing&) = delete;
    KeyRing& operator=(const KeyRing&) = delete;
    ~KeyRing();

    [[nodiscard]] const SealKey& current() const { return seal_keys.front(); }
    /// True until nothing needs the former keys any more.
    [[nodiscard]] bool is_changing() const;
    /// Makes a new key the current one.
    void change();
    /// Ends the change: former keys go, or are kept.
    void end_change(bool keep);
};

// All throw ServiceError{usage} naming the file.

/// Makes the file (mode 0600) with new keys, unless it is there.
void create_key_file(const std::string& path);

/// It can't be read, is malformed, or others have access to it.
[[nodiscard]] KeyRing read_key_file(const std::string& path);

/// Whole or not at all, whatever happens meanwhile; with the owner of the file that was there. For
/// one process at a time.
void replace_key_file(const std::string& path, const KeyRing& ring);

}  // namespace customercare::store
