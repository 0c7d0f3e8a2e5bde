#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "model/date_time.hpp"
#include "model/sensitive.hpp"

namespace customercare::store {

class Keys;

enum class Role { direct, originating };

/// A registered credential: a row of table credential. The token itself is nowhere kept.
struct Credential {
    std::int64_t id = 0;
    Role role = Role::direct;
    std::string label;
    model::Instant created_at;
    std::optional<model::Instant> expires_at;
    std::optional<model::Instant> revoked_at;
    /// Taken only from clients whose certificate has this subject (RFC 2253).
    std::optional<std::string> client_subject;
};

using TokenHash = std::array<unsigned char, 32>;

/// Manages table credential from the command line, also while a server runs on the database.
class CredentialStore {
public:
    /// Opens (creating and migrating as needed) the database; `keys` must outlive the store. As
    /// every function here, throws ServiceError{storage}.
    CredentialStore(const std::string& path, const Keys& keys);
    ~CredentialStore();
    CredentialStore(const CredentialStore&) = delete;
    CredentialStore& operator=(const CredentialStore&) = delete;

    /// Throws ServiceError{usage} if that token is registered for the role already.
    std::int64_t add(Role role, std::string_view label, const model::Sensitive& token,
                     std::optional<model::Instant> expires_at,
                     const std::optional<std::string>& client_subject = std::nullopt);
    /// Revokes now. False if there is no such credential; revoking twice keeps the first time.
    bool revoke(std::int64_t id);
    [[nodiscard]] std::vector<Credential> list() const;

private:
    class Impl;
    std::unique_ptr<Impl> impl_;
};

/// The registered credentials in memory, for the hot path. find() may be called from any thread
/// while reload() runs on another.
class CredentialRegistry {
public:
    /// Empty until reload(). `path` is the database's; `keys` must outlive the registry.
    CredentialRegistry(std::string path, const Keys& keys);

    /// Reads table credential anew. Throws ServiceError{storage}; the old content then stays.
    void reload();

    /// The credential of that token and role that is valid at `now` (not expired, not revoked) for
    /// a client of that subject, or nullopt. Unknown, expired, revoked and foreign tokens take the
    /// same time; hashes are compared in constant time.
    [[nodiscard]] std::optional<Credential> find(Role role, const model::Sensitive& token,
                                                 model::Instant now,
                                                 std::string_view client_subject) const;

private:
    struct Entry {
        TokenHash hash;
        Credential credential;
    };
    std::string path_;
    const Keys& keys_;
    std::shared_ptr<const std::vector<Entry>> entries_;  // Read and replaced by std::atomic_*.
};

}  // namespace customercare::store
