#include "store/journal_store.hpp"

#include <catch2/catch.hpp>
#include <filesystem>
#include <string>

#include "support/temporary_directory.hpp"

namespace customercare::store {
namespace {

JournalRow row(std::int64_t id, std::string entry) {
    return {.id = id,
            .outcome = id % 2 == 0 ? "stored" : "refused",
            .operation = "CreateCallLog",
            .message_id = "m-" + std::to_string(id),
            .account_number = "1",
            .summary = "{}",
            .entry = std::move(entry)};
}

std::string ids(const std::vector<JournalRow>& rows) {
    std::string text;
    for (const JournalRow& one : rows) text += std::to_string(one.id) + " ";
    return text;
}

}  // namespace

TEST_CASE("The journal's file keeps as many rows and bytes as it may", "[store][journal]") {
    const test::TemporaryDirectory directory;
    const std::string path = directory.path("journal");
    {
        JournalStore store(path, 3, 1000);
        store.append({row(1, "a"), row(2, "b")});
        store.append({row(3, "c"), row(4, "d")});
        CHECK(ids(store.list({})) == "2 3 4 ");
        store.append({row(5, std::string(998, 'x'))});
        CHECK(ids(store.list({})) == "5 ");
        store.append({row(6, std::string(5000, 'y'))});
        CHECK(ids(store.list({})) == "6 ");
        CHECK(store.count() == 1);
    }
    JournalStore store(path, 3, 1000);
    CHECK(store.last_id() == 6);
    CHECK(store.count() == 1);
    CHECK(store.find(6)->size() == 5000);
    CHECK_FALSE(store.find(5));
    store.append({row(7, "e")});
    CHECK(ids(store.list({})) == "7 ");
    store.clear();
    CHECK(store.count() == 0);
    CHECK(store.last_id() == 7);
    const auto others = std::filesystem::perms::group_all | std::filesystem::perms::others_all;
    CHECK((std::filesystem::status(path).permissions() & others) == std::filesystem::perms::none);
}

TEST_CASE("The journal's rows are found by what is asked for", "[store][journal]") {
    const test::TemporaryDirectory directory;
    JournalStore store(directory.path("journal"), 100, 1'000'000);
    store.append({row(1, "50% of it"), row(2, "a_b"), row(3, "c\\d"), row(4, "")});
    CHECK(ids(store.list({.after = 1, .before = 4})) == "2 3 ");
    CHECK(ids(store.list({.limit = 2, .newest_first = true})) == "4 3 ");
    CHECK(ids(store.list({.outcome = "stored"})) == "2 4 ");
    CHECK(ids(store.list({.message_id = "m-3"})) == "3 ");
    CHECK(ids(store.list({.operation = "Other"})).empty());
    CHECK(ids(store.list({.account_number = "1", .limit = 1})) == "1 ");
    CHECK(ids(store.list({.text = "0% OF"})) == "1 ");
    CHECK(ids(store.list({.text = "a_"})) == "2 ");
    CHECK(ids(store.list({.text = "c\\"})) == "3 ");
    CHECK(ids(store.list({.text = "%"})) == "1 ");
}

}  // namespace customercare::store
