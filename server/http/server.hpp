#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "model/http_message.hpp"

namespace customercare::http {

enum class TlsVersion { tls_1_2, tls_1_3 };
enum class ClientCertificate { none, optional, required };

struct TlsOptions {
    std::string certificate;  ///< PEM file, the server's first, then its issuers; "": no TLS.
    std::string key;          ///< PEM file.
    TlsVersion min_version = TlsVersion::tls_1_2;
    ClientCertificate client_certificate = ClientCertificate::none;
    std::string client_ca;  ///< PEM file with the CAs of client certificates.
    std::chrono::milliseconds handshake_timeout{10'000};

    [[nodiscard]] bool is_on() const { return !certificate.empty(); }
};

struct Options {
    std::string address = "127.0.0.1";    ///< An IP address.
    std::uint16_t port = 8080;            ///< 0: any free one.
    std::string setting = "http.listen";  ///< Where the two come from, for the error text.
    int socket = -1;                      ///< One that listens already: see take_listener().
    TlsOptions tls;
    std::size_t threads = 0;                     ///< 0: as many as there are cores.
    std::size_t max_connections = 10'000;        ///< More are answered 503 and closed.
    std::size_t max_header_bytes = 16'384;       ///< Request line and headers; over it: 431.
    std::size_t max_body_bytes = 4'194'304;      ///< Over it the handler is told body_too_long.
    std::size_t max_request_bytes = 30'000'000;  ///< Over it: 413 without asking the handler.
    /// Held for requests and replies in flight; over it the handler is told no_room.
    std::size_t max_inflight_bytes = 134'217'728;
    std::chrono::milliseconds request_timeout{30'000};  ///< Whole request, from its first byte.
    std::chrono::milliseconds idle_timeout{120'000};    ///< Between requests of a connection.
    std::chrono::milliseconds write_timeout{30'000};    ///< Until a reply is taken by the client.
    std::chrono::milliseconds drain_timeout{10'000};    ///< For what is in flight at stop.
};

/// What happened in one exchange, for the log: also for requests that never reached the handler.
struct Exchange {
    std::uint64_t request_id = 0;        ///< HttpRequest::id.
    std::string_view client_request_id;  ///< As in HttpRequest,
    model::TraceContext trace;           ///< likewise.
    std::string_view method;             ///< Views are valid during the call only.
    std::string_view target;
    std::string_view peer;
    std::string_view client_subject;  ///< As in HttpRequest.
    unsigned status = 0;              ///< 0: the connection ended without a reply.
    std::size_t request_bytes = 0;    ///< Of the body.
    std::size_t reply_bytes = 0;      ///< Of the body.
    /// From the request's first byte to the reply's handing over to the socket.
    std::chrono::microseconds duration{0};
    model::ExchangeTimes times;
    bool reached_handler = false;
    const model::ExchangeSummary* summary = nullptr;  ///< Never null.
};
/// Told once of every exchange, on the connection's thread; must not throw. Beyond the handler's
/// own outcomes there are "refused" (by http/ itself), "abandoned" (no reply; status 0), "failed"
/// (the handler threw or gave no reply) and "handshake_failed" (of TLS; status 0).
using Observer = std::function<void(const Exchange&)>;

/// What a server has done since its start, and has in hand.
struct Statistics {
    std::size_t connections = 0;
    std::size_t inflight_bytes = 0;  ///< See Options::max_inflight_bytes.
    std::uint64_t accepted = 0;      ///< Connections, those that were
    std::uint64_t turned_away = 0;   ///< over max_connections included.
    std::uint64_t full_handshakes = 0;
    std::uint64_t resumed_handshakes = 0;
    std::uint64_t failed_handshakes = 0;
};

/// An HTTP/1.1 server ([RFC9110], [RFC9112]): whole messages only. Nothing reaches the handler
/// before its last byte is here. Threads each have a loop of their own; a connection stays with
/// one.
class Server {
public:
    /// Binds and listens. Throws ServiceError{usage}: address in use, no permission, not an
    /// address; the text names address and port. Likewise for the files of options.tls; the text
    /// names file and setting. With TLS the process must ignore SIGPIPE. `handler` and `observer`
    /// are called from several threads.
    Server(Options options, model::HttpHandler handler, Observer observer);
    ~Server();
    Server(const Server&) = delete;
    Server& operator=(const Server&) = delete;

    [[nodiscard]] std::string address() const;  ///< As bound, e.g. "127.0.0.1".
    [[nodiscard]] std::uint16_t port() const;   ///< As bound.
    /// The option's value, or less if the limit of open files, which is raised as far as the
    /// process may, leaves no room for so many.
    [[nodiscard]] std::size_t max_connections() const;

    /// With TLS only: reads certificate, key and CAs anew. Handshakes that begin afterwards get the
    /// new ones, connections stay. Throws as the constructor does; the old ones then stay in force.
    void reload_tls();
    [[nodiscard]] std::string certificate_expiry() const;  ///< "2027-01-31T00:00:00Z"

    /// Before start(): `beat` is called each `interval` as long as no thread hangs, from one of
    /// them, and not any more from stop() on.
    void report_life(std::chrono::microseconds interval, std::function<void()> beat);
    [[nodiscard]] Statistics statistics() const;

    void start();  ///< Starts the threads and returns.
    /// Stops accepting, answers what is in flight (replies then say Connection: close), closes idle
    /// connections, and returns when all are gone or drain_timeout is over. True if all were
    /// answered.
    bool stop();

private:
    class Impl;
    std::unique_ptr<Impl> impl_;
};

/// True if other machines can reach what listens on that IP address.
[[nodiscard]] bool is_open_to_others(const std::string& address);

}  // namespace customercare::http
