#include <openssl/ssl.h>
#include <signal.h>
#include <sys/stat.h>

#include <catch2/catch.hpp>
#include <chrono>
#include <fstream>
#include <string>
#include <thread>
#include <vector>

#include "support/certificates.hpp"
#include "support/database.hpp"
#include "support/message.hpp"
#include "support/server_process.hpp"
#include "support/tls_client.hpp"
#include "support/wait_for_log.hpp"

namespace customercare::test {
namespace {

using Catch::Contains;

/// A directory with an authority and a server's certificate.
class TlsDirectory {
public:
    [[nodiscard]] const CertificateAuthority& authority() const { return authority_; }
    [[nodiscard]] const std::filesystem::path& path() const { return directory_.path(); }
    [[nodiscard]] std::string path(const std::string& name) const { return directory_.path(name); }

    [[nodiscard]] std::vector<std::string> arguments(std::vector<std::string> more = {}) const {
        more.insert(more.end(), {"--set", "tls.certificate=" + files_.certificate, "--set",
                                 "tls.key=" + files_.key});
        return more;
    }

    /// With client certificates, too.
    [[nodiscard]] std::vector<std::string> arguments_for_clients(const std::string& wanted) const {
        return arguments({"--set", "tls.client_certificate=" + wanted, "--set",
                          "tls.client_ca=" + authority_.certificate()});
    }

