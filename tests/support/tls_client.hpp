#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>

#include "support/certificates.hpp"
#include "support/http_client.hpp"

struct ssl_st;
struct ssl_ctx_st;
struct ssl_session_st;

namespace customercare::test {

struct TlsClientOptions {
    std::string authority;  ///< File with the certificate that the server's must come from.
    CertificateFiles own{};
    int version = 0;        ///< OpenSSL's number of the only one to speak; 0: 1.2 and 1.3.
    std::string ciphers{};  ///< Of TLS 1.2; "": OpenSSL's own list.
    std::shared_ptr<ssl_session_st> session{};  ///< To go on with.
    int receive_buffer = 0;                     ///< Bytes; 0: the usual one.
};

/// A connection through TLS that believes nobody but the authority. What TLS finds wrong is thrown
/// as std::runtime_error, in OpenSSL's words.
class TlsClient : public HttpClient {
public:
    TlsClient(std::uint16_t port, const TlsClientOptions& options);
    ~TlsClient() override;

    [[nodiscard]] ssl_st* handle() const { return handle_.get(); }
    [[nodiscard]] std::string server_name() const;  ///< CN of the server's certificate.
    [[nodiscard]] std::shared_ptr<ssl_session_st> session() const;
    /// True if the server has said that nothing more follows, without a further byte before it.
    [[nodiscard]] bool is_ended();

protected:
    std::ptrdiff_t write_some(std::string_view bytes) override;
    std::ptrdiff_t read_some(char* buffer, std::size_t size) override;

private:
    std::shared_ptr<ssl_ctx_st> context_;
    std::shared_ptr<ssl_st> handle_;
};

}  // namespace customercare::test
