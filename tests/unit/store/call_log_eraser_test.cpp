#include "store/call_log_eraser.hpp"

#include <catch2/catch.hpp>
#include <chrono>
#include <filesystem>
#include <thread>

#include "store/background_purge.hpp"
#include "store/migrate.hpp"
#include "unit/store/store_support.hpp"

using namespace customercare;
using Catch::Matchers::Contains;
using store::CallLogStore;
using store::erase_account;
using store::ErasureOptions;
using store::purge_call_logs;
using test::append;

namespace {

const auto no_progress = [](std::size_t) {};

/// One with a row in each table and a planted value in every text, of an account.
store::NewCallLog planted(const std::string& message_id, const std::string& account) {
    store::NewCallLog record = test::make_record(message_id, "PLANTED text of " + account);
    model::CallLog& log = record.call_log;
    const std::string value = "PLANTED value of " + account;
    log.name_value = {{.name = value, .value = value}};
    log.requestor.emplace();
    log.requestor->last_name = value;
    log.requestor->ssn.emplace("123-45-6789");
    log.requestor->primary_contact.emplace().phone = value;
    log.requestor->other_phone.emplace_back().phone = value;
    log.requestor->email.emplace().email = value;
    log.customer.emplace().customer_name = value;
    log.premise.emplace().premise_number = value;
    log.account.emplace().account_number = account;
    log.open_content = {{"CustomerCallLog/Requestor/Address[1]", "<a>" + value + "</a>"},
                        {"CustomerCallLog/Requestor/DriverLicense[1]", "<a/>"}};
    return record;
}

struct Fixture {
    test::StoreDirectory directory;
    store::Keys keys{directory.key_file()};

    [[nodiscard]] store::Options options() const { return {.path = directory.database()}; }

    void add(store::NewCallLog record) {
        CallLogStore store(options(), keys);
        REQUIRE(append(store, std::move(record)).get().status == store::AppendStatus::stored);
    }
    store::Erasure erase(const std::string& account, const ErasureOptions& erasure_options = {}) {
        return erase_account(directory.database(), keys, account, erasure_options, no_progress);
    }
    [[nodiscard]] std::string count(const std::string& table) const {
        return test::count(directory.database(), table);
    }
    /// In any of the database's files.
    [[nodiscard]] bool is_anywhere(const std::string& text) const {
        return std::ranges::any_of(std::filesystem::directory_iterator(
                                       std::filesystem::path(directory.database()).parent_path()),
                                   [&](const auto& file) {
                                       return test::read_file(file.path()).find(text) !=
                                              std::string::npos;
                                   });
    }
};

const std::vector<std::string> tables{"call_log", "requestor",  "customer",
                                      "premise",  "account",    "phone",
                                      "email",    "name_value", "open_content"};

}  // namespace

TEST_CASE_METHOD(Fixture, "Erasing an account leaves nothing of it in the files",
                 "[store][erase]") {
    add(planted("m1", "1234567890"));
    add(planted("m2", "\n 1234567890 "));  // As another client wrote it.
    add(planted("m3", "12345678901"));
    REQUIRE(is_anywhere("PLANTED value of 1234567890<"));

    CHECK(erase("1234567890", {.dry_run = true}).found == 2);
    CHECK(count("call_log") == "3");
    CHECK(store::list_audit_events(directory.database()).empty());

    const auto erased = erase(" 1234567890");
    CHECK(erased.found == 2);
    CHECK(erased.removed == 2);
    for (const std::string& table : tables) {
        CAPTURE(table);
        CHECK(count(table) == (table == "phone" || table == "open_content" ? "2" : "1"));
    }
    for (const char* text : {"PLANTED text of 1234567890\n", "PLANTED value of 1234567890<", "m1",
                             "m2", "value of \n"}) {
        CAPTURE(text);
        CHECK_FALSE(is_anywhere(text));
    }
    CHECK(is_anywhere("PLANTED value of 12345678901"));

    CHECK(erase("1234567890").found == 0);
    add(planted("m1", "1234567890"));  // No duplicate of what is gone.
    CHECK(count("call_log") == "2");
}

TEST_CASE_METHOD(Fixture, "Who erased an account stays in the audit trail", "[store][erase]") {
    add(planted("m1", "1234567890"));
    erase("1234567890");
    const auto events = store::list_audit_events(
        directory.database(), {.subject = store::account_subject(keys, "1234567890")});
    REQUIRE(events.size() == 2);
    CHECK(events[0].event == "erase");
    CHECK(events[0].detail == "state=begun");
    CHECK(events[1].detail == "state=done removed=1");
    CHECK_FALSE(is_anywhere("1234567890"));
}

