#include "soap/guard.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <random>

#include "soap/skeleton.hpp"
#include "soap/text.hpp"
#include "support/end_tags.hpp"

using namespace customercare;
using soap::ReadError;
using soap::Reading;

namespace {

constexpr const char* envelope11 = "http://schemas.xmlsoap.org/soap/envelope/";

struct GuardFixture {
    soap::GuardLimits limits;
    soap::Guard guard{soap::contract(), limits};
    const soap::Operation* create_call_log = &soap::contract().operations().front();

    Reading read(const std::string& message) { return guard.read(message, create_call_log); }
    Reading read_by_body(const std::string& message) { return guard.read(message, nullptr); }
};

/// An envelope whose CreateCallLogRequest holds `content`, in one line.
std::string with_request(const std::string& content, const std::string& header = "") {
    return std::string("<s:Envelope xmlns:s=\"") + envelope11 +
           "\" xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\">" + header +
           "<s:Body><CreateCallLog "
           "xmlns=\"http://ws.southernco.com/CustSvc-iHub\"><CreateCallLogRequest>" +
           content + "</CreateCallLogRequest></CreateCallLog></s:Body></s:Envelope>";
}

std::string with_call_log(const std::string& content) {
    return with_request("<CustomerCallLog xmlns=\"\">" + content + "</CustomerCallLog>");
}

std::string with_requestor(const std::string& content) {
    return with_call_log("<Requestor>" + content + "</Requestor>");
}

std::string with_header(const std::string& block) {
    return with_request("", "<s:Header>" + block + "</s:Header>");
}

std::string error_text(const Reading& reading) {
    return reading.error ? reading.error->words.text : "";
}

bool is_not_well_formed(const Reading& reading) {
    return reading.error && reading.error->kind == ReadError::Kind::not_well_formed;
}

bool contains(std::string_view text, std::string_view part) { return text.find(part) != text.npos; }

}  // namespace

TEST_CASE_METHOD(GuardFixture, "What reaches gSOAP holds known elements alone", "[soap][guard]") {
    const Reading reading =
        read(with_requestor("  <!-- note --><FirstName>Ann &amp; <![CDATA[<Bob>]]></FirstName>"
                            "<Nickname>x</Nickname><firstname>y</firstname>stray"));
    REQUIRE_FALSE(reading.error);
    CHECK(reading.body ==
          "<c:CreateCallLog xmlns:c=\"http://ws.southernco.com/CustSvc-iHub\">"
          "<c:CreateCallLogRequest><CustomerCallLog><Requestor>"
          "<FirstName>Ann &amp; &lt;Bob&gt;</FirstName></Requestor></CustomerCallLog>"
          "</c:CreateCallLogRequest></c:CreateCallLog>");
    REQUIRE(reading.ignored.size() == 3);
    CHECK(reading.ignored[0].path ==
          "CreateCallLog/CreateCallLogRequest/CustomerCallLog/Requestor/Nickname");
    CHECK(reading.ignored[0].line == 1);
    CHECK(contains(reading.ignored[0].expected, "ContactType, Prefix, FirstName"));
    CHECK(contains(reading.ignored[1].path, "Requestor/firstname"));
    CHECK(contains(reading.ignored[2].path, "Requestor/text()"));
}

TEST_CASE_METHOD(GuardFixture, "gSOAP reads what the guard passes, with the same values",
                 "[soap][guard]") {
    const Reading reading =
        read(with_requestor("<Memo>  a&#13;&#10;b\t\xE2\x82\xAC\xF0\x9F\x98\x80 ]]&gt; </Memo>"));
    REQUIRE_FALSE(reading.error);
    soap::Skeleton skeleton;
    const auto request = skeleton.read(reading);
    CHECK(request.call_log.requestor->memo == "  a\r\nb\t\xE2\x82\xAC\xF0\x9F\x98\x80 ]]> ");
    CHECK_FALSE(request.credentials);
    const auto name_of = [&](const std::string& name) {
        return *skeleton.read(read(with_requestor("<FirstName>" + name + "</FirstName>")))
                    .call_log.requestor->first_name;
    };
    CHECK(name_of("<![CDATA[<b>&]]>x") == "<b>&x");
    CHECK(name_of("x<![CDATA[<b>&]]>") == "x<b>&");
    CHECK(name_of("a &gt; <![CDATA[y]]>z") == "a > yz");
    CHECK(name_of("a > <![CDATA[]]>b") == "a > b");
    CHECK(skeleton.read(read(with_call_log("<CreatedDateTime>\n 2011-03-04 </CreatedDateTime>")))
              .call_log.created_date_time.text == "2011-03-04");
    CHECK(contains(read(with_requestor("<Memo>a ]] > b</Memo>")).body, "<Memo>a ]] &gt; b</Memo>"));
}

