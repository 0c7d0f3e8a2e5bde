#include <catch2/catch.hpp>
#include <functional>
#include <initializer_list>
#include <string>
#include <vector>

#include "support/fault_vfs.hpp"
#include "unit/store/store_support.hpp"

using namespace customercare;
using Catch::Matchers::Contains;
using model::ErrorCode;
using store::AppendResult;
using store::AppendStatus;
using store::CallLogStore;
using test::Fault;
using test::FaultVfs;

namespace {

store::NewCallLog make_whole_record(const std::string& message_id) {
    store::NewCallLog record = test::make_record(message_id);
    record.call_log.account.emplace().account_number = message_id;
    return record;
}

/// Number of complete call logs with that MessageId.
std::string count_whole(const std::string& path, const std::string& message_id) {
    return test::query(path, "SELECT count(*) FROM call_log WHERE message_id = '" + message_id +
                                 "' AND account_number = message_id");
}

/// A database in a directory of its own, on storage that can fail.
struct Fixture {
    FaultVfs vfs;
    test::StoreDirectory directory;
    store::Keys keys{directory.key_file()};
    store::Options options{.path = directory.database(),
                           .checkpoint_pages = 30,  // Every few commits, so that it fails, too.
                           .busy_timeout = std::chrono::milliseconds(20)};
    std::vector<std::string> acknowledged;

    /// Appends all at once. Whoever sent them learns of success, or the operator what has failed.
    void append(CallLogStore& store, const std::vector<std::string>& message_ids) {
        std::vector<std::future<AppendResult>> results;
        for (const std::string& id : message_ids) {
            results.push_back(test::append(store, make_whole_record(id)));
        }
        for (std::size_t i = 0; i < results.size(); ++i) {
            const AppendResult result = results[i].get();
            if (result.status == AppendStatus::failed) {
                CHECK_THAT(result.error, Contains(options.path));
            } else {
                CHECK(result.status != AppendStatus::conflicting);
                acknowledged.push_back(message_ids[i]);
            }
        }
    }

    using Copy = void (FaultVfs::*)(const std::string&, const std::string&);

    /// The database as the next server would find it.
    std::string copy_files(Copy copy_file) {
        std::string copy = directory.file("copy" + std::to_string(++copies_) + ".db");
        for (const char* suffix : {"-wal", ""}) {  // A checkpoint between them does no harm.
            (vfs.*copy_file)(options.path + suffix, copy + suffix);
        }
        return copy;
    }

