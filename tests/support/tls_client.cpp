#include "support/tls_client.hpp"

#include <openssl/err.h>
#include <openssl/ssl.h>

#include <algorithm>
#include <array>
#include <csignal>
#include <stdexcept>

namespace customercare::test {
namespace {

void check(bool good) {
    if (good) return;
    const char* reason = ERR_reason_error_string(ERR_peek_error());
    throw std::runtime_error(reason != nullptr ? reason : "connection ended");
}

std::shared_ptr<SSL_CTX> make_context(const TlsClientOptions& options) {
    ERR_clear_error();
    const std::shared_ptr<SSL_CTX> context(SSL_CTX_new(TLS_client_method()), SSL_CTX_free);
    SSL_CTX* handle = context.get();
    // Also what a server should refuse.
    SSL_CTX_set_security_level(handle, 0);
    SSL_CTX_set_min_proto_version(handle, options.version != 0 ? options.version : TLS1_2_VERSION);
    SSL_CTX_set_max_proto_version(handle, options.version);
    if (!options.ciphers.empty()) {
        check(SSL_CTX_set_cipher_list(handle, options.ciphers.c_str()) == 1);
    }
    SSL_CTX_set_verify(handle, SSL_VERIFY_PEER, nullptr);
    check(SSL_CTX_load_verify_file(handle, options.authority.c_str()) == 1);
    if (!options.own.key.empty()) {
        const CertificateFiles& own = options.own;
        check(SSL_CTX_use_certificate_file(handle, own.certificate.c_str(), SSL_FILETYPE_PEM) == 1);
        check(SSL_CTX_use_PrivateKey_file(handle, own.key.c_str(), SSL_FILETYPE_PEM) == 1);
    }
    return context;
}

}  // namespace

TlsClient::TlsClient(std::uint16_t port, const TlsClientOptions& options)
    : HttpClient(port, 1, options.receive_buffer),
      context_(make_context(options)),
      handle_(SSL_new(context_.get()), SSL_free) {
    std::signal(SIGPIPE, SIG_IGN);  // OpenSSL's sockets can't do without.
    if (options.session) SSL_set_session(handle_.get(), options.session.get());
    check(SSL_set1_host(handle_.get(), "localhost") == 1 &&
          SSL_set_fd(handle_.get(), socket()) == 1 && SSL_connect(handle_.get()) == 1);
}

TlsClient::~TlsClient() { SSL_shutdown(handle_.get()); }

std::string TlsClient::server_name() const {
    std::array<char, 256> name{};
    X509_NAME_get_text_by_NID(X509_get_subject_name(SSL_get0_peer_certificate(handle_.get())),
                              NID_commonName, name.data(), name.size());
    return name.data();
}

std::shared_ptr<SSL_SESSION> TlsClient::session() const {
    return {SSL_get1_session(handle_.get()), SSL_SESSION_free};
}

bool TlsClient::is_ended() {
    char next = 0;
    return read_some(&next, 1) == 0 &&
           (SSL_get_shutdown(handle_.get()) & SSL_RECEIVED_SHUTDOWN) != 0;
}

std::ptrdiff_t TlsClient::write_some(std::string_view bytes) {
    ERR_clear_error();
    return SSL_write(handle_.get(), bytes.data(), static_cast<int>(bytes.size()));
}

std::ptrdiff_t TlsClient::read_some(char* buffer, std::size_t size) {
    ERR_clear_error();
    const int count = SSL_read(handle_.get(), buffer, static_cast<int>(size));
    if (SSL_get_error(handle_.get(), count) == SSL_ERROR_SSL) check(false);
    return std::max(count, 0);
}

}  // namespace customercare::test
