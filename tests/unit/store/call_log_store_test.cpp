#include "store/call_log_store.hpp"

#include <atomic>
#include <catch2/catch.hpp>
#include <thread>

#include "store/call_log_reader.hpp"
#include "store/lock_file.hpp"
#include "store/message_key.hpp"
#include "unit/store/store_support.hpp"

using namespace customercare;
using Catch::Matchers::Contains;
using model::ErrorCode;
using store::AppendResult;
using store::AppendStatus;
using store::CallLogStore;
using store::Duplicates;
using test::append;
using test::make_record;

namespace {

struct Fixture {
    test::StoreDirectory directory;
    store::Keys keys{directory.key_file()};
    store::Options options{.path = directory.database(),
                           .busy_timeout = std::chrono::milliseconds(20)};

    [[nodiscard]] std::string count(const std::string& table) const {
        return test::count(options.path, table);
    }
    [[nodiscard]] std::string query(const std::string& sql) const {
        return test::query(options.path, sql);
    }
};

AppendStatus status_of(CallLogStore& store, store::NewCallLog record) {
    return append(store, std::move(record)).get().status;
}

/// Keeps the writer's thread in the completion of a record, so that what is appended meanwhile
/// comes in one batch.
class WriterHold {
public:
    explicit WriterHold(CallLogStore& store) {
        auto is_held = std::make_shared<std::promise<void>>();
        store.append(make_record("hold"),
                     [is_held, released = release_.get_future().share()](AppendResult&&) {
                         is_held->set_value();
                         released.wait();
                     });
        is_held->get_future().wait();
    }
    ~WriterHold() { release_.set_value(); }
    WriterHold(const WriterHold&) = delete;
    WriterHold& operator=(const WriterHold&) = delete;

private:
    std::promise<void> release_;
};

}  // namespace

TEST_CASE_METHOD(Fixture, "A stored call log is committed with its metadata", "[store]") {
    CallLogStore store(options, keys);
    const AppendResult result = append(store, make_record("m1")).get();
    CHECK(result.status == AppendStatus::stored);
    CHECK(result.error.empty());
    CHECK(query("SELECT id || ' ' || received_at || ' ' || credential_label || ' ' || message_id "
                "|| ' ' || repeat FROM call_log") ==
          std::to_string(result.id) + " 2011-03-04T10:06:07.250Z web m1 0");
    CHECK(query("SELECT length(sender) || ' ' || length(content_digest) FROM call_log") == "32 32");
}

TEST_CASE_METHOD(Fixture, "Times are kept as sent, and in UTC beside it", "[store]") {
    options.time_zone = model::TimeZone::utc;
    CallLogStore store(options, keys);
    store::NewCallLog record = make_record("m1");
    record.call_log.message_date_time.text = " 2011-03-04T10:06:07.250-05:00";
    record.call_log.created_date_time.text = "2011-03-04";
    append(store, std::move(record)).get();
    append(store, make_record("m2")).get();
    CHECK(query("SELECT message_date_time || '|' || message_date_time_utc || '|' ||"
                " created_date_time || '|' || created_date_time_utc FROM call_log") ==
          " 2011-03-04T10:06:07.250-05:00|2011-03-04T15:06:07.25Z|2011-03-04|"
          "2011-03-04T00:00:00Z");
    CHECK(query("SELECT message_date_time_utc FROM call_log WHERE message_id = 'm2'") == "NULL");
}

TEST_CASE_METHOD(Fixture, "SSN and DriverLicense are unreadable in the files", "[store]") {
    {
        CallLogStore store(options, keys);
        store::NewCallLog record = make_record("m1");
        record.call_log.requestor.emplace().ssn = model::Sensitive("123-45-6789");
        record.call_log.open_content = {
            {"CustomerCallLog/Requestor/DriverLicense[1]", "<DriverLicense>D-777</DriverLicense>"},
            {"CustomerCallLog/Requestor/Address[1]", "<Address>Elm St</Address>"}};
        append(store, std::move(record)).get();
    }
    CHECK(query("SELECT typeof(ssn) FROM requestor") == "blob");
    CHECK(query("SELECT group_concat(typeof(xml) || typeof(sealed)) FROM open_content") ==
          "nullblob,textnull");
    const std::string file = test::read_file(options.path);
    CHECK_THAT(file, Contains("Elm St") && !Contains("123-45-6789") && !Contains("D-777"));
}