TEST_CASE_METHOD(GuardFixture, "gSOAP reads texts in whatever order they come", "[soap][guard]") {
    const std::vector<std::string> texts = {
        "",     "Ann",      "O'Neil & Sons <Ltd>", "]]>", " a > b ",
        "\r\n", "\xC3\xA9", std::string(200, 'x')};
    std::mt19937 random(2011);  // NOLINT(cert-msc51-cpp,cert-msc32-c): the same each time.
    soap::Skeleton skeleton;
    for (int round = 0; round < 200; ++round) {
        CAPTURE(round);
        model::Customer customer;
        std::vector<std::string> elements;
        model::Customer::each_field(customer,
                                    [&](const std::string& name, const char*, model::Text& field) {
                                        if (random() % 3 == 0) return;
                                        field = texts[random() % texts.size()];
                                        std::string element = "<" + name + ">";
                                        soap::append_escaped(element, *field);
                                        elements.push_back(element + "</" + name + ">");
                                    });
        std::shuffle(elements.begin(), elements.end(), random);
        std::string content;
        for (const std::string& element : elements) content += element + "\n";
        const Reading reading = read(with_call_log("<Customer>" + content + "</Customer>"));
        REQUIRE_FALSE(reading.error);
        const auto request = skeleton.read(reading);
        std::vector<model::Text> expected;
        std::vector<model::Text> read;
        const auto put_into = [](std::vector<model::Text>& list) {
            return [&list](const char*, const char*, const model::Text& text) {
                list.push_back(text);
            };
        };
        model::Customer::each_field(customer, put_into(expected));
        model::Customer::each_field(*request.call_log.customer, put_into(read));
        CHECK(read == expected);
    }
}

TEST_CASE_METHOD(GuardFixture, "gSOAP reads one message after another, whatever the last one was",
                 "[soap][guard]") {
    soap::Skeleton skeleton;
    for (int i = 0; i < 1000; ++i) {
        const std::string name = "Ann " + std::to_string(i);
        const Reading reading = read(with_requestor("<FirstName>" + name + "</FirstName>"));
        if (i % 10 == 3) {
            Reading bad;
            bad.canonical = reading.body.substr(0, reading.body.size() / 2);
            CHECK_THROWS(skeleton.read(bad));
            bad.canonical = "<x/>";
            CHECK_THROWS(skeleton.read(bad));
        }
        const auto request = skeleton.read(reading);
        REQUIRE(request.call_log.requestor->first_name == name);
    }
}

TEST_CASE_METHOD(GuardFixture, "gSOAP reads a message whose tags lie across its buffer's end",
                 "[soap][guard]") {
    constexpr std::size_t buffer_bytes = 65'536;  // SOAP_BUFLEN
    const std::size_t before =
        read(with_requestor("<FirstName>Ann</FirstName>")).canonical.find("Ann");
    for (std::size_t behind = 0; behind < 20; ++behind) {
        CAPTURE(behind);
        const std::string name(buffer_bytes - before - behind, 'n');
        const Reading reading =
            read(with_requestor("<FirstName>" + name + "</FirstName><LastName>x</LastName>"));
        REQUIRE_FALSE(reading.error);
        const auto request = soap::Skeleton().read(reading);
        CHECK((request.call_log.requestor->first_name == name));
        CHECK(request.call_log.requestor->last_name == "x");
    }
}

