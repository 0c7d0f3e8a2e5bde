#include <sys/socket.h>

#include <array>
#include <catch2/catch.hpp>
#include <cerrno>
#include <future>
#include <memory>
#include <string>

#include "http/server.hpp"
#include "support/certificates.hpp"
#include "support/raw_client.hpp"
#include "support/temporary_directory.hpp"
#include "support/tls_client.hpp"

namespace customercare::http {
namespace {

using namespace std::chrono_literals;
using model::WireFault;

/// A client whose socket the test may look at.
template <typename Client>
class Open : public test::RawClient<Client> {
public:
    using test::RawClient<Client>::RawClient;

    /// What the system says when there is nothing more to read: 0 for an orderly end.
    int last_error() {
        std::array<char, 4096> buffer{};
        ssize_t count = 0;
        do {
            count = ::recv(this->socket(), buffer.data(), buffer.size(), 0);
        } while (count > 0);
        return count < 0 ? errno : 0;
    }
    bool has_bytes() {
        char byte = 0;
        return ::recv(this->socket(), &byte, 1, MSG_PEEK | MSG_DONTWAIT) > 0;
    }
};

/// Answers "0123456789" with the fault that the target names; "/later/..." on another thread.
void answer(const model::HttpRequest& request, const model::HttpRespond& respond) {
    model::HttpReply reply;
    reply.body = "0123456789";
    reply.truncated_after = 4;
    if (request.target.ends_with("reset")) reply.wire_fault = WireFault::reset;
    if (request.target.ends_with("truncated")) reply.wire_fault = WireFault::truncated;
    if (request.target.ends_with("raw")) reply.wire_fault = WireFault::raw;
    if (request.target.ends_with("silence")) reply.wire_fault = WireFault::silence;
    if (!request.target.starts_with("/later")) return respond(std::move(reply));
    std::thread([respond, reply]() mutable { respond(std::move(reply)); }).detach();
}

struct Plain {
    explicit Plain(Options options = {}) : server(with_port(options), answer, [](const auto&) {}) {
        server.start();
    }
    static Options with_port(Options options) {
        options.port = 0;
        options.threads = 2;
        return options;
    }
    [[nodiscard]] std::unique_ptr<Open<test::HttpClient>> connect() const {
        return std::make_unique<Open<test::HttpClient>>(server.port());
    }
    Server server;
};

struct Tls {
    Tls() : server(with_certificate(), answer, [](const auto&) {}) { server.start(); }
    Options with_certificate() const {
        Options options = Plain::with_port({});
        const auto files = authority.issue("server");
        options.tls.certificate = files.certificate;
        options.tls.key = files.key;
        return options;
    }
    [[nodiscard]] std::unique_ptr<Open<test::TlsClient>> connect() const {
        return std::make_unique<Open<test::TlsClient>>(
            server.port(), test::TlsClientOptions{.authority = authority.certificate()});
    }
    test::TemporaryDirectory directory;
    test::CertificateAuthority authority{directory.path()};
    Server server;
};

std::string get(const std::string& target) {
    return "GET " + target + " HTTP/1.1\r\nHost: x\r\n\r\n";
}

}  // namespace

TEMPLATE_TEST_CASE("A reset connection gives no byte and no farewell", "[http][faults]", Plain,
                   Tls) {
    const TestType server;
    const std::string target = GENERATE("/reset", "/later/reset");
    const auto client = server.connect();
    client->call(get("/fine"));
    client->send(get(target));
    CHECK(client->last_error() == ECONNRESET);
}

TEMPLATE_TEST_CASE("A truncated reply promises more than comes", "[http][faults]", Plain, Tls) {
    const TestType server;
    const std::string target = GENERATE("/truncated", "/later/truncated");
    const auto client = server.connect();
    client->send(get(target));
    const std::string all = client->read_all();
    CHECK_THAT(all, Catch::StartsWith("HTTP/1.1 200 OK\r\n") &&
                        Catch::Contains("Content-Length: 10\r\n") &&
                        Catch::EndsWith("\r\n\r\n0123"));
    CHECK_THAT(all, !Catch::Contains("Connection: close"));
}

TEMPLATE_TEST_CASE("A raw reply is its body alone", "[http][faults]", Plain, Tls) {
    const TestType server;
    const auto client = server.connect();
    client->send(get("/raw"));
    CHECK(client->read_all() == "0123456789");
}

TEMPLATE_TEST_CASE("Silence lasts until the client goes, and keeps nobody else waiting",
                   "[http][faults]", Plain, Tls) {
    TestType server;
    const auto silent = server.connect();
    silent->call(get("/fine"));
    silent->send(get("/silence"));
    silent->send(get("/fine"));  // Of no effect.
    for (int i = 0; i < 4; ++i) CHECK(server.connect()->call(get("/fine")).status == 200);
    CHECK_FALSE(silent->has_bytes());
    silent->end_sending();
    CHECK(silent->read_all().empty());
    // Nobody is left whom a stop would have to wait for.
    CHECK(server.server.stop());
}

TEST_CASE("Silence ends with the idle timeout, and with the server", "[http][faults]") {
    Options options;
    const bool stops = GENERATE(false, true);
    if (!stops) options.idle_timeout = 50ms;
    Plain server(options);
    const auto client = server.connect();
    client->send(get("/silence"));
    std::future<bool> stopped;
    if (stops) stopped = std::async(std::launch::async, [&] { return server.server.stop(); });
    CHECK(client->read_all().empty());
    if (stops) CHECK(stopped.get());
}

}  // namespace customercare::http
