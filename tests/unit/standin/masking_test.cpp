#include "standin/masking.hpp"

#include <catch2/catch.hpp>
#include <string>

namespace customercare::standin {

TEST_CASE("SSN, DriverLicense and token IDs are masked, whatever their prefix and case",
          "[standin][masking]") {
    CHECK(mask("<SSN>123</SSN><a>b</a>") == "<SSN>*****</SSN><a>b</a>");
    CHECK(mask("<t:ID xmlns:t='u'>tok</t:ID>") == "<t:ID xmlns:t='u'>*****</t:ID>");
    CHECK(mask("<ssn >1</ssn >2") == "<ssn >*****</ssn >2");
    CHECK(mask("<driverlicense><Number state=\"GA\">9</Number> <b/></driverlicense>x") ==
          "<driverlicense><Number state=\"*****\">*****</Number> <b/></driverlicense>x");
    CHECK(mask("<Requestor SSN=\"123\" Kind='x'/>") == "<Requestor SSN=\"*****\" Kind='x'/>");
    CHECK(mask("<SSN><![CDATA[</SSN>123]]></SSN>4") == "<SSN><*****</SSN>4");
    CHECK(mask("<SSN><!-- </SSN> -->123</SSN>4") == "<SSN><**********</SSN>4");
    CHECK(mask("<ID/><UserId>u</UserId><CSRId>c</CSRId>") ==
          "<ID/><UserId>u</UserId><CSRId>c</CSRId>");
    CHECK(mask("<SSN xmlns='u'><b xmlns='urn:1'>2</b></SSN>") ==
          "<SSN xmlns='u'><b xmlns='*****'>*****</b></SSN>");
    CHECK(mask("<SSN xsi:nil=\"true\"/>1") == "<SSN xsi:nil=\"true\"/>1");
    CHECK(mask("<x><!-- <SSN>123</SSN> --></x>") == "<x><!-- <SSN>*****</SSN> --></x>");
}

TEST_CASE("What may belong to a masked element is masked where the text is not well-formed",
          "[standin][masking]") {
    const std::string secret = "123-45-6789";
    for (const std::string& text : {"<SSN>" + secret,
                                    "<SSN>" + secret + "</SSM>",
                                    "<SSN " + secret,
                                    "<SSN " + secret + "<a>",
                                    "<SSN a=" + secret + ">",
                                    "<SSN a=\"" + secret + "<b>",
                                    "< SSN>" + secret + "</SSN>",
                                    "<SSN>1<SSN>2</SSN>" + secret,
                                    "<SSN><![CDATA[" + secret,
                                    "<SSN><!--" + secret,
                                    "<SSN><b c='" + secret + "'/></SSN>",
                                    "<a SSN='" + secret,
                                    "<SSN>&" + secret + ";</SSN>",
                                    "<SSN =" + secret + ">",
                                    "<SSN '" + secret + "'>",
                                    "<p:SSN\n>\n" + secret + "\n",
                                    "<SSN" + secret + " >",
                                    "<?SSN " + secret + "?>",
                                    "<!ENTITY SSN \"" + secret + "\">",
                                    "&lt;SSN&gt;" + secret + "&lt;/SSN&gt;"}) {
        INFO(text.substr(0, 5));
        CHECK(mask(text).find("6789") == std::string::npos);
    }
    CHECK(mask("<SSN>1</SSM><LogText>t</LogText>") == "<SSN>*****</SSM><LogText>*****</LogText>");
    CHECK(mask("no markup at all") == "no markup at all");
    CHECK(mask("a < b") == "a < b");
    CHECK(mask("<").size() == 1);
}

TEST_CASE("Outside of XML, what is named so is masked", "[standin][masking]") {
    CHECK(mask(R"({"SSN": "123-45-6789", "Name": "x"})") == R"({"SSN": "*****", "Name": "x"})");
    CHECK(mask(R"({"driverLicense":{"Number":1},"a":2})") == R"({"driverLicense":*****},"a":2})");
    CHECK(mask("SSN: 1<SSN>2</SSN>") == "SSN: *****<SSN>*****</SSN>");
    CHECK(mask("/a?op=x&ssn=123456789&y=z") == "/a?op=x&ssn=*****&y=z");
    CHECK(mask("a=1&SSN=%31%32&b=2") == "a=1&SSN=*****&b=2");
    CHECK(mask("an idea, a passn: 1, Id, SSN or none") == "an idea, a passn: 1, Id, SSN or none");
}

TEST_CASE("A part of a text is masked as in the whole", "[standin][masking]") {
    const std::string text = "<a>x</a><SSN>123456</SSN><b>y</b>";
    const Masking masking(text);
    CHECK(masking.masked(0, 8) == "<a>x</a>");
    CHECK(masking.masked(15, 18) == "*****");
    CHECK(masking.masked(10, 33) == "SN>*****</SSN><b>y</b>");
}

TEST_CASE("Masking takes time by the text's length, be it as odd as it may", "[standin][masking]") {
    // Were it by the square, each of these would take hours.
    for (const std::string_view piece :
         {"<SSN>", "<SSN a", "<a \"", "<a b", " a=", "<SSN '", "<!--", "<![CDATA[", "</SSN",
          "<ID/>", "<SSN>x</SSN>", "ID=", "ID&", "ID ", "SSN1"}) {
        std::string text = "<SSN ";
        while (text.size() < 3'000'000) text += piece;
        CHECK(mask(text).size() <= 3 * text.size());
    }
}

TEST_CASE("A body is read in the encoding that the endpoint reads", "[standin][masking]") {
    Exchange exchange;
    exchange.request_headers = {{"content-type", "text/xml; charset=utf-16"}};
    const std::u16string wide = u"\uFEFF<SSN>1</SSN>";
    exchange.request_body.assign(reinterpret_cast<const char*>(wide.data()), wide.size() * 2);
    REQUIRE(decode_body(exchange));
    CHECK(mask(*decode_body(exchange)) == "<SSN>*****</SSN>");
    exchange.request_body += '1';
    CHECK_FALSE(decode_body(exchange));
    // Which the guard refuses, too; read as UTF-8 it has NULs, and nothing that can be masked.
    exchange.request_headers = {{"Content-Type", "text/xml; charset=utf-8"}};
    exchange.request_body.assign(reinterpret_cast<const char*>(wide.data()) + 2,
                                 wide.size() * 2 - 2);
    CHECK_FALSE(decode_body(exchange));
    exchange.request_headers = {{"Content-Type", "text/xml; charset=iso-8859-1"}};
    exchange.request_body = "<a>\xE9</a>";
    CHECK(decode_body(exchange) == "<a>\xC3\xA9</a>");
}

TEST_CASE("Headers that hold secrets are masked", "[standin][masking]") {
    CHECK(mask(Headers{{"AUTHORIZATION", "Basic x"}, {"cookie", "y"}, {"Accept", "z"}}) ==
          Headers{{"AUTHORIZATION", "*****"}, {"cookie", "*****"}, {"Accept", "z"}});
    CHECK(mask(Headers{{"Proxy-Authorization", "x"}, {"Set-Cookie", "y"}}) ==
          Headers{{"Proxy-Authorization", "*****"}, {"Set-Cookie", "*****"}});
}

}  // namespace customercare::standin
