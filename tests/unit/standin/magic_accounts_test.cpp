#include "standin/magic_accounts.hpp"

#include <catch2/catch.hpp>

#include "standin/scenario_set.hpp"
#include "unit/standin/request.hpp"

namespace customercare::standin {
namespace {

Choice ask(ScenarioSet& set, const std::string& number) {
    test::Request request{test::envelope(test::account(number))};
    return set.choose(request.view());
}

std::optional<std::string> nobody(const model::Sensitive&, std::string_view) {
    return std::nullopt;
}

}  // namespace

TEST_CASE("Magic account numbers are counted from 1", "[standin][magic]") {
    REQUIRE(magic_accounts().size() == 13);
    ScenarioSet set({}, true, nobody);
    for (std::size_t i = 0; i < 13; ++i) {
        const MagicAccount& account = magic_accounts()[i];
        const std::string number = std::to_string(1'000'000'000'001 + i).replace(0, 1, "0");
        CHECK(account.account_number == number.substr(number.size() - 12));
        const Choice choice = ask(set, account.account_number);
        REQUIRE(choice.scenario);
        CHECK(choice.scenario->id == 0);
        CHECK(choice.scenario->name == "magic account " + account.account_number);
        CHECK(choice.scenario->answer.kind == account.answer.kind);
    }
    CHECK_FALSE(ask(set, "000000000000").scenario);
    CHECK_FALSE(ask(set, "000000000014").scenario);
    CHECK_FALSE(ask(set, "00000000001").scenario);
}

TEST_CASE("Magic accounts come behind scenarios, and can be switched off", "[standin][magic]") {
    ScenarioSet set({{.name = "mine", .match = {.fields = {{"AccountNumber", "000000000001"}}}}},
                    true, nobody);
    CHECK(ask(set, "000000000001").scenario->name == "mine");
    const Choice other = ask(set, "000000000002");
    CHECK(other.scenario->name == "magic account 000000000002");
    CHECK_FALSE(other.nearest);
    ScenarioSet off({}, false, nobody);
    CHECK_FALSE(ask(off, "000000000001").scenario);
}

}  // namespace customercare::standin
