#include <catch2/catch.hpp>
#include <cstddef>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "support/database.hpp"
#include "support/filled_request.hpp"
#include "support/http_client.hpp"
#include "support/message.hpp"
#include "support/server_process.hpp"
#include "support/xml.hpp"

namespace customercare::test {
namespace {

/// A value of its own for each simple element.
std::string value_of(const std::string& type, const std::string& name, int count) {
    const std::string number = std::to_string(count);
    const std::string two_digits = std::to_string(10 + count % 50);
    if (type == "s:int") return "-" + number;
    if (type == "s:boolean") return count / 2 % 2 == 0 ? "true" : "false";
    if (type == "s:date") return "20" + two_digits + "-02-28";
    if (type == "s:dateTime") return "2011-03-04T05:06:" + two_digits + ".1234567-05:00";
    if (name == "LogText") {
        std::string text = "  ";
        while (text.size() < 65'536) text += "Line " + number + " of 😀 שלום ]]> & <b>.\r\n";
        return text;
    }
    switch (count % 5) {
        case 0:
            return name + number + " 😀🏳️‍🌈";
        case 1:
            return name + number + " שלום عليكم";
        case 2:
            return name + number + " ]]> & &amp; <b> \"double\" 'single'";
        case 3:
            return "  \t" + name + number + "\n ";
        default:
            return name + number + " é€\r";
    }
}

std::string open_content_of(const std::string& /*name*/, int count) {
    return replace_all(
        " kind=\"a &quot;b&quot; &lt; N\" outer:flag=\"N\">"
        "mixed N "
        "<outer:Line outer:id=\"LN\" plain=\" 'x' \">  first N "
        "<inner:Deep xmlns:inner=\"urn:inner:N\"><Bare xmlns=\"\">bare N 😀</Bare></inner:Deep>"
        " tail N ]]&gt; </outer:Line>"
        "<Same xmlns=\"urn:default:N\"><Child xsi:nil=\"true\"/><Child/></Same>"
        "<Same xsi:type=\"xsd:int\">N</Same>"
        "<Same><![CDATA[<cdata> & N]]></Same>",
        "N", std::to_string(count));
}

void flatten(const nlohmann::json& value, const std::string& path, Fields& fields) {
    if (value.is_object()) {
        for (const auto& [name, child] : value.items()) flatten(child, path + "/" + name, fields);
    } else if (value.is_array()) {
        for (std::size_t i = 0; i < value.size(); ++i) {
            flatten(value[i], path + "[" + std::to_string(i + 1) + "]", fields);
        }
    } else {
        fields[path.substr(1)] = value.is_string() ? value.get<std::string>() : value.dump();
    }
}

/// What `calllogs show` gives for the one call log in the database.
Fields shown_fields(const std::string& database) {
    const std::string id = Database(database).value("SELECT id FROM call_log");
    const auto shown =
        run_program({"calllogs", "show", id, "--json", "--reveal", "--database", database});
    INFO(shown.errors);
    REQUIRE(shown.exit_code == 0);
    const auto json = nlohmann::json::parse(shown.output);
    Fields fields;
    for (const char* part : {"BaseRequest", "CallerId", "CustomerCallLog"}) {
        REQUIRE(json.contains(part));
        flatten(json[part], std::string("/") + part, fields);
    }
    return fields;
}

}  // namespace

TEST_CASE("Every field of the contract comes back from the database as it was sent",
          "[integration][create_call_log]") {
    const auto version = GENERATE(Soap::v11, Soap::v12);
    const FilledRequest request(value_of, open_content_of);
    const TemporaryDirectory directory;
    ServerProcess server(directory.path());

    const HttpReply reply = call(server.port(), post(version, request.message(version)));
    INFO(reply.body);
    REQUIRE(is_success(reply));

    Fields shown = shown_fields(server.database());
    for (const auto& [path, sent] : request.expected()) {
        CAPTURE(path);
        if (!shown.contains(path)) {
            FAIL_CHECK("not in the output of calllogs show");
            continue;
        }
        const bool is_open = sent.starts_with("<{");
        CHECK((is_open ? canonical(shown[path]) : shown[path]) == sent);
        shown.erase(path);
    }
    for (const auto& [path, text] : shown) {
        CAPTURE(path);
        FAIL_CHECK("shown, but not sent");
    }
}

TEST_CASE("The fields of a call log lie in columns", "[integration][create_call_log]") {
    const FilledRequest request(value_of, open_content_of);
    const TemporaryDirectory directory;
    ServerProcess server(directory.path());
    REQUIRE(is_success(call(server.port(), post(Soap::v11, request.message(Soap::v11)))));

    const Database database(server.database());
    Fields sent = request.expected();
    CHECK(database.value("SELECT message_id FROM call_log") == sent["BaseRequest/MessageId"]);
    CHECK(database.value("SELECT log_text FROM call_log") == sent["CustomerCallLog/LogText"]);
    CHECK(database.value("SELECT request_type FROM call_log") ==
          sent["CustomerCallLog/RequestType"]);
    CHECK(database.value("SELECT first_name FROM requestor") ==
          sent["CustomerCallLog/Requestor/FirstName"]);
    CHECK(database.value("SELECT customer_number FROM customer") ==
          sent["CustomerCallLog/Customer/CustomerNumber"]);
    CHECK(database.value("SELECT premise_number FROM premise") ==
          sent["CustomerCallLog/Premise/PremiseNumber"]);
    CHECK(database.value("SELECT account_number FROM account") ==
          sent["CustomerCallLog/Account/AccountNumber"]);
    CHECK(
        database.column("SELECT name FROM name_value ORDER BY position") ==
        std::vector{sent["BaseRequest/NameValue[1]/Name"], sent["BaseRequest/NameValue[2]/Name"]});
    CHECK(database.column("SELECT 1 FROM phone").size() == 6);
    CHECK(database.value("SELECT email FROM email") ==
          sent["CustomerCallLog/Requestor/Email/Email"]);
    CHECK(database.value("SELECT ssn FROM requestor").find(sent["CustomerCallLog/Requestor/SSN"]) ==
          std::string::npos);
}

TEST_CASE("Unknown elements in a phone and an email are kept", "[integration][create_call_log]") {
    const TemporaryDirectory directory;
    ServerProcess server(directory.path());
    const std::string message = sample_message(
        Soap::v11, {{"PrimaryContact", "<Phone>1</Phone><Carrier kind=\"mobile\">ACME</Carrier>"}});
    REQUIRE(is_success(call(server.port(), post(Soap::v11, message))));
    CHECK(canonical(shown_fields(
              server.database())["CustomerCallLog/Requestor/PrimaryContact/Carrier"]) ==
          "<{}Carrier {}kind=\"mobile\">ACME</>");
}

TEST_CASE("Absent, empty and nil elements come back as such", "[integration][create_call_log]") {
    const TemporaryDirectory directory;
    ServerProcess server(directory.path());
    const std::string message =
        sample_message(Soap::v11, {{"Customer",
                                    "<CustomerId/><RepId xsi:nil=\"true\""
                                    " xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\"/>"}});
    REQUIRE(is_success(call(server.port(), post(Soap::v11, message))));
    const Database database(server.database());
    CHECK(database.value("SELECT customer_id IS NOT NULL AND customer_id = '' FROM customer") ==
          "1");
    CHECK(database.value("SELECT customer_name IS NULL FROM customer") == "1");
    CHECK(database.value("SELECT rep_id IS NOT NULL AND rep_id = '' FROM customer") == "1");
}

}  // namespace customercare::test
