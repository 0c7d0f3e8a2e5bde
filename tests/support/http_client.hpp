#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace customercare::test {

struct HttpReply {
    int status = 0;
    std::map<std::string, std::string> headers;  ///< Names in lower case.
    std::string body;
};

/// One connection to 127.0.0.1, blocking, with nothing between the test and the bytes.
/// Throws std::runtime_error if connecting fails or the server says nothing for a minute.
class HttpClient {
public:
    /// From 127.0.0.`source`: each address has ports for some 28000 connections. `receive_buffer`
    /// as for connect_from().
    explicit HttpClient(std::uint16_t port, std::uint8_t source = 1, int receive_buffer = 0);
    virtual ~HttpClient();
    HttpClient(const HttpClient&) = delete;
    HttpClient& operator=(const HttpClient&) = delete;

    /// Sends all bytes. False if the connection is closed.
    bool send(std::string_view bytes);

    /// The next reply, an interim one (100) included; nullopt if the connection ends before it is
    /// whole. `head`: the request was HEAD, so that there is no body.
    std::optional<HttpReply> receive(bool head = false);

    void end_sending();  ///< The server reads to an end; replies still come.
    void reset();        ///< Ends the connection at once, without a farewell.

    /// send() and receive(); throws if there is no reply.
    HttpReply call(std::string_view request);

protected:
    [[nodiscard]] int socket() const { return socket_; }
    // As the system's send() and recv(): how much, 0 at the end, negative for an error.
    virtual std::ptrdiff_t write_some(std::string_view bytes);
    virtual std::ptrdiff_t read_some(char* buffer, std::size_t size);

private:
    bool receive_more();

    int socket_ = -1;
    std::string received_;
};

/// A connection from 127.0.0.`source`; `receive_buffer` in bytes, 0 for the usual one. Throws
/// std::system_error.
int connect_from(std::uint8_t source, std::uint16_t port, int receive_buffer = 0);

/// call() on a connection of its own.
HttpReply call(std::uint16_t port, std::string_view request);

}  // namespace customercare::test