TEST_CASE_METHOD(GuardFixture, "Malformed messages are refused", "[soap][guard]") {
    const std::string good = with_requestor("<FirstName>Ann</FirstName>");
    const auto replaced = [&](const std::string& what, const std::string& by) {
        std::string text = good;
        return text.replace(text.find(what), what.size(), by);
    };
    const std::vector<std::pair<std::string, std::string>> messages = {
        {"mismatched tag", replaced("</Requestor>", "</Requester>")},
        {"truncated", good.substr(0, good.size() - 20)},
        {"undefined entity", replaced("Ann", "&nbsp;")},
        {"character reference out of range", replaced("Ann", "&#0;")},
        {"bad UTF-8", replaced("Ann", "\xC3(")},
        {"overlong UTF-8", replaced("Ann", "\xC0\xAF")},
        {"surrogate in UTF-8", replaced("Ann", "\xED\xA0\x80")},
        {"NUL", replaced("Ann", std::string("A\0n", 3))},
        {"control character", replaced("Ann", "\x01")},
        {"undeclared prefix", replaced("<FirstName>", "<p:x/><FirstName>")},
        {"undeclared attribute prefix", replaced("<FirstName>", "<FirstName p:a=''>")},
        {"attribute twice", replaced("<FirstName>", "<FirstName a='' a=''>")},
        {"attribute twice by namespace",
         replaced("<FirstName>", "<FirstName xmlns:a='u' xmlns:b='u' a:x='' b:x=''>")},
        {"prefix bound to nothing", replaced("<FirstName>", "<FirstName xmlns:a=''>")},
        {"default namespace of the prefix xml",
         replaced("<FirstName>", "<a xmlns='http://www.w3.org/XML/1998/namespace'/><FirstName>")},
        {"default namespace of the prefix xmlns",
         replaced("<FirstName>", "<a xmlns='http://www.w3.org/2000/xmlns/'/><FirstName>")},
        {"two colons", replaced("<FirstName>", "<a:b:c/><FirstName>")},
        {"empty prefix", replaced("<FirstName>", "<:b/><FirstName>")},
        {"second root", good + "<x/>"},
        {"ends in white space", good.substr(0, good.find("</Requestor>")) + " \n"},
        {"text behind the root", good + "x"},
        {"unfinished comment behind the root", good + "<!-- x"},
        {"document type", "<!DOCTYPE x>" + good},
        {"entity bomb", "<!DOCTYPE x [<!ENTITY a 'aa'><!ENTITY b '&a;&a;'>]>" + good},
        {"XML 1.1", "<?xml version='1.1'?>" + good},
        {"late declaration", " <?xml version='1.0'?>" + good},
        {"comment in a value", replaced("Ann", "A<!-- -->nn")},
        {"instruction in a value", replaced("Ann", "A<?p?>nn")},
        {"element in a value", replaced("Ann", "<b>Ann</b>")},
        {"nothing", ""},
        {"no XML", "hello"},
        {"UTF-16 that calls itself UTF-8", std::string("<\0a\0/\0>\0", 8)},
        {"UTF-16 with a byte order mark", std::string("\xFF\xFE<\0a\0/\0>\0", 10)},
        {"a second byte order mark", "\xEF\xBB\xBF" + good},
    };
    for (const auto& [name, message] : messages) {
        INFO(name);
        CHECK(is_not_well_formed(read(message)));
    }
}

TEST_CASE_METHOD(GuardFixture, "Behind the envelope one node is read", "[soap][guard]") {
    for (const std::string good : {"", "\n", "\n<x", "<!-- note --> garbage", "<?note?><x/>"}) {
        INFO(good);
        CHECK_FALSE(read(with_request("") + good).error);
    }
    CHECK_FALSE(read(with_request("") + std::string("\0x", 2)).error);
    for (const std::string bad :
         {"x", " x", "<x/>", "<!-- x", "<!-- -- -->", "<?xml?>", "<?XML x?>", "&amp;"}) {
        INFO(bad);
        CHECK(is_not_well_formed(read(with_request("") + bad)));
    }
}

TEST_CASE_METHOD(GuardFixture, "Values are read by ASMX's lexical rules", "[soap][guard]") {
    const auto request_type = [&](const std::string& text) {
        return error_text(read(with_call_log("<RequestType>" + text + "</RequestType>")));
    };
    for (const std::string good : {"0", "-2147483648", "2147483647", " +7\n", "007"}) {
        INFO(good);
        CHECK(request_type(good).empty());
    }
    for (const std::string bad : {"", "three", "1.0", "0x10", "1,000", "- 1", "+", "1 2"}) {
        INFO(bad);
        CHECK(contains(request_type(bad), "Input string was not in a correct format."));
    }
    for (const std::string bad : {"2147483648", "-2147483649", "99999999999999999999999"}) {
        INFO(bad);
        CHECK(contains(request_type(bad), "Value was either too large or too small for an Int32."));
    }

    const auto flag = [&](const std::string& text) {
        return error_text(
            read(with_requestor("<CriticalContactFlag>" + text + "</CriticalContactFlag>")));
    };
    for (const std::string good : {"true", "false", "1", "0", " true "}) CHECK(flag(good).empty());
    CHECK(contains(flag(" TRUE "), "The string 'TRUE' is not a valid Boolean value."));
    CHECK(contains(flag(""), "The string '' is not a valid Boolean value."));

    const auto created = [&](const std::string& text) {
        return error_text(read(with_call_log("<CreatedDateTime>" + text + "</CreatedDateTime>")));
    };
    CHECK(created("2011-03-04T05:06:07.1234567891-05:00").empty());
    CHECK(contains(created(" 03/04/2011 "),
                   "The string ' 03/04/2011 ' is not a valid AllXsd value."));

    const auto date = [&](const std::string& text) {
        return error_text(read(with_requestor("<CreatedDate>" + text + "</CreatedDate>")));
    };
    CHECK(date("2011-03-04").empty());
    CHECK(contains(date("2011-03-04T00:00:00"), "String was not recognized as a valid DateTime."));
}

