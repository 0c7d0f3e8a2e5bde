#include <catch2/catch.hpp>
#include <functional>
#include <string>
#include <vector>

#include "support/database.hpp"
#include "support/http_client.hpp"
#include "support/message.hpp"
#include "support/server_process.hpp"

namespace customercare::test {
namespace {

struct BadInput {
    std::string kind;
    std::string message;
    std::string fault;  ///< Part of the fault's text; "": 400 without a SOAP body.
};

std::string repeat(int count, const std::function<std::string(int)>& piece) {
    std::string text;
    for (int i = 0; i < count; ++i) text += piece(i);
    return text;
}

std::string in_address(const std::string& xml) {
    return sample_message(Soap::v11, {{"Address", xml}});
}

std::string with(std::string_view element, const std::string& content) {
    return sample_message(Soap::v11, {{element, content}});
}

std::vector<BadInput> bad_inputs() {
    const std::string good = sample_message(Soap::v11);
    const std::string not_read = "Server was unable to read request. ---> ";
    return {
        {"mismatched tag", replace_first(good, "</LogText>", "</Logtext>"), ""},
        {"DTD",
         replace_first(good, "<soap:Envelope", "<!DOCTYPE x [<!ENTITY e \"e\">]><soap:Envelope"),
         ""},
        {"undeclared entity", with("LogText", "&nothing;"), ""},
        {"bad UTF-8", with("LogText", "\xff\xfe"), ""},
        {"overlong UTF-8", with("LogText", "\xc0\xaf"), ""},
        {"surrogate in UTF-8", with("LogText", "\xed\xa0\x80"), ""},
        {"NUL", with("LogText", std::string("a\0b", 3)), ""},
        {"control character", with("LogText", "\x01"), ""},
        {"truncated", good.substr(0, good.size() / 2), ""},
        {"empty", "", ""},
        {"not XML", "{\"json\": true}", ""},
        {"text behind the envelope", replace_first(good, "</soap:Envelope>", "</soap:Envelope>x"),
         ""},
        {"two roots", replace_first(good, "</soap:Envelope>", "</soap:Envelope><second/>"), ""},
        {"unbound prefix", in_address("<nowhere:a/>"), ""},
        {"unbound attribute prefix", in_address("<a nowhere:b=\"\"/>"), ""},
        {"attribute twice", in_address("<a b=\"1\" b=\"2\"/>"), ""},
        {"character reference to no character", with("LogText", "&#0;"), ""},
        {"character reference to a surrogate", with("LogText", "&#xD83D;&#xDE00;"), ""},
        {"element inside a value", with("LogText", "a<b/>c"), ""},
        {"comment inside a value", with("LogText", "a<!-- b -->c"), ""},
        {"bad int", with("RequestType", "three"), not_read + "There is an error in XML document ("},
        {"int too large", with("RequestType", "2147483648"),
         "Value was either too large or too small for an Int32."},
        {"empty int", with("RequestType", ""), "Input string was not in a correct format."},
        {"bad boolean", with("CriticalContactFlag", "yes"),
         "The string 'yes' is not a valid Boolean value."},
        {"bad boolean in a phone", with("DoNotCallFlag", "TRUE"),
         "The string 'TRUE' is not a valid Boolean value."},
        {"bad dateTime", with("CreatedDateTime", "2011-02-30T00:00:00"),
         "The string '2011-02-30T00:00:00' is not a valid AllXsd value."},
        {"bad date", with("CreatedDate", "04.03.2011"),
         "String was not recognized as a valid DateTime."},
        {"too deep",
         in_address(repeat(200, [](int) { return "<a>"; }) +
                    repeat(200, [](int) { return "</a>"; })),
         not_read},
        {"too many elements", in_address(repeat(30'000, [](int) { return "<a/>"; })), not_read},
        {"too many attributes",
         in_address("<a" + repeat(300, [](int i) { return " b" + std::to_string(i) + "=\"\""; }) +
                    "/>"),
         not_read},
        {"too many namespaces",
         in_address(
             repeat(500, [](int i) { return "<a:a xmlns:a=\"urn:" + std::to_string(i) + "\"/>"; })),
         not_read},
        {"long element name", in_address("<" + std::string(10'000, 'a') + "/>"), not_read},
        {"long attribute name", in_address("<a " + std::string(10'000, 'a') + "=\"\"/>"), not_read},
        {"long namespace URI", in_address("<a xmlns=\"urn:" + std::string(10'000, 'a') + "\"/>"),
         not_read},
    };
}

}  // namespace

TEST_CASE("Bad input of each kind is refused, stores nothing and does the server no harm",
          "[integration][bad_input]") {
    const auto version = GENERATE(Soap::v11, Soap::v12);
    const TemporaryDirectory directory;
    ServerProcess server(directory.path());
    for (const BadInput& input : bad_inputs()) {
        CAPTURE(input.kind);
        const std::string message = version == Soap::v11
                                        ? input.message
                                        : replace_all(input.message, envelope_11, envelope_12);
        const HttpReply reply = call(server.port(), post(version, message));
        if (input.fault.empty()) {
            CHECK(reply.status == 400);
            CHECK(fault_text(reply).empty());
        } else {
            CHECK(reply.status == 500);
            CHECK_THAT(fault_text(reply), Catch::Contains(input.fault));
        }
    }
    CHECK(Database(server.database()).call_log_count() == 0);
    CHECK(is_success(call(server.port(), post_sample(version))));
    CHECK(server.stop() == 0);
}

}  // namespace customercare::test
