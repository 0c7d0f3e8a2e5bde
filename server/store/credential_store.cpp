#include "store/credential_store.hpp"

#include <sodium.h>

#include <algorithm>
#include <iterator>
#include <utility>

#include "model/error.hpp"
#include "store/audit_log.hpp"
#include "store/keys.hpp"
#include "store/lock_file.hpp"
#include "store/migrate.hpp"

namespace customercare::store {

namespace {

constexpr std::chrono::milliseconds busy_timeout{10'000};

/// A token has at most one entry for each role.
constexpr std::ptrdiff_t comparisons = 2;

constexpr std::string_view name_of(Role role) {
    return role == Role::direct ? "direct" : "originating";
}

std::string_view view_of(const TokenHash& hash) {
    return {reinterpret_cast<const char*>(hash.data()), hash.size()};
}

/// In the audit trail. Not the label, which may name a person.
std::string subject_of(std::int64_t id) { return "credential " + std::to_string(id); }

std::optional<std::string> to_text(const std::optional<model::Instant>& instant) {
    return instant ? std::optional(model::utc_text(*instant)) : std::nullopt;
}

std::optional<model::Instant> to_instant(const model::Text& text) {
    const auto value = text ? model::parse_date_time(*text) : std::nullopt;
    return value ? std::optional(value->instant) : std::nullopt;
}

constexpr std::string_view credential_columns =
    "id, role, label, created_at, expires_at, revoked_at, client_subject";

Credential read_credential(Statement& row) {
    Credential credential;
    row.read(credential.id);
    credential.role =
        row.read<std::string>() == name_of(Role::direct) ? Role::direct : Role::originating;
    row.read(credential.label);
    credential.created_at = to_instant(row.read<model::Text>()).value_or(model::Instant());
    credential.expires_at = to_instant(row.read<model::Text>());
    credential.revoked_at = to_instant(row.read<model::Text>());
    row.read(credential.client_subject);
    return credential;
}

Standing judge(const Credential& credential, Role role, model::Instant now,
               std::string_view client_subject) {
    const bool is_its_client =
        !credential.client_subject || *credential.client_subject == client_subject;
    if (credential.role != role) return Standing::other_role;
    if (credential.revoked_at) return Standing::revoked;
    if (credential.expires_at && *credential.expires_at <= now) return Standing::expired;
    return is_its_client ? Standing::valid : Standing::other_client;
}

}  // namespace

class CredentialStore::Impl {
public:
    Impl(const std::string& path, const Keys& file_keys)
        : keys(file_keys),
          lock(path),
          database(open_migrated(path, Database::Access::read_write, busy_timeout, lock)) {}

