#include "http/tls_context.hpp"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>

#include <array>
#include <ctime>
#include <new>
#include <system_error>
#include <utility>

#include "model/error.hpp"

namespace customercare::http {

namespace {

using Context = std::shared_ptr<SSL_CTX>;

/// Of TLS 1.2: forward secret and authenticated ones, which every client since about 2014 has. Of
/// TLS 1.3 all are.
constexpr const char* cipher_list = "ECDHE+AESGCM:ECDHE+CHACHA20";

// Sessions to resume.
constexpr long max_sessions = 10'000;
constexpr long session_lifetime_s = 3600;

template <auto function>
struct Free {
    template <typename Handle>
    void operator()(Handle* handle) const noexcept {
        function(handle);
    }
};

[[noreturn]] void refuse(const std::string& setting, const std::string& path,
                         const std::string& why) {
    throw model::ServiceError(model::ErrorCode::usage, setting + ": " + path + " " + why);
}

/// With OpenSSL's reason.
[[noreturn]] void refuse(const std::string& setting, const std::string& path) {
    const unsigned long error = ERR_peek_error();
    const char* reason = ERR_reason_error_string(error);
    refuse(setting, path,
           "can't be used: " + (ERR_SYSTEM_ERROR(error)
                                    ? std::generic_category().message(ERR_GET_REASON(error))
                                : reason != nullptr ? reason
                                                    : "it is empty"));
}

/// For what fails only if memory does.
void check(bool good) {
    if (!good) throw std::bad_alloc();
}

Context make_context(const TlsOptions& options) {
    Context context(SSL_CTX_new(TLS_server_method()), SSL_CTX_free);
    check(context != nullptr);
    SSL_CTX* handle = context.get();
    check(SSL_CTX_set_min_proto_version(handle, options.min_version == TlsVersion::tls_1_3
                                                    ? TLS1_3_VERSION
                                                    : TLS1_2_VERSION) == 1);
    SSL_CTX_set_security_level(handle, 2);  // RSA from 2048 bits, no SHA-1.
    check(SSL_CTX_set_cipher_list(handle, cipher_list) == 1);
    // Without close_notify nothing is lost: HTTP tells where a message ends.
    SSL_CTX_set_options(handle, SSL_OP_NO_COMPRESSION | SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_TICKET |
                                    SSL_OP_IGNORE_UNEXPECTED_EOF);
    SSL_CTX_set_mode(handle, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER |
                                 SSL_MODE_RELEASE_BUFFERS);
    // One client's key updates, however many, are not to be read in one go.
    SSL_CTX_clear_mode(handle, SSL_MODE_AUTO_RETRY);
    return context;
}

/// Sessions are kept here and not in tickets, whose key would live as long as the process and
/// decrypt what was recorded of TLS 1.2.
void allow_resumption(SSL_CTX* handle) {
    SSL_CTX_set_session_cache_mode(handle, SSL_SESS_CACHE_SERVER);
    SSL_CTX_sess_set_cache_size(handle, max_sessions);
    SSL_CTX_set_timeout(handle, session_lifetime_s);
    check(SSL_CTX_set_num_tickets(handle, 1) == 1);
}

void forbid_resumption(SSL_CTX* handle) {
    SSL_CTX_set_session_cache_mode(handle, SSL_SESS_CACHE_OFF);
    check(SSL_CTX_set_num_tickets(handle, 0) == 1);
}

std::string text_of(const ASN1_TIME* time) {
    std::tm parts{};
    check(ASN1_TIME_to_tm(time, &parts) == 1);
    std::array<char, 32> text{};
    std::strftime(text.data(), text.size(), "%Y-%m-%dT%H:%M:%SZ", &parts);
    return text.data();
}

void use_certificate(SSL_CTX* handle, const std::string& path) {
    if (SSL_CTX_use_certificate_chain_file(handle, path.c_str()) != 1) {
        refuse("tls.certificate", path);
    }
    const X509* certificate = SSL_CTX_get0_certificate(handle);
    const ASN1_TIME* begin = X509_get0_notBefore(certificate);
    const ASN1_TIME* end = X509_get0_notAfter(certificate);
    if (X509_cmp_current_time(end) < 0) {
        refuse("tls.certificate", path, "has expired on " + text_of(end));
    }
    if (X509_cmp_current_time(begin) > 0) {
        refuse("tls.certificate", path, "is not valid before " + text_of(begin));
    }
}

void use_key(SSL_CTX* handle, const TlsOptions& options) {
    const std::unique_ptr<BIO, Free<BIO_free>> file(BIO_new_file(options.key.c_str(), "r"));
    if (!file) refuse("tls.key", options.key);
    bool is_encrypted = false;
    const auto passphrase = [](char*, int, int, void* asked) {
        *static_cast<bool*>(asked) = true;
        return -1;
    };
    const std::unique_ptr<EVP_PKEY, Free<EVP_PKEY_free>> key(
        PEM_read_bio_PrivateKey(file.get(), nullptr, passphrase, &is_encrypted));
    if (is_encrypted) refuse("tls.key", options.key, "is encrypted; use one without passphrase");
    if (!key) refuse("tls.key", options.key);
    if (X509_check_private_key(SSL_CTX_get0_certificate(handle), key.get()) != 1) {
        refuse("tls.key", options.key,
               "does not belong to the certificate " + options.certificate + " (tls.certificate)");
    }
    if (SSL_CTX_use_PrivateKey(handle, key.get()) != 1) refuse("tls.key", options.key);
}

void demand_client_certificate(SSL_CTX* handle, const TlsOptions& options) {
    const std::string& path = options.client_ca;
    STACK_OF(X509_NAME)* names = SSL_load_client_CA_file(path.c_str());
    if (names == nullptr) refuse("tls.client_ca", path);
    SSL_CTX_set_client_CA_list(handle, names);  // Owns them now.
    if (SSL_CTX_load_verify_file(handle, path.c_str()) != 1) refuse("tls.client_ca", path);
    const bool is_required = options.client_certificate == ClientCertificate::required;
    SSL_CTX_set_verify(
        handle, SSL_VERIFY_PEER | (is_required ? SSL_VERIFY_FAIL_IF_NO_PEER_CERT : 0), nullptr);
}

Context load(const TlsOptions& options) {
    ERR_clear_error();
    Context context = make_context(options);
    use_certificate(context.get(), options.certificate);
    use_key(context.get(), options);
    if (options.client_certificate == ClientCertificate::none) {
        allow_resumption(context.get());
    } else {
        demand_client_certificate(context.get(), options);
        forbid_resumption(context.get());  // It would not look at the certificate again.
    }
    return context;
}

}  // namespace

TlsContext::TlsContext(TlsOptions options)
    : options_(std::move(options)), current_(load(options_)) {}

void TlsContext::reload() { std::atomic_store(&current_, load(options_)); }

std::string TlsContext::certificate_expiry() const {
    return text_of(X509_get0_notAfter(SSL_CTX_get0_certificate(current().get())));
}

}  // namespace customercare::http
