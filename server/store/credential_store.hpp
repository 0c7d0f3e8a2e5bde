#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <map>
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

/// What a token is, for a role and a client.
enum class Standing : std::uint8_t {
    unknown,
    other_role,    ///< Registered, but for the other role only.
    other_client,  ///< Bound to a client certificate of another subject.
    expired,
    revoked,
    valid,
};

struct Finding {
    Standing standing = Standing::unknown;
    std::shared_ptr<const Credential> credential;  ///< Its id is 0 if the token is unknown.
};

/// How a credential differs from what it was when the table was last read.
struct CredentialChange {
    enum class Kind : std::uint8_t { added, revoked, removed };
    Kind kind = Kind::added;
    std::shared_ptr<const Credential> credential;
};

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
    /// Empty until reload(). `path` is the database's.
    explicit CredentialRegistry(std::string path);

    /// Reads table credential anew. Gives what has changed since the last time, nothing at first.
    /// Throws ServiceError{storage}; the old content then stays.
    std::vector<CredentialChange> reload();

    /// What the token of that hash is for a role, at `now`, and a client of that subject. Whatever
    /// it is found to be, this takes the same time: hashes are compared in constant time, and as
    /// often.
    [[nodiscard]] Finding find(Role role, const TokenHash& hash, model::Instant now,
                               std::string_view client_subject) const;

private:
    struct Entry {
        TokenHash hash{};
        std::shared_ptr<const Credential> credential;
    };
    using Entries = std::vector<Entry>;
    using ById = std::map<std::int64_t, std::shared_ptr<const Credential>>;
    static Entry nobody();
    static ById by_id(const Entries& entries);
    static std::vector<CredentialChange> find_changes(const ById& before, const ById& after);

    std::string path_;
    std::shared_ptr<const Entries>
        entries_;  // Ends with nobody, twice. Read and replaced by std::atomic_*.
    bool is_loaded_ = false;
};

}  // namespace customercare::store