    const Keys& keys;
    LockFile lock;
    Database database;
};

CredentialStore::CredentialStore(const std::string& path, const Keys& keys)
    : impl_(std::make_unique<Impl>(path, keys)) {}

CredentialStore::~CredentialStore() = default;

std::int64_t CredentialStore::add(Role role, std::string_view label, const model::Sensitive& token,
                                  std::optional<model::Instant> expires_at,
                                  const std::optional<std::string>& client_subject) {
    const TokenHash hash = impl_->keys.hash_token(token);
    const std::string now = model::utc_text(model::system_now());
    const std::optional<std::string> expires = to_text(expires_at);

    const CheckpointLock no_checkpoint(impl_->lock, busy_timeout);
    Transaction transaction(impl_->database);
    impl_->database
        .prepare(
            "INSERT INTO credential"
            " (role, label, token_hash, created_at, expires_at, client_subject)"
            " VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (role, token_hash) DO NOTHING")
        .bind(name_of(role))
        .bind(label)
        .bind_blob(view_of(hash))
        .bind(now)
        .bind(expires)
        .bind(client_subject)
        .run();
    if (impl_->database.changes() == 0) {
        throw model::ServiceError(model::ErrorCode::usage,
                                  "this token is registered already, see credentials list");
    }
    const std::int64_t id = impl_->database.last_insert_id();
    append_audit_event(impl_->database, {.event = "credentials add",
                                         .subject = subject_of(id),
                                         .detail = "role=" + std::string(name_of(role))});
    transaction.commit();
    return id;
}

bool CredentialStore::revoke(std::int64_t id) {
    const std::string now = model::utc_text(model::system_now());
    const CheckpointLock no_checkpoint(impl_->lock, busy_timeout);
    Transaction transaction(impl_->database);
    impl_->database
        .prepare("UPDATE credential SET revoked_at = coalesce(revoked_at, ?) WHERE id = ?")
        .bind(now)
        .bind(id)
        .run();
    const bool exists = impl_->database.changes() != 0;
    if (exists) {
        append_audit_event(
            impl_->database,
            {.event = "credentials revoke", .subject = subject_of(id), .detail = ""});
    }
    transaction.commit();
    return exists;
}

std::vector<Credential> CredentialStore::list() const {
    Statement rows = impl_->database.prepare("SELECT " + std::string(credential_columns) +
                                             " FROM credential ORDER BY id");
    std::vector<Credential> credentials;
    while (rows.step()) credentials.push_back(read_credential(rows));
    return credentials;
}

CredentialRegistry::CredentialRegistry(std::string path)
    : path_(std::move(path)),
      entries_(std::make_shared<const Entries>(std::size_t{comparisons}, nobody())) {}

/// Belongs to no token, and makes room for looking at one entry more than there is.
CredentialRegistry::Entry CredentialRegistry::nobody() {
    return {{}, std::make_shared<const Credential>(Credential{.revoked_at = model::Instant()})};
}

CredentialRegistry::ById CredentialRegistry::by_id(const Entries& entries) {
    ById credentials;
    for (const Entry& entry : entries) {
        if (entry.credential->id != 0) credentials.emplace(entry.credential->id, entry.credential);
    }
    return credentials;
}

std::vector<CredentialChange> CredentialRegistry::find_changes(const ById& before,
                                                               const ById& after) {
    using Kind = CredentialChange::Kind;
    std::vector<CredentialChange> changes;
    for (const auto& [id, credential] : after) {
        const auto old = before.find(id);
        if (old == before.end()) {
            changes.push_back({Kind::added, credential});
        } else if (credential->revoked_at && !old->second->revoked_at) {
            changes.push_back({Kind::revoked, credential});
        }
    }
    for (const auto& [id, credential] : before) {
        if (!after.contains(id)) changes.push_back({Kind::removed, credential});
    }
    return changes;
}

std::vector<CredentialChange> CredentialRegistry::reload() {
    Database database = open_read_only(path_, busy_timeout);
    Statement rows = database.prepare("SELECT token_hash, " + std::string(credential_columns) +
                                      " FROM credential");
    Entries entries;
    while (rows.step()) {
        const auto hash = rows.read<std::string>();
        Entry& entry = entries.emplace_back();
        std::copy_n(hash.begin(), std::min(hash.size(), entry.hash.size()), entry.hash.begin());
        entry.credential = std::make_shared<const Credential>(read_credential(rows));
    }
    std::sort(entries.begin(), entries.end(),
              [](const Entry& left, const Entry& right) { return left.hash < right.hash; });
    std::vector<CredentialChange> changes;
    if (is_loaded_) changes = find_changes(by_id(*entries_), by_id(entries));
    is_loaded_ = true;

    entries.insert(entries.end(), std::size_t{comparisons}, nobody());
    std::atomic_store(&entries_, std::make_shared<const Entries>(std::move(entries)));
    return changes;
}

Finding CredentialRegistry::find(Role role, const TokenHash& hash, model::Instant now,
                                 std::string_view client_subject) const {
    const auto entries = std::atomic_load(&entries_);
    // The search's time tells about hashes only, which nobody can compute without the key.
    const auto at = std::lower_bound(
        entries->begin(), entries->end() - comparisons, hash,
        [](const Entry& entry, const TokenHash& wanted) { return entry.hash < wanted; });
    // A token may be there once for each role, and next to one another. Two entries are judged in
    // any case, whether or not they are the token's.
    Standing standing = Standing::unknown;
    const std::shared_ptr<const Credential>* found = &entries->back().credential;
    for (auto entry = at; entry != at + comparisons; ++entry) {
        const bool is_same = sodium_memcmp(entry->hash.data(), hash.data(), hash.size()) == 0;
        const Standing its = judge(*entry->credential, role, now, client_subject);
        if (is_same && its > standing) {
            standing = its;
            found = &entry->credential;
        }
    }
    return {standing, *found};
}

}  // namespace customercare::store