TEST_CASE_METHOD(Fixture, "Erasing beside a server leaves nothing in the files either",
                 "[store][erase]") {
    CallLogStore store(options(), keys);
    REQUIRE(append(store, planted("m1", "1234567890")).get().status == store::AppendStatus::stored);
    REQUIRE(is_anywhere("PLANTED value of 1234567890"));
    CHECK(erase("1234567890").removed == 1);
    CHECK_FALSE(is_anywhere("1234567890"));
    CHECK(append(store, planted("m1", "1")).get().status == store::AppendStatus::stored);
    CHECK_THAT(test::error_of([&] { erase("1", {.vacuum = true}); }, model::ErrorCode::usage),
               Contains("--vacuum") && Contains("stop it"));
    CHECK(count("call_log") == "1");
}

TEST_CASE_METHOD(Fixture, "With vacuum, no copy stays that SQLite made of a row",
                 "[store][erase]") {
    {
        CallLogStore store(options(), keys);
        for (int i = 0; i < 2000; ++i) {
            // In no order, so that the pages of the index are divided again and again.
            const std::string account = std::to_string(100'000'000'000 + i * 7'919L % 2'000 * 49L);
            append(store, planted("m" + std::to_string(i), account + (i % 4 == 0 ? "-ERASE" : "")));
        }
    }
    const std::string victims = test::query(directory.database(),
                                            "SELECT group_concat(account_number) FROM account"
                                            " WHERE account_number LIKE '%ERASE'");
    for (std::size_t at = 0; at < victims.size(); at = victims.find(',', at) + 1) {
        if (at > 20 * 19) break;
        erase(victims.substr(at, victims.find(',', at) - at), {.vacuum = at > 19 * 19});
    }
    for (std::size_t at = 0; at < 20 * 19; at += 19) {
        CAPTURE(victims.substr(at, 18));
        CHECK_FALSE(is_anywhere(victims.substr(at, 18)));
    }
}

TEST_CASE_METHOD(Fixture, "A purge removes what is old, and nothing else", "[store][purge]") {
    const auto at = [](const std::string& id, const char* time) {
        store::NewCallLog record = planted(id, "account-" + id);
        record.received_at = model::parse_date_time(time)->instant;
        return record;
    };
    {
        CallLogStore store(options(), keys);
        for (int i = 0; i < 250; ++i) {
            append(store, at("old" + std::to_string(i), "2011-03-04T10:06:07.249Z"));
        }
        append(store, at("new", "2011-03-04T10:06:07.250Z"));
    }
    const std::string before = "2011-03-04T10:06:07.250Z";
    CHECK(purge_call_logs(directory.database(), before, {.dry_run = true}, no_progress).found ==
          250);
    CHECK(count("call_log") == "251");

    std::vector<std::size_t> progress;
    const auto purged = purge_call_logs(directory.database(), before, {},
                                        [&](std::size_t done) { progress.push_back(done); });
    CHECK(purged.removed == 250);
    CHECK(progress.size() > 2);
    CHECK(test::query(directory.database(), "SELECT message_id FROM call_log") == "new");
    CHECK(count("name_value") == "1");
    CHECK_FALSE(is_anywhere("account-old"));
    CHECK(is_anywhere("account-new"));
    const auto events = store::list_audit_events(directory.database(), {.event = "purge"});
    REQUIRE(events.size() == 2);
    CHECK(events[1].subject == "call logs received before " + before);
    CHECK(events[1].detail == "state=done removed=250");
}

TEST_CASE_METHOD(Fixture, "A server with an age limit purges by itself, between other work",
                 "[store][purge]") {
    {
        CallLogStore store(options(), keys);
        for (int i = 0; i < 100; ++i) append(store, planted("old" + std::to_string(i), "old"));
    }
    store::Options with_limit = options();
    with_limit.max_age = std::chrono::days(365);
    CallLogStore store(with_limit, keys);
    store::NewCallLog record = planted("new", "new");
    record.received_at = model::system_now();
    CHECK(append(store, std::move(record)).get().status == store::AppendStatus::stored);
    const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(60);
    const auto told = [&] {
        return store::list_audit_events(directory.database(), {.event = "purge"});
    };
    while (told().size() < 2 && std::chrono::steady_clock::now() < end) {
        std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
    CHECK(test::query(directory.database(), "SELECT message_id FROM call_log") == "new");
    const auto events = told();
    REQUIRE(events.size() == 2);
    CHECK(events[0].detail == "state=begun retention.max_age_days=365");
    CHECK(events[1].detail == "state=done removed=100 retention.max_age_days=365");
}

TEST_CASE_METHOD(Fixture, "Without an age limit a server keeps everything", "[store][purge]") {
    add(planted("old", "old"));
    store::LockFile lock(directory.database());
    store::Database database = store::open_migrated(
        directory.database(), store::Database::Access::read_write, std::chrono::seconds(1), lock);
    store::BackgroundPurge(database, std::chrono::days(0)).step();
    CHECK(count("call_log") == "1");
    store::BackgroundPurge(database, std::chrono::days(1)).step();
    CHECK(count("call_log") == "0");
}
