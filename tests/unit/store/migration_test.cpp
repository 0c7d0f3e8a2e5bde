// Databases of former versions of the program, brought to this one's.

#include <catch2/catch.hpp>
#include <migrations.hpp>

#include "store/call_log_eraser.hpp"
#include "store/call_log_reader.hpp"
#include "store/columns.hpp"
#include "store/message_key.hpp"
#include "store/migrate.hpp"
#include "unit/store/full_call_log.hpp"
#include "unit/store/store_support.hpp"

using namespace customercare;
using store::columns_of;
using store::Database;
using store::Statement;
using test::full_call_log;
using test::Listing;

namespace customercare::test {

Database make_former_database(const std::string& path, int version) {
    Database database = open_beside(path);
    database.execute(
        "CREATE TABLE schema_migration ("
        "version INTEGER PRIMARY KEY, name TEXT NOT NULL, applied_at TEXT NOT NULL) STRICT");
    for (const db::Migration& migration : db::migrations) {
        if (migration.version > version) break;
        database.execute(std::string(migration.sql).c_str());
        database.prepare("INSERT INTO schema_migration VALUES (?, ?, '')")
            .bind(std::int64_t{migration.version})
            .bind(migration.name)
            .run();
    }
    return database;
}

}  // namespace customercare::test

namespace {

/// Inserts call logs as the program did until version 3.
class FormerInsert {
public:
    FormerInsert(Database& database, const store::Keys& keys) : database_(database), keys_(keys) {}

    void insert(std::int64_t id, const model::CallLog& call_log) {
        std::string nil;
        for (const std::string& path : call_log.nil_elements)
            nil += nil.empty() ? path : '\n' + path;
        const auto number = std::to_string(id);
        insert_row(
            "call_log", "id, received_at, sender, credential_label, content_digest, nil_elements",
            number + ", '2011-03-04T10:06:07.250Z', x'11', 'web', x'22', nullif('" + nil + "', '')",
            call_log);
        const auto insert_part = [&](const char* table, const auto& part) {
            if (part) insert_row(table, "call_log_id", number, *part);
        };
        insert_part("requestor", call_log.requestor);
        if (call_log.requestor) insert_contacts(number, *call_log.requestor);
        insert_part("customer", call_log.customer);
        insert_part("premise", call_log.premise);
        insert_part("account", call_log.account);
        std::int64_t position = 0;
        for (const auto& pair : call_log.name_value) {
            const auto key = number + ", " + std::to_string(++position);
            insert_row("name_value", "call_log_id, position", key, pair);
        }
        position = 0;
        for (const auto& content : call_log.open_content) insert_open(id, ++position, content);
    }

private:
    struct Bind {
        Statement& statement;
        const store::Keys& keys;

        template <typename Value>
        void operator()(const char*, const char*, const std::optional<Value>& value) const {
            statement.bind(value);
        }
        void operator()(const char*, const char*, const model::DateTimeText& value) const {
            statement.bind(value.text).bind(value.text);
        }
        void operator()(const char*, const char*,
                        const std::optional<model::Sensitive>& ssn) const {
            ssn ? statement.bind_blob_copy(keys.seal(ssn->reveal(), "requestor.ssn"))
                : statement.bind_null();
        }
    };

    template <typename Record>
    void insert_row(const std::string& table, const std::string& key_columns,
                    const std::string& key, const Record& record) {
        std::string sql = "INSERT INTO " + table + " (" + key_columns + ", " +
                          columns_of<Record>() + ") VALUES (" + key;
        const std::string columns = "," + columns_of<Record>();
        for (const char c : columns) {
            if (c == ',') sql += ", ?";
        }
        Statement statement = database_.prepare(sql + ")");
        Record::each_field(record, Bind{statement, keys_});
        statement.run();
    }

    void insert_contacts(const std::string& id, const model::Requestor& requestor) {
        const auto insert_phone = [&](const std::string& kind, std::int64_t position,
                                      const model::Phone& phone) {
            // One that is nil had no row.
            if (!phone.phone_type) return;
            insert_row("phone", "call_log_id, kind, position",
                       id + ", '" + kind + "', " + std::to_string(position), phone);
        };
        const auto insert_all = [&](const char* kind, const std::vector<model::Phone>& phones) {
            std::int64_t position = 0;
            for (const model::Phone& phone : phones) insert_phone(kind, ++position, phone);
        };
        if (requestor.primary_contact)
            insert_phone("PrimaryContact", 1, *requestor.primary_contact);
        if (requestor.secondary_contact) {
            insert_phone("SecondaryContact", 1, *requestor.secondary_contact);
        }
        insert_all("OtherPhone", requestor.other_phone);
        insert_all("Fax", requestor.fax);
        if (requestor.email && requestor.email->email) {
            insert_row("email", "call_log_id", id, *requestor.email);
        }
    }

    void insert_open(std::int64_t id, std::int64_t position, const model::OpenContent& content) {
        Statement statement = database_.prepare("INSERT INTO open_content VALUES (?, ?, ?, ?, ?)");
        statement.bind(id).bind(position).bind(content.path);
        if (store::is_sealed(content.path)) {
            statement.bind_null().bind_blob_copy(keys_.seal(content.xml, "open_content.sealed"));
        } else {
            statement.bind(content.xml).bind_null();
        }
        statement.run();
    }

