#include "store/call_log_reader.hpp"

#include <algorithm>
#include <catch2/catch.hpp>

#include "store/call_log_store.hpp"
#include "unit/store/full_call_log.hpp"
#include "unit/store/store_support.hpp"

using namespace customercare;
using Catch::Matchers::Contains;
using model::ErrorCode;
using store::CallLogFilter;
using store::CallLogReader;
using store::CallLogStore;
using test::append;
using test::full_call_log;
using test::Listing;
using test::make_record;
using test::requestor_path;

namespace {

struct Fixture {
    test::StoreDirectory directory;
    store::Keys keys{directory.key_file()};
    CallLogStore store{{.path = directory.database(),
                        .time_zone = model::TimeZone::utc,
                        .duplicates = store::Duplicates::accept},
                       keys};

    std::int64_t add(model::CallLog call_log) {
        store::NewCallLog record = make_record("");
        record.call_log = std::move(call_log);
        const store::AppendResult result = append(store, std::move(record)).get();
        REQUIRE(result.error.empty());
        return result.id;
    }

    void check_round_trip(const model::CallLog& call_log) {
        const std::int64_t id = add(call_log);
        CallLogReader reader(directory.database(), &keys);
        const auto stored = reader.find(id);
        REQUIRE(stored);
        CHECK(Listing(stored->call_log).lines == Listing(call_log).lines);
    }

    std::vector<std::int64_t> ids(const CallLogFilter& filter) {
        std::vector<std::int64_t> found;
        CallLogReader reader(directory.database(), &keys);
        for (const auto& summary : reader.list(filter)) found.push_back(summary.id);
        std::vector<std::int64_t> visited;
        reader.for_each(filter,
                        [&](store::StoredCallLog&& stored) { visited.push_back(stored.id); });
        CHECK(visited == found);
        return found;
    }
};

using Ids = std::vector<std::int64_t>;

}  // namespace

TEST_CASE_METHOD(Fixture, "Every field is read back as it was appended", "[store]") {
    check_round_trip(full_call_log());
    check_round_trip(model::CallLog{});
}

TEST_CASE_METHOD(Fixture, "Absent, empty and nil stay apart", "[store]") {
    model::CallLog call_log;
    call_log.user_id = "";
    call_log.message_id = "";
    call_log.log_text = "";
    call_log.name_value.resize(2);
    call_log.name_value[1].name = "";
    model::Requestor& requestor = call_log.requestor.emplace();
    requestor.ssn = model::Sensitive("");
    call_log.customer.emplace();
    call_log.account.emplace().account_number = "";

    SECTION("with nothing else") {}
    SECTION("with empty contacts") {
        requestor.primary_contact.emplace();
        requestor.email.emplace();
        requestor.other_phone.resize(3);
        requestor.fax.resize(1);
    }
    SECTION("with nil contacts") {
        requestor.primary_contact.emplace();
        requestor.secondary_contact.emplace();
        requestor.email.emplace();
        requestor.other_phone.resize(4);
        requestor.other_phone[0].phone = "1";
        requestor.other_phone[2].phone = "3";
        requestor.fax.resize(12);
        call_log.nil_elements = {"CustomerCallLog/Requestor",
                                 requestor_path + "PrimaryContact",
                                 requestor_path + "Email",
                                 requestor_path + "OtherPhone[2]",
                                 requestor_path + "OtherPhone[4]",
                                 requestor_path + "OtherPhone[3]/PreferredCallbackTime",
                                 requestor_path + "Fax[1]",
                                 requestor_path + "Fax[12]"};
    }
    check_round_trip(call_log);
}

TEST_CASE_METHOD(Fixture, "A contact with nothing in it but nil has no row", "[store]") {
    model::CallLog call_log;
    call_log.requestor.emplace().other_phone.resize(2);
    call_log.nil_elements = {requestor_path + "OtherPhone[2]"};
    add(call_log);
    CHECK(test::query(directory.database(), "SELECT group_concat(position) FROM phone") == "1");
}

TEST_CASE_METHOD(Fixture, "A call log is found with its metadata", "[store]") {
    model::CallLog call_log;
    call_log.message_id = "m1";
    const auto first = add(call_log);
    const auto second = add(call_log);
    CallLogReader reader(directory.database());
    const auto stored = reader.find(first);
    REQUIRE(stored);
    CHECK(stored->id == first);
    CHECK(stored->received_at == "2011-03-04T10:06:07.250Z");
    CHECK(stored->credential_label == "web");
    CHECK_FALSE(stored->repeat);
    CHECK_FALSE(stored->is_masked);
    CHECK(reader.find(second)->repeat);
    CHECK_FALSE(reader.find(second + 1));
}