TEST_CASE_METHOD(GuardFixture, "A bad value's place is that of the node behind it",
                 "[soap][guard]") {
    const auto place = [&](const std::string& behind) {
        const std::string text =
            error_text(read(with_call_log("\n<RequestType>x</RequestType>" + behind)));
        return text.substr(0, text.find(')') + 1);
    };
    const std::string in = "There is an error in XML document ";
    CHECK(place("") == in + "(2, 31)");                // </CustomerCallLog>, behind "</"
    CHECK(place("<LogText/>") == in + "(2, 30)");      // behind "<"
    CHECK(place("\n  <LogText/>") == in + "(2, 29)");  // White space is a node.
    CHECK(place("stray") == in + "(2, 29)");
    CHECK(place("<!-- note -->") == in + "(2, 33)");
    CHECK(is_not_well_formed(read(with_call_log("<RequestType>x</RequestType><") + ">")));
}

TEST_CASE_METHOD(GuardFixture, "Columns count UTF-16 units and CR LF is one line end",
                 "[soap][guard]") {
    const std::string text = error_text(read(with_call_log(
        "\r\n\r\n<!--\xF0\x9F\x98\x80\xC3\xA9--><RequestType>x</RequestType><LogText/>")));
    CHECK(contains(text, "(3, 40)"));
}

TEST_CASE_METHOD(GuardFixture, "Single elements count once, repeating ones as often as they come",
                 "[soap][guard]") {
    const Reading reading =
        read(with_requestor("<OtherPhone><Phone>1</Phone></OtherPhone><FirstName>Ann</"
                            "FirstName><FirstName><b/></FirstName>"
                            "<OtherPhone><Phone>2</Phone></OtherPhone>"));
    REQUIRE_FALSE(reading.error);
    soap::Skeleton skeleton;
    const auto request = skeleton.read(reading);
    CHECK(request.call_log.requestor->first_name == "Ann");
    REQUIRE(request.call_log.requestor->other_phone.size() == 2);
    CHECK(request.call_log.requestor->other_phone[1].phone == "2");
    REQUIRE(reading.ignored.size() == 1);
    CHECK(reading.ignored[0].expected == "one FirstName only");
}

TEST_CASE_METHOD(GuardFixture, "Elements in another namespace are not those of the contract",
                 "[soap][guard]") {
    const Reading reading =
        read(with_request("<CustomerCallLog><LogText>lost</LogText></CustomerCallLog>"));
    REQUIRE_FALSE(reading.error);
    CHECK(reading.body ==
          "<c:CreateCallLog xmlns:c=\"http://ws.southernco.com/CustSvc-iHub\">"
          "<c:CreateCallLogRequest></c:CreateCallLogRequest>"
          "</c:CreateCallLog>");
    REQUIRE(reading.ignored.size() == 1);
    CHECK(contains(reading.ignored[0].expected, "CustomerCallLog in no namespace"));
}

TEST_CASE_METHOD(GuardFixture, "An operation that stands twice leaves its last request",
                 "[soap][guard]") {
    std::string message = with_request("<CallerId xmlns=\"\">1</CallerId>");
    const std::string twice =
        "<CreateCallLog xmlns=\"http://ws.southernco.com/CustSvc-iHub\"><CreateCallLogRequest>"
        "<CallerId xmlns=\"\">2</CallerId></CreateCallLogRequest></CreateCallLog>";
    message.insert(message.find("</s:Body>"), twice);
    const Reading reading = read(message);
    REQUIRE_FALSE(reading.error);
    CHECK(contains(reading.body, "<CallerId>2</CallerId>"));
    CHECK_FALSE(contains(reading.body, "<CallerId>1</CallerId>"));
    CHECK(reading.ignored_count == 1);
}

TEST_CASE_METHOD(GuardFixture, "gSOAP reads the last request of an operation that stands twice",
                 "[soap][guard]") {
    std::string message = with_requestor(
        "<OtherPhone><Phone>1</Phone></OtherPhone><Email><Email>a</Email></Email><Fax/>");
    const std::string other =
        with_requestor("<LastName>x</LastName><OtherPhone><Phone>2</Phone></OtherPhone>");
    const std::size_t start = other.find("<CreateCallLog ");
    const std::size_t end = other.find("</s:Body>");
    message.insert(message.find("</s:Body>"), other.substr(start, end - start));
    const Reading reading = read(message);
    REQUIRE_FALSE(reading.error);
    soap::Skeleton skeleton;
    const model::Requestor requestor = skeleton.read(reading).call_log.requestor.value();
    CHECK(requestor.last_name == "x");
    CHECK_FALSE(requestor.email);
    CHECK(requestor.fax.empty());
    REQUIRE(requestor.other_phone.size() == 1);
    CHECK(requestor.other_phone[0].phone == "2");
}

