#include "standin/scenario_set.hpp"

#include <atomic>
#include <catch2/catch.hpp>
#include <thread>

#include "unit/standin/request.hpp"

namespace customercare::standin {
namespace {

using test::account;
using test::envelope;
using test::Request;

Scenario scenario(std::string name, ScenarioMatch match = {},
                  std::optional<std::int64_t> times = std::nullopt) {
    return {.name = std::move(name), .match = std::move(match), .times = times};
}

ScenarioMatch account_is(const std::string& number) {
    return {.fields = {{"Account/AccountNumber", number}}};
}

/// A set whose only credential is "d", of label "ivr", for clients without a certificate.
struct Set : ScenarioSet {
    explicit Set(std::vector<Scenario> initial = {})
        : ScenarioSet(std::move(initial), false,
                      [](const model::Sensitive& token,
                         std::string_view subject) -> std::optional<std::string> {
                          if (token.reveal() != "d" || !subject.empty()) return std::nullopt;
                          return "ivr";
                      }) {}

    /// The name of the one that answers, else "why not" of the nearest.
    std::string ask(Request request) {
        const Choice choice = choose(request.view());
        CHECK(!(choice.scenario && choice.nearest));
        if (choice.scenario) return choice.scenario->name;
        return choice.nearest ? choice.nearest->name + ": " + choice.nearest->why : "";
    }
    std::string ask_about(const std::string& number) { return ask({envelope(account(number))}); }
};

std::string why_not(ScenarioMatch match, const Request& request) {
    return Set({scenario("s", std::move(match))}).ask(request);
}

}  // namespace

TEST_CASE("The first that matches answers", "[standin][scenarios]") {
    Set set({scenario("one", account_is("1")), scenario("two", account_is("2")),
             scenario("also two", account_is("2"))});
    CHECK(set.ask_about("2") == "two");
    CHECK(set.ask_about("1") == "one");
    CHECK(set.list()[0].used == 1);
    CHECK(set.list()[2].used == 0);
    set.replace(2, {.name = "two", .is_enabled = false, .match = account_is("2")});
    CHECK(set.ask_about("2") == "also two");
    CHECK(set.remove(3));
    CHECK(set.ask_about("2") == "one: CustomerCallLog/Account/AccountNumber is \"2\", not \"1\"");
}

TEST_CASE("Each condition holds or says why not", "[standin][scenarios]") {
    const Request request{envelope(account("9") + "<LogText>text</LogText>")};
    Request twelve{envelope("", test::soap12)};
    twelve.header_texts = {{"Content-Type", "application/soap+xml"}, {"X-Test", "1"}};
    Request unknown{"<a/>"};
    unknown.header_texts = {};

    CHECK(why_not({}, request) == "s");
    CHECK(why_not({.operation = "CreateCallLog"}, request) == "s");
    CHECK(why_not({.operation = "CreateCallLog"}, unknown) == "s: the request names no operation");
    CHECK(why_not({.soap = "1.2"}, twelve) == "s");
    CHECK(why_not({.soap = "1.2"}, request) == "s: the message is SOAP 1.1, not 1.2");
    CHECK(why_not({.header = {{"x-test", "1"}}}, twelve) == "s");
    CHECK(why_not({.header = {{"x-test", "2"}}}, twelve) == "s: header x-test is \"1\", not \"2\"");
    CHECK(why_not({.header = {{"X-Test", "1"}}}, request) == "s: there is no header X-Test");
    CHECK(why_not({.credential = "ivr"}, request) == "s");
    CHECK(why_not({.credential = "any registered"}, request) == "s");
    CHECK(why_not({.credential = "web"}, request) == "s: the credential is \"ivr\", not \"web\"");
    CHECK(why_not({.credential = "ivr"}, unknown) ==
          "s: the direct token is of no registered credential");
    CHECK(why_not({.xpath = "//LogText[.='text']"}, request) == "s");
    CHECK(why_not({.xpath = "//LogText[.='x']"}, request) ==
          "s: the XPath //LogText[.='x'] selects nothing");
    CHECK(why_not({.xpath = "//a"}, {"no XML"}) == "s: the message is no XML");
    CHECK(why_not(account_is("9"), request) == "s");
    CHECK(why_not(account_is("9"), twelve) ==
          "s: CustomerCallLog/Account/AccountNumber is not there, but should be \"9\"");
    CHECK(why_not({.soap = "1.2", .fields = {{"LogText", "a"}}}, request) ==
          "s: the message is SOAP 1.1, not 1.2; CustomerCallLog/LogText is \"text\", not \"a\"");
}

TEST_CASE("Why not never tells a secret", "[standin][scenarios]") {
    const Request request{
        envelope("<Requestor><SSN>078-05-1120</SSN><DriverLicense>L1</DriverLicense></Requestor>"),
        {{"Authorization", "Basic c2VjcmV0"}}};
    CHECK(why_not({.fields = {{"Requestor/SSN", "123-45-6789"}}}, request) ==
          "s: CustomerCallLog/Requestor/SSN is another");
    CHECK(why_not({.fields = {{"Requestor/DriverLicense", "L2"}}}, request) ==
          "s: CustomerCallLog/Requestor/DriverLicense is another");
    CHECK(why_not({.fields = {{"Requestor/SSN", "078-05-1120"}}}, request) == "s");
    CHECK(why_not({.header = {{"Authorization", "Basic x"}}}, request) ==
          "s: header Authorization is another");
}

TEST_CASE("The nearest is the one with the fewest misses", "[standin][scenarios]") {
    Set set({scenario("far", {.soap = "1.2", .fields = {{"AccountNumber", "1"}}}),
             scenario("near", {.soap = "1.1", .fields = {{"AccountNumber", "1"}}}),
             scenario("as near", account_is("3"))});
    CHECK(set.ask_about("2") == "near: CustomerCallLog/Account/AccountNumber is \"2\", not \"1\"");
    CHECK(Set().ask_about("2").empty());
}

TEST_CASE("So many times, then back to real behaviour", "[standin][scenarios]") {
    Set set({scenario("twice", account_is("1"), 2)});
    CHECK(set.ask_about("1") == "twice");
    CHECK(set.ask_about("2") != "twice");
    CHECK(set.ask_about("1") == "twice");
    CHECK(set.ask_about("1") == "twice: it has answered all of its 2 times");
    CHECK(set.find(1)->used == 2);
    set.reset();
    CHECK(set.find(1)->used == 0);
    CHECK(set.ask_about("1") == "twice");
}

TEST_CASE("The nth call counts those for which the rest holds", "[standin][scenarios]") {
    ScenarioMatch match = account_is("1");
    match.call = 2;
    Set set({scenario("second", match)});
    CHECK(set.ask_about("1") == "second: this is call 1, not 2");
    set.ask_about("7");
    CHECK(set.ask_about("1") == "second");
    CHECK(set.ask_about("1") == "second: this is call 3, not 2");
}

TEST_CASE("The nth call counts those that another scenario answers", "[standin][scenarios]") {
    ScenarioMatch first = account_is("1");
    first.call = 1;
    ScenarioMatch second = account_is("1");
    second.call = 2;
    Set set({scenario("A", first), scenario("B", second)});
    CHECK(set.ask_about("1") == "A");
    CHECK(set.ask_about("1") == "B");
    CHECK(set.ask_about("1") == "A: this is call 3, not 1");

    Set behind({scenario("always", account_is("1")), scenario("B", second)});
    CHECK(behind.ask_about("1") == "always");
    behind.remove(1);
    CHECK(behind.ask_about("1") == "B");
}

TEST_CASE("Each of many calls at once is the nth for one scenario", "[standin][scenarios]") {
    constexpr int calls = 100;
    Set set;
    for (int call = 1; call <= calls; ++call) set.add(scenario("s", {.call = call}));
    std::vector<std::thread> threads;
    for (int i = 0; i < 4; ++i) {
        threads.emplace_back([&] {
            for (int j = 0; j < calls / 4; ++j) {
                Request request{envelope("")};
                (void)set.choose(request.view());
            }
        });
    }
    for (std::thread& thread : threads) thread.join();
    for (const Scenario& one : set.list()) CHECK(one.used == 1);
}

TEST_CASE("Scenarios are added, found, replaced, removed and reset", "[standin][scenarios]") {
    Set set({scenario("initial")});
    CHECK(set.add(scenario("added")).id == 2);
    CHECK(set.find(2)->name == "added");
    CHECK_FALSE(set.find(3));
    CHECK(set.replace(2, scenario("other")));
    CHECK(set.find(2)->name == "other");
    CHECK_FALSE(set.replace(3, scenario("other")));
    CHECK(set.remove(1));
    CHECK_FALSE(set.remove(1));
    CHECK(set.size() == 1);
    CHECK(set.add(scenario("third")).id == 3);
    set.clear();
    CHECK(set.list().empty());
    set.reset();
    REQUIRE(set.size() == 1);
    CHECK(set.list()[0].name == "initial");
}

TEST_CASE("Only calls meet scenarios", "[standin][scenarios]") {
    Set set({scenario("any")});
    Request request{envelope("")};
    model::HttpRequest view = request.view();
    view.method = "GET";
    CHECK_FALSE(set.choose(view).scenario);
    view.method = "POST";
    view.body_too_long = true;
    CHECK_FALSE(set.choose(view).scenario);
}

TEST_CASE("Many at once use a scenario exactly as often as it may be", "[standin][scenarios]") {
    Set set({scenario("limited", account_is("1"), 100)});
    std::atomic<int> answered{0};
    std::vector<std::thread> threads;
    for (int i = 0; i < 4; ++i) {
        threads.emplace_back([&] {
            for (int j = 0; j < 50; ++j) {
                Request request{envelope(account("1"))};
                if (set.choose(request.view()).scenario) ++answered;
                if (j % 10 == 0) set.remove(set.add(scenario("other", account_is("2"))).id);
            }
        });
    }
    for (std::thread& thread : threads) thread.join();
    CHECK(answered == 100);
}

}  // namespace customercare::standin
