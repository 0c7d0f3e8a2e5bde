#include "store/credential_store.hpp"

#include <catch2/catch.hpp>
#include <condition_variable>
#include <mutex>

#include "unit/store/store_support.hpp"

using namespace customercare;
using Catch::Matchers::Contains;
using model::ErrorCode;
using model::Sensitive;
using store::CredentialRegistry;
using store::CredentialStore;
using store::Role;

namespace {

constexpr std::chrono::hours hour{1};

/// The valid credential of a token, or nullopt.
struct Finder {
    const CredentialRegistry& registry;
    const store::Keys& keys;

    std::optional<store::Credential> operator()(Role role, const Sensitive& token,
                                                model::Instant now,
                                                std::string_view client_subject) const {
        const store::Finding found =
            registry.find(role, keys.hash_token(token), now, client_subject);
        if (found.standing != store::Standing::valid) return std::nullopt;
        return *found.credential;
    }
};

}  // namespace

TEST_CASE("A credential is registered without its token", "[store]") {
    const test::StoreDirectory directory;
    const store::Keys keys(directory.key_file());
    CredentialStore credentials(directory.database(), keys);
    const model::Instant expiry = model::parse_date_time("2011-03-04T10:06:07.25Z")->instant;
    const auto first = credentials.add(Role::direct, "web", Sensitive("token-of-web"), expiry);
    const auto second =
        credentials.add(Role::originating, "ivr", Sensitive("token-of-web"), std::nullopt);

    const auto list = credentials.list();
    REQUIRE(list.size() == 2);
    CHECK(list[0].id == first);
    CHECK(list[0].role == Role::direct);
    CHECK(list[0].label == "web");
    CHECK(list[0].expires_at == expiry);
    CHECK_FALSE(list[0].revoked_at);
    CHECK(list[0].created_at > model::system_now() - hour);
    CHECK(list[1].id == second);
    CHECK(list[1].role == Role::originating);
    CHECK_FALSE(list[1].expires_at);
    for (const char* suffix : {"", "-wal"}) {
        CHECK_THAT(test::read_file(directory.database() + suffix), !Contains("token-of-web"));
    }
}

TEST_CASE("A token is registered once for each role", "[store]") {
    const test::StoreDirectory directory;
    const store::Keys keys(directory.key_file());
    CredentialStore credentials(directory.database(), keys);
    credentials.add(Role::direct, "web", Sensitive("token"), std::nullopt);
    const auto add_again = [&] {
        credentials.add(Role::direct, "other", Sensitive("token"), std::nullopt);
    };
    CHECK_THAT(test::error_of(add_again, ErrorCode::usage), Contains("registered already"));
    credentials.add(Role::originating, "web", Sensitive("token"), std::nullopt);
    CHECK(credentials.list().size() == 2);
}

TEST_CASE("Revoking keeps the first time and tells of unknown ids", "[store]") {
    const test::StoreDirectory directory;
    const store::Keys keys(directory.key_file());
    CredentialStore credentials(directory.database(), keys);
    const auto id = credentials.add(Role::direct, "web", Sensitive("token"), std::nullopt);
    CHECK_FALSE(credentials.revoke(id + 1));
    CHECK(credentials.revoke(id));
    test::open_beside(directory.database())
        .execute("UPDATE credential SET revoked_at = '2011-03-04T10:06:07.250Z'");
    CHECK(credentials.revoke(id));
    CHECK(credentials.list().front().revoked_at ==
          model::parse_date_time("2011-03-04T10:06:07.25Z")->instant);
}

TEST_CASE("The registry finds what is valid for the role now", "[store]") {
    const test::StoreDirectory directory;
    const store::Keys keys(directory.key_file());
    const model::Instant now = model::system_now();
    CredentialStore credentials(directory.database(), keys);
    CredentialRegistry registry(directory.database());
    const Finder find{registry, keys};
    CHECK_FALSE(find(Role::direct, Sensitive("direct"), now, ""));

    credentials.add(Role::direct, "web", Sensitive("direct"), std::nullopt);
    credentials.add(Role::direct, "both direct", Sensitive("both"), std::nullopt);
    credentials.add(Role::originating, "both originating", Sensitive("both"), std::nullopt);
    credentials.add(Role::direct, "brief", Sensitive("brief"), now + hour);
    credentials.revoke(credentials.add(Role::direct, "gone", Sensitive("revoked"), std::nullopt));
    registry.reload();

    CHECK(find(Role::direct, Sensitive("direct"), now, "")->label == "web");
    CHECK(find(Role::direct, Sensitive("both"), now, "")->label == "both direct");
    CHECK(find(Role::originating, Sensitive("both"), now, "")->label == "both originating");
    CHECK_FALSE(find(Role::originating, Sensitive("direct"), now, ""));
    CHECK_FALSE(find(Role::direct, Sensitive("unknown"), now, ""));
    CHECK_FALSE(find(Role::direct, Sensitive(""), now, ""));
    CHECK_FALSE(find(Role::direct, Sensitive("revoked"), now, ""));
    CHECK(find(Role::direct, Sensitive("brief"), now, ""));
    CHECK_FALSE(find(Role::direct, Sensitive("brief"), now + 2 * hour, ""));
}