TEST_CASE_METHOD(GuardFixture, "Open content is kept as sent, with the namespaces it needs",
                 "[soap][guard]") {
    const std::string address =
        "<Address q:kind=\"home\">\n <q:Street xsi:type=\"q:Name\">1 &lt; 2</q:Street><!-- note -->"
        "mixed <![CDATA[&]]></Address>";
    std::string message = with_requestor(address + "<Address xsi:nil=\"true\"/><Address/>");
    message.insert(message.find("<s:Body>") + 7,
                   " xmlns:q=\"urn:q&amp;&quot;\" xmlns:unused=\"urn:u\"");
    const Reading reading = read(message);
    REQUIRE_FALSE(reading.error);
    REQUIRE(reading.open_content.size() == 2);
    CHECK(reading.open_content[0].path == "CustomerCallLog/Requestor/Address[1]");
    CHECK(reading.open_content[0].xml ==
          "<Address xmlns:q=\"urn:q&amp;&quot;\" "
          "xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\"" +
              address.substr(8));
    CHECK(reading.open_content[1].path == "CustomerCallLog/Requestor/Address[3]");
    CHECK(reading.open_content[1].xml == "<Address/>");
    REQUIRE(reading.nil_elements.size() == 1);
    CHECK(reading.nil_elements[0] == "CustomerCallLog/Requestor/Address[2]");
}

TEST_CASE_METHOD(GuardFixture,
                 "A namespace declared on the open element itself is not declared twice",
                 "[soap][guard]") {
    const std::string address = "<Address xmlns:s=\"urn:mine\"><s:Street/></Address>";
    const Reading reading = read(with_requestor(address));
    REQUIRE(reading.open_content.size() == 1);
    CHECK(reading.open_content[0].xml == address);
}

TEST_CASE_METHOD(GuardFixture, "What a known phone holds beyond the contract is kept",
                 "[soap][guard]") {
    const Reading reading = read(with_requestor(
        "<Fax><Phone>1</Phone></Fax><Fax><Country x=\"1\">US</Country><Phone>2</Phone></Fax>"));
    REQUIRE(reading.open_content.size() == 1);
    CHECK(reading.open_content[0].path == "CustomerCallLog/Requestor/Fax[2]/Country");
    CHECK(reading.open_content[0].xml == "<Country x=\"1\">US</Country>");
    CHECK(reading.ignored.empty());
}

TEST_CASE_METHOD(GuardFixture, "xsi:nil makes strings empty and objects unset, and is remembered",
                 "[soap][guard]") {
    const Reading reading =
        read(with_requestor("<FirstName xsi:nil=\"true\"/><PrimaryContact xsi:nil=\"1\"/>"));
    REQUIRE_FALSE(reading.error);
    CHECK(contains(reading.body, "<FirstName></FirstName><PrimaryContact></PrimaryContact>"));
    CHECK(reading.nil_elements ==
          std::vector<std::string>{"CustomerCallLog/Requestor/FirstName",
                                   "CustomerCallLog/Requestor/PrimaryContact"});
    CHECK(contains(error_text(read(with_call_log("<RequestType xsi:nil=\"true\"/>"))),
                   "Input string was not in a correct format."));
}

TEST_CASE_METHOD(GuardFixture, "xsi:type may name a complex element's own type only",
                 "[soap][guard]") {
    const auto with_type = [&](const std::string& type) {
        return error_text(
            read(with_call_log("<Account xmlns:t=\"http://ws.southernco.com/CustSvc-iHub\" "
                               "xsi:type=\"" +
                               type + "\"/>")));
    };
    CHECK(with_type("t:Account").empty());
    CHECK(contains(with_type(""), "name='', namespace=''"));
    CHECK(contains(with_type("t:Bogus"),
                   "The specified type was not recognized: name='Bogus', "
                   "namespace='http://ws.southernco.com/CustSvc-iHub', at <Account xmlns=''>."));
    CHECK(contains(with_type("u:Account"), "Namespace prefix 'u' is not defined."));
    CHECK_FALSE(read(with_call_log("<LogText xsi:type=\"nonsense\">x</LogText>")).error);
    CHECK_FALSE(read(with_requestor("<Address xsi:type=\"s:Unknown\"/>")).error);
}

