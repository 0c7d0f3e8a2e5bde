#include "store/database_copy.hpp"

#include <catch2/catch.hpp>
#include <filesystem>

#include "unit/store/store_support.hpp"

using namespace customercare;
using Catch::Matchers::Contains;
using model::ErrorCode;

namespace {

std::size_t count_files(const std::string& folder) {
    const std::filesystem::directory_iterator files(folder);
    return static_cast<std::size_t>(std::distance(begin(files), end(files)));
}

/// A table of so many rows of 4 kB.
void fill(const std::string& path, int rows) {
    test::open_beside(path).execute(
        ("CREATE TABLE filler (text TEXT);"
         "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < " +
         std::to_string(rows) + ") INSERT INTO filler SELECT printf('%4000d', i) FROM n")
            .c_str());
}

}  // namespace

TEST_CASE("A copy has the moment at which it began, whatever is written between its steps",
          "[store]") {
    const test::StoreDirectory directory;
    fill(directory.database(), 10'000);
    const store::Database writer = test::open_beside(directory.database());
    int steps = 0;
    {
        store::DatabaseCopy copy(directory.database(), directory.file("copy"));
        copy.run([&](std::uint64_t done, std::uint64_t all) {
            CHECK(done <= all);
            writer.execute("INSERT INTO filler VALUES ('later')");
            return ++steps < 20;  // It began anew with each change, and never ended.
        });
        copy.put_in_place(false);
    }
    CHECK(steps >= 3);
    CHECK(test::query(directory.file("copy"), "SELECT count(*) FROM filler") == "10000");
    CHECK(test::count(directory.database(), "filler") == std::to_string(10'000 + steps));
    CHECK(test::query(directory.file("copy"), "PRAGMA integrity_check") == "ok");
}

TEST_CASE("A copy that is given up leaves nothing", "[store]") {
    const test::StoreDirectory directory;
    fill(directory.database(), 100);
    const std::size_t before = count_files(directory.file(""));
    CHECK_THAT(test::error_of(
                   [&] {
                       store::DatabaseCopy copy(directory.database(), directory.file("copy"));
                       copy.run([](std::uint64_t, std::uint64_t) { return false; });
                   },
                   ErrorCode::storage),
               Contains("copy: not written, since it was stopped"));
    CHECK(count_files(directory.file("")) == before);
}

TEST_CASE("A copy does not replace a file that came meanwhile", "[store]") {
    const test::StoreDirectory directory;
    fill(directory.database(), 1);
    store::DatabaseCopy copy(directory.database(), directory.file("copy"));
    copy.run([](std::uint64_t, std::uint64_t) { return true; });
    test::write_file(directory.file("copy"), "other");
    CHECK_THAT(test::error_of([&] { copy.put_in_place(false); }, ErrorCode::storage),
               Contains("File exists"));
    CHECK(test::read_file(directory.file("copy")) == "other");
    copy.put_in_place(true);
    CHECK(test::count(directory.file("copy"), "filler") == "1");
}
