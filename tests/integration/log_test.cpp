#include <catch2/catch.hpp>
#include <string>

#include "support/http_client.hpp"
#include "support/message.hpp"
#include "support/server_process.hpp"

namespace customercare::test {

TEST_CASE("Nothing of a body and no token reaches the log", "[integration][log]") {
    const auto format = GENERATE(as<std::string>{}, "text", "json");
    const TemporaryDirectory directory;
    ServerProcess server(directory.path(),
                         {"--set", "log.level=trace", "--set", "log.format=" + format});
    const Content planted{{"DirectUserNameToken", token("PLANTED-direct")},
                          {"OriginatingUserNameToken", token("PLANTED-originating")},
                          {"Created", "PLANTED-created"},
                          {"UserId", "PLANTED-user"},
                          {"CSRId", "PLANTED-csr"},
                          {"FirstName", "PLANTED-name"},
                          {"SSN", "PLANTED-ssn"},
                          {"Address", "<a b=\"PLANTED-attribute\">PLANTED-address</a>"},
                          {"LogText", "PLANTED-text\n2011-03-04 forged line"}};
    const auto with = [&](Content more) {
        more.insert(more.end(), planted.begin(), planted.end());
        return more;
    };
    for (const auto version : {Soap::v11, Soap::v12}) {
        const std::string message = sample_message(version, planted);
        call(server.port(), post(version, message));  // Stored.
        call(server.port(), post(version, message));  // Replayed.
        call(server.port(),
             post(version, sample_message(version, with({{"CustomerId", "PLANTED-customer"}}))));
        call(server.port(),
             post(version, sample_message(version, with({{"RequestType", "PLANTED-int"}}))));
        call(server.port(),
             post(version, sample_message(version, with({{"CreatedDate", "PLANTED-date"}}))));
        for (const char* field : {"CreatedDateTime", "CriticalContactFlag"}) {
            call(server.port(),
                 post(version, sample_message(version, with({{field, "PLANTED-quoted"}}))));
        }
        for (const char* markup :
             {"<PLANTED>", "<a PLANTED>", "<a b='PLANTED''/>", "</PLANTED>", "<PLANTED:a/>",
              "&PLANTED", "<a PLANTED='' PLANTED=''/>", "<?xml PLANTED?>", "<!PLANTED>"}) {
            call(server.port(), post(version, replace_first(message, "</LogText>", markup)));
        }
        call(server.port(), post(version, message.substr(0, message.size() - 9)));
        call(server.port(), post(version, replace_first(message, "</FirstName>", "&PLANTED;")));
        call(server.port(), post(version, message, "Cookie: PLANTED-cookie\r\n"));
    }
    CHECK(server.stop() == 0);

    const std::string log = server.log();
    CHECK_THAT(log, Catch::Contains("CreateCallLog"));
    CHECK_THAT(log, !Catch::Contains("PLANTED"));
    CHECK_THAT(log, !Catch::Contains("forged line"));
}

TEST_CASE("Control characters of a request never reach the log raw", "[integration][log]") {
    const TemporaryDirectory directory;
    ServerProcess server(directory.path(), {"--set", "log.level=trace"});
    call(server.port(),
         "GET /a%0Aforged\x1b[31m HTTP/1.1\r\nHost: localhost\r\nUser-Agent: \x1b[31m\r\n\r\n");
    call(server.port(), post_sample(Soap::v11, {{"Requestor", "<&#10;/>"}}));
    CHECK(server.stop() == 0);
    CHECK_THAT(server.log(), !Catch::Contains("\x1b"));
}

}  // namespace customercare::test