TEST_CASE_METHOD(GuardFixture, "The envelope must be SOAP's, with Header and Body in order",
                 "[soap][guard]") {
    const std::string e11 = std::string("<s:Envelope xmlns:s=\"") + envelope11 + "\">";
    CHECK(contains(error_text(read(e11 + "</s:Envelope>")), "Missing required soap:Body element."));
    CHECK(contains(error_text(read(e11 + "<x/><s:Body/></s:Envelope>")),
                   "Missing required soap:Body"));
    CHECK(contains(error_text(read("<s:Envelop xmlns:s=\"" + std::string(envelope11) + "\"/>")),
                   "Missing required soap:Envelope element."));
    CHECK_FALSE(read(e11 + "<s:Body/></s:Envelope>").error);
    CHECK_FALSE(read(e11 + "<s:Header/><s:Body></s:Body></s:Envelope>").error);
    CHECK_FALSE(read(e11 + "<s:Body/><s:Header><x s:mustUnderstand='1'/></s:Header></s:Envelope>")
                    .not_understood);

    const Reading other = read("<Envelope xmlns=\"urn:x\"><Body/></Envelope>");
    CHECK(other.root_read);
    CHECK(other.version == soap::SoapVersion::none);
    CHECK(other.root_namespace == "urn:x");
}

TEST_CASE_METHOD(GuardFixture,
                 "Without an action the Body's first child is looked for, past other errors",
                 "[soap][guard]") {
    const Reading good = read_by_body(with_request(""));
    CHECK_FALSE(good.error);
    CHECK(good.body_element == "CreateCallLog");
    CHECK(good.operation == create_call_log);

    const Reading foreign =
        read_by_body(std::string("<s:Envelope xmlns:s=\"") + envelope11 +
                     "\"><x/><s:Body><Other xmlns=\"urn:o\"/></s:Body></s:Envelope>");
    CHECK(foreign.error);
    CHECK_FALSE(foreign.routing_error);
    CHECK(foreign.body_element == "Other");
    CHECK(foreign.body_namespace == "urn:o");

    const Reading broken = read_by_body(std::string("<s:Envelope xmlns:s=\"") + envelope11 +
                                        "\"><s:Header><a></b></s:Header>");
    CHECK(broken.routing_error);
    CHECK_FALSE(broken.body_reached);

    const Reading text = read_by_body(std::string("<s:Envelope xmlns:s=\"") + envelope11 +
                                      "\"><s:Body>text<CreateCallLog/></s:Body></s:Envelope>");
    CHECK(text.body_reached);
    CHECK(text.body_element.empty());
}

TEST_CASE_METHOD(GuardFixture, "Headers that must be understood and are not are named",
                 "[soap][guard]") {
    const auto unknown = [&](const std::string& block) {
        return read(with_header(block)).not_understood;
    };
    CHECK_FALSE(unknown("<Security xmlns=\"urn:s\"/>"));
    CHECK_FALSE(unknown("<Security xmlns=\"urn:s\" s:mustUnderstand=\"0\"/>"));
    CHECK(unknown("<Security xmlns=\"urn:s\" s:mustUnderstand=\"1\"/>")->name == "Security");
    CHECK(
        unknown("<a:Security xmlns:a=\"urn:s\" xmlns:e=\"http://www.w3.org/2003/05/soap-envelope\" "
                "e:mustUnderstand=\"true\"/>")
            ->name == "Security");
    CHECK_FALSE(
        unknown("<Action xmlns=\"http://schemas.microsoft.com/ws/2005/05/addressing/none\" "
                "s:mustUnderstand=\"1\">x</Action>"));
    const std::string credentials =
        "<ScCredentials xmlns=\"http://ws.southernco.com/CustSvc-iHub\"/>";
    CHECK(unknown(credentials + "<ScCredentials xmlns=\"http://ws.southernco.com/CustSvc-iHub\" "
                                "s:mustUnderstand=\"1\"/>")
              ->name == "ScCredentials");
}

TEST_CASE_METHOD(GuardFixture, "The credentials' SOAP attributes are kept for the echo",
                 "[soap][guard]") {
    const auto attributes = [&](const std::string& text) {
        return read(with_header("<ScCredentials xmlns=\"http://ws.southernco.com/CustSvc-iHub\" " +
                                text + "/>"));
    };
    CHECK(attributes("s:mustUnderstand=\"true\" s:actor=\"urn:a\" other=\"x\"")
              .credentials_attributes == " soap:mustUnderstand=\"1\" soap:actor=\"urn:a\"");
    CHECK(attributes("s:mustUnderstand=\"0\"").credentials_attributes.empty());
    CHECK(contains(
        error_text(attributes("s:mustUnderstand=\"2\"")),
        "'2' is not a valid value for the field EncodedMustUnderstand. Valid values are '0', "
        "'1', 'true', and 'false'."));
}

