#include "cli/call_log_json.hpp"

#include <catch2/catch.hpp>
#include <string>

namespace customercare::cli {
namespace {

store::StoredCallLog sample() {
    store::StoredCallLog stored;
    stored.id = 7;
    stored.received_at = "2011-03-04T10:06:07.250Z";
    stored.credential_label = "desk";
    model::CallLog& log = stored.call_log;
    log.user_id = "jdoe";
    log.message_date_time.text = "2011-03-04T05:06:07-05:00";
    log.message_id = "";
    log.request_type = -3;
    log.log_text = "line 1\nline 2 \x1b[31m";
    log.name_value = {{.name = "a", .value = "1"}, {.name = "b", .value = {}}};
    log.requestor.emplace();
    log.requestor->ssn.emplace("123-45-6789");
    log.requestor->critical_contact_flag = true;
    log.requestor->primary_contact = model::Phone{
        .phone_type = {}, .phone = "+1 404 555", .extension = {}, .do_not_call_flag = false};
    log.requestor->other_phone.resize(2);
    log.requestor->other_phone[1].phone = "2";
    log.customer = model::Customer{.customer_id = "c,1",
                                   .customer_name = "=1+1",
                                   .customer_number = {},
                                   .dba = {},
                                   .rep_id = ""};
    const std::string requestor = "CustomerCallLog/Requestor/";
    log.open_content = {{requestor + "Address[2]", "<Address>2</Address>"},
                        {requestor + "OtherPhone[2]/PreferredCallbackTime", "<P/>"},
                        {requestor + "PrimaryContact/Carrier", "<Carrier>x</Carrier>"},
                        {requestor + "PrimaryContact/Carrier", "<Carrier>y</Carrier>"},
                        {requestor + "PrimaryContact/Phone", "<Phone xmlns=\"urn:x\"/>"}};
    log.nil_elements = {requestor + "Address[1]", requestor + "OtherPhone[1]",
                        "CustomerCallLog/Customer/RepId", "CustomerCallLog/Account",
                        requestor + "PrimaryContact"};
    return stored;
}

}  // namespace

TEST_CASE("A call log as JSON has the structure and names of the wire", "[cli][call_log_json]") {
    CHECK(to_json(sample()) == Json::parse(R"({
        "id": 7,
        "receivedAt": "2011-03-04T10:06:07.250Z",
        "credential": "desk",
        "BaseRequest": {
            "UserId": "jdoe",
            "MessageDateTime": "2011-03-04T05:06:07-05:00",
            "MessageId": "",
            "NameValue": [{"Name": "a", "Value": "1"}, {"Name": "b"}]
        },
        "CustomerCallLog": {
            "Requestor": {
                "SSN": "123-45-6789",
                "CriticalContactFlag": true,
                "PrimaryContact": {
                    "Phone": ["+1 404 555", "<Phone xmlns=\"urn:x\"/>"],
                    "DoNotCallFlag": false,
                    "Carrier": ["<Carrier>x</Carrier>", "<Carrier>y</Carrier>"]
                },
                "OtherPhone": [null, {"Phone": "2", "PreferredCallbackTime": "<P/>"}],
                "Address": [null, "<Address>2</Address>"]
            },
            "LogText": "line 1\nline 2 \u001b[31m",
            "RequestType": -3,
            "Customer": {"CustomerId": "c,1", "CustomerName": "=1+1", "RepId": null},
            "Account": null
        }
    })"));
}

TEST_CASE("An empty call log has neither request nor fields", "[cli][call_log_json]") {
    store::StoredCallLog stored;
    stored.id = 1;
    stored.is_masked = true;
    CHECK(to_json(stored) ==
          Json::parse(R"({"id": 1, "receivedAt": "", "credential": "", "masked": true})"));
}

TEST_CASE("A call log as text is safe on a terminal", "[cli][call_log_json]") {
    CHECK(to_text(to_json(sample())) ==
          "id: 7\n"
          "receivedAt: 2011-03-04T10:06:07.250Z\n"
          "credential: desk\n"
          "BaseRequest:\n"
          "  UserId: jdoe\n"
          "  MessageDateTime: 2011-03-04T05:06:07-05:00\n"
          "  MessageId:\n"
          "  NameValue[1]:\n"
          "    Name: a\n"
          "    Value: 1\n"
          "  NameValue[2]:\n"
          "    Name: b\n"
          "CustomerCallLog:\n"
          "  Requestor:\n"
          "    SSN: 123-45-6789\n"
          "    CriticalContactFlag: true\n"
          "    PrimaryContact:\n"
          "      Phone[1]: +1 404 555\n"
          "      Phone[2]: <Phone xmlns=\"urn:x\"/>\n"
          "      DoNotCallFlag: false\n"
          "      Carrier[1]: <Carrier>x</Carrier>\n"
          "      Carrier[2]: <Carrier>y</Carrier>\n"
          "    OtherPhone[1]: (nil)\n"
          "    OtherPhone[2]:\n"
          "      Phone: 2\n"
          "      PreferredCallbackTime: <P/>\n"
          "    Address[1]: (nil)\n"
          "    Address[2]: <Address>2</Address>\n"
          "  LogText: line 1\n"
          "    | line 2 \\u001b[31m\n"
          "  RequestType: -3\n"
          "  Customer:\n"
          "    CustomerId: c,1\n"
          "    CustomerName: =1+1\n"
          "    RepId: (nil)\n"
          "  Account: (nil)\n");
}

TEST_CASE("CSV has a column for every simple element that does not repeat",
          "[cli][call_log_json]") {
    const std::string header = csv_header();
    CHECK_THAT(header, Catch::StartsWith("id,receivedAt,credential,BaseRequest.UserId,") &&
                           Catch::EndsWith(",CustomerCallLog.Account.AccountStatus\r\n"));
    CHECK(std::ranges::count(header, ',') == 44);

    const std::string row = csv_row(to_json(sample()));
    CHECK_THAT(row, Catch::StartsWith("7,2011-03-04T10:06:07.250Z,desk,jdoe,"));
    CHECK_THAT(row, Catch::Contains(",-3,"));
    CHECK_THAT(row, Catch::Contains(",\"line 1\nline 2 \x1b[31m\","));
    CHECK_THAT(row, Catch::Contains(",\"c,1\",'=1+1,"));
    CHECK(std::ranges::count(row, ',') == 46);  // Two of them in values.
}

TEST_CASE("CSV quotes as RFC 4180 says and lets no formula through", "[cli][call_log_json]") {
    CHECK(csv_text("plain") == "plain");
    CHECK(csv_text("a \"b\"") == "\"a \"\"b\"\"\"");
    CHECK(csv_text("a\r\nb") == "\"a\r\nb\"");
    CHECK(csv_text("=A1") == "'=A1");
    CHECK(csv_text("+1") == "'+1");
    CHECK(csv_text("-1") == "'-1");
    CHECK(csv_text("@x,y") == "\"'@x,y\"");
    CHECK(csv_text("\t=x") == "'\t=x");
}

}  // namespace customercare::cli