    [[nodiscard]] TlsClient connect(const ServerProcess& server, CertificateFiles own = {}) const {
        return {server.port(), {.authority = authority_.certificate(), .own = std::move(own)}};
    }

private:
    TemporaryDirectory directory_;
    CertificateAuthority authority_{directory_.path()};
    CertificateFiles files_ = authority_.issue("server");
};

}  // namespace

TEST_CASE("curl and openssl s_client reach the service by HTTPS", "[integration][tls]") {
    const TlsDirectory directory;
    ServerProcess server(directory.path(), directory.arguments());
    CHECK_THAT(server.url(), Catch::StartsWith("https://127.0.0.1:"));
    const std::string port = std::to_string(server.port());

    const std::string message = directory.path("message.xml");
    std::ofstream(message) << sample_message(Soap::v11);
    const ProgramResult curl =
        run_command({"curl", "-sS", "--fail", "--cacert", directory.authority().certificate(), "-H",
                     "Content-Type: text/xml; charset=utf-8", "-H",
                     R"(SOAPAction: "http://ws.southernco.com/CustSvc-iHub/CreateCallLog")",
                     "--data-binary", "@" + message, server.url()});
    CHECK(curl.errors == "");
    CHECK_THAT(curl.output, Contains("<ResponseCode>0</ResponseCode>"));
    CHECK(Database(server.database()).call_log_count() == 1);

    const ProgramResult s_client = run_command(
        {"openssl", "s_client", "-quiet", "-verify_return_error", "-CAfile",
         directory.authority().certificate(), "-verify_hostname", "localhost", "-connect",
         "127.0.0.1:" + port},
        "GET " + std::string(service_path) + "?WSDL HTTP/1.1\r\nHost: localhost:" + port +
            "\r\nConnection: close\r\n\r\n");
    CHECK(s_client.exit_code == 0);
    CHECK_THAT(s_client.output, Contains("location=\"https://localhost:" + port));
    CHECK_THAT(s_client.output, !Contains("location=\"http://"));
}

TEST_CASE("SIGHUP takes a new certificate, or keeps the old one and says why",
          "[integration][tls]") {
    const TlsDirectory directory;
    ServerProcess server(directory.path(), directory.arguments());
    TlsClient before = directory.connect(server);
    REQUIRE(is_success(before.call(post_sample(Soap::v11))));

    static_cast<void>(directory.authority().issue("server", {{"CN", "renewed"}}));
    server.send_signal(SIGHUP);
    wait_for_log(server, " tls_reloaded certificate=");
    CHECK(directory.connect(server).server_name() == "renewed");

    static_cast<void>(directory.authority().issue("server", {{"CN", "late"}},
                                                  std::chrono::hours(-2), std::chrono::hours(-1)));
    server.send_signal(SIGHUP);
    wait_for_log(server, "tls_not_reloaded detail=\"tls.certificate: " +
                             directory.path("server.pem") + " has expired on");
    CHECK(directory.connect(server).server_name() == "renewed");

    CHECK(is_success(before.call(post_sample(Soap::v11))));
    CHECK(server.stop() == 0);
}

TEST_CASE("Without TLS a stand-in ends with its terminal, production does not",
          "[integration][tls]") {
    const TemporaryDirectory directory;
    {
        ServerProcess stand_in(directory.path());
        stand_in.send_signal(SIGHUP);
        CHECK(stand_in.wait() == 128 + SIGHUP);
    }
    ServerProcess production(directory.path(), {"--mode", "production"});
    production.send_signal(SIGHUP);
    CHECK(production.stop() == 0);
}

TEST_CASE("500 stalled handshakes do not hinder a good client", "[integration][tls]") {
    const TlsDirectory directory;
    ServerProcess server(directory.path(), directory.arguments({"--set", "http.threads=2"}));
    std::vector<std::unique_ptr<HttpClient>> stalled;
    for (int i = 0; i < 500; ++i) {
        stalled.push_back(std::make_unique<HttpClient>(server.port()));
        // Half of them begin a ClientHello that never ends.
        if (i % 2 == 0) REQUIRE(stalled.back()->send("\x16\x03\x01\x02\x01\x01"));
    }
    const auto cpu_before = server.cpu_time();
    const auto begin = std::chrono::steady_clock::now();
    for (int i = 0; i < 20; ++i) {
        CHECK(is_success(directory.connect(server).call(post_sample(Soap::v11))));
    }
    CHECK(std::chrono::steady_clock::now() - begin < std::chrono::seconds(5) * patience);
    CHECK(server.cpu_time() - cpu_before < std::chrono::seconds(1) * patience);
    CHECK(server.stop() == 0);
}

TEST_CASE("A credential that is bound to a subject is as unknown from any other client",
          "[integration][tls][credentials]") {
    const TlsDirectory directory;
    ServerProcess server(directory.path(), [&] {
        auto arguments = directory.arguments_for_clients("optional");
        arguments.insert(arguments.end(), {"--set", "credentials.policy=registered"});
        return arguments;
    }());
    const auto own = directory.authority().issue("ivr", {{"O", "Example, Inc"}, {"CN", "ivr"}});
    const auto other = directory.authority().issue("crm", {{"O", "Example, Inc"}, {"CN", "crm"}});
    const auto call_as = [&](const CertificateFiles& files, const std::string& direct) {
        TlsClient client = directory.connect(server, files);
        return client.call(
            post_sample(Soap::v11, {{"DirectUserNameToken", token(direct)},
                                    {"OriginatingUserNameToken", token("originating")}}));
    };
    const std::string unknown = text_of(call_as(own, "unknown"), "ErrorDescription");
    CHECK(unknown != "");

    // As the option's help says how to find it out.
    const std::string printed = run_command({"openssl", "x509", "-noout", "-subject", "-nameopt",
                                             "RFC2253", "-in", own.certificate})
                                    .output;
    const std::string subject = printed.substr(printed.find('=') + 1, printed.find('\n') - 8);
    CHECK(subject == R"(CN=ivr,O=Example\, Inc)");
    const auto add = [&](std::vector<std::string> arguments, const std::string& token_text) {
        arguments.insert(arguments.begin(), {"credentials", "add", "--label", "x"});
        arguments.insert(arguments.end(), {"--database", server.database()});
        const ProgramResult result = run_program(arguments, token_text);
        INFO(result.errors);
        REQUIRE(result.exit_code == 0);
    };
    add({"--role", "originating"}, "originating");
    add({"--role", "direct"}, "free");
    add({"--role", "direct", "--client-subject", subject}, "bound");
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(2) * patience;
    while (!is_success(call_as(own, "bound"))) {
        REQUIRE(std::chrono::steady_clock::now() < deadline);
    }

    for (const CertificateFiles& files : {other, CertificateFiles{}}) {
        const HttpReply refused = call_as(files, "bound");
        CHECK(text_of(refused, "ErrorCode") == "AuthenticationFailed");
        CHECK(text_of(refused, "ErrorDescription") == unknown);
        CHECK(is_success(call_as(files, "free")));
    }
    CHECK_THAT(run_program({"credentials", "list", "--database", server.database()}).output,
               Contains(subject));
    CHECK_THAT(server.log(), Contains(R"(client_subject="CN=ivr,O=Example\\, Inc")"));
    CHECK(run_program({"credentials", "add", "--role", "direct", "--label", "x", "--client-subject",
                       "", "--database", server.database()},
                      "another")
              .exit_code == 2);
}

TEST_CASE("A start with TLS files of no use fails and names file and setting",
          "[integration][tls][start]") {
    const TlsDirectory directory;
    const auto failed_start = [&](const std::vector<std::string>& settings) {
        std::vector<std::string> arguments{"serve",    "--mode",      "stand-in",
                                           "--listen", "127.0.0.1:0", "--admin-listen",
                                           "",         "--database",  directory.path("a.db")};
        for (const std::string& setting : settings) {
            arguments.insert(arguments.end(), {"--set", setting});
        }
        const ProgramResult result = run_program(arguments);
        CHECK(result.exit_code == 2);
        CHECK(result.output == "");
        CHECK(std::ranges::count(result.errors, '\n') == 1);
        return result.errors;
    };
    const auto files = directory.authority().issue("server");
    const auto other = directory.authority().issue("other");
    const auto expired = directory.authority().issue(
        "expired", {{"CN", "x"}}, std::chrono::hours(-2), std::chrono::hours(-1));
    const std::string encrypted = directory.path("encrypted.key");
    REQUIRE(run_command({"openssl", "pkey", "-in", files.key, "-aes256", "-passout", "pass:secret",
                         "-out", encrypted})
                .exit_code == 0);
    const std::string certificate = "tls.certificate=" + files.certificate;
    const std::string key = "tls.key=" + files.key;

    CHECK_THAT(failed_start({"tls.certificate=/none.pem", key}),
               Contains("tls.certificate: /none.pem can't be used: No such file"));
    CHECK_THAT(failed_start({certificate, "tls.key=" + other.key}),
               Contains("tls.key: " + other.key + " does not belong"));
    CHECK_THAT(failed_start({"tls.certificate=" + expired.certificate, "tls.key=" + expired.key}),
               Contains("tls.certificate: " + expired.certificate + " has expired"));
    CHECK_THAT(failed_start({certificate, "tls.key=" + encrypted}),
               Contains("tls.key: " + encrypted + " is encrypted"));
    CHECK_THAT(failed_start({certificate}), Contains("tls.certificate and tls.key go together"));
    CHECK_THAT(failed_start({key}), Contains("tls.certificate and tls.key go together"));
    CHECK_THAT(failed_start({certificate, key, "tls.client_certificate=required"}),
               Contains("tls.client_certificate and tls.client_ca go together"));
    CHECK_THAT(failed_start({certificate, key, "tls.client_ca=" + files.certificate}),
               Contains("tls.client_certificate and tls.client_ca go together"));
    CHECK_THAT(failed_start({"tls.client_certificate=required", "tls.client_ca=/none.pem"}),
               Contains("tls.client_ca has no effect without"));
}

TEST_CASE("A TLS key that others can read is warned of", "[integration][tls][start]") {
    const TlsDirectory directory;
    const ServerProcess good(directory.path(), directory.arguments());
    CHECK_THAT(good.log(), !Contains("tls_key_exposed"));
    REQUIRE(chmod(directory.path("server.key").c_str(), 0644) == 0);
    const TemporaryDirectory other;
    const ServerProcess exposed(other.path(), directory.arguments());
    CHECK_THAT(exposed.log(), Contains("warning tls_key_exposed detail=\"tls.key: " +
                                       directory.path("server.key")));
}

TEST_CASE("Mode production speaks plain HTTP with this machine only", "[integration][tls][start]") {
    const TlsDirectory directory;
    const auto run = [&](const std::string& command, std::vector<std::string> arguments) {
        arguments.insert(arguments.begin(),
                         {command, "--mode", "production", "--database", directory.path("a.db")});
        return run_program(arguments);
    };
    const std::vector<std::vector<std::string>> open{
        {"--listen", "0.0.0.0:0"},
        {"--listen", "[::]:0"},
        {"--listen", "192.0.2.1:8080"},
        {"--listen", "127.0.0.1:0", "--admin-listen", "0.0.0.0:0"}};
    for (const auto& arguments : open) {
        CAPTURE(arguments);
        for (const char* command : {"serve", "check-config"}) {
            const ProgramResult refused = run(command, arguments);
            CHECK(refused.exit_code == 2);
            CHECK(refused.output == "");
            CHECK_THAT(refused.errors, Contains(arguments.back()) && Contains("listen = ") &&
                                           Contains("tls.certificate") && Contains("tls.key") &&
                                           Contains("tls.terminated_by_proxy = true"));
        }
        std::vector<std::string> with_proxy = arguments;
        with_proxy.insert(with_proxy.end(), {"--set", "tls.terminated_by_proxy=true"});
        CHECK(run("check-config", with_proxy).exit_code == 0);
        CHECK(run("check-config", directory.arguments(arguments)).exit_code == 0);
        CHECK(run("check-config", {"--mode", "stand-in", arguments[0], arguments[1]}).exit_code ==
              0);
    }
    CHECK(run("check-config", {"--listen", "[::1]:0"}).exit_code == 0);
    CHECK(run("check-config", {"--listen", "127.0.0.1:0", "--admin-listen", ""}).exit_code == 0);
}

}  // namespace customercare::test