TEST_CASE_METHOD(GuardFixture, "A nil credentials header has nothing set", "[soap][guard]") {
    const Reading reading = read(with_header(
        "<ScCredentials xmlns=\"http://ws.southernco.com/CustSvc-iHub\" xsi:nil=\"true\"/>"));
    REQUIRE_FALSE(reading.error);
    soap::Skeleton skeleton;
    const auto request = skeleton.read(reading);
    REQUIRE(request.credentials);
    CHECK_FALSE(request.credentials->direct_user_name_token);
}

TEST_CASE_METHOD(GuardFixture, "Every limit refuses what is over it and names its setting",
                 "[soap][guard]") {
    const auto setting = [&](const std::string& message) {
        const Reading reading = read(message);
        REQUIRE(reading.error);
        CHECK(reading.error->kind == ReadError::Kind::limit);
        const std::string& text = reading.error->words.text;
        const std::size_t at = text.find("guard.");
        return text.substr(at, text.find(')', at) - at);
    };
    const auto repeat = [](std::size_t count, auto&& make) {
        std::string text;
        for (std::size_t i = 0; i < count; ++i) text += make(i);
        return text;
    };
    const auto n = [](std::size_t i) { return std::to_string(i); };
    CHECK(setting(with_requestor(repeat(1'000'000, [](auto) { return "<a>"; }))) ==
          "guard.max_depth");
    CHECK(setting(with_requestor(repeat(20'001, [](auto) { return "<a/>"; }))) ==
          "guard.max_elements");
    CHECK(setting(with_requestor("<a" + repeat(65, [&](auto i) { return " a" + n(i) + "=''"; }) +
                                 "/>")) == "guard.max_attributes");
    CHECK(setting(with_requestor(repeat(10'001, [](auto) {
              return "<a a='' b='' c='' d=''/>";
          }))) == "guard.max_total_attributes");
    CHECK(setting(with_requestor("<a a='" + std::string(100'000, 'a') + "'/>")) ==
          "guard.max_markup_bytes");
    CHECK(setting(with_requestor(repeat(300, [&](auto i) {
              return "<a xmlns='u" + n(i) + "'/>";
          }))) == "guard.max_namespace_declarations");
    const std::string half(524'288, 'x');
    CHECK(setting(with_requestor("<Memo>" + half + half + "x</Memo>")) ==
          "guard.max_content_bytes");
    CHECK(setting(with_requestor("<Memo>" + half + "</Memo><Address>" + half + "</Address>")) ==
          "guard.max_content_bytes");
    CHECK(setting(with_requestor(repeat(2'001, [](auto) { return "<Fax/>"; }))) ==
          "guard.max_items");
    CHECK(setting(with_requestor("<Email>" + repeat(2'001, [](auto) { return "<x/>"; }) +
                                 "</Email>")) == "guard.max_items");
    CHECK(setting(with_requestor("<" + std::string(257, 'n') + "/>")) == "guard.max_name_bytes");
    CHECK(setting(with_requestor("<a xmlns='" + std::string(1025, 'u') + "'/>")) ==
          "guard.max_namespace_uri_bytes");
    CHECK(setting(with_requestor("<!--" + std::string(200'000, 'c') + "-->")) ==
          "guard.max_markup_bytes");
}

// Elements without attributes, prefixes and references are read at once, but not with a blank in
// the end tag.
TEST_CASE_METHOD(GuardFixture, "An element is read the same whether at once or node by node",
                 "[soap][guard]") {
    const auto story = [](const Reading& reading) {
        std::string told(reading.canonical);
        for (const std::size_t end : reading.object_ends) told += ' ' + std::to_string(end);
        for (const std::string& path : reading.nil_elements) told += "\nnil " + path;
        for (const auto& open : reading.open_content) told += "\nopen " + open.path;
        for (const auto& ignored : reading.ignored) {
            told += "\nignored " + ignored.path + ' ' + std::to_string(ignored.line);
        }
        for (const auto& error : {reading.error, reading.routing_error}) {
            if (!error) continue;
            // Not the columns in it, which the blanks shift.
            const std::string& words = error->words.text;
            const std::size_t value = words.find("---> ");
            told += "\nerror " + (value == words.npos ? words.substr(0, 30) : words.substr(value)) +
                    std::string(error->setting) + std::to_string(error->position.line);
        }
        return told;
    };
    const std::string email = "<Email><EmailType>a</EmailType><Email>b</Email><x>c</x></Email>";
    const std::string token =
        "<s:Header><ScCredentials xmlns=\"http://ws.southernco.com/CustSvc-iHub\">"
        "<DirectUserNameToken><BinarySecurityToken><ID>t</ID></BinarySecurityToken>"
        "</DirectUserNameToken><Created>2011-03-04T05:06:07Z</Created></ScCredentials></s:Header>";
    for (const std::string& message : {
             with_requestor("<FirstName>Ann</FirstName>\n <LastName></LastName>\n" + email),
             with_requestor("<LastName>b</LastName><FirstName>a</FirstName><LastName>c</LastName>"),
             with_requestor("<FirstName>a</FirstName>\r\n<FirstName>b</FirstName>"),
             with_requestor("<Memo>a > ]] b</Memo><SSN>&lt;</SSN><Prefix>\xC3\xA9</Prefix>"),
             with_requestor("<Nickname>x</Nickname>\n<firstname>y</firstname>stray"),
             with_requestor("<FirstName xsi:nil='true'/><LastName>c</LastName><Fax>1</Fax>"),
             with_requestor("<FirstName>a<b>c</b></FirstName>"),
             with_requestor("<CreatedDate>2011-03-04</CreatedDate><Memo>m</Memo>"),
             with_requestor("<CreatedDate>never</CreatedDate>\n<Memo>m</Memo>"),
             with_requestor("<CreatedDate>never</CreatedDate></Requestor x>"),
             with_requestor(
                 "<CriticalExpirationDate>2011-03-04</CriticalExpirationDate><Memo>m</Memo>"),
             with_requestor(
                 "<Email><x><abcdefghijklmnopqrstuv>c</abcdefghijklmnopqrstuv></x></Email>"),
             with_requestor("<Address><a>1</a><b><c>2</c></b></Address><Memo>m</Memo>"),
             with_requestor("<Address xsi:nil='true'><a>1</a></Address>"),
             with_requestor("<FirstName>a</LastName>"),
             with_requestor("<FirstName>a"),
             with_requestor("<FirstName xmlns='u'>a</FirstName><a xmlns='u'><b>c</b></a>"),
             with_call_log("<RequestType> 3 </RequestType><LogText>l</LogText>"),
             with_call_log("<RequestType>x</RequestType><LogText>l</LogText>"),
             with_request("<CallerId>1</CallerId>"),
             with_request("<CallerId xmlns=''>1</CallerId><CustomerCallLog/>", token),
             with_request("<c:CallerId xmlns:c='' >1</c:CallerId>"),
         }) {
        const std::string other = test::with_blanks_in_end_tags(message);
        CAPTURE(message);
        CHECK(story(read(message)) == story(read(other)));
        CHECK(story(read_by_body(message)) == story(read_by_body(other)));
        for (std::size_t limit = 0; limit < 24; ++limit) {
            for (std::size_t soap::GuardLimits::*const which :
                 {&soap::GuardLimits::max_elements, &soap::GuardLimits::max_depth,
                  &soap::GuardLimits::max_name_bytes, &soap::GuardLimits::max_items}) {
                limits = {};
                limits.*which = limit;
                CHECK(story(read(message)) == story(read(other)));
                CHECK(story(read_by_body(message)) == story(read_by_body(other)));
            }
        }
        limits = {};
    }
    const std::string message = with_requestor("<FirstName>Ann</FirstName>");
    for (limits.max_content_bytes = 0; limits.max_content_bytes < 5; ++limits.max_content_bytes) {
        CHECK(error_text(read(message)) ==
              error_text(read(test::with_blanks_in_end_tags(message))));
    }
}

TEST_CASE_METHOD(GuardFixture, "Long texts are no long markup", "[soap][guard]") {
    const Reading reading =
        read(with_requestor("<Memo>" + std::string(1'000'000, 'm') + "</Memo>"));
    REQUIRE_FALSE(reading.error);
    CHECK(reading.body.size() > 1'000'000);
}

TEST_CASE_METHOD(GuardFixture, "A guard forgets one message before it reads the next",
                 "[soap][guard]") {
    CHECK(read(with_requestor("<Address xmlns:q='u'><q:a/></Address><x/>")).open_content.size() ==
          1);
    CHECK(is_not_well_formed(read("<<")));
    const Reading reading = read(with_request(""));
    CHECK_FALSE(reading.error);
    CHECK(reading.open_content.empty());
    CHECK(reading.ignored.empty());
}
