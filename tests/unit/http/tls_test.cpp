#include "http/tls.hpp"

#include <fcntl.h>
#include <openssl/ssl.h>
#include <poll.h>
#include <sys/socket.h>

#include <atomic>
#include <catch2/catch.hpp>
#include <condition_variable>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <future>
#include <mutex>
#include <thread>

#include "http/server.hpp"
#include "model/error.hpp"
#include "support/certificates.hpp"
#include "support/temporary_directory.hpp"
#include "support/tls_client.hpp"

namespace customercare::http {
namespace {

using namespace std::chrono_literals;
using Catch::Contains;
using test::CertificateAuthority;
using test::HttpClient;
using test::TlsClient;

/// Says who asked for what.
void echo(const model::HttpRequest& request, const model::HttpRespond& respond) {
    model::HttpReply reply;
    if (request.target == "/big") {
        reply.body.assign(20'000'000, 'x');
    } else {
        reply.body = std::string(request.is_tls ? "tls" : "plain") + " <" +
                     std::string(request.client_subject) + "> " + std::string(request.target) +
                     " " + std::string(request.body);
    }
    respond(std::move(reply));
}

/// A server with a certificate, and what its observer was told.
class TlsServer {
public:
    explicit TlsServer(Options options = {}) : options_(with_certificate(std::move(options))) {
        server_.emplace(options_, echo, [this](const Exchange& exchange) {
            const std::lock_guard lock(mutex_);
            details_.push_back(std::string(exchange.summary->outcome) + ": " +
                               exchange.summary->detail);
            changed_.notify_all();
        });
        server_->start();
    }

    Server* operator->() { return &*server_; }
    [[nodiscard]] const CertificateAuthority& authority() const { return authority_; }
    [[nodiscard]] std::string file(const std::string& name) const { return directory_.path(name); }

    [[nodiscard]] TlsClient connect(test::TlsClientOptions options = {}) const {
        options.authority = authority_.certificate();
        return {server_->port(), options};
    }

