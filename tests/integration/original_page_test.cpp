#include <catch2/catch.hpp>
#include <string>

#include "support/database.hpp"
#include "support/http_client.hpp"
#include "support/message.hpp"
#include "support/server_process.hpp"

namespace customercare::test {
namespace {

std::string page_message(Soap version) {
    return read_file(std::string(CUSTOMERCARE_SOURCE_DIR "/tests/contract/original-page/") +
                     (version == Soap::v11 ? "request-11.xml" : "request-12.xml"));
}

std::string with_values(std::string message) {
    message = replace_all(message, ">dateTime<", ">2011-03-04T05:06:07<");
    message = replace_all(message, ">date<", ">2011-03-04<");
    message = replace_all(message, ">int<", ">3<");
    message = replace_all(message, ">boolean<", ">true<");
    for (int i = 1; message.find(">string<") != std::string::npos; ++i) {
        message = replace_first(message, ">string<", ">value " + std::to_string(i) + "<");
    }
    return message;
}

}  // namespace

TEST_CASE("The original page's sample with values gets success", "[integration][original_page]") {
    const auto version = GENERATE(Soap::v11, Soap::v12);
    const TemporaryDirectory directory;
    ServerProcess server(directory.path());

    const HttpReply reply = call(server.port(), post(version, with_values(page_message(version))));
    INFO(reply.body);
    CHECK(is_success(reply));
    CHECK(text_of(reply, "ID") == "value 1");  // The header is echoed.
    CHECK(Database(server.database()).call_log_count() == 1);
}

TEST_CASE("The original page's sample unchanged gets the fault of its placeholder",
          "[integration][original_page]") {
    const TemporaryDirectory directory;
    ServerProcess server(directory.path());
    const std::string text =
        "Server was unable to read request. ---&gt; There is an error in XML document (23, 54). "
        "---&gt; The string 'dateTime' is not a valid AllXsd value.";
    const auto envelope = [](std::string_view uri, const std::string& fault) {
        return "<?xml version=\"1.0\" encoding=\"utf-8\"?><soap:Envelope xmlns:soap=\"" +
               std::string(uri) +
               "\" xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\""
               " xmlns:xsd=\"http://www.w3.org/2001/XMLSchema\"><soap:Body><soap:Fault>" +
               fault + "</soap:Fault></soap:Body></soap:Envelope>";
    };

    const HttpReply reply_11 = call(server.port(), post(Soap::v11, page_message(Soap::v11)));
    CHECK(reply_11.status == 500);
    CHECK(reply_11.body == envelope(envelope_11, "<faultcode>soap:Client</faultcode><faultstring>" +
                                                     text + "</faultstring><detail />"));

    const HttpReply reply_12 = call(server.port(), post(Soap::v12, page_message(Soap::v12)));
    CHECK(reply_12.status == 500);
    CHECK(reply_12.body ==
          envelope(envelope_12,
                   "<soap:Code><soap:Value>soap:Sender</soap:Value></soap:Code><soap:Reason>"
                   "<soap:Text xml:lang=\"en\">" +
                       text + "</soap:Text></soap:Reason><soap:Detail />"));

    CHECK(Database(server.database()).call_log_count() == 0);
}

}  // namespace customercare::test
