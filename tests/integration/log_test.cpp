#include <catch2/catch.hpp>
#include <string>

#include "support/http_client.hpp"
#include "support/message.hpp"
#include "support/server_process.hpp"

namespace customercare::test {

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
