#include <sys/stat.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <filesystem>
#include <string>

#include "support/server_process.hpp"

namespace customercare::test {

TEST_CASE("In mode production there is no core file, and no look into the memory",
          "[integration][secrecy]") {
    const bool is_production = GENERATE(true, false);
    const TemporaryDirectory directory;
    std::vector<std::string> launcher;
    if (geteuid() == 0) {
        // The kernel gives the files in /proc of what may not be dumped to root; that does not show
        // if they are root's anyway.
        const std::string copy = directory.path("customercare");
        std::filesystem::copy_file(program(), copy);
        constexpr unsigned nobody = 65'534;
        REQUIRE(chown(directory.path().c_str(), nobody, nobody) == 0);
        launcher = {"setpriv",
                    "--reuid=65534",
                    "--regid=65534",
                    "--clear-groups",
                    "sh",
                    "-c",
                    R"(shift; exec "$0" "$@")",
                    copy};
    }
    const ServerProcess server(directory.path(),
                               {"--mode", is_production ? "production" : "stand-in"}, launcher);
    const std::string process = "/proc/" + std::to_string(server.pid());
    struct stat status {};
    REQUIRE(stat((process + "/environ").c_str(), &status) == 0);
    CHECK((status.st_uid == 0) == is_production);

    const std::string limits = read_file(process + "/limits");
    const std::string line = limits.substr(limits.find("Max core file size"));
    const bool has_no_core =
        line.find_first_not_of(" 0", line.find_first_of('0')) == line.find("bytes");
    if (is_production) CHECK(has_no_core);
}

}  // namespace customercare::test