TEST_CASE_METHOD(Fixture, "The same message again is replayed, another one conflicts", "[store]") {
    CallLogStore store(options, keys);
    const AppendResult first = append(store, make_record("m1", "text")).get();
    const AppendResult again = append(store, make_record("m1", "text")).get();
    CHECK(again.status == AppendStatus::replayed);
    CHECK(again.id == first.id);
    CHECK(status_of(store, make_record("m1", "other text")) == AppendStatus::conflicting);

    store::NewCallLog of_other_sender = make_record("m1", "text");
    of_other_sender.sender = std::string(32, 't');
    append(store, std::move(of_other_sender)).get();
    CHECK(count("call_log") == "2");
}

TEST_CASE_METHOD(Fixture, "Messages whose ids have the same key are told apart", "[store]") {
    CallLogStore store(options, keys);
    REQUIRE(status_of(store, make_record("m1")) == AppendStatus::stored);
    const std::string key = std::to_string(*store::message_key("m2"));
    test::open_beside(options.path).execute(("UPDATE call_log SET message_key = " + key).c_str());

    CHECK(status_of(store, make_record("m2", "text")) == AppendStatus::stored);
    CHECK(status_of(store, make_record("m2", "text")) == AppendStatus::replayed);
    CHECK(status_of(store, make_record("m2", "other text")) == AppendStatus::conflicting);
    store::CallLogReader reader(options.path, nullptr);
    const auto found = reader.list({.message_id = "m2"});
    REQUIRE(found.size() == 1);
    CHECK(found.front().id == 2);
}

TEST_CASE_METHOD(Fixture, "Duplicates within one batch are found", "[store]") {
    CallLogStore store(options, keys);
    std::vector<std::future<AppendResult>> results;
    {
        const WriterHold hold(store);
        results.push_back(append(store, make_record("m1", "text")));
        results.push_back(append(store, make_record("m1", "text")));
        results.push_back(append(store, make_record("m1", "other text")));
    }
    const AppendResult first = results[0].get();
    const AppendResult second = results[1].get();
    CHECK(first.status == AppendStatus::stored);
    CHECK(second.status == AppendStatus::replayed);
    CHECK(second.id == first.id);
    CHECK(results[2].get().status == AppendStatus::conflicting);
}

TEST_CASE_METHOD(Fixture, "With duplicates = reject, the same message again conflicts", "[store]") {
    options.duplicates = Duplicates::reject;
    CallLogStore store(options, keys);
    CHECK(status_of(store, make_record("m1")) == AppendStatus::stored);
    CHECK(status_of(store, make_record("m1")) == AppendStatus::conflicting);
    CHECK(count("call_log") == "1");
}

TEST_CASE_METHOD(Fixture, "With duplicates = accept, each message is stored and marked",
                 "[store]") {
    options.duplicates = Duplicates::accept;
    CallLogStore store(options, keys);
    for (int i = 0; i < 3; ++i) {
        CHECK(status_of(store, make_record("m1")) == AppendStatus::stored);
    }
    CHECK(query("SELECT group_concat(repeat) FROM call_log") == "0,1,1");
}

TEST_CASE_METHOD(Fixture, "Messages without an id are no duplicates", "[store]") {
    CallLogStore store(options, keys);
    for (int i = 0; i < 2; ++i) {
        CHECK(status_of(store, make_record("")) == AppendStatus::stored);
        store::NewCallLog without = make_record("");
        without.call_log.message_id.reset();
        append(store, std::move(without)).get();
    }
    CHECK(query("SELECT count(*) FROM call_log WHERE repeat = 0") == "4");
}

TEST_CASE_METHOD(Fixture, "A record that the database refuses fails alone", "[store]") {
    CallLogStore store(options, keys);
    // In the last table, so that the bad record's row of call_log is there already.
    test::open_beside(options.path)
        .execute(
            "CREATE TRIGGER refuse BEFORE INSERT ON sealed_content WHEN new.position = 2"
            " BEGIN SELECT RAISE(ABORT, 'refused by trigger'); END");
    std::vector<std::future<AppendResult>> results;
    {
        const WriterHold hold(store);
        for (int i = 0; i < 5; ++i) {
            store::NewCallLog record = make_record("m" + std::to_string(i));
            record.call_log.open_content.resize(
                i == 2 ? 2 : 1, {.path = "CustomerCallLog/Requestor/DriverLicense", .xml = "1"});
            results.push_back(append(store, std::move(record)));
        }
        results.push_back(append(store, make_record("m2")));  // The bad one's key is free.
    }
    for (std::size_t i = 0; i < results.size(); ++i) {
        const AppendResult result = results[i].get();
        CHECK(result.status == (i == 2 ? AppendStatus::failed : AppendStatus::stored));
        if (i == 2) CHECK_THAT(result.error, Contains("refused by trigger"));
    }
    CHECK(query("SELECT count(*) FROM sealed_content") == "4");
    CHECK(query("SELECT group_concat(message_id) FROM call_log") == "hold,m0,m1,m3,m4,m2");
}

