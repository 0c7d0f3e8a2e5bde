#include <catch2/catch.hpp>

#include "soap/contract.hpp"
#include "soap/encoding.hpp"
#include "soap/routing.hpp"
#include "soap/text.hpp"
#include "soap/writer.hpp"

using namespace customercare;
using namespace std::string_literals;

TEST_CASE("The contract is read from the WSDL", "[soap][contract]") {
    const soap::Contract& contract = soap::contract();
    CHECK(contract.service_name() == "CustomerCareService");
    CHECK(contract.service_namespace() == "http://ws.southernco.com/CustSvc-iHub");
    REQUIRE(contract.operations().size() == 1);
    const soap::Operation& operation = contract.operations().front();
    CHECK(operation.name == "CreateCallLog");
    CHECK(operation.soap_action == "http://ws.southernco.com/CustSvc-iHub/CreateCallLog");
    CHECK(operation.documentation == "Create Call Log");
    CHECK(contract.header().name == "ScCredentials");
    CHECK(contract.has_path("BaseRequest/MessageId"));
    CHECK(contract.has_path("CustomerCallLog/Requestor/PrimaryContact/Phone"));
    CHECK_FALSE(contract.has_path("CustomerCallLog/Requestor/PrimaryContact/phone"));
    CHECK_FALSE(contract.has_path(""));
    CHECK_FALSE(contract.has_path("BaseRequest/MessageId/x"));
}

TEST_CASE("Messages become UTF-8 by byte order mark, charset and XML's own rules",
          "[soap][encoding]") {
    std::string buffer;
    const auto decode = [&](const std::string& body, std::optional<std::string_view> charset,
                            bool xml_rules) {
        const auto text = soap::to_utf8(body, charset, xml_rules, buffer);
        return text ? std::string(*text) : "(refused)"s;
    };
    CHECK(decode("\xEF\xBB\xBF<a/>", std::nullopt, false) == "<a/>");
    CHECK(decode("\xFF\xFE<\0a\0"s, "utf-8", false) == "<a");
    CHECK(decode("\xFE\xFF\0<\0a"s, "utf-8", false) == "<a");
    CHECK(decode("<\0\xAC\x20"s, "UTF-16", false) == "<\xE2\x82\xAC");
    CHECK(decode("\0<"s, "utf-16be", false) == "<");
    CHECK(decode("\x3D\xD8\x00\xDE"s, "utf-16", false) == "\xF0\x9F\x98\x80");
    CHECK(decode("\x3D\xD8"s, "utf-16", false) == "(refused)");
    CHECK(decode("\x00\xDE"s, "utf-16", false) == "(refused)");
    CHECK(decode("\x3D\xD8\x61\0"s, "utf-16", false) == "(refused)");
    CHECK(decode("\xD8\x3D"s, "utf-16be", false) == "(refused)");
    CHECK(decode("", "utf-16", false).empty());
    CHECK(decode("abc", "utf-16", false) == "(refused)");
    CHECK(decode("\xE9", "iso-8859-1", false) == "\xC3\xA9");
    CHECK(decode("\xC3\xA9", "x-unknown", false) == "\xC3\xA9");
    const std::string latin = "<?xml version='1.0' encoding='ISO-8859-1'?>\xE9";
    CHECK(decode(latin, std::nullopt, true).substr(43) == "\xC3\xA9");
    CHECK(decode(latin, std::nullopt, false) == latin);
    CHECK(decode("<\0a\0"s, std::nullopt, true) == "<a");
}

TEST_CASE("Long texts become UTF-8, wherever a character of several bytes falls",
          "[soap][encoding]") {
    for (std::size_t shift = 0; shift < 4; ++shift) {
        std::string latin1(shift, 'x');
        std::string latin1_utf8(shift, 'x');
        std::string little = "\xFF\xFE";
        std::string big = "\xFE\xFF";
        std::string utf8(shift, 'x');
        for (std::size_t i = 0; i < shift; ++i) {
            little += "x\0"s;
            big += "\0x"s;
        }
        for (int i = 0; i < 3000; ++i) {
            latin1 += "a\xE9\xFF";
            latin1_utf8 += "a\xC3\xA9\xC3\xBF";
            little += "\xAC\x20\x3D\xD8\x00\xDE\xE9\0"s;
            big += "\x20\xAC\xD8\x3D\xDE\x00\0\xE9"s;
            utf8 += "\xE2\x82\xAC\xF0\x9F\x98\x80\xC3\xA9";
        }
        std::string buffer;
        CHECK((soap::to_utf8(latin1, "iso-8859-1", false, buffer) == latin1_utf8));
        CHECK((soap::to_utf8(little, std::nullopt, false, buffer) == utf8));
        CHECK((soap::to_utf8(big, std::nullopt, false, buffer) == utf8));
    }
}

