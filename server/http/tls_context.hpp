#pragma once

#include <atomic>
#include <memory>
#include <string>

#include "http/server.hpp"

struct ssl_ctx_st;

namespace customercare::http {

/// What the TLS of all connections has in common: protocol, certificate, key and client CAs.
class TlsContext {
public:
    /// Throws ServiceError{usage} naming setting and file: a file is missing, unreadable or of
    /// another kind, the certificate is expired or not yet valid, the key belongs to another one.
    explicit TlsContext(TlsOptions options);

    /// Reads the files anew. Handshakes that begin afterwards get the new ones. Throws as the
    /// constructor does; the old ones then stay. May be called while other threads use this.
    void reload();

    [[nodiscard]] std::shared_ptr<ssl_ctx_st> current() const {
        return std::atomic_load(&current_);
    }
    [[nodiscard]] std::string certificate_expiry() const;  ///< "2027-01-31T00:00:00Z"

private:
    TlsOptions options_;
    std::shared_ptr<ssl_ctx_st> current_;  // Read and replaced by std::atomic_*.
};

}  // namespace customercare::http
