#pragma once

#include <array>
#include <cstddef>
#include <memory>
#include <string>
#include <utility>  // <boost/asio> 1.74 uses std::exchange without it.

#include <boost/asio/buffer.hpp>
#include <boost/system/error_code.hpp>

struct ssl_st;

namespace customercare::http {

class TlsContext;

/// One connection's TLS, by OpenSSL on the connection's own non-blocking socket: it does not wait,
/// but says what to wait for. The process must ignore SIGPIPE.
class TlsSession {
public:
    enum class Handshake {
        done,
        wants_read,
        wants_write,
        plain_http,  ///< The client speaks HTTP without TLS; the socket is good for a reply.
        no_client,   ///< The connection was closed before its first byte.
        failed,      ///< failure() says why; the client has been told as far as TLS does.
    };

    TlsSession(const TlsContext& context, int socket);  ///< `socket` must outlive the session.
    ~TlsSession();
    TlsSession(const TlsSession&) = delete;
    TlsSession& operator=(const TlsSession&) = delete;

    Handshake shake_hands();  ///< Again when what it wants has come, until it is done or failed.
    [[nodiscard]] bool is_resumed() const;  ///< With the keys of an earlier connection.
    [[nodiscard]] const std::string& failure() const { return failure_; }
    /// The client certificate's subject as in RFC 2253, e.g. "CN=ivr,O=Example"; "" without one.
    [[nodiscard]] const std::string& client_subject() const { return client_subject_; }

    // As a socket's. Where they would block, wants_write() tells on what.
    std::size_t read_some(boost::asio::mutable_buffer buffer, boost::system::error_code& error);
    std::size_t write_some(const std::array<boost::asio::const_buffer, 2>& buffers,
                           boost::system::error_code& error);
    [[nodiscard]] bool wants_write() const { return wants_write_; }
    /// There is something to read of which the socket knows nothing any more.
    [[nodiscard]] bool has_unread() const;

    void end();  ///< Tells the client that nothing more follows (close_notify).

private:
    boost::system::error_code error_of(int result);

    struct Free {
        void operator()(ssl_st* handle) const noexcept;
    };
    std::unique_ptr<ssl_st, Free> handle_;
    std::string failure_;
    std::string client_subject_;
    bool wants_write_ = false;
    bool broken_ = false;  ///< Of no use any more, not even to say good-bye.
};

}  // namespace customercare::http