TEST_CASE_METHOD(Fixture, "A failure that ends the transaction fails the whole batch", "[store]") {
    CallLogStore store(options, keys);
    test::open_beside(options.path)
        .execute(
            "CREATE TRIGGER refuse BEFORE INSERT ON call_log WHEN new.log_text = 'bad'"
            " BEGIN SELECT RAISE(ROLLBACK, 'rolled back'); END");
    std::vector<std::future<AppendResult>> results;
    {
        const WriterHold hold(store);
        for (const char* text : {"good", "bad", "good"}) {
            results.push_back(append(store, make_record("", text)));
        }
    }
    for (auto& result : results) {
        const AppendResult failed = result.get();
        CHECK(failed.status == AppendStatus::failed);
        CHECK_THAT(failed.error, Contains("rolled back"));
    }
    CHECK(status_of(store, make_record("m1")) == AppendStatus::stored);
    CHECK(count("call_log") == "2");
}

TEST_CASE_METHOD(Fixture, "A full queue refuses at once", "[store]") {
    options.queue_limit = 2;
    CallLogStore store(options, keys);
    std::vector<std::future<AppendResult>> results;
    {
        const WriterHold hold(store);
        results.push_back(append(store, make_record("m1")));
        results.push_back(append(store, make_record("m2")));
        CHECK(store.queue_length() == 2);
        CHECK_THAT(test::error_of([&] { append(store, make_record("m3")); }, ErrorCode::busy),
                   Contains("full"));
    }
    for (auto& result : results) CHECK(result.get().status == AppendStatus::stored);
    CHECK(status_of(store, make_record("m3")) == AppendStatus::stored);
    CHECK(store.queue_length() == 0);
}

TEST_CASE_METHOD(Fixture, "What is queued is stored before the store ends", "[store]") {
    options.batch_limit = 2;
    std::vector<std::future<AppendResult>> results;
    {
        CallLogStore store(options, keys);
        const WriterHold hold(store);
        for (int i = 0; i < 7; ++i) {
            results.push_back(append(store, make_record("m" + std::to_string(i))));
        }
    }
    for (auto& result : results) CHECK(result.get().status == AppendStatus::stored);
    CHECK(count("call_log") == "8");
}

TEST_CASE_METHOD(Fixture, "The end leaves the database in one file", "[store]") {
    {
        CallLogStore store(options, keys);
        CHECK(status_of(store, make_record("m1")) == AppendStatus::stored);
        CHECK(std::filesystem::file_size(options.path + "-wal") > 0);
    }
    CHECK_FALSE(std::filesystem::exists(options.path + "-wal"));
    CHECK_FALSE(std::filesystem::exists(options.path + "-shm"));
    CHECK(query("PRAGMA integrity_check") == "ok");
}

TEST_CASE_METHOD(Fixture, "The WAL begins anew at nine times checkpoint_pages at the latest",
                 "[store]") {
    options.checkpoint_pages = 50;
    options.is_durable = GENERATE(true, false);
    CallLogStore store(options, keys);
    constexpr int records = 500;
    for (int i = 0; i < records; ++i) {
        REQUIRE(status_of(store, make_record(std::to_string(i), std::string(4000, 'x'))) ==
                AppendStatus::stored);
    }
    CHECK(std::filesystem::file_size(options.path) > std::size_t{records} * 4096 * 9 / 10);
    // The last checkpoint may have begun just before; and the commit at which it is due may be
    // large.
    const std::size_t pages = options.is_durable ? (8 + 1) * 50 : 50;
    CHECK(std::filesystem::file_size(options.path + "-wal") < (pages + 25) * 4120);
}

TEST_CASE_METHOD(Fixture, "No checkpoint is made while another process commits", "[store]") {
    options.checkpoint_pages = GENERATE(1, 40);  // By the writer, which is late, and beside it.
    CallLogStore store(options, keys);
    // Its size tells: the header page is written at once, all others by checkpoints.
    const auto size_before = std::filesystem::file_size(options.path);
    {
        store::LockFile other(options.path);
        const store::CheckpointLock commits(other, std::chrono::seconds(10));
        for (int i = 0; i < 20; ++i) {
            REQUIRE(status_of(store, make_record("", std::string(4000, 'x'))) ==
                    AppendStatus::stored);
        }
        CHECK(std::filesystem::file_size(options.path) == size_before);
    }
    // Comes after one of the next commits.
    for (int i = 0; i < 1000 && std::filesystem::file_size(options.path) == size_before; ++i) {
        REQUIRE(status_of(store, make_record("")) == AppendStatus::stored);
    }
    CHECK(std::filesystem::file_size(options.path) > size_before);
}

