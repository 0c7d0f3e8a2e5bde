#include "standin/scenario_json.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "model/error.hpp"

namespace customercare::standin {
namespace {

std::string refusal(const std::string& json) {
    try {
        (void)read_scenario(nlohmann::json::parse(json));
    } catch (const model::ServiceError& error) {
        CHECK(error.code() == model::ErrorCode::usage);
        return error.what();
    }
    return "accepted";
}

std::string refused_answer(const std::string& answer) {
    return refusal("{\"answer\":" + answer + "}");
}

std::string refused_match(const std::string& match) {
    return refusal("{\"match\":" + match + R"(,"answer":{"kind":"pass"}})");
}

}  // namespace

TEST_CASE("A scenario is written as it is read", "[standin][scenarios]") {
    const auto answer = GENERATE(values<std::string>(
        {R"({"kind":"success"})", R"({"kind":"pass","delay_ms":500})",
         R"({"kind":"pass","delay_ms":{"from":100,"to":900}})",
         R"({"kind":"error_data","code":"C","description":"d","native_error_detail":"n"})",
         R"({"kind":"fault","code":"Client","text":"t","status":400})",
         R"({"kind":"fault","code":"Server","text":"t","status":500,"delay_ms":1})",
         R"({"kind":"http","status":503,"headers":{"Retry-After":"1"},"body":"b"})",
         R"({"kind":"reset","when":"before_storing"})",
         R"({"kind":"reset","when":"after_storing"})", R"({"kind":"truncated","bytes":10})",
         R"({"kind":"garbage"})", R"({"kind":"store_without_answer"})",
         R"({"kind":"answer_without_storing"})"}));
    const std::string text =
        R"({"id":0,"name":"n","enabled":false,"match":{"operation":"CreateCallLog","soap":"1.2",)"
        R"("header":{"X-Test":"1"},"credential":"any registered","xpath":"//a[.='1']",)"
        R"("fields":{"Account/AccountNumber":"999"},"call":2},"answer":)" +
        answer + R"(,"times":3,"used":0})";
    CHECK(write_scenario(read_scenario(nlohmann::json::parse(text))).dump() == text);
}

TEST_CASE("An answer is all that a scenario needs", "[standin][scenarios]") {
    const Scenario scenario = read_scenario(nlohmann::json::parse(
        R"({"id":7,"used":8,"answer":{"kind":"fault","text":"t"},"times":null})"));
    CHECK(scenario.id == 0);
    CHECK(scenario.used == 0);
    CHECK(scenario.is_enabled);
    CHECK_FALSE(scenario.times);
    CHECK_FALSE(scenario.answer.is_client_fault);
    CHECK(scenario.answer.status == 500);
    CHECK(write_scenario(scenario)["times"].is_null());
}

TEST_CASE("What is wrong with a scenario is told with its key and what is allowed",
          "[standin][scenarios]") {
    using Catch::Contains;
    using Catch::Equals;
    CHECK_THAT(refusal("[]"), Contains("must be an object, not array"));
    CHECK_THAT(refusal("{}"), Contains("answer is missing"));
    CHECK_THAT(refusal(R"({"answr":1})"),
               Equals("unknown key answr; allowed here: id, name, enabled, match, answer, times, "
                      "used"));
    CHECK_THAT(refusal(R"({"name":1,"answer":{"kind":"pass"}})"), Equals("name must be a string"));
    CHECK_THAT(refusal(R"({"enabled":"yes","answer":{"kind":"pass"}})"),
               Equals("enabled must be true or false"));
    for (const char* times : {"0", "-1", "1.5", "\"1\"", "18446744073709551615"}) {
        CHECK_THAT(refusal(R"({"answer":{"kind":"pass"},"times":)" + std::string(times) + "}"),
                   Contains("times must be an integer from 1 to "));
    }

    CHECK_THAT(refused_match(R"({"field":{}})"),
               Contains("unknown key match.field; allowed here: operation, soap, "));
    CHECK_THAT(refused_match(R"({"operation":"Create"})"),
               Equals("match.operation must be an operation of the service: CreateCallLog"));
    CHECK_THAT(refused_match(R"({"soap":"1.3"})"), Equals(R"(match.soap must be "1.1" or "1.2")"));
    CHECK_THAT(refused_match(R"({"xpath":"//["})"), Contains("match.xpath is no XPath 1.0"));
    CHECK_THAT(
        refused_match(R"({"fields":{"account/AccountNumber":"1"}})"),
        Contains("match.fields \"account/AccountNumber\" is no field of the request; did you "
                 "mean CustomerCallLog/Account/AccountNumber?"));
    CHECK_THAT(refused_match(R"({"fields":{"PhoneType":"1"}})"), Contains("could be any of"));
    CHECK_THAT(refused_match(R"({"fields":{"AccountNumber":1}})"),
               Contains("match.fields must be an object of strings"));
    CHECK_THAT(refused_match(R"({"xpath":"//ws:AccountNumber"})"),
               Contains("match.xpath has the prefix ws: and can select nothing"));
    CHECK_THAT(refused_match(R"({"header":[]})"), Contains("match.header must be an object"));
    for (const char* name : {"", "a b", "Äh"}) {
        CHECK_THAT(refused_match(R"({"header":{")" + std::string(name) + R"(":"x"}})"),
                   Equals("match.header has a name that no HTTP header has"));
    }
    CHECK_THAT(refused_match(R"({"call":0})"), Contains("match.call must be an integer from 1"));

    CHECK_THAT(refused_answer("{}"),
               Equals("answer.kind must be one of: pass, success, error_data, fault, http, reset, "
                      "truncated, garbage, store_without_answer, answer_without_storing"));
    CHECK_THAT(refused_answer(R"({"kind":"Reset"})"), Contains("answer.kind must be one of"));
    CHECK_THAT(refused_answer(R"({"kind":"success","code":"1"})"),
               Equals("unknown key answer.code; allowed here: kind, delay_ms"));
    CHECK_THAT(refused_answer(R"({"kind":"error_data"})"), Contains("answer.code is missing"));
    CHECK_THAT(refused_answer(R"({"kind":"fault"})"), Contains("answer.text is missing"));
    CHECK_THAT(refused_answer(R"({"kind":"fault","text":"t","code":"Sender"})"),
               Equals(R"(answer.code must be "Client" or "Server")"));
    for (const char* member : {"code", "description", "native_error_detail"}) {
        CHECK_THAT(refused_answer(R"({"kind":"error_data","code":"1",")" + std::string(member) +
                                  R"(":"a\u0001"})"),
                   Equals("answer." + std::string(member) +
                          " must not have U+0001: XML does not allow it"));
    }
    for (const char* character : {"0000", "001F", "FFFE", "FFFF"}) {
        CHECK_THAT(refused_answer(R"({"kind":"fault","text":"\u)" + std::string(character) + "\"}"),
                   Contains("answer.text must not have U+" + std::string(character)));
    }
    CHECK(refused_answer(R"({"kind":"fault","text":"\t\r\n\u0020\u007F\uFFFD\uD83D\uDE00"})") ==
          "accepted");
    CHECK_THAT(refused_answer(R"({"kind":"http"})"), Contains("answer.status is missing"));
    CHECK_THAT(refused_answer(R"({"kind":"http","status":199})"),
               Contains("answer.status must be an integer from 200 to 599"));
    CHECK_THAT(refused_answer(R"({"kind":"http","status":200,"headers":{"content-length":"1"}})"),
               Contains("answer.headers must not have content-length"));
    for (const char* header : {R"("a b":"")", R"("":"x")", R"("A":"x\r\nB: y")"}) {
        CHECK_THAT(refused_answer(R"({"kind":"http","status":200,"headers":{)" +
                                  std::string(header) + "}}"),
                   Contains("answer.headers has one that is no HTTP header"));
    }
    CHECK_THAT(refused_answer(R"({"kind":"reset","when":"later"})"),
               Equals(R"(answer.when must be "before_storing" or "after_storing")"));
    CHECK_THAT(refused_answer(R"({"kind":"truncated","bytes":-1})"),
               Contains("answer.bytes must be an integer from 0"));
    CHECK_THAT(refused_answer(R"({"kind":"pass","delay_ms":"1"})"),
               Contains("answer.delay_ms must be milliseconds, or "));
    CHECK_THAT(refused_answer(R"({"kind":"pass","delay_ms":600001})"),
               Contains("answer.delay_ms must be an integer from 0 to 600000"));
    CHECK_THAT(refused_answer(R"({"kind":"pass","delay_ms":{"from":2,"to":1}})"),
               Contains("answer.delay_ms.to must be an integer from 2 to 600000"));
    CHECK_THAT(refused_answer(R"({"kind":"pass","delay_ms":{"to":1}})"),
               Contains("answer.delay_ms.from is missing"));
}

}  // namespace customercare::standin
