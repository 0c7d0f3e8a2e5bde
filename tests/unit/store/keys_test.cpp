#include "store/keys.hpp"

#include <sys/stat.h>

#include <catch2/catch.hpp>
#include <thread>

#include "unit/store/store_support.hpp"

using namespace customercare;
using Catch::Matchers::Contains;
using model::ErrorCode;
using model::Sensitive;
using store::Keys;

namespace {

std::string refusal(const std::string& path) {
    return test::error_of([&] { Keys keys(path); }, ErrorCode::usage);
}

}  // namespace

TEST_CASE("A key file is made once, for its owner alone", "[store]") {
    const test::StoreDirectory directory;
    const Keys first(directory.key_file());
    const std::string content = test::read_file(directory.key_file());
    CHECK(test::permissions_of(directory.key_file()) == 0600);
    const Keys second(directory.key_file());
    CHECK(test::read_file(directory.key_file()) == content);
    CHECK(first.hash_token(Sensitive("token")) == second.hash_token(Sensitive("token")));
    CHECK(first.hash_token(Sensitive("token")) != first.hash_token(Sensitive("Token")));
    CHECK(first.hash_token(Sensitive("token")) !=
          Keys(directory.file("other")).hash_token(Sensitive("token")));
}

TEST_CASE("Those that make the key file at once agree on one key", "[store]") {
    const test::StoreDirectory directory;
    std::vector<std::array<unsigned char, 32>> hashes(8);
    std::vector<std::thread> threads;
    threads.reserve(hashes.size());
    for (auto& hash : hashes) {
        threads.emplace_back([&] {
            try {
                hash = Keys(directory.key_file()).hash_token(Sensitive("token"));
            } catch (const model::ServiceError&) {
                hash.fill(0);
            }
        });
    }
    for (std::thread& thread : threads) thread.join();
    for (const auto& hash : hashes) CHECK(hash == hashes.front());
    CHECK(hashes.front() == Keys(directory.key_file()).hash_token(Sensitive("token")));
}

TEST_CASE("A key file that can't be used is refused by name", "[store]") {
    const test::StoreDirectory directory;
    const std::string path = directory.key_file();
    { Keys keys(path); }
    const std::string good = test::read_file(path);

    SECTION("when others may read it") {
        chmod(path.c_str(), 0640);
        CHECK_THAT(refusal(path), Contains(path) && Contains("chmod 600"));
    }
    SECTION("when it is empty, cut off, too long or not hexadecimal") {
        std::string other = good;
        other[30] = 'x';
        const std::string without_current = good.substr(0, good.find("current")) + "end\n";
        const std::string cut_at_line = good.substr(0, good.size() - 4);
        const std::string old = "id 0102030405060708\nkey " + std::string(64, '1') + "\n";
        for (const std::string& content :
             {std::string(), good.substr(0, good.size() - 2), good + "x", other, without_current,
              cut_at_line, old + "x", old.substr(0, 60)}) {
            test::write_file(path, content);
            CHECK_THAT(refusal(path), Contains(path) && Contains("malformed"));
        }
    }
    SECTION("when it is a directory") {
        CHECK_THAT(refusal(std::filesystem::path(path).parent_path().string()),
                   Contains("no file"));
    }
    SECTION("when it can't be made") {
        CHECK_THAT(refusal(directory.file("missing/key")), Contains("missing/key"));
    }
}

TEST_CASE("What was sealed can be opened in its place only", "[store]") {
    const test::StoreDirectory directory;
    const Keys keys(directory.key_file());
    const std::string sealed = keys.seal("123-45-6789", "requestor.ssn");
    CHECK(sealed.find("123-45") == std::string::npos);
    CHECK(keys.open(sealed, "requestor.ssn").reveal() == "123-45-6789");
    CHECK(keys.open(keys.seal("", "a"), "a").reveal().empty());
    CHECK(keys.seal("123-45-6789", "requestor.ssn") != sealed);

    const auto failure = [](const Keys& with, const std::string& value, const char* context) {
        return test::error_of([&] { (void)with.open(value, context); }, ErrorCode::storage);
    };
    std::string altered = sealed;
    altered.back() ^= 1;
    CHECK_THAT(failure(keys, altered, "requestor.ssn"), Contains("altered"));
    CHECK_THAT(failure(keys, sealed, "open_content.sealed"), Contains("altered"));
    CHECK_THAT(failure(keys, sealed.substr(0, 40), "requestor.ssn"), Contains("cut off"));
    CHECK_THAT(failure(Keys(directory.file("other")), sealed, "requestor.ssn"),
               Contains("another key file"));
}