    /// Why connecting fails.
    [[nodiscard]] std::string refusal(const test::TlsClientOptions& options) const {
        try {
            // The server's word on the client's certificate comes after TLS 1.3's handshake.
            TlsClient client = connect(options);
            client.call("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
        } catch (const std::runtime_error& error) {
            return error.what();
        }
        return "";
    }

    /// Waits until that many exchanges were observed; "outcome: detail" of the last.
    std::string seen(std::size_t count) {
        std::unique_lock lock(mutex_);
        REQUIRE(changed_.wait_for(lock, 20s, [&] { return details_.size() >= count; }));
        CHECK(details_.size() == count);
        return details_.back();
    }

private:
    Options with_certificate(Options options) const {
        const auto files = authority_.issue("server");
        options.port = 0;
        options.threads = 2;
        options.tls.certificate = files.certificate;
        options.tls.key = files.key;
        if (options.tls.client_certificate != ClientCertificate::none) {
            options.tls.client_ca = authority_.certificate();
        }
        return options;
    }

    test::TemporaryDirectory directory_;
    CertificateAuthority authority_{directory_.path()};
    Options options_;
    std::mutex mutex_;
    std::condition_variable changed_;
    std::vector<std::string> details_;
    std::optional<Server> server_;
};

std::string get(const std::string& target, const std::string& headers = "") {
    return "GET " + target + " HTTP/1.1\r\nHost: x\r\n" + headers + "\r\n";
}

std::string post(const std::string& body, const std::string& headers = "") {
    return "POST /p HTTP/1.1\r\nHost: x\r\n" + headers +
           "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
}

Options with_clients(ClientCertificate wanted) {
    Options options;
    options.tls.client_certificate = wanted;
    return options;
}

}  // namespace

TEST_CASE("TLS 1.2 and 1.3 are spoken, on connections that are kept", "[http][tls]") {
    TlsServer server;
    const int version = GENERATE(TLS1_2_VERSION, TLS1_3_VERSION);
    TlsClient client = server.connect({.version = version});
    CHECK(SSL_version(client.handle()) == version);
    CHECK(SSL_get_current_compression(client.handle()) == nullptr);
    CHECK(client.call(get("/1")).body == "tls <> /1 ");
    CHECK(client.call(post("body")).body == "tls <> /p body");
    CHECK(client.call(get("/3", "Connection: close\r\n")).headers.at("connection") == "close");
    CHECK(client.is_ended());
}

TEST_CASE("Older protocols and ciphers without forward secrecy are refused", "[http][tls]") {
    TlsServer server;
    CHECK_THAT(server.refusal({.version = TLS1_1_VERSION}), Contains("alert protocol version"));
    CHECK(server.seen(1) == "handshake_failed: TLS handshake: unsupported protocol");
    for (const char* ciphers : {"AES128-GCM-SHA256", "ECDHE-ECDSA-AES128-SHA256", "NULL"}) {
        CAPTURE(ciphers);
        CHECK_THAT(server.refusal({.version = TLS1_2_VERSION, .ciphers = ciphers}),
                   Contains("alert handshake failure") || Contains("no cipher"));
    }
    CHECK(server.refusal({.version = TLS1_2_VERSION, .ciphers = "ECDHE-ECDSA-AES128-GCM-SHA256"}) ==
          "");
}

TEST_CASE("tls.min_version 1.3 refuses TLS 1.2", "[http][tls]") {
    Options options;
    options.tls.min_version = TlsVersion::tls_1_3;
    TlsServer server(options);
    CHECK_THAT(server.refusal({.version = TLS1_2_VERSION}), Contains("alert protocol version"));
    CHECK(server.refusal({.version = TLS1_3_VERSION}) == "");
}

TEST_CASE("A client can't renegotiate", "[http][tls]") {
    TlsServer server;
    TlsClient client = server.connect({.version = TLS1_2_VERSION});
    CHECK(client.call(get("/1")).status == 200);
    SSL_renegotiate(client.handle());
    CHECK(SSL_do_handshake(client.handle()) != 1);
}

TEST_CASE("Large messages go both ways through TLS whole", "[http][tls]") {
    TlsServer server;
    const int version = GENERATE(TLS1_2_VERSION, TLS1_3_VERSION);
    TlsClient client = server.connect({.version = version});
    std::string body;
    while (body.size() < 4'000'000) body += std::to_string(body.size()) + " ";
    CHECK(client.call(post(body)).body == "tls <> /p " + body);

    // Five replies of 20 MB in a row, while nobody reads: the server has to wait, and to go on
    // where it was.
    std::string requests;
    for (int i = 0; i < 5; ++i) requests += get("/big");
    client.send(requests);
    for (int i = 0; i < 5; ++i) CHECK(client.receive()->body == std::string(20'000'000, 'x'));
    CHECK(client.call(get("/after")).body == "tls <> /after ");
}

TEST_CASE("Many requests in one TLS record are all answered", "[http][tls]") {
    Options options;
    options.max_header_bytes = 1024;
    TlsServer server(options);
    TlsClient client = server.connect();
    std::string requests;
    for (int i = 0; i < 100; ++i)
        requests += get("/" + std::to_string(i), "X: " + std::string(100, 'x') + "\r\n");
    REQUIRE(requests.size() < SSL3_RT_MAX_PLAIN_LENGTH);
    client.send(requests);
    for (int i = 0; i < 100; ++i) {
        CHECK(client.receive()->body == "tls <> /" + std::to_string(i) + " ");
    }
}

TEST_CASE("A request may come in records of one byte, with key updates between", "[http][tls]") {
    TlsServer server;
    TlsClient client = server.connect({.version = TLS1_3_VERSION});
    for (const char c : post("body")) {
        REQUIRE(SSL_key_update(client.handle(), SSL_KEY_UPDATE_REQUESTED) == 1);
        REQUIRE(client.send({&c, 1}));
    }
    CHECK(client.receive()->body == "tls <> /p body");
}

TEST_CASE("Key updates of a client that takes no answer keep nobody busy", "[http][tls]") {
    Options options;
    options.request_timeout = 2s;
    options.write_timeout = 50ms;
    TlsServer server(options);
    constexpr int small = 4'096;
    TlsClient client = server.connect({.version = TLS1_3_VERSION, .receive_buffer = small});
    client.send("GET");
    // Each update has to be answered with one, until neither side can send any more; on a slow
    // machine the deadline comes first.
    pollfd writable{.fd = SSL_get_fd(client.handle()), .events = POLLOUT};
    REQUIRE(setsockopt(writable.fd, SOL_SOCKET, SO_SNDBUF, &small, sizeof small) == 0);
    REQUIRE(fcntl(writable.fd, F_SETFL, O_NONBLOCK) == 0);
    do {
        SSL_key_update(client.handle(), SSL_KEY_UPDATE_REQUESTED);
    } while (SSL_do_handshake(client.handle()) == 1 && poll(&writable, 1, 200) == 1);
    const std::clock_t used = std::clock();
    CHECK_THAT(server.seen(1), Contains("http.request_timeout"));
    CHECK(std::clock() - used < CLOCKS_PER_SEC / 5);
}

TEST_CASE("A client that expects 100 Continue gets it through TLS", "[http][tls]") {
    TlsServer server;
    TlsClient client = server.connect();
    const std::string whole = post("body", "Expect: 100-continue\r\n");
    client.send(whole.substr(0, whole.size() - 4));
    CHECK(client.receive()->status == 100);
    CHECK(client.call("body").body == "tls <> /p body");
}

TEST_CASE("A refusal is read to its end, and then told to be the last", "[http][tls]") {
    TlsServer server;
    TlsClient client = server.connect();
    client.send("nonsense\r\n\r\n" + std::string(100'000, 'x'));
    CHECK(client.receive()->status == 400);
    CHECK(client.is_ended());
}

TEST_CASE("Plain HTTP on a TLS port is told so and closed", "[http][tls]") {
    TlsServer server;
    for (const std::string& request : {get("/"), post("body")}) {
        HttpClient client(server->port());
        const auto reply = client.call(request);
        CHECK(reply.status == 400);
        CHECK_THAT(reply.body, Contains("HTTPS"));
        CHECK(reply.headers.at("connection") == "close");
        CHECK_FALSE(client.receive());
    }
    CHECK_THAT(server.seen(2), Contains("refused: This port speaks HTTPS"));
}

TEST_CASE("What is neither TLS nor HTTP is closed", "[http][tls]") {
    TlsServer server;
    struct Client : HttpClient {
        using HttpClient::HttpClient;
        using HttpClient::read_some;
    } client(server->port());
    client.send(std::string(1000, '\x01'));
    char next = 0;
    CHECK(client.read_some(&next, 1) == 0);  // And not reset, which could overtake an alert.
    CHECK(server.seen(1) == "handshake_failed: TLS handshake: wrong version number");
}

TEST_CASE("One who connects and goes without a byte is not worth a word", "[http][tls]") {
    TlsServer server;
    { const HttpClient probe(server->port()); }
    CHECK(server.connect().call(get("/")).status == 200);
    CHECK(server.seen(1) == ": ");
}

TEST_CASE("A handshake has a deadline of its own", "[http][tls]") {
    Options options;
    options.tls.handshake_timeout = 50ms;
    TlsServer server(options);
    const std::string begun = GENERATE("", "\x16\x03\x01\x02");
    HttpClient client(server->port());
    client.send(begun);
    CHECK_FALSE(client.receive());
    CHECK_THAT(server.seen(1), Contains("tls.handshake_timeout_ms"));
}

TEST_CASE("An idle connection is ended as TLS wants it", "[http][tls]") {
    Options options;
    options.idle_timeout = 50ms;
    TlsServer server(options);
    TlsClient client = server.connect();
    CHECK(client.is_ended());
}

TEST_CASE("A TLS connection too many is closed", "[http][tls]") {
    Options options;
    options.max_connections = 1;
    TlsServer server(options);
    TlsClient first = server.connect();
    CHECK(first.call(get("/")).status == 200);
    CHECK(server.refusal({}) != "");
    CHECK_THAT(server.seen(2), Contains("abandoned") && Contains("http.max_connections"));
    CHECK(first.call(get("/")).status == 200);
}

TEST_CASE("At stop a request over TLS that has begun is answered", "[http][tls]") {
    Options options;
    options.tls.handshake_timeout = 1h;
    TlsServer server(options);
    const HttpClient silent(server->port());
    TlsClient idle = server.connect();
    TlsClient client = server.connect();
    const std::string whole = post("body", "Expect: 100-continue\r\n");
    client.send(whole.substr(0, whole.size() - 4));
    CHECK(client.receive()->status == 100);
    const auto begin = std::chrono::steady_clock::now();
    auto stopped = std::async(std::launch::async, [&] { return server->stop(); });
    CHECK(idle.is_ended());
    const auto reply = client.call("body");
    CHECK(reply.headers.at("connection") == "close");
    CHECK(client.is_ended());
    CHECK(stopped.get());
    CHECK(std::chrono::steady_clock::now() - begin < 5s);
}

TEST_CASE("A session is resumed, unless clients have to prove who they are", "[http][tls]") {
    const int version = GENERATE(TLS1_2_VERSION, TLS1_3_VERSION);
    const auto wanted = GENERATE(ClientCertificate::none, ClientCertificate::optional);
    TlsServer server(with_clients(wanted));
    std::shared_ptr<SSL_SESSION> session;
    {
        TlsClient first = server.connect({.version = version});
        CHECK(first.call(get("/")).status == 200);  // TLS 1.3 has the session only now.
        session = first.session();
    }
    CHECK((SSL_SESSION_is_resumable(session.get()) == 1) == (wanted == ClientCertificate::none));
    TlsClient second = server.connect({.version = version, .session = session});
    CHECK(second.call(get("/")).status == 200);
    CHECK(SSL_session_reused(second.handle()) == (wanted == ClientCertificate::none ? 1 : 0));
}

TEST_CASE("A client's certificate is asked for, judged and handed on", "[http][tls]") {
    const int version = GENERATE(TLS1_2_VERSION, TLS1_3_VERSION);
    const auto wanted =
        GENERATE(ClientCertificate::none, ClientCertificate::optional, ClientCertificate::required);
    TlsServer server(with_clients(wanted));
    const auto options = [&](test::CertificateFiles own) {
        return test::TlsClientOptions{.own = std::move(own), .version = version};
    };
    const test::Subject subject{{"C", "US"}, {"O", "Example, Inc"}, {"CN", "ivr \xC3\xA9+1"}};
    TlsClient good = server.connect(options(server.authority().issue("client", subject)));
    const std::string body = good.call(get("/")).body;
    const std::string without = server.refusal(options({}));
    const CertificateAuthority foreign(server.file(""), "foreign");
    const std::string with_foreign = server.refusal(options(foreign.issue("foreign", subject)));
    const std::string with_expired = server.refusal(
        options(server.authority().issue("expired", subject, std::chrono::hours(-2), -1h)));
    if (wanted == ClientCertificate::none) {
        CHECK(body == "tls <> / ");
        CHECK(without == "");
        CHECK(with_foreign == "");
        return;
    }
    CHECK(body == R"(tls <CN=ivr \C3\A9\+1,O=Example\, Inc,C=US> / )");
    CHECK_THAT(with_foreign, Contains("alert unknown ca"));
    CHECK_THAT(with_expired, Contains("alert certificate expired"));
    if (wanted == ClientCertificate::optional) {
        CHECK(without == "");
    } else {
        CHECK_THAT(without,
                   Contains("alert certificate required") || Contains("alert handshake failure"));
    }
    CHECK_THAT(server.seen(4), Contains("handshake_failed: TLS handshake: certificate verify "
                                        "failed: certificate has expired"));
}

TEST_CASE("New files count for new handshakes, and connections stay", "[http][tls]") {
    TlsServer server;
    TlsClient before = server.connect();
    static_cast<void>(server.authority().issue("server", {{"CN", "renewed"}}));
    CHECK(server.connect().server_name() == "localhost");
    server->reload_tls();
    CHECK(server.connect().server_name() == "renewed");
    CHECK(before.call(get("/")).status == 200);

    std::ofstream(server.file("server.pem")) << "rubbish";
    CHECK_THROWS_WITH(server->reload_tls(), Contains("tls.certificate"));
    CHECK(server.connect().server_name() == "renewed");
}

TEST_CASE("Reloading does not disturb the handshakes that go on meanwhile", "[http][tls]") {
    TlsServer server;
    std::atomic<bool> done{false};
    std::thread reloading([&] {
        while (!done) server->reload_tls();
    });
    for (int i = 0; i < 50; ++i) CHECK(server.connect().call(get("/")).status == 200);
    done = true;
    reloading.join();
}

TEST_CASE("Files that are of no use are refused by name and setting", "[http][tls]") {
    const test::TemporaryDirectory directory;
    const CertificateAuthority authority(directory.path());
    const auto files = authority.issue("server");
    const auto other = authority.issue("other");
    const auto expired = authority.issue("expired", {{"CN", "x"}}, -2h, -1h);
    const auto early = authority.issue("early", {{"CN", "x"}}, 1h, 2h);
    const std::string rubbish = directory.path("rubbish.pem");
    std::ofstream(rubbish) << "-----BEGIN CERTIFICATE-----\nrubbish\n";
    const std::string empty = directory.path("empty.pem");
    std::ofstream(empty) << "";
    const std::string missing = directory.path("missing.pem");
    const std::string folder = directory.path();

    const auto refusal = [&](TlsOptions tls) {
        if (!tls.client_ca.empty()) tls.client_certificate = ClientCertificate::required;
        Options options;
        options.port = 0;
        options.tls = std::move(tls);
        try {
            const Server server(options, echo, [](const Exchange&) {});
        } catch (const model::ServiceError& error) {
            CHECK(error.code() == model::ErrorCode::usage);
            return std::string(error.what());
        }
        return std::string("none");
    };
    CHECK(refusal({.certificate = files.certificate, .key = files.key}) == "none");
    for (const std::string& path : {rubbish, empty, missing, folder, files.key}) {
        CAPTURE(path);
        CHECK_THAT(refusal({.certificate = path, .key = files.key}),
                   Contains("tls.certificate: " + path + " can't be used: "));
    }
    for (const std::string& path : {rubbish, empty, missing, folder, files.certificate}) {
        CAPTURE(path);
        CHECK_THAT(refusal({.certificate = files.certificate, .key = path}),
                   Contains("tls.key: " + path + " can't be used: "));
    }
    for (const std::string& path : {rubbish, empty, missing, folder, files.key}) {
        CAPTURE(path);
        CHECK_THAT(refusal({.certificate = files.certificate, .key = files.key, .client_ca = path}),
                   Contains("tls.client_ca: " + path + " can't be used: "));
    }
    CHECK_THAT(refusal({.certificate = missing, .key = files.key}), Contains("No such file"));
    CHECK_THAT(refusal({.certificate = files.certificate, .key = other.key}),
               Contains("tls.key: " + other.key + " does not belong to the certificate " +
                        files.certificate + " (tls.certificate)"));
    CHECK_THAT(refusal({.certificate = expired.certificate, .key = expired.key}),
               Contains("tls.certificate: " + expired.certificate + " has expired on 20"));
    CHECK_THAT(refusal({.certificate = early.certificate, .key = early.key}),
               Contains("tls.certificate: " + early.certificate + " is not valid before 20"));
}

TEST_CASE("Addresses that other machines reach are told from those they don't", "[http][tls]") {
    for (const char* address : {"0.0.0.0", "::", "192.168.1.2", "::ffff:10.0.0.1", "fe80::1"}) {
        CAPTURE(address);
        CHECK(is_open_to_others(address));
    }
    for (const char* address : {"127.0.0.1", "127.1.2.3", "::1", "::ffff:127.0.0.1", "nonsense"}) {
        CAPTURE(address);
        CHECK_FALSE(is_open_to_others(address));
    }
}

}  // namespace customercare::http
