#include "standin/message.hpp"

#include <catch2/catch.hpp>

#include "model/error.hpp"
#include "standin/field_path.hpp"
#include "unit/standin/request.hpp"

namespace customercare::standin {
namespace {

using test::account;
using test::envelope;
using test::Request;

const char* const account_path = "CustomerCallLog/Account/AccountNumber";

bool selects(const std::string& body, const std::string& xpath) {
    Request request{body};
    const model::HttpRequest view = request.view();
    Message message(view);
    return message.matches(XPath(xpath));
}

std::string refusal_of_path(const std::string& text) {
    try {
        return "means " + resolve_field_path(text);
    } catch (const model::ServiceError& error) {
        return error.what();
    }
}

}  // namespace

TEST_CASE("A field's path may be cut as long as it is the only one", "[standin]") {
    CHECK(resolve_field_path(account_path) == account_path);
    CHECK(resolve_field_path("Account/AccountNumber") == account_path);
    CHECK(resolve_field_path("AccountNumber") == account_path);
    CHECK(resolve_field_path("MessageId") == "BaseRequest/MessageId");
    CHECK_THAT(refusal_of_path("accountnumber"),
               Catch::Contains("did you mean CustomerCallLog/Account/AccountNumber?"));
    CHECK_THAT(refusal_of_path("Number"), Catch::Contains("is no field of the request"));
    CHECK_THAT(refusal_of_path("PhoneType"),
               Catch::Contains("could be any of these fields: CustomerCallLog/") &&
                   Catch::Contains(", CustomerCallLog/"));
    CHECK_THAT(refusal_of_path(""), Catch::Contains("is no field"));
}

TEST_CASE("A message is read whatever its prefixes and encoding are", "[standin]") {
    Request request{envelope(account("12&#51;<![CDATA[4]]>"))};
    SECTION("UTF-8") {}
    SECTION("UTF-16 with a byte order mark") {
        std::string wide = "\xFF\xFE";
        for (const char c : request.body) wide += {c, '\0'};
        request.body = wide;
    }
    const model::HttpRequest view = request.view();
    Message message(view);
    CHECK(message.operation() == "CreateCallLog");
    CHECK(message.soap_version() == "1.1");
    CHECK(message.values(account_path) == std::vector<std::string>{"1234"});
    CHECK(message.values("CustomerCallLog/LogText").empty());
    REQUIRE(message.direct_token());
    CHECK(message.direct_token()->reveal() == "d");
    CHECK(message.may_contain("AccountNumber"));
    CHECK_FALSE(message.may_contain("0000000000"));
}

TEST_CASE("The version is the envelope's, the operation the action's or the body's", "[standin]") {
    Request request{envelope("", test::soap12)};
    request.header_texts = {{"Content-Type", "application/soap+xml"}};
    const model::HttpRequest view = request.view();
    Message message(view);
    CHECK(message.soap_version() == "1.2");
    CHECK(message.operation() == "CreateCallLog");
}

TEST_CASE("What is no XML has no fields", "[standin]") {
    const std::string body = GENERATE("", "no XML", "<a", "<a><b></a></b>", "<!-- -->");
    Request request{body, {}};
    const model::HttpRequest view = request.view();
    Message message(view);
    CHECK_FALSE(message.is_xml());
    CHECK(message.operation().empty());
    CHECK(message.soap_version() == "1.1");
    CHECK(message.values(account_path).empty());
    CHECK_FALSE(message.direct_token());
    CHECK_FALSE(message.matches(XPath("true()")));
}

TEST_CASE("An XPath without prefixes is blind to namespaces", "[standin]") {
    const std::string body = envelope("<a:X xmlns:a='urn:x' a:b='1'>t</a:X>" + account("999"));
    CHECK(selects(body, "//AccountNumber[.='999']"));
    CHECK_FALSE(selects(body, "//AccountNumber[.='998']"));
    CHECK(selects(body, "/Envelope/Body/CreateCallLog/CreateCallLogRequest/CustomerCallLog/X"));
    CHECK(selects(body, "//X/@b = 1"));
    CHECK(selects(body, "count(//AccountNumber) = 1"));
    CHECK(selects(body, "//AccountNumber/ancestor::Body"));
    CHECK(selects(body, "//X[.='t' and not(contains(., 'a:b'))]"));
}

TEST_CASE("With prefixes it sees ours, whatever the message calls them", "[standin]") {
    const std::string body = envelope(
        "<D xmlns='urn:x' xmlns:y='http://www.w3.org/2001/XMLSchema-instance' "
        "y:nil='true'><E xmlns=''/></D>" +
        account("999"));
    CHECK(selects(body, "/soap:Envelope/soap:Body/tns:CreateCallLog"));
    CHECK(selects(body, "//tns:CreateCallLogRequest/CustomerCallLog/Account"));
    CHECK(selects(body, "//*[@xsi:nil='true']/E"));
    CHECK_FALSE(selects(body, "//soap:Body/CreateCallLog"));
    CHECK_FALSE(selects(body, "//tns:Account"));
    CHECK_FALSE(selects(body, "//tns:*[self::D]"));
    CHECK_FALSE(selects(body, "//tns:Account | //D"));
}

TEST_CASE("A wrong XPath is told with its place", "[standin]") {
    CHECK_THROWS_WITH(XPath("//a["), Catch::Contains("is no XPath 1.0 expression") &&
                                         Catch::Contains("at character 5 of //a["));
}

TEST_CASE("A prefix that is not ours is refused", "[standin]") {
    const auto refusal = [](const std::string& text) -> std::string {
        try {
            const XPath xpath(text);
        } catch (const model::ServiceError& error) {
            return error.what();
        }
        return "accepted";
    };
    CHECK_THAT(
        refusal("//soap:Body//ws:AccountNumber[.='1']"),
        Catch::Contains("has the prefix ws:") && Catch::Contains("there are soap:, tns: and xsi:"));
    for (const char* xpath : {"//*[@a-b:c]", "1 -ws:a", "ws:*", "child::other:a"}) {
        CHECK_THAT(refusal(xpath), Catch::Contains("has the prefix "));
    }
    for (const char* xpath : {"//soap:Body/tns:*/@xsi:nil", "//a[.='ws:b']", "2-soap:a",
                              "//descendant-or-self::a/@xml:lang"}) {
        CHECK(refusal(xpath) == "accepted");
    }
}

TEST_CASE("Hostile messages cost no more than their length", "[standin]") {
    // Deep, wide, many declarations: what is quadratic would not end within the test's time.
    std::string deep, open, declarations;
    for (int i = 0; i < 200'000; ++i) {
        deep += "<a>";
        open += "<b x='1'/>";
        declarations += "<p:c xmlns:p" + std::to_string(i) + "='urn:x'>";
    }
    for (const std::string& content : {deep, "<r>" + open + "</r>", declarations}) {
        Request request{content};
        const model::HttpRequest view = request.view();
        Message message(view);
        CHECK_FALSE(message.matches(XPath("//AccountNumber[.='1']")));
        CHECK_FALSE(message.matches(XPath("//tns:AccountNumber[.='1']")));
    }
}

}  // namespace customercare::standin