TEST_CASE("A credential that is bound to a subject is found for no other client", "[store]") {
    const test::StoreDirectory directory;
    const store::Keys keys(directory.key_file());
    const model::Instant now = model::system_now();
    CredentialStore credentials(directory.database(), keys);
    credentials.add(Role::direct, "bound", Sensitive("bound"), std::nullopt, "CN=ivr,O=Example");
    credentials.add(Role::direct, "free", Sensitive("free"), std::nullopt);
    CHECK(credentials.list().front().client_subject == "CN=ivr,O=Example");
    CHECK_FALSE(credentials.list().back().client_subject);

    CredentialRegistry registry(directory.database());
    const Finder find{registry, keys};
    registry.reload();
    CHECK(find(Role::direct, Sensitive("bound"), now, "CN=ivr,O=Example"));
    for (const char* other : {"", "CN=ivr", "CN=ivr,O=Example,C=US", "cn=ivr,o=example"}) {
        CAPTURE(other);
        CHECK_FALSE(find(Role::direct, Sensitive("bound"), now, other));
        CHECK(find(Role::direct, Sensitive("free"), now, other));
    }
}

TEST_CASE("Credentials from before there were subjects are taken from any client", "[store]") {
    const test::StoreDirectory directory;
    const store::Keys keys(directory.key_file());
    const auto hash = keys.hash_token(Sensitive("token"));
    test::make_former_database(directory.database(), 1)
        .prepare(
            "INSERT INTO credential (role, label, token_hash, created_at)"
            " VALUES ('direct', 'web', ?, '2011-03-04T10:06:07.250Z')")
        .bind_blob({reinterpret_cast<const char*>(hash.data()), hash.size()})
        .run();
    CHECK_FALSE(CredentialStore(directory.database(), keys).list().front().client_subject);
    CredentialRegistry registry(directory.database());
    const Finder find{registry, keys};
    registry.reload();
    CHECK(find(Role::direct, Sensitive("token"), model::system_now(), "CN=any"));
}

TEST_CASE("A registry that can't be reloaded keeps what it has", "[store]") {
    const test::StoreDirectory directory;
    const store::Keys keys(directory.key_file());
    CredentialRegistry registry(directory.database());
    const Finder find{registry, keys};
    CredentialStore(directory.database(), keys)
        .add(Role::direct, "web", Sensitive("token"), std::nullopt);
    registry.reload();
    std::filesystem::rename(directory.database(), directory.file("elsewhere"));
    CHECK_THAT(test::error_of([&] { registry.reload(); }, ErrorCode::storage),
               Contains(directory.database()));
    CHECK(find(Role::direct, Sensitive("token"), model::system_now(), ""));
}

TEST_CASE("A running store tells of credentials that another process changes", "[store]") {
    const test::StoreDirectory directory;
    const store::Keys keys(directory.key_file());
    CredentialRegistry registry(directory.database());
    const Finder find{registry, keys};
    std::mutex mutex;
    std::condition_variable changed;
    int calls = 0;
    store::CallLogStore call_logs({.path = directory.database()}, keys);
    call_logs.on_external_change([&] {
        registry.reload();
        const std::lock_guard lock(mutex);
        ++calls;
        changed.notify_one();
    });
    CHECK(calls == 1);

    CredentialStore credentials(directory.database(), keys);
    const auto wait_until = [&](bool is_known) {
        std::unique_lock lock(mutex);
        return changed.wait_for(lock, std::chrono::seconds(10), [&] {
            const auto found = find(Role::direct, Sensitive("token"), model::system_now(), "");
            return found.has_value() == is_known;
        });
    };
    const auto id = credentials.add(Role::direct, "web", Sensitive("token"), std::nullopt);
    CHECK(wait_until(true));
    credentials.revoke(id);
    CHECK(wait_until(false));
}

TEST_CASE("The registry can be asked while it is reloaded", "[store]") {
    const test::StoreDirectory directory;
    const store::Keys keys(directory.key_file());
    CredentialRegistry registry(directory.database());
    const Finder find{registry, keys};
    CredentialStore(directory.database(), keys)
        .add(Role::direct, "web", Sensitive("token"), std::nullopt);
    registry.reload();
    auto reloads = std::async(std::launch::async, [&] {
        for (int i = 0; i < 50; ++i) registry.reload();
    });
    int found = 0;
    int asked = 0;
    for (; reloads.wait_for(std::chrono::seconds(0)) != std::future_status::ready; ++asked) {
        found += find(Role::direct, Sensitive("token"), model::system_now(), "") ? 1 : 0;
    }
    CHECK(found == asked);
}
