#include "http/probe.hpp"

#include <openssl/bio.h>
#include <openssl/ssl.h>
#include <sys/socket.h>

#include <array>
#include <charconv>
#include <memory>
#include <string_view>

#include "model/error.hpp"

namespace customercare::http {

namespace {

constexpr std::size_t max_reply_bytes = 65'536;

struct Free {
    void operator()(BIO* handle) const noexcept { BIO_free_all(handle); }
    void operator()(SSL_CTX* handle) const noexcept { SSL_CTX_free(handle); }
};
using Stream = std::unique_ptr<BIO, Free>;

struct Url {
    bool is_https = false;
    std::string place;  ///< ADDRESS:PORT
    std::string path;
};

Url parse(const std::string& text) {
    constexpr std::string_view plain = "http://";
    constexpr std::string_view secure = "https://";
    Url url{.is_https = text.starts_with(secure)};
    const std::size_t begin = url.is_https ? secure.size() : plain.size();
    const std::size_t slash = text.find('/', begin);
    if ((!url.is_https && !text.starts_with(plain)) || slash == std::string::npos ||
        text.find(':', begin) > slash || text.find_first_of(" \r\n") != std::string::npos) {
        throw model::ServiceError(
            model::ErrorCode::usage,
            text + " is no URL to ask: expected such as http://127.0.0.1:8081/readyz");
    }
    url.place = text.substr(begin, slash - begin);
    url.path = text.substr(slash);
    return url;
}

/// A TCP connection whose reads and writes end after `timeout`; null if there is none.
Stream connect(const std::string& place, std::chrono::seconds timeout) {
    Stream stream(BIO_new_connect(place.c_str()));
    if (!stream || BIO_do_connect(stream.get()) <= 0) return nullptr;
    const timeval limit{.tv_sec = timeout.count(), .tv_usec = 0};
    const auto socket = static_cast<int>(BIO_get_fd(stream.get(), nullptr));
    ::setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    ::setsockopt(socket, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
    return stream;
}

/// The reply's bytes as far as they came.
std::string exchange(BIO* stream, const std::string& request) {
    std::string reply;
    if (BIO_write(stream, request.data(), static_cast<int>(request.size())) <= 0) return reply;
    std::array<char, 4096> buffer{};
    while (reply.size() < max_reply_bytes) {
        const int size = BIO_read(stream, buffer.data(), static_cast<int>(buffer.size()));
        if (size <= 0) break;
        reply.append(buffer.data(), static_cast<std::size_t>(size));
    }
    return reply;
}

ProbeReply parse_reply(std::string_view reply) {
    constexpr std::string_view version = "HTTP/1.1 ";
    ProbeReply result{.status = 0, .text = "no reply"};
    if (!reply.starts_with(version)) return result;
    std::from_chars(reply.data() + version.size(), reply.data() + reply.size(), result.status);
    const std::size_t end = reply.find("\r\n\r\n");
    result.text = end == std::string_view::npos ? "" : reply.substr(end + 4);
    return result;
}

}  // namespace

ProbeReply probe(const std::string& url, std::chrono::seconds timeout) {
    const Url target = parse(url);
    Stream stream = connect(target.place, timeout);
    if (!stream) return {.status = 0, .text = "nobody listens there"};
    std::unique_ptr<SSL_CTX, Free> context;
    if (target.is_https) {
        context.reset(SSL_CTX_new(TLS_client_method()));
        stream.reset(BIO_push(BIO_new_ssl(context.get(), 1), stream.release()));
        if (BIO_do_handshake(stream.get()) <= 0) return {.status = 0, .text = "no TLS handshake"};
    }
    return parse_reply(exchange(stream.get(), "GET " + target.path + " HTTP/1.1\r\nHost: " +
                                                  target.place + "\r\nConnection: close\r\n\r\n"));
}

}  // namespace customercare::http