TEST_CASE("Content-Type is taken apart as ASMX does", "[soap][routing]") {
    CHECK(soap::ContentType("Text/XML; charset=utf-8").is_text_xml());
    CHECK_FALSE(soap::ContentType("text/xml ; charset=utf-8").is_text_xml());
    CHECK(soap::ContentType("application/soap+xml").is_application_soap());
    const soap::ContentType type(
        "application/soap+xml; CharSet = 'x' ;action=\"urn:a\"; charset=utf-8");
    CHECK(type.parameter("charset") == "x");
    CHECK(type.parameter("action") == "urn:a");
    CHECK_FALSE(type.parameter("boundary"));
}

TEST_CASE("The route follows SOAPAction, or the action parameter", "[soap][routing]") {
    const std::string known = "http://ws.southernco.com/CustSvc-iHub/CreateCallLog";
    const auto routed = [](std::vector<model::HttpHeader> headers) {
        const model::HttpRequest request{.method = "POST", .headers = headers};
        const model::HttpHeader* type = request.find("content-type");
        return soap::route(request, soap::ContentType(type != nullptr ? type->value : ""),
                           soap::contract());
    };
    const std::string quoted = '"' + known + '"';
    CHECK(routed({{"SOAPAction", quoted}, {"Content-Type", "text/xml"}}).operation != nullptr);
    CHECK(routed({{"soapaction", known}}).operation != nullptr);
    CHECK(routed({{"SOAPAction", "http%3A%2F%2Fws.southernco.com/CustSvc-iHub/CreateCallLog"}})
              .operation != nullptr);
    CHECK(*routed({{"SOAPAction", "\"\""}}).action == "");
    CHECK(*routed({{"SOAPAction", "\"a+b%20c\""}}).action == "a b c");
    CHECK(routed({{"SOAPAction", known + "/"}}).operation == nullptr);
    CHECK_FALSE(routed({{"Content-Type", "text/xml"}}).by_soap_action);
    const std::string with_action = "application/soap+xml; action=\"" + known + "\"";
    const soap::Route twelve = routed({{"SOAPAction", "urn:other"}, {"Content-Type", with_action}});
    CHECK_FALSE(twelve.by_soap_action);
    CHECK(twelve.operation != nullptr);
}

TEST_CASE("Percent sequences that are none stay", "[soap][routing]") {
    CHECK(soap::url_decode("%") == "%");
    CHECK(soap::url_decode("%zz%4") == "%zz%4");
    CHECK(soap::url_decode("%u20AC%C3%A9") == "\xE2\x82\xAC\xC3\xA9");
}

TEST_CASE("Positions count lines and UTF-16 units", "[soap][text]") {
    const auto at = [](std::string_view text) {
        const soap::Position position = soap::text_position(text, text.size());
        return std::pair(position.line, position.column);
    };
    CHECK(at("") == std::pair<std::size_t, std::size_t>(1, 1));
    CHECK(at("a\r\nb\rc\nd") == std::pair<std::size_t, std::size_t>(4, 2));
    CHECK(at("\xC3\xA9\xF0\x9F\x98\x80") == std::pair<std::size_t, std::size_t>(1, 4));
}

// The bytes below are those of the contract's page on bytes, worked examples.
TEST_CASE("A reply has ASMX's bytes", "[soap][writer]") {
    model::ScCredentials credentials;
    const auto token = [](const char* id) {
        return model::UserNameToken{model::BinarySecurityToken{model::Sensitive(id)}};
    };
    credentials.direct_user_name_token = token("direct-7");
    credentials.originating_user_name_token = token("orig-9");
    credentials.created = "2011-03-04T05:06:07Z";
    model::CreateCallLogReply reply;
    reply.response_code = "0";
    reply.response_description = "Success";
    const std::string expected =
        R"(<?xml version="1.0" encoding="utf-8"?><soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns:xsd="http://www.w3.org/2001/XMLSchema">)"
        R"(<soap:Header><ScCredentials xmlns="http://ws.southernco.com/CustSvc-iHub"><DirectUserNameToken><BinarySecurityToken><ID>direct-7</ID></BinarySecurityToken></DirectUserNameToken>)"
        R"(<OriginatingUserNameToken><BinarySecurityToken><ID>orig-9</ID></BinarySecurityToken></OriginatingUserNameToken><Created>2011-03-04T05:06:07Z</Created></ScCredentials></soap:Header>)"
        R"(<soap:Body><CreateCallLogResponse xmlns="http://ws.southernco.com/CustSvc-iHub"><CreateCallLogResult><BaseResponse xmlns=""><MessageDateTime>2011-03-04T05:06:08.25-05:00</MessageDateTime>)"
        R"(<ResponseCode>0</ResponseCode><ResponseDescription>Success</ResponseDescription></BaseResponse></CreateCallLogResult></CreateCallLogResponse></soap:Body></soap:Envelope>)";
    CHECK(soap::write_create_call_log_reply(soap::SoapVersion::soap11, credentials, "", reply,
                                            "2011-03-04T05:06:08.25-05:00") == expected);
    CHECK(expected.size() == 920);
    CHECK(soap::write_create_call_log_reply(soap::SoapVersion::soap12, credentials, "", reply,
                                            "2011-03-04T05:06:08.25-05:00")
              .size() == 918);

    reply.response_code = "1";
    reply.response_description = "Error";
    reply.error_data = model::ErrorData{"100", "No such account", ""};
    const std::string with_error =
        soap::write_create_call_log_reply(soap::SoapVersion::soap11, {}, "", reply, "t");
    CHECK(with_error.find("<ErrorData><ErrorCode>100</ErrorCode><ErrorDescription>No such account"
                          "</ErrorDescription><NativeErrorDetail /></ErrorData></BaseResponse>") !=
          std::string::npos);
    CHECK(with_error.find("soap:Header") == std::string::npos);
}

