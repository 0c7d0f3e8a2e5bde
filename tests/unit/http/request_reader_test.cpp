#include "http/request_reader.hpp"

#include <catch2/catch.hpp>
#include <memory>
#include <string>
#include <vector>

namespace customercare::http {
namespace {

using State = RequestReader::State;

Options small_limits() {
    Options options;
    options.max_header_bytes = 1'000;
    options.max_body_bytes = 100;
    options.max_request_bytes = 10'000;
    return options;
}

struct Read {
    State state;
    unsigned status;  ///< Of the refusal; 0 if there is none.
    std::string text;
};

/// Gives the bytes to a reader in pieces of `size`.
Read read(const std::string& bytes, std::size_t size) {
    const Options options = small_limits();
    RequestReader reader(options);
    for (std::size_t at = 0; at < bytes.size(); at += size) {
        if (reader.state() != State::empty && reader.state() != State::partial) break;
        reader.put(std::string_view(bytes).substr(at, size));
    }
    return {reader.state(), reader.refusal().status, reader.refusal().text};
}

std::string post(const std::string& headers, const std::string& body = "") {
    return "POST / HTTP/1.1\r\nHost: x\r\n" + headers + "\r\n" + body;
}

std::string chunked(const std::string& chunks) {
    return post("Transfer-Encoding: chunked\r\n", chunks);
}

}  // namespace

TEST_CASE("A request is read in whatever pieces it comes", "[http]") {
    const Options options = small_limits();
    const std::string whole =
        "\r\n\r\nPOST /a?b=c HTTP/1.1\r\nHost: example.org:80\r\nX-Empty:\r\nX-Value: \t a b \t\r\n"
        "Transfer-Encoding: chunked\r\n\r\n"
        "5;name=\"value\"\r\nhello\r\n1 ; x\r\n,\r\nA\r\n wor\r\nld..\r\n0\r\nX-Trailer: t\r\n\r\n"
        "GET /next";
    for (std::size_t size = 1; size <= whole.size(); ++size) {
        CAPTURE(size);
        RequestReader reader(options);
        std::string rest = whole;
        while (!rest.empty() && reader.state() != State::complete) {
            REQUIRE(reader.state() != State::refused);
            reader.put(rest.substr(0, size));
            rest.erase(0, size);
        }
        REQUIRE(reader.state() == State::complete);
        CHECK(reader.request().method == "POST");
        CHECK(reader.request().target == "/a?b=c");
        CHECK(reader.request().body == "hello, wor\r\nld..");
        CHECK(reader.body_bytes() == 16);
        CHECK(reader.request().headers.size() == 4);
        REQUIRE(reader.request().find("x-value") != nullptr);
        CHECK(reader.request().find("x-value")->value == "a b");
        CHECK(reader.request().find("X-Empty")->value.empty());
        CHECK(reader.request().find("X-Trailer") == nullptr);
        CHECK(reader.keep_alive());
        CHECK(reader.take_rest() + rest == "GET /next");
    }
}

TEST_CASE("What is allowed in a request is accepted", "[http]") {
    const std::string request = GENERATE(values<std::string>(
        {"GET / HTTP/1.1\r\nHost: x\r\n\r\n",
         "GET / HTTP/1.1\r\nHost:\r\n\r\n",
         "GET / HTTP/1.1\r\nhOST: [::1]:8080\r\n\r\n",
         "GET / HTTP/1.0\r\n\r\n",
         "\r\n\r\n\r\nGET / HTTP/1.1\r\nHost: x\r\n\r\n",
         "DELETE /%2e%2e/a//b HTTP/1.1\r\nHost: x\r\n\r\n",
         "OPTIONS * HTTP/1.1\r\nHost: x\r\n\r\n",
         "CONNECT x:80 HTTP/1.1\r\nHost: x:80\r\n\r\n",
         "TRACE / HTTP/1.1\r\nHost: x\r\n\r\n",
         "BREW / HTTP/1.1\r\nHost: x\r\n\r\n",
         "GET / HTTP/1.1\r\nHost: x\r\nX: \x80\xFF\r\n\r\n",
         "GET / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
         post("Content-Length: 0\r\n"),
         post("Content-Length: 005\r\n", "hello"),
         post("Content-Length: 100\r\n", std::string(100, 'x')),
         post("Content-Length: 1\r\nContent-Encoding: identity\r\n", "x"),
         post("Content-Length: 1\r\nExpect: 100-Continue\r\n", "x"),
         "POST / HTTP/1.0\r\nContent-Length: 1\r\nExpect: anything\r\n\r\nx",
         post("Transfer-Encoding:Chunked\r\n", "0\r\n\r\n"),
         chunked("0005\r\nhello\r\n000\r\n\r\n"),
         chunked("5;a;b=c;d=\"e;f\\\"\"\r\nhello\r\n0\r\n\r\n"),
         chunked("0;end\r\nX: y\r\nZ:\r\n\r\n")}));
    CAPTURE(request);
    for (const std::size_t size : {std::size_t{1}, std::size_t{3}, request.size()}) {
        const Read result = read(request, size);
        CAPTURE(size, result.text);
        CHECK(result.state == State::complete);
    }
}

TEST_CASE("What could be read in two ways, or not at all, is refused", "[http]") {
    struct Case {
        unsigned status;
        std::string request;
    };
    const std::string nul(1, '\0');
    const auto [status, request] = GENERATE_COPY(values<Case>({
        // Request line, [RFC9112] 3.
        {400, "GET /\r\n"},
        {400, "GET / \r\n\r\n"},
        {400, "GET\r\n\r\n"},
        {400, " GET / HTTP/1.1\r\nHost: x\r\n\r\n"},
        {400, "GET  / HTTP/1.1\r\nHost: x\r\n\r\n"},
        {400, "GET /  HTTP/1.1\r\nHost: x\r\n\r\n"},
        {400, "GET / HTTP/1.1 \r\nHost: x\r\n\r\n"},
        {400, "GET\t/\tHTTP/1.1\r\nHost: x\r\n\r\n"},
        {400, "GET / http/1.1\r\nHost: x\r\n\r\n"},
        {400, "GET / HTTP/11\r\nHost: x\r\n\r\n"},
        {400, "GET / HTTP/1.1x\r\nHost: x\r\n\r\n"},
        {400, "G(T / HTTP/1.1\r\nHost: x\r\n\r\n"},
        {400, "GET /" + nul + " HTTP/1.1\r\nHost: x\r\n\r\n"},
        {400, "GET /a b HTTP/1.1\r\nHost: x\r\n\r\n"},
        {400, "\x16\x03\x01"},
        {505, "GET / HTTP/0.9\r\n\r\n"},
        {505, "GET / HTTP/1.2\r\nHost: x\r\n\r\n"},
        {505, "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"},
        // Target, [RFC9112] 3.2.
        {400, "GET * HTTP/1.1\r\nHost: x\r\n\r\n"},
        {400, "GET a HTTP/1.1\r\nHost: x\r\n\r\n"},
        {400, "GET x:80 HTTP/1.1\r\nHost: x\r\n\r\n"},
        {400, "GET ftp://x/ HTTP/1.1\r\nHost: x\r\n\r\n"},
        {400, "GET http:///a HTTP/1.1\r\nHost: x\r\n\r\n"},
        {400, "GET http://user@x/ HTTP/1.1\r\nHost: x\r\n\r\n"},
        // Host, [RFC9112] 3.2.
        {400, "GET / HTTP/1.1\r\n\r\n"},
        {400, "GET / HTTP/1.1\r\nHost: x\r\nHost: x\r\n\r\n"},
        {400, "GET / HTTP/1.0\r\nHost: x\r\nHost: y\r\n\r\n"},
        {400, "GET / HTTP/1.1\r\nHost: x y\r\n\r\n"},
        {400, "GET / HTTP/1.1\r\nHost: x/y\r\n\r\n"},
        {400, "GET / HTTP/1.1\r\nHost: x:8a\r\n\r\n"},
        {400, "GET / HTTP/1.1\r\nHost: a@x\r\n\r\n"},
        // Line ends and headers, [RFC9112] 2.2 and 5.
        {400, "GET / HTTP/1.1\nHost: x\n\n"},
        {400, "\nGET / HTTP/1.1\r\nHost: x\r\n\r\n"},
        {400, "GET / HTTP/1.1\r\nHost: x\n\r\n"},
        {400, "GET / HTTP/1.1\r\nHost: x\r\n\n"},
        {400, "GET / HTTP/1.1\rHost: x\r\n\r\n"},
        {400, "GET / HTTP/1.1\r\nHost: x\rX: y\r\n\r\n"},
        {400, "GET / HTTP/1.1\r\nHost: x\r\r\n\r\n"},
        {400, "GET / HTTP/1.1\r\nHost: x\r\nX: a\r\n b\r\n\r\n"},
        {400, "GET / HTTP/1.1\r\nHost: x\r\nX:\r\n\tb\r\n\r\n"},
        {400, "GET / HTTP/1.1\r\n Host: x\r\n\r\n"},
        {400, "GET / HTTP/1.1\r\nHost : x\r\n\r\n"},
        {400, "GET / HTTP/1.1\r\nHost: x\r\n: y\r\n\r\n"},
        {400, "GET / HTTP/1.1\r\nHost: x\r\nX\r\n\r\n"},
        {400, "GET / HTTP/1.1\r\nHost: x\r\nX\xC3\xA4: y\r\n\r\n"},
        {400, "GET / HTTP/1.1\r\nHost: x\r\nX: " + nul + "\r\n\r\n"},
        {400, "GET / HTTP/1.1\r\nHost: x\r\nX: \x7F\r\n\r\n"},
        // Content-Length, [RFC9112] 6.3.
        {400, post("Content-Length:\r\n")},
        {400, post("Content-Length: -1\r\n")},
        {400, post("Content-Length: +1\r\n", "x")},
        {400, post("Content-Length: 0x1\r\n", "x")},
        {400, post("Content-Length: 1 1\r\n", "x")},
        {400, post("Content-Length: 1.0\r\n", "x")},
        {400, post("Content-Length: 18446744073709551617\r\n", "x")},
        {400, post("Content-Length: 1, 1\r\n", "x")},
        {400, post("Content-Length: 1, 2\r\n", "x")},
        {400, post("Content-Length: 1\r\nContent-Length: 1\r\n", "x")},
        {400, post("Content-Length: 1\r\nContent-Length: 2\r\n", "x")},
        {411, post("")},
        {411, "POST / HTTP/1.0\r\n\r\n"},
        {413, post("Content-Length: 10001\r\n")},
        // Transfer-Encoding, [RFC9112] 6.1 and 6.3.
        {400, post("Content-Length: 5\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n")},
        {400, post("Transfer-Encoding: chunked\r\nContent-Length: 5\r\n", "0\r\n\r\n")},
        {400, post("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n")},
        {400, post("Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n", "0\r\n\r\n")},
        {400, post("Transfer-Encoding: gzip\r\n")},
        {400, post("Transfer-Encoding: identity\r\n")},
        {400, post("Transfer-Encoding:\r\n")},
        {400, post("Transfer-Encoding: xchunked\r\n")},
        {400, post("Transfer-Encoding: \"chunked\"\r\n")},
        {400, post("Transfer-Encoding: chunked, identity\r\n")},
        {400, post("Transfer-Encoding: chunked;a=b\r\n")},
        {400, post("Transfer-Encoding: \x0B"
                   "chunked\r\n")},
        {400, post("Transfer-Encoding : chunked\r\n")},
        {400, "POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"},
        {501, post("Transfer-Encoding: gzip, chunked\r\n", "0\r\n\r\n")},
        // Chunks, [RFC9112] 7.1.
        {400, chunked("5\nhello\r\n0\r\n\r\n")},
        {400, chunked("5\r\nhello0\r\n\r\n")},
        {400, chunked("5\r\nhello\n0\r\n\r\n")},
        {400, chunked("5\r\nhello!\r\n0\r\n\r\n")},
        {400, chunked(" 5\r\nhello\r\n0\r\n\r\n")},
        {400, chunked("5 \r\nhello\r\n0\r\n\r\n")},
        {400, chunked("-5\r\nhello\r\n0\r\n\r\n")},
        {400, chunked("0x5\r\nhello\r\n0\r\n\r\n")},
        {400, chunked("\r\nhello\r\n0\r\n\r\n")},
        {400, chunked("g\r\nhello\r\n0\r\n\r\n")},
        {400, chunked("5,5\r\nhello\r\n0\r\n\r\n")},
        {400, chunked("10000000000000005\r\nhello\r\n0\r\n\r\n")},
        {400, chunked("5;\r\nhello\r\n0\r\n\r\n")},
        {400, chunked("5;a=\"\nb\"\r\nhello\r\n0\r\n\r\n")},
        {400, chunked("5;a=" + nul + "\r\nhello\r\n0\r\n\r\n")},
        {400, chunked("0\r\nX : y\r\n\r\n")},
        {400, chunked("0\r\nContent-Length: 5\r\n\r\n")},
        {431, chunked("5;a=" + std::string(1'100, 'b'))},
        {431, chunked("5;a=" + std::string(1'100, 'b') + "\r\nhello\r\n0\r\n\r\n")},
        {431, chunked("0\r\nX: " + std::string(1'100, 'y'))},
        {431, chunked("0\r\nX: " + std::string(600, 'y') + "\r\nX: " + std::string(600, 'y') +
                      "\r\n\r\n")},
        {431, chunked("0\r\nX:" + std::string(1'100, ' ') + "y\r\n\r\n")},
        {431, chunked(std::string(1'100, '0') + "5\r\nhello\r\n0\r\n\r\n")},
        {431, chunked(std::string(1'100, '0') + "\r\n\r\n")},
        // Other headers, [RFC9110] 8.4 and 10.1.1.
        {415, post("Content-Length: 1\r\nContent-Encoding: gzip\r\n", "x")},
        {417, post("Content-Length: 1\r\nExpect: 200-ok\r\n", "x")},
        // Limits.
        {414, "GET /" + std::string(1'000, 'x')},
        {414, "GET /" + std::string(1'000, 'x') + " HTTP/1.1\r\nHost: x\r\n\r\n"},
        {431, "GET / HTTP/1.1\r\nHost: x\r\nX: " + std::string(1'000, 'x')},
        {431, "GET / HTTP/1.1\r\nHost: x\r\nX: " + std::string(1'000, 'x') + "\r\n\r\n"},
    }));
    CAPTURE(request);
    for (const std::size_t size : {std::size_t{1}, std::size_t{3}, request.size()}) {
        const Read result = read(request, size);
        CAPTURE(size, result.text);
        CHECK(result.state == State::refused);
        CHECK(result.status == status);
        CHECK_FALSE(result.text.empty());
    }
}

TEST_CASE("A target in absolute-form becomes target and Host", "[http]") {
    struct Case {
        std::string sent, target, host;
    };
    const auto [sent, target, host] =
        GENERATE(values<Case>({{"http://a.org:81/b?c", "/b?c", "a.org:81"},
                               {"HTTPS://a.org/", "/", "a.org"},
                               {"http://a.org", "/", "a.org"},
                               {"http://a.org?wsdl", "/?wsdl", "a.org"}}));
    const Options options = small_limits();
    RequestReader reader(options);
    reader.put("GET " + sent + " HTTP/1.1\r\nHost: other\r\n\r\n");
    REQUIRE(reader.state() == State::complete);
    CHECK(reader.request().target == target);
    CHECK(reader.request().find("Host")->value == host);
}

TEST_CASE("A body over the limit is marked and not kept", "[http]") {
    const Options options = small_limits();
    const std::string body(101, 'x');

    RequestReader announced(options);
    announced.put(post("Content-Length: 101\r\nExpect: 100-continue\r\n"));
    CHECK(announced.state() == State::complete);
    CHECK(announced.request().body_too_long);
    CHECK(announced.request().find("Content-Length") != nullptr);
    CHECK_FALSE(announced.awaits_continue());

    RequestReader in_chunks(options);
    in_chunks.put(chunked("32\r\n" + body.substr(0, 50) + "\r\n"));
    CHECK(in_chunks.state() == State::partial);
    in_chunks.put("33\r\n" + body.substr(0, 51));
    CHECK(in_chunks.state() == State::complete);
    CHECK(in_chunks.request().body_too_long);
    CHECK(in_chunks.request().body.empty());
}

TEST_CASE("Chunks that are nothing but framing are limited too", "[http]") {
    std::string request = chunked("");
    while (request.size() < 12'000) request += "1;" + std::string(900, 'x') + "\r\nx\r\n";
    request += "0\r\n\r\n";
    for (const std::size_t size : {std::size_t{1}, std::size_t{500}, request.size()}) {
        CAPTURE(size);
        const Read result = read(request, size);
        CHECK(result.state == State::refused);
        CHECK(result.status == 413);
    }
}

TEST_CASE("Of the limits of a body the one counts that is reached first", "[http]") {
    // Framing leaves room for so many bytes of the body, of which it may have a hundred.
    for (const std::size_t room : {99, 100}) {
        std::string chunks;
        for (int i = 0; i < 9; ++i) chunks += "1;" + std::string(994, 'x') + "\r\nx\r\n";
        const std::size_t taken = chunks.size() - 2 + std::string_view("\r\n80;\r\n").size();
        chunks += "80;" + std::string(small_limits().max_request_bytes + 9 - room - taken, 'x') +
                  "\r\n" + std::string(128, 'x');
        const std::string request = chunked(chunks);
        for (const std::size_t size : {std::size_t{1}, std::size_t{3}, request.size()}) {
            CAPTURE(room, size);
            CHECK(read(request, size).state == (room < 100 ? State::refused : State::complete));
        }
    }
}

TEST_CASE("A trailer has the same limit in pieces and at once, to the byte", "[http]") {
    const std::string empty = "0\r\nX:y\r\n\r\n";
    const std::size_t blanks = small_limits().max_header_bytes - empty.size();
    for (const std::size_t more : {0, 1}) {
        const std::string request =
            chunked("0\r\nX:" + std::string(blanks + more, ' ') + "y\r\n\r\n");
        for (const std::size_t size : {std::size_t{1}, std::size_t{3}, request.size()}) {
            CAPTURE(more, size);
            CHECK(read(request, size).state == (more == 0 ? State::complete : State::refused));
        }
    }
}

TEST_CASE("100 Continue is awaited until the body comes", "[http]") {
    const Options options = small_limits();
    RequestReader reader(options);
    reader.put("POST / HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\n");
    CHECK_FALSE(reader.awaits_continue());
    reader.put("Content-Length: 2\r\n\r\n");
    CHECK(reader.awaits_continue());
    reader.put("a");
    CHECK_FALSE(reader.awaits_continue());
    reader.put("b");
    CHECK_FALSE(reader.awaits_continue());
    CHECK(reader.state() == State::complete);
}

TEST_CASE("The client's wish to keep the connection is understood", "[http]") {
    struct Case {
        std::string version, header;
        bool keep_alive;
    };
    const auto [version, header, keep_alive] =
        GENERATE(values<Case>({{"1.1", "", true},
                               {"1.1", "Connection: Close\r\n", false},
                               {"1.1", "Connection: x, close\r\n", false},
                               {"1.1", "Connection: keep-alive\r\n", true},
                               {"1.0", "", false},
                               {"1.0", "Connection: Keep-Alive\r\n", true},
                               {"1.0", "Connection: close\r\n", false}}));
    CAPTURE(version, header);
    const Options options = small_limits();
    RequestReader reader(options);
    reader.put("GET / HTTP/" + version + "\r\nHost: x\r\n" + header + "\r\n");
    REQUIRE(reader.state() == State::complete);
    CHECK(reader.keep_alive() == keep_alive);
    CHECK(reader.is_http_1_0() == (version == "1.0"));
}

}  // namespace customercare::http
