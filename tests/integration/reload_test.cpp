#include <signal.h>

#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "support/certificates.hpp"
#include "support/database.hpp"
#include "support/http_client.hpp"
#include "support/load.hpp"
#include "support/message.hpp"
#include "support/server_process.hpp"
#include "support/wait_for_log.hpp"

// Settings that a running server takes at SIGHUP.

namespace customercare::test {
namespace {

using Catch::Contains;

struct Reloading {
    TemporaryDirectory directory;
    std::string file = directory.path("server.toml");

    void write(const std::string& toml) const { std::ofstream(file) << toml; }
    /// Waits until the server has said what has come of it.
    void reload(const ServerProcess& server, const std::string& event) {
        server.send_signal(SIGHUP);
        wait_for_log(server, ' ' + event + ' ', 1);
    }
};

HttpReply send(const ServerProcess& server, const std::string& direct, const std::string& text) {
    return call(server.port(), post_sample(Soap::v11, {{"DirectUserNameToken", token(direct)},
                                                       {"LogText", text},
                                                       {"MessageId", ""}}));
}

}  // namespace

TEST_CASE("SIGHUP takes policy, limits, rules and log level, and names what needs a restart",
          "[integration][reload]") {
    Reloading test;
    test.write("[log]\nlevel = \"warning\"\n");
    ServerProcess server(test.directory.path(), {"--config", test.file});
    REQUIRE(is_success(send(server, "any", "text")));
    CHECK_THAT(server.log(), !Contains(" request "));

    test.write(
        "[log]\nlevel = \"debug\"\n"
        "[credentials]\npolicy = \"registered\"\n"
        "[guard]\nmax_content_bytes = 5000\n"
        "[http]\nthreads = 1\n[store]\npath = \"hunter2\"\n");
    test.reload(server, "settings_need_restart");
    // The flags count more than the file: --database is as it was.
    CHECK_THAT(server.log(), Contains("settings_reloaded changed=\"guard.max_content_bytes, "
                                      "credentials.policy, log.level\"\n") &&
                                 Contains("settings_need_restart changed=http.threads\n") &&
                                 !Contains("hunter2"));
    CHECK(text_of(send(server, "any", "text"), "ErrorCode") == "AuthenticationFailed");
    CHECK_THAT(fault_text(send(server, "any", std::string(6000, 'x'))),
               Contains("guard.max_content_bytes"));
    wait_for_log(server, " request ");

    const ProgramResult audit = run_program({"audit", "list", "--database", server.database()});
    CHECK_THAT(audit.output, Contains("reload") && Contains("settings"));
    CHECK(server.stop() == 0);
}

TEST_CASE(
    "A settings file that can't be used leaves the old settings in force, and the log says why",
    "[integration][reload]") {
    Reloading test;
    test.write("[credentials]\npolicy = \"registered\"\n");
    ServerProcess server(test.directory.path(), {"--config", test.file});
    test.write("[credentials]\npolicy = \"any\"\n[guard]\nmax_dept = 10\n");
    test.reload(server, "settings_not_reloaded");
    CHECK_THAT(server.log(), Contains("server.toml:4: unknown setting guard.max_dept; did you mean "
                                      "guard.max_depth?; the old settings stay in force"));
    CHECK(text_of(send(server, "any", "text"), "ErrorCode") == "AuthenticationFailed");

    std::filesystem::remove(test.file);
    std::filesystem::create_directory(test.file);
    server.send_signal(SIGHUP);
    wait_for_log(server, " settings_not_reloaded ", 2);
    CHECK_THAT(server.log(), Contains("server.toml is a directory; the old settings stay"));
    std::filesystem::remove(test.file);

    test.write("[credentials]\npolicy = \"any\"\n");
    test.reload(server, "settings_reloaded");
    CHECK(is_success(send(server, "any", "text")));
    CHECK(server.stop() == 0);
}

TEST_CASE("A settings file that is a directory is named, and not taken for a failure",
          "[integration][reload]") {
    const TemporaryDirectory directory;
    for (const char* command : {"serve", "check-config", "backup"}) {
        std::vector<std::string> arguments{command, "--config", directory.path()};
        if (command == std::string("backup")) arguments.push_back(directory.path("b.db"));
        const ProgramResult result = run_program(arguments);
        CHECK(result.exit_code == 2);
        CHECK_THAT(result.errors, Contains(directory.path().string() + " is a directory"));
    }
}

TEST_CASE("check-config tries certificate and key, and prints the settings even so",
          "[integration][reload]") {
    const TemporaryDirectory directory;
    const CertificateFiles files = CertificateAuthority(directory.path()).issue("server");
    const auto check = [](const std::string& certificate, const std::string& key) {
        return run_program(
            {"check-config", "--set", "tls.certificate=" + certificate, "--set", "tls.key=" + key});
    };
    CHECK(check(files.certificate, files.key).exit_code == 0);
    const ProgramResult missing = check("/x", files.key);
    CHECK(missing.exit_code == 2);
    CHECK_THAT(missing.output, Contains("certificate = \"/x\""));
    CHECK_THAT(missing.errors, Contains("tls.certificate: /x can't be used: No such file"));
    const ProgramResult other = check(files.certificate, files.certificate);
    CHECK(other.exit_code == 2);
    CHECK_THAT(other.errors, Contains("tls.key: " + files.certificate));
}

TEST_CASE("Under load, reloads cost no call", "[integration][reload]") {
    Reloading test;
    test.write("");
    ServerProcess server(test.directory.path(), {"--config", test.file});
    Load load(server.port(), 16);
    for (int i = 0; i < 20; ++i) {
        load.wait_until_acknowledged(static_cast<std::size_t>(50 * i));
        test.write("[guard]\nmax_depth = " + std::to_string(50 + i) +
                   "\n[limits]\nmax_tracked = " + std::to_string(2000 + i) + '\n');
        server.send_signal(SIGHUP);
        wait_for_log(server, " settings_reloaded ", static_cast<std::size_t>(i + 1));
    }
    load.finish();
    CHECK(load.refusals().empty());
    CHECK(load.unanswered().empty());
    CHECK(Database(server.database()).call_log_count() ==
          static_cast<std::int64_t>(load.acknowledged().size()));
    CHECK(server.stop() == 0);
}

}  // namespace customercare::test