TEST_CASE_METHOD(Fixture, "A second server on the same database is refused", "[store]") {
    const CallLogStore store(options, keys);
    CHECK_THAT(test::error_of([&] { CallLogStore second(options, keys); }, ErrorCode::storage),
               Contains(options.path) && Contains("in use by another server"));
}

TEST_CASE_METHOD(Fixture, "A store in a missing directory is refused by its name", "[store]") {
    options.path = directory.file("missing/calls.db");
    CHECK_THAT(test::error_of([&] { CallLogStore store(options, keys); }, ErrorCode::storage),
               Contains("there is no directory " + directory.file("missing")));
}

TEST_CASE_METHOD(Fixture, "A database locked for too long fails the record, not the store",
                 "[store]") {
    CallLogStore store(options, keys);
    {
        store::Database other = test::open_beside(options.path);
        const store::Transaction transaction(other);
        const AppendResult result = append(store, make_record("m1")).get();
        CHECK(result.status == AppendStatus::failed);
        CHECK_THAT(result.error, Contains(options.path) && Contains("locked"));
    }
    CHECK(status_of(store, make_record("m1")) == AppendStatus::stored);
    CHECK(count("call_log") == "1");
}

TEST_CASE_METHOD(Fixture, "A removed database is made anew", "[store]") {
    CallLogStore store(options, keys);
    CHECK(status_of(store, make_record("m1")) == AppendStatus::stored);
    SECTION("when the file was removed") { std::filesystem::remove(options.path); }
    SECTION("when all its files were removed") {
        for (const char* suffix : {"", "-wal", "-shm", "-lock"}) {
            std::filesystem::remove(options.path + suffix);
        }
    }
    CHECK(status_of(store, make_record("m2")) == AppendStatus::stored);
    CHECK(query("SELECT group_concat(message_id) FROM call_log") == "m2");
    CHECK(query("PRAGMA integrity_check") == "ok");
    CHECK_THAT(test::error_of([&] { CallLogStore second(options, keys); }, ErrorCode::storage),
               Contains("in use by another server"));
}

TEST_CASE_METHOD(Fixture, "A restored database is gone on with", "[store]") {
    {
        CallLogStore store(options, keys);
        append(store, make_record("old")).get();
    }
    const std::string backup = directory.file("backup");
    std::filesystem::copy(options.path, backup);
    {
        CallLogStore store(options, keys);
        for (int i = 0; i < 50; ++i) append(store, make_record(std::to_string(i))).get();
        std::filesystem::rename(backup, options.path);
        CHECK(status_of(store, make_record("new")) == AppendStatus::stored);
    }
    CHECK(query("SELECT group_concat(message_id) FROM call_log") == "old,new");
    CHECK(query("PRAGMA integrity_check") == "ok");
}

TEST_CASE_METHOD(Fixture, "A database that can't be reopened fails records until it can",
                 "[store]") {
    CallLogStore store(options, keys);
    const std::string elsewhere = directory.file("elsewhere.db");
    append(store, make_record("m1")).get();
    std::filesystem::rename(options.path, elsewhere);
    std::filesystem::create_directory(options.path);
    const AppendResult result = append(store, make_record("m2")).get();
    CHECK(result.status == AppendStatus::failed);
    CHECK_THAT(result.error, Contains(options.path));
    std::filesystem::remove(options.path);
    std::filesystem::rename(elsewhere, options.path);
    CHECK(status_of(store, make_record("m2")) == AppendStatus::stored);
    CHECK(query("SELECT group_concat(message_id) FROM call_log") == "m1,m2");
}

TEST_CASE_METHOD(Fixture, "Many threads append at once, each acknowledged record is there",
                 "[store]") {
    constexpr int threads = 16;
    constexpr int records = 50;
    std::atomic<int> stored = 0;
    {
        CallLogStore store(options, keys);
        std::vector<std::thread> producers;
        producers.reserve(threads);
        for (int t = 0; t < threads; ++t) {
            producers.emplace_back([&, t] {
                for (int i = 0; i < records; ++i) {
                    const std::string id = std::to_string(t) + "-" + std::to_string(i);
                    if (status_of(store, make_record(id)) == AppendStatus::stored) ++stored;
                }
            });
        }
        for (std::thread& producer : producers) producer.join();
    }
    CHECK(stored == threads * records);
    CHECK(query("SELECT count(DISTINCT message_id) FROM call_log") ==
          std::to_string(threads * records));
    CHECK(query("PRAGMA integrity_check") == "ok");
}
