#include "http/tls.hpp"

#include <openssl/err.h>
#include <openssl/ssl.h>

#include <new>

#include <boost/asio/error.hpp>

#include "http/tls_context.hpp"

namespace customercare::http {

namespace asio = boost::asio;
using boost::system::error_code;

namespace {

struct FreeBio {
    void operator()(BIO* bio) const noexcept { BIO_free(bio); }
};

/// Of the client's certificate, without which there would be no handshake if it was not good; "" if
/// there is none.
std::string subject_of_client(const SSL* handle) {
    const X509* certificate = SSL_get0_peer_certificate(handle);
    if (certificate == nullptr) return {};
    const std::unique_ptr<BIO, FreeBio> text(BIO_new(BIO_s_mem()));
    if (!text || X509_NAME_print_ex(text.get(), X509_get_subject_name(certificate), 0,
                                    XN_FLAG_RFC2253) < 0) {
        throw std::bad_alloc();
    }
    const char* data = nullptr;
    const long size = BIO_get_mem_data(text.get(), &data);
    return {data, static_cast<std::size_t>(size)};
}

/// Why a handshake failed, in OpenSSL's fixed words; nothing of what the client sent.
std::string explain_failure(const SSL* handle) {
    const char* reason = ERR_reason_error_string(ERR_peek_error());
    if (reason == nullptr) return "The client closed the connection in the TLS handshake.";
    std::string text = std::string("TLS handshake: ") + reason;
    if (const long result = SSL_get_verify_result(handle); result != X509_V_OK) {
        text += std::string(": ") + X509_verify_cert_error_string(result);
    }
    return text;
}

}  // namespace

void TlsSession::Free::operator()(ssl_st* handle) const noexcept { SSL_free(handle); }

TlsSession::TlsSession(const TlsContext& context, int socket)
    : handle_(SSL_new(context.current().get())) {
    if (!handle_ || SSL_set_fd(handle_.get(), socket) != 1) throw std::bad_alloc();
}

TlsSession::~TlsSession() = default;

TlsSession::Handshake TlsSession::shake_hands() {
    ERR_clear_error();
    const int result = SSL_accept(handle_.get());
    if (result == 1) {
        client_subject_ = subject_of_client(handle_.get());
        return Handshake::done;
    }
    const int kind = SSL_get_error(handle_.get(), result);
    if (kind == SSL_ERROR_WANT_READ) return Handshake::wants_read;
    if (kind == SSL_ERROR_WANT_WRITE) return Handshake::wants_write;
    broken_ = true;
    if (BIO_number_read(SSL_get_rbio(handle_.get())) == 0) return Handshake::no_client;
    const int reason = ERR_GET_REASON(ERR_peek_error());
    if (reason == SSL_R_HTTP_REQUEST || reason == SSL_R_HTTPS_PROXY_REQUEST) {
        return Handshake::plain_http;
    }
    failure_ = explain_failure(handle_.get());
    return Handshake::failed;
}

bool TlsSession::is_resumed() const { return SSL_session_reused(handle_.get()) != 0; }

std::size_t TlsSession::read_some(asio::mutable_buffer buffer, error_code& error) {
    ERR_clear_error();
    std::size_t size = 0;
    error = error_of(SSL_read_ex(handle_.get(), buffer.data(), buffer.size(), &size));
    return size;
}

std::size_t TlsSession::write_some(const std::array<asio::const_buffer, 2>& buffers,
                                   error_code& error) {
    // A reply's head and body in one record. After a write that would block OpenSSL wants the same
    // bytes again, and gets them: the caller goes on where the last success ended.
    std::array<char, SSL3_RT_MAX_PLAIN_LENGTH> record;
    const std::size_t size = asio::buffer_copy(asio::buffer(record), buffers);
    ERR_clear_error();
    std::size_t written = 0;
    error = error_of(SSL_write_ex(handle_.get(), record.data(), size, &written));
    return written;
}

/// Of a read or write. What is wrong with a client's TLS does not matter: its connection ends.
error_code TlsSession::error_of(int result) {
    const int kind = SSL_get_error(handle_.get(), result);
    wants_write_ = kind == SSL_ERROR_WANT_WRITE;
    switch (kind) {
        case SSL_ERROR_NONE:
            return {};
        case SSL_ERROR_WANT_READ:
        case SSL_ERROR_WANT_WRITE:
            return asio::error::would_block;
        case SSL_ERROR_ZERO_RETURN:
            return asio::error::eof;
        default:
            broken_ = true;
            return asio::error::connection_aborted;
    }
}

bool TlsSession::has_unread() const { return SSL_pending(handle_.get()) > 0; }

void TlsSession::end() {
    if (broken_ || SSL_in_init(handle_.get()) != 0) return;
    ERR_clear_error();
    SSL_shutdown(handle_.get());  // One who does not hear it any more has missed nothing.
}

}  // namespace customercare::http