    /// Checks that all that was acknowledged would be there if all ended now.
    void check_acknowledged() {
        for (const Copy copy_file : {&FaultVfs::copy_after_kill, &FaultVfs::copy_after_power_cut}) {
            const std::string copy = copy_files(copy_file);
            CAPTURE(copy_file == &FaultVfs::copy_after_power_cut);
            for (const std::string& id : acknowledged) {
                CAPTURE(id);
                CHECK(count_whole(copy, id) == "1");
            }
            CHECK(test::query(copy, "PRAGMA integrity_check") == "ok");
            CHECK(test::query(copy, "PRAGMA foreign_key_check") == "none");
        }
    }

private:
    int copies_ = 0;
};

using BeginFault = std::function<void()>;
using Scenario = void (*)(Fixture&, const BeginFault&);

/// Sanitizers make it ten times as slow, and find what they look for at some calls as at all.
constexpr int step = CUSTOMERCARE_SANITIZED ? 7 : 1;

/// Runs the scenario with a fault at the first call of its kind, then at the second, and so on
/// until no such call is left to fail; once with a passing fault and once with a lasting one.
void at_each_call(std::initializer_list<Fault> faults, Scenario scenario) {
    int calls_failed = 0;
    for (const Fault fault : faults) {
        for (const int count : {1, FaultVfs::for_ever}) {
            for (int at = 1;; at += step) {
                CAPTURE(fault, count, at);
                Fixture fixture;
                scenario(fixture, [&] { fixture.vfs.fail(fault, at, count); });
                if (!fixture.vfs.has_failed()) break;
                ++calls_failed;
            }
        }
    }
    // The writer goes on after its answers: a kind that only its checkpoint calls may come too
    // late.
    CHECK(calls_failed > 20 / step);
}

void append_during_fault(Fixture& fixture, const BeginFault& begin_fault) {
    // So that of several records the writer takes the next ones while the first are synced.
    fixture.options.batch_limit = 2;
    {
        CallLogStore store(fixture.options, fixture.keys);
        fixture.append(store, {"before"});
        begin_fault();
        fixture.append(store, {"m1"});
        fixture.append(store, {"m2"});
        fixture.append(store, {"m3", "m4", "m5", "m6", "m7", "m8", "m9"});
        fixture.append(store, {"m10"});
        fixture.vfs.heal();
        fixture.check_acknowledged();

        // All are sent again, as by clients that can't know better.
        fixture.acknowledged = {"before"};
        fixture.append(store, {"m1", "m2", "m3", "m4", "m5", "m6", "m7", "m8", "m9", "m10"});
        CHECK(fixture.acknowledged.size() == 11);
        fixture.check_acknowledged();
    }
    CHECK(test::count(fixture.options.path, "call_log") == "11");
}

void open_during_fault(Fixture& fixture, const BeginFault& begin_fault) {
    begin_fault();
    try {
        CallLogStore store(fixture.options, fixture.keys);
        fixture.append(store, {"m1"});
    } catch (const model::ServiceError& error) {
        CHECK(error.code() == ErrorCode::storage);
        CHECK_THAT(error.what(), Contains(fixture.options.path));
    }
    fixture.vfs.heal();
    CallLogStore store(fixture.options, fixture.keys);
    fixture.check_acknowledged();
    fixture.acknowledged.clear();
    fixture.append(store, {"m1", "m2"});
    CHECK(fixture.acknowledged.size() == 2);
    fixture.check_acknowledged();
}

void open_after_crash_during_fault(Fixture& fixture, const BeginFault& begin_fault) {
    CallLogStore killed(fixture.options, fixture.keys);
    fixture.append(killed, {"m1"});
    fixture.vfs.fail(Fault::sync, 1);
    fixture.append(killed, {"m2"});  // Comes into the WAL, but no further.
    fixture.options.path = fixture.copy_files(&FaultVfs::copy_after_kill);
    fixture.vfs.heal();
    open_during_fault(fixture, begin_fault);
}

void end_during_fault(Fixture& fixture, const BeginFault& begin_fault) {
    fixture.options.checkpoint_pages = 4000;  // None but that of the end.
    {
        CallLogStore store(fixture.options, fixture.keys);
        fixture.append(store, {"m1"});
        fixture.append(store, {"m2"});
        begin_fault();
    }
    fixture.vfs.heal();
    fixture.check_acknowledged();
}

}  // namespace

TEST_CASE("While storage fails, at whatever call, all that is acknowledged is on disk",
          "[store][io_faults]") {
    at_each_call({Fault::read, Fault::write, Fault::short_write, Fault::disk_full, Fault::sync,
                  Fault::truncate},
                 append_during_fault);
}

TEST_CASE("A store that can't be opened says where, and is opened when storage works again",
          "[store][io_faults]") {
    const auto scenario = GENERATE(open_during_fault, open_after_crash_during_fault);
    at_each_call({Fault::open, Fault::read, Fault::write, Fault::short_write, Fault::disk_full,
                  Fault::sync, Fault::shm_map},
                 scenario);
}

TEST_CASE("A store that ends while storage fails loses nothing", "[store][io_faults]") {
    at_each_call({Fault::read, Fault::write, Fault::short_write, Fault::disk_full, Fault::sync,
                  Fault::truncate, Fault::remove},
                 end_during_fault);
}

TEST_CASE_METHOD(Fixture,
                 "A writer says when it can't move the WAL into the database, and when it can",
                 "[store][io_faults]") {
    options.is_durable = false;    // The writer checkpoints by itself,
    options.checkpoint_pages = 1;  // after each commit.
    std::vector<std::string> news;
    CallLogStore store(options, keys);
    store.on_checkpoint_error([&](const std::string& error) { news.push_back(error); });
    std::size_t told = 0;
    int at = 0;
    do {
        vfs.fail(Fault::write, ++at, 1);
        // That the second one is done means that what follows the first one is.
        append(store, {std::to_string(at) + "a"});
        append(store, {std::to_string(at) + "b"});
        vfs.heal();
        append(store, {std::to_string(at) + "c"});
        append(store, {std::to_string(at) + "d"});
        if (news.size() == told) continue;
        REQUIRE(news.size() == told + 2);
        CHECK_THAT(news[told], Contains("I/O error"));
        CHECK(news[told + 1].empty());
        told += 2;
    } while (vfs.has_failed());
    CHECK(told > 0);
}
