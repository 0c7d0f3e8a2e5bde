#include <catch2/catch.hpp>
#include <string>
#include <vector>

#include "support/certificates.hpp"
#include "support/server_process.hpp"

namespace customercare::test {
namespace {

using Catch::Contains;

ProgramResult health(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), "health");
    return run_program(arguments);
}

std::string admin_address(const ServerProcess& server) {
    return "127.0.0.1:" + std::to_string(server.admin_port());
}

}  // namespace

TEST_CASE("The command health says whether the server takes requests", "[integration][health]") {
    const TemporaryDirectory directory;
    ServerProcess server(directory.path());
    const std::string address = admin_address(server);

    const ProgramResult ready = health({"--admin-listen", address});
    CHECK(ready.exit_code == 0);
    CHECK_THAT(ready.output, Contains("\"ready\":true"));
    CHECK(ready.errors.empty());
    CHECK(health({"--url", "http://" + address + "/livez"}).output == "ok\n");
    for (const char* no_path : {"", "/"}) {
        CHECK_THAT(health({"--url", "http://" + address + no_path}).output,
                   Contains("\"ready\":true"));
    }

    const ProgramResult other = health({"--url", "http://" + address + "/nothing"});
    CHECK(other.exit_code == 1);
    CHECK_THAT(other.errors, Contains(address + "/nothing: 404"));

    server.stop();
    const ProgramResult gone = health({"--admin-listen", address});
    CHECK(gone.exit_code == 1);
    CHECK(gone.output.empty());
    CHECK_THAT(gone.errors, Contains(address + "/readyz: nobody listens there"));
}

TEST_CASE("The command health asks where the settings say, by TLS if need be",
          "[integration][health]") {
    const TemporaryDirectory directory;
    const CertificateAuthority authority(directory.path());
    const CertificateFiles files = authority.issue("server");
    const std::vector<std::string> tls = {"--set", "tls.certificate=" + files.certificate, "--set",
                                          "tls.key=" + files.key};
    std::vector<std::string> arguments = tls;
    arguments.insert(arguments.end(), {"--admin-listen", "0.0.0.0:0"});
    ServerProcess server(directory.path(), arguments);

    arguments = tls;
    arguments.insert(arguments.end(),
                     {"--admin-listen", "0.0.0.0:" + std::to_string(server.admin_port())});
    CHECK(health(arguments).exit_code == 0);
    CHECK(health({"--admin-listen", admin_address(server)}).exit_code == 1);
}

TEST_CASE("The command health says what is wrong with the way it was asked",
          "[integration][health]") {
    const ProgramResult no_url = health({"--url", "127.0.0.1"});
    CHECK(no_url.exit_code == 2);
    CHECK_THAT(no_url.errors, Contains("127.0.0.1 is no URL") && Contains("/readyz"));
    const ProgramResult no_admin = health({"--admin-listen", ""});
    CHECK(no_admin.exit_code == 2);
    CHECK_THAT(no_admin.errors, Contains("admin.listen") && Contains("--url"));
}

}  // namespace customercare::test