    Database& database_;
    const store::Keys& keys_;
};

/// With nil contacts, of which only nil_elements tells.
model::CallLog nil_call_log() {
    model::CallLog call_log;
    model::Requestor& requestor = call_log.requestor.emplace();
    requestor.primary_contact.emplace();
    requestor.email.emplace();
    requestor.other_phone.resize(3);
    requestor.other_phone[1].phone_type = "Home";
    call_log.nil_elements = {test::requestor_path + "PrimaryContact",
                             test::requestor_path + "Email", test::requestor_path + "OtherPhone[1]",
                             test::requestor_path + "OtherPhone[3]"};
    return call_log;
}

void migrate(const std::string& path) {
    store::LockFile lock(path);
    (void)store::open_migrated(path, Database::Access::read_write, std::chrono::seconds(1), lock);
}

}  // namespace

TEST_CASE("Call logs of ten tables each are the same in one row", "[store][migration]") {
    const test::StoreDirectory directory;
    const store::Keys keys(directory.key_file());
    const std::vector<model::CallLog> call_logs{full_call_log(), model::CallLog{}, nil_call_log(),
                                                full_call_log()};
    {
        Database former = test::make_former_database(directory.database(), 3);
        FormerInsert insert(former, keys);
        std::int64_t id = 10;
        for (const auto& call_log : call_logs) {
            insert.insert(++id, call_log);
            former.execute("UPDATE call_log SET message_id = id");
        }
    }
    migrate(directory.database());

    store::CallLogReader reader(directory.database(), &keys);
    std::int64_t id = 10;
    for (model::CallLog expected : call_logs) {
        expected.message_id = std::to_string(++id);
        const auto stored = reader.find(id);
        REQUIRE(stored);
        CHECK(Listing(stored->call_log).lines == Listing(expected).lines);
        CHECK(stored->credential_label == "web");
    }
    CHECK(reader.list({.message_id = "14"}).size() == 1);
    CHECK(reader.list({.premise_number = call_logs.front().premise->premise_number}).size() == 2);
    for (const char* check : {"PRAGMA integrity_check", "PRAGMA foreign_key_check"}) {
        const std::string found = test::query(directory.database(), check);
        CHECK((found == "ok" || found == "none"));
    }

    // Nor is a copy left of what is removed then.
    const auto& account = *call_logs.front().account->account_number;
    REQUIRE(store::erase_account(directory.database(), keys, account, {}, [](std::size_t) {
            }).removed == 2);
    CHECK(test::count(directory.database(), "sealed_content") == "0");
    const std::string& memo = *call_logs.front().requestor->memo;
    for (const char* suffix : {"", "-wal"}) {
        CHECK(test::read_file(directory.database() + suffix).find(memo) == std::string::npos);
    }
}

TEST_CASE("A migration that fails leaves the database to the former program",
          "[store][migration]") {
    const test::StoreDirectory directory;
    test::make_former_database(directory.database(), 2)
        .execute("CREATE TABLE new_call_log (id)");  // In the way of version 4, not of 3.
    const auto version = [&] {
        return test::query(directory.database(), "SELECT max(version) FROM schema_migration");
    };
    const std::string error =
        test::error_of([&] { migrate(directory.database()); }, model::ErrorCode::storage);
    CHECK_THAT(error, Catch::Matchers::Contains("new_call_log"));
    CHECK(version() == "2");

    test::open_beside(directory.database()).execute("DROP TABLE new_call_log");
    migrate(directory.database());
    CHECK(version() == std::to_string(store::newest_schema_version));
}

TEST_CASE("Messages of former versions get the key that they are found by", "[store][migration]") {
    const test::StoreDirectory directory;
    const store::NewCallLog record = test::make_record("m1");
    {
        Database former = test::make_former_database(directory.database(), 3);
        Statement insert = former.prepare(
            "INSERT INTO call_log"
            " (received_at, sender, credential_label, content_digest, repeat, message_id)"
            " VALUES ('2011-03-04T10:06:07.250Z', ?, 'web', ?, ?, ?)");
        const std::string digest(record.digest.begin(), record.digest.end());
        for (const model::Text& id : {model::Text("m1"), model::Text(""), model::Text()}) {
            insert.bind_blob(record.sender).bind_blob(digest).bind(std::int64_t{0}).bind(id).run();
        }
        insert.bind_blob(record.sender).bind_blob(digest).bind(std::int64_t{1}).bind("m1").run();
    }
    migrate(directory.database());

    const std::string key = std::to_string(*store::message_key("m1"));
    CHECK(test::query(directory.database(),
                      "SELECT group_concat(coalesce(message_key, '')) FROM call_log") ==
          key + ",,," + key);
    store::CallLogReader reader(directory.database(), nullptr);
    CHECK(reader.list({.message_id = "m1"}).size() == 2);
    CHECK(reader.list({.message_id = ""}).empty());

    const store::Keys keys(directory.key_file());
    store::CallLogStore store({.path = directory.database()}, keys);
    const auto again = test::append(store, test::make_record("m1")).get();
    CHECK(again.status == store::AppendStatus::replayed);
    CHECK(again.id == 1);
}

TEST_CASE("After an upgrade the server begins with an empty WAL", "[store][migration]") {
    const test::StoreDirectory directory;
    (void)test::make_former_database(directory.database(), 3);
    store::LockFile lock(directory.database());
    const Database database = store::open_migrated(directory.database(), Database::Access::server,
                                                   std::chrono::seconds(1), lock);
    CHECK(std::filesystem::file_size(directory.database() + "-wal") == 0);
}