TEST_CASE("The echoed header leaves out what was absent", "[soap][writer]") {
    const auto header = [](const model::ScCredentials& credentials, std::string_view attributes) {
        const std::string reply = soap::write_create_call_log_reply(
            soap::SoapVersion::soap11, credentials, attributes, {}, "t");
        const std::size_t start = reply.find("<ScCredentials");
        return reply.substr(start, reply.find("</soap:Header>") - start);
    };
    model::ScCredentials credentials;
    CHECK(header(credentials, "") ==
          R"(<ScCredentials xmlns="http://ws.southernco.com/CustSvc-iHub" />)");
    credentials.direct_user_name_token =
        model::UserNameToken{model::BinarySecurityToken{model::Sensitive()}};
    credentials.originating_user_name_token = model::UserNameToken{};
    credentials.created = "a<b>&\"\r\n";
    CHECK(
        header(credentials, " soap:mustUnderstand=\"1\"") ==
        "<ScCredentials soap:mustUnderstand=\"1\" xmlns=\"http://ws.southernco.com/CustSvc-iHub\">"
        "<DirectUserNameToken><BinarySecurityToken><ID "
        "/></BinarySecurityToken></DirectUserNameToken>"
        "<OriginatingUserNameToken /><Created>a&lt;b&gt;&amp;\"\r\n</Created></ScCredentials>");
}

TEST_CASE("Faults have ASMX's bytes in either version", "[soap][writer]") {
    const std::string head =
        R"( xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns:xsd="http://www.w3.org/2001/XMLSchema"><soap:Body><soap:Fault>)";
    CHECK(
        soap::write_fault(soap::SoapVersion::soap11, soap::FaultCode::client, "a ---> b") ==
        R"(<?xml version="1.0" encoding="utf-8"?><soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/")" +
            head +
            "<faultcode>soap:Client</faultcode><faultstring>a ---&gt; b</faultstring><detail />"
            "</soap:Fault></soap:Body></soap:Envelope>");
    CHECK(
        soap::write_fault(soap::SoapVersion::soap12, soap::FaultCode::client, "x") ==
        R"(<?xml version="1.0" encoding="utf-8"?><soap:Envelope xmlns:soap="http://www.w3.org/2003/05/soap-envelope")" +
            head +
            "<soap:Code><soap:Value>soap:Sender</soap:Value></soap:Code><soap:Reason>"
            "<soap:Text xml:lang=\"en\">x</soap:Text></soap:Reason><soap:Detail /></soap:Fault>"
            "</soap:Body></soap:Envelope>");
    const std::string understand =
        soap::write_fault(soap::SoapVersion::soap11, soap::FaultCode::must_understand, "x");
    CHECK(understand.find("detail") == std::string::npos);
    CHECK(
        soap::write_version_mismatch("urn:x").find(
            "<faultstring>Possible SOAP version mismatch: Envelope namespace urn:x was unexpected. "
            "Expecting http://schemas.xmlsoap.org/soap/envelope/.</faultstring><detail />") !=
        std::string::npos);
}

// Found by fuzzing: SOAPAction "%FF" made the fault that quotes it no XML for any client.
TEST_CASE("What a fault quotes is UTF-8, whatever the request held", "[soap][writer]") {
    const auto quoted = [](const std::string& text) {
        const std::string fault =
            soap::write_fault(soap::SoapVersion::soap11, soap::FaultCode::client, text);
        const std::size_t start = fault.find("<faultstring>") + 13;
        return fault.substr(start, fault.find("</faultstring>") - start);
    };
    CHECK(quoted("a\xFF\xC3<") == "a\xEF\xBF\xBD\xEF\xBF\xBD&lt;");
    CHECK(quoted(soap::url_decode("%uD800")) == "\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD");
    CHECK(quoted("\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80\t\r\n") ==
          "\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80\t\r\n");
    CHECK(quoted("\x01\xEF\xBF\xBE\xEF\xBF\xBF") == "&#x1;&#xFFFE;&#xFFFF;");
}