TEST_CASE_METHOD(Fixture, "Without keys, sealed values are masked and said to be", "[store]") {
    const auto id = add(full_call_log());
    CallLogReader reader(directory.database());
    const auto stored = reader.find(id);
    CHECK(stored->is_masked);
    CHECK(stored->call_log.requestor->ssn->reveal() == model::mask);
    REQUIRE(stored->call_log.open_content.size() == 3);
    const auto masked = std::ranges::count(stored->call_log.open_content, std::string(model::mask),
                                           &model::OpenContent::xml);
    CHECK(masked == 1);
}

TEST_CASE_METHOD(Fixture, "With other keys, only call logs without sealed values are read",
                 "[store]") {
    const auto with_sealed = add(full_call_log());
    const auto without = add({});
    const store::Keys other(directory.file("other"));
    CallLogReader reader(directory.database(), &other);
    for (int i = 0; i < 2; ++i) {
        CHECK_THAT(test::error_of([&] { (void)reader.find(with_sealed); }, ErrorCode::storage),
                   Contains("another key file"));
        CHECK(reader.find(without));
    }
}

TEST_CASE_METHOD(Fixture, "Call logs are listed by account, customer, premise and message",
                 "[store]") {
    model::CallLog call_log;
    call_log.account.emplace().account_number = "A1";
    const auto of_account = add(call_log);
    call_log = {};
    call_log.customer.emplace().customer_id = "C1";
    const auto of_customer_id = add(call_log);
    call_log = {};
    call_log.customer.emplace().customer_number = "C1";
    const auto of_customer_number = add(call_log);
    call_log = {};
    call_log.premise.emplace().premise_number = "P1";
    call_log.message_id = "m1";
    const auto of_premise = add(call_log);
    const auto repeated = add(call_log);

    CHECK(ids({}).size() == 5);
    CHECK(ids({.account_number = "A1"}) == Ids{of_account});
    CHECK(ids({.account_number = "C1"}).empty());
    CHECK(ids({.customer = "C1"}) == Ids{of_customer_id, of_customer_number});
    CHECK(ids({.premise_number = "P1"}) == Ids{of_premise, repeated});
    CHECK(ids({.message_id = "m1"}) == Ids{of_premise, repeated});
    CHECK(ids({.account_number = "A1", .customer = "C1"}).empty());
    CHECK(ids({.message_id = "m1", .limit = 1, .newest_first = true}) == Ids{repeated});

    CallLogReader reader(directory.database());
    const auto summary = reader.list({.limit = 1, .newest_first = true}).front();
    CHECK(summary.received_at == "2011-03-04T10:06:07.250Z");
    CHECK(summary.message_id == "m1");
    CHECK(summary.premise_number == "P1");
    CHECK_FALSE(summary.account_number);
    CHECK_FALSE(summary.customer_id);
}

TEST_CASE_METHOD(Fixture, "Call logs are listed by time", "[store]") {
    Ids all;
    // The third was received before the second, but stored after it.
    for (const char* time : {"2011-03-04T10:00:00Z", "2011-03-05T10:00:00.5Z",
                             "2011-03-05T10:00:00Z", "2011-03-06T10:00:00Z"}) {
        store::NewCallLog record = make_record("");
        record.received_at = model::parse_date_time(time)->instant;
        all.push_back(append(store, std::move(record)).get().id);
    }
    CHECK(ids({.received_from = "2011-03-05"}) == Ids{all[1], all[2], all[3]});
    CHECK(ids({.received_before = "2011-03-05"}) == Ids{all[0]});
    CHECK(ids({.received_from = "2011-03-05T10:00:00.500Z"}) == Ids{all[1], all[3]});
    CHECK(ids({.received_from = "2011-03-05", .received_before = "2011-03-06"}) ==
          Ids{all[1], all[2]});
    CHECK(ids({.received_from = "2011-03-05",
               .received_before = "2011-03-06",
               .newest_first = true}) == Ids{all[2], all[1]});
    CHECK(ids({.received_from = "2012"}).empty());
}

TEST_CASE_METHOD(Fixture, "Long lists come whole and in order", "[store]") {
    constexpr int records = 1203;
    std::vector<std::future<store::AppendResult>> results;
    results.reserve(records);
    for (int i = 0; i < records; ++i) results.push_back(append(store, make_record("")));
    Ids all;
    all.reserve(records);
    for (auto& result : results) all.push_back(result.get().id);
    CHECK(ids({}) == all);
    CHECK(ids({.limit = 1000}) == Ids(all.begin(), all.begin() + 1000));
    CHECK(ids({.limit = 0}).empty());
    CHECK(ids({.limit = 1001, .newest_first = true}) == Ids(all.rbegin(), all.rbegin() + 1001));
}
