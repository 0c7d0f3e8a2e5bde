#include "integration/http_cases.hpp"

#include <cstdio>
#include <string_view>

#include "support/message.hpp"

namespace customercare::test {
namespace {

using namespace std::string_literals;

/// Request line and headers of a call, without what says how long it is.
const std::string call_head =
    "POST /s HTTP/1.1\r\nHost: x\r\nContent-Type: text/xml\r\n"
    "SOAPAction: \"http://ws.southernco.com/CustSvc-iHub/CreateCallLog\"\r\n";

std::string message(const std::string& id) {
    return sample_message(Soap::v11, {{"MessageId", id}});
}

std::string length(std::string_view body) {
    return "Content-Length: " + std::to_string(body.size()) + "\r\n";
}

std::string post(const std::string& headers, const std::string& body = "") {
    return call_head + headers + "\r\n" + body;
}

const std::string good = message("good");
const std::string good_post = post(length(good), good);
const std::string smuggled_message = message(smuggled_id);
/// A whole request, to stand where another one's body or rest is.
const std::string smuggled = post(length(smuggled_message), smuggled_message);

std::string chunk(std::string_view data, const std::string& extension = "") {
    char size[20];
    std::snprintf(size, sizeof size, "%zx", data.size());
    return size + extension + "\r\n" + std::string(data) + "\r\n";
}

/// A chunked call of these chunks.
std::string chunked(const std::string& chunks) {
    return post("Transfer-Encoding: chunked\r\n", chunks);
}

const std::string last = "0\r\n\r\n";
const std::string good_chunks = chunk(good.substr(0, 100)) + chunk(good.substr(100));

std::string get(const std::string& headers = "") {
    return "GET /s HTTP/1.1\r\nHost: x\r\n" + headers + "\r\n";
}

std::string target(const std::string& text) {
    return "GET " + text + " HTTP/1.1\r\nHost: x\r\n\r\n";
}

/// Refused, whatever follows: the connection can't be trusted any more.
HttpCase refused(std::string name, std::string section, std::string bytes,
                 std::vector<int> statuses = {400}) {
    return {.name = std::move(name),
            .section = std::move(section),
            .bytes = std::move(bytes) + smuggled,
            .replies = {std::move(statuses)},
            .closes = true};
}

/// Answered; the connection goes on.
HttpCase answered(std::string name, std::string section, std::string bytes,
                  std::vector<int> statuses = {200}) {
    return {.name = std::move(name),
            .section = std::move(section),
            .bytes = std::move(bytes),
            .replies = {std::move(statuses)}};
}

/// A call that is stored.
HttpCase stored(std::string name, std::string section, std::string bytes) {
    HttpCase made = answered(std::move(name), std::move(section), std::move(bytes));
    made.stored = 1;
    return made;
}

HttpCase closing(HttpCase made) {
    made.closes = true;
    return made;
}

/// The client ends its side after the bytes.
HttpCase half_closing(HttpCase made) {
    made.closes = made.half_closes = true;
    return made;
}

/// Cut off by the client: no reply.
HttpCase cut_off(std::string name, std::string section, std::string bytes) {
    return {.name = std::move(name),
            .section = std::move(section),
            .bytes = std::move(bytes),
            .replies = {},
            .closes = true,
            .half_closes = true};
}

std::string many_headers(int count) {
    std::string headers;
    for (int i = 0; i < count; ++i) headers += "X-" + std::to_string(i) + ": y\r\n";
    return headers;
}

std::vector<HttpCase> length_cases() {
    const std::string te = "Transfer-Encoding: chunked\r\n";
    const std::string framed = last + smuggled;
    return {
        refused("CL.TE", "9112 6.3", post(length(framed) + te, last)),
        refused("TE.CL", "9112 6.3", post(te + "Content-Length: 4\r\n", chunk(smuggled) + last)),
        refused("CL.TE that agree", "9112 6.3",
                post(length(good_chunks + last) + te, good_chunks + last)),
        refused("CL.TE on GET", "9112 6.3", get("Content-Length: 5\r\n" + te) + last),
        refused("TE.TE, the second one unknown", "9112 6.1",
                post(te + "Transfer-Encoding: cow\r\n", last)),
        refused("TE.TE, the first one unknown", "9112 6.1",
                post("Transfer-Encoding: cow\r\n" + te, last), {400, 501}),
        refused("TE.TE, the second one identity", "9112 6.1",
                post(te + "Transfer-Encoding: identity\r\n", last)),
        refused("TE.TE, other case", "9112 6.1",
                post(te + "transfer-encoding: identity\r\n", last)),
        refused("chunked twice", "9112 6.1", post(te + te, last)),
        refused("chunked twice in a list", "9112 6.1",
                post("Transfer-Encoding: chunked, chunked\r\n", last), {400, 501}),
        refused("chunked is not last", "9112 6.3",
                post("Transfer-Encoding: chunked, identity\r\n", last)),
        refused("gzip, chunked", "9112 6.1", post("Transfer-Encoding: gzip, chunked\r\n", last),
                {501}),
        refused("gzip alone", "9112 6.3", post("Transfer-Encoding: gzip\r\n", last)),
        refused("identity", "9112 6.1", post("Transfer-Encoding: identity\r\n", last)),
        refused("empty Transfer-Encoding", "9112 6.1", post("Transfer-Encoding:\r\n", last)),
        refused("xchunked", "9112 6.1", post("Transfer-Encoding: xchunked\r\n", last)),
        refused("quoted chunked", "9112 6.1", post("Transfer-Encoding: \"chunked\"\r\n", last)),
        refused("chunked with parameter", "9112 7",
                post("Transfer-Encoding: chunked;a=b\r\n", last)),
        refused("vertical tab before chunked", "9112 5.1",
                post("Transfer-Encoding: \vchunked\r\n", last)),
        refused("blank before the colon", "9112 5.1",
                post("Transfer-Encoding : chunked\r\n", last)),
        refused("blank before the name", "9112 2.2", post(" Transfer-Encoding: chunked\r\n", last)),
        refused("folded chunked", "9112 5.2", post("Transfer-Encoding:\r\n chunked\r\n", last)),
        refused("behind a bare LF", "9112 2.2", post("X: y\nTransfer-Encoding: chunked\r\n", last)),
        refused("behind a bare CR", "9112 2.2", post("X: y\rTransfer-Encoding: chunked\r\n", last)),
        refused("NUL behind chunked", "9110 5.5", post("Transfer-Encoding: chunked\0\r\n"s, last)),
        refused("chunked in HTTP/1.0", "9112 6.1",
                "POST /s HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n" + last),
        stored("chunked in other case, a tab before it", "9112 7",
               post("transfer-encoding:\tCHUNKED\r\n", good_chunks + last)),

        refused("Content-Length twice, equal", "9112 6.3", post(length(good) + length(good), good)),
        refused("Content-Length twice, different", "9112 6.3",
                post(length(good) + "Content-Length: 0\r\n", good)),
        refused("Content-Length twice, other case", "9112 6.3",
                post(length(good) + "content-length: 0\r\n", good)),
        refused("list of equal lengths", "9112 6.3", post("Content-Length: 5, 5\r\n", "hello")),
        refused("list of different lengths", "9112 6.3", post("Content-Length: 5, 6\r\n", "hello")),
        refused("negative length", "9110 8.6", post("Content-Length: -1\r\n")),
        refused("minus zero", "9110 8.6", post("Content-Length: -0\r\n")),
        refused("length with plus", "9110 8.6", post("Content-Length: +5\r\n", "hello")),
        refused("hexadecimal length", "9110 8.6", post("Content-Length: 0x5\r\n", "hello")),
        refused("decimal fraction", "9110 8.6", post("Content-Length: 5.0\r\n", "hello")),
        refused("exponent", "9110 8.6", post("Content-Length: 5e0\r\n", "hello")),
        refused("two numbers", "9110 8.6", post("Content-Length: 5 5\r\n", "hello")),
        refused("empty length", "9110 8.6", post("Content-Length:\r\n")),
        refused("digits beyond ASCII", "9110 8.6", post("Content-Length: \xD9\xA5\r\n", "hello")),
        refused("length over 64 bits", "9110 8.6",
                post("Content-Length: 18446744073709551621\r\n", "hello")),
        refused("length of 64 bits", "9110 8.6", post("Content-Length: 18446744073709551615\r\n"),
                {413}),
        refused("length of 1000 digits", "9110 8.6",
                post("Content-Length: " + std::string(1'000, '9') + "\r\n")),
        refused("length over what is read", "9110 15.5.14", post("Content-Length: 30000001\r\n"),
                {413}),
        refused("length over what is accepted", "9110 15.5.14", post("Content-Length: 4194305\r\n"),
                {500}),
        refused("blank before the colon of the length", "9112 5.1",
                post("Content-Length : 5\r\n", "hello")),
        refused("neither length nor chunks", "9112 6.3", post(""), {411}),
        refused("neither in HTTP/1.0", "9112 6.3", "POST /s HTTP/1.0\r\n\r\n", {411}),
        stored("zeros before the length", "9110 8.6",
               post("Content-Length: 000" + std::to_string(good.size()) + "\r\n", good)),
        stored("blanks around the length", "9112 5.1",
               post("Content-Length: \t " + std::to_string(good.size()) + " \t\r\n", good)),
        {.name = "the length is too short",
         .section = "9112 6.3",
         .bytes = post("Content-Length: 3\r\n", "hello\r\n\r\n") + smuggled,
         .replies = {{400}, {400}},
         .closes = true},
        cut_off("the length is too long", "9112 8", post("Content-Length: 10000\r\n", good)),
    };
}

std::vector<HttpCase> chunk_cases() {
    return {
        stored("chunks", "9112 7.1", chunked(good_chunks + last)),
        stored("zeros before a size", "9112 7.1", chunked("0000" + chunk(good) + "000\r\n\r\n")),
        stored("extensions", "9112 7.1.1",
               chunked(chunk(good, ";a;b=c;d=\"e;f\\\"\"") + "0;end\r\n\r\n")),
        stored("a trailer", "9112 7.1.2", chunked(good_chunks + "0\r\nX: y\r\nZ:\r\n\r\n")),
        refused("a size over 64 bits", "9112 7.1",
                chunked("10000000000000005\r\nhello\r\n" + last)),
        refused("a size of 1000 digits", "9112 7.1",
                chunked(std::string(1'000, 'f') + "\r\nhello\r\n" + last)),
        cut_off("a size of 64 bits", "9112 7.1", chunked("ffffffffffffffff\r\n" + smuggled)),
        cut_off("a size of 63 bits", "9112 7.1", chunked("7fffffffffffffff\r\n" + smuggled)),
        refused("a negative size", "9112 7.1", chunked("-5\r\nhello\r\n" + last)),
        refused("a size with plus", "9112 7.1", chunked("+5\r\nhello\r\n" + last)),
        refused("a size with 0x", "9112 7.1", chunked("0x5\r\nhello\r\n" + last)),
        refused("no size", "9112 7.1", chunked("\r\nhello\r\n" + last)),
        refused("an extension without size", "9112 7.1.1", chunked(";a=b\r\nhello\r\n" + last)),
        refused("no digit", "9112 7.1", chunked("g\r\nhello\r\n" + last)),
        refused("two sizes", "9112 7.1", chunked("5,5\r\nhello\r\n" + last)),
        refused("a size with underscore", "9112 7.1", chunked("0_5\r\nhello\r\n" + last)),
        refused("a blank before the size", "9112 7.1", chunked(" 5\r\nhello\r\n" + last)),
        refused("a blank behind the size", "9112 7.1", chunked("5 \r\nhello\r\n" + last)),
        refused("a bare LF behind the size", "9112 2.2", chunked("5\nhello\r\n" + last)),
        refused("a bare CR behind the size", "9112 2.2", chunked("5\rhello\r\n" + last)),
        refused("a bare LF behind the data", "9112 7.1", chunked("5\r\nhello\n" + last)),
        refused("nothing behind the data", "9112 7.1", chunked("5\r\nhello" + last)),
        refused("more data than the size says", "9112 7.1", chunked("5\r\nhello!\r\n" + last)),
        refused("less data than the size says", "9112 7.1", chunked("6\r\nhello\r\n" + last)),
        refused("a bare LF behind the last size", "9112 2.2", chunked(good_chunks + "0\n\r\n")),
        refused("a bare LF at the end", "9112 2.2", chunked(good_chunks + "0\r\n\n")),
        refused("an empty extension", "9112 7.1.1", chunked("5;\r\nhello\r\n" + last)),
        refused("an extension without name", "9112 7.1.1", chunked("5;=a\r\nhello\r\n" + last)),
        refused("a bare LF in an extension", "9112 7.1.1", chunked("5;a\nb\r\nhello\r\n" + last)),
        refused("a bare LF in a quoted extension", "9112 7.1.1",
                chunked("5;a=\"\nb\"\r\nhello\r\n" + last)),
        refused("a bare CR in an extension", "9112 7.1.1", chunked("5;a\rb\r\nhello\r\n" + last)),
        refused("NUL in an extension", "9112 7.1.1", chunked("5;a=\0\r\nhello\r\n"s + last)),
        refused("a long extension", "9112 7.1.1",
                chunked("5;a=" + std::string(17'000, 'b') + "\r\nhello\r\n" + last), {431}),
        refused("a length in the trailer", "9110 6.5.1", chunked("0\r\nContent-Length: 5\r\n\r\n")),
        refused("Transfer-Encoding in the trailer", "9110 6.5.1",
                chunked("0\r\nTransfer-Encoding: chunked\r\n\r\n")),
        refused("a blank before a colon in the trailer", "9112 5.1", chunked("0\r\nX : y\r\n\r\n")),
        refused("a bare LF in the trailer", "9112 2.2", chunked("0\r\nX: y\nZ: z\r\n\r\n")),
        refused("a long trailer", "9110 6.5",
                chunked("0\r\nX: " + std::string(17'000, 'y') + "\r\n\r\n"), {431}),
        cut_off("no last chunk", "9112 8", chunked(good_chunks)),
        cut_off("half of the last chunk", "9112 8", chunked(good_chunks + "0\r\n")),
        cut_off("half of a chunk", "9112 8", chunked("ffff\r\n" + good)),
    };
}

std::vector<HttpCase> line_cases() {
    const auto head = [](const std::string& header) { return get(header + "\r\n"); };
    return {
        refused("bare LF everywhere", "9112 2.2", "GET /s HTTP/1.1\nHost: x\n\n"),
        refused("a bare LF behind the request line", "9112 2.2",
                "GET /s HTTP/1.1\nHost: x\r\n\r\n"),
        refused("a bare LF behind a header", "9112 2.2", "GET /s HTTP/1.1\r\nHost: x\n\r\n"),
        refused("a bare LF at the end", "9112 2.2", "GET /s HTTP/1.1\r\nHost: x\r\n\n"),
        refused("a bare LF before the request", "9112 2.2", "\n" + get()),
        refused("a bare CR behind the request line", "9112 2.2",
                "GET /s HTTP/1.1\rHost: x\r\n\r\n"),
        refused("a bare CR in a header", "9112 2.2", head("X: a\rb")),
        refused("CR CR LF", "9112 2.2", "GET /s HTTP/1.1\r\nHost: x\r\r\n\r\n"),
        answered("empty lines before the request", "9112 2.2", "\r\n\r\n" + get()),
        refused("white space before the first header", "9112 2.2",
                "GET /s HTTP/1.1\r\n X: y\r\nHost: x\r\n\r\n"),
        refused("a folded header", "9112 5.2", head("X: a\r\n b")),
        refused("a header folded with a tab", "9112 5.2", head("X:\r\n\tb")),
        refused("a folded Host", "9112 5.2", "GET /s HTTP/1.1\r\nHost:\r\n x\r\n\r\n"),
        refused("a blank before the colon", "9112 5.1", head("X : y")),
        refused("a tab before the colon", "9112 5.1", head("X\t: y")),
        refused("no name", "9112 5", head(": y")),
        refused("no colon", "9112 5", head("X")),
        refused("a name that is no token", "9110 5.6.2", head("X(: y")),
        refused("a name beyond ASCII", "9110 5.6.2", head("X\xC3\xA4: y")),
        refused("NUL in a name", "9110 5.6.2", head("X\0Y: y"s)),
        refused("NUL in a value", "9110 5.5", head("X: a\0b"s)),
        refused("DEL in a value", "9110 5.5", head("X: \x7F")),
        refused("a bell in a value", "9110 5.5", head("X: \a")),
        answered("bytes beyond ASCII in a value", "9110 5.5", head("X: \x80\xFF")),
        answered("an empty value", "9112 5", head("X:")),

        refused("two blanks in the request line", "9112 3", "GET  /s HTTP/1.1\r\nHost: x\r\n\r\n"),
        refused("a tab in the request line", "9112 3", "GET\t/s HTTP/1.1\r\nHost: x\r\n\r\n"),
        refused("a blank behind the version", "9112 3", "GET /s HTTP/1.1 \r\nHost: x\r\n\r\n"),
        refused("a blank before the method", "9112 3", " " + get()),
        refused("a blank in the target", "9112 3.2", "GET /s x HTTP/1.1\r\nHost: x\r\n\r\n"),
        refused("no method", "9112 3", " /s HTTP/1.1\r\nHost: x\r\n\r\n"),
        refused("a method that is no token", "9110 9.1", "G(T /s HTTP/1.1\r\nHost: x\r\n\r\n"),
        refused("NUL in the method", "9110 9.1", "GE\0 /s HTTP/1.1\r\nHost: x\r\n\r\n"s),
        refused("nothing but lines", "9112 3", "no HTTP at all\r\n\r\n"),
        refused("the greeting of TLS", "9112 3", "\x16\x03\x01\x02\0\x01\0\x01\xFC\x03\x03"s),
        refused("HTTP/0.9", "9112 2.3", "GET /s\r\n"),
        refused("HTTP/0.9 in words", "9112 2.3", "GET /s HTTP/0.9\r\n\r\n", {505}),
        refused("HTTP/1.2", "9110 15.6.6", "GET /s HTTP/1.2\r\nHost: x\r\n\r\n", {505}),
        refused("HTTP/2 in the old form", "9110 15.6.6", "GET /s HTTP/2.0\r\nHost: x\r\n\r\n",
                {505}),
        refused("HTTP/2's preface", "9113 3.4", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", {505}),
        refused("HTTP/1.10", "9112 2.3", "GET /s HTTP/1.10\r\nHost: x\r\n\r\n"),
        refused("HTTP/01.1", "9112 2.3", "GET /s HTTP/01.1\r\nHost: x\r\n\r\n"),
        refused("HTTP/1,1", "9112 2.3", "GET /s HTTP/1,1\r\nHost: x\r\n\r\n"),
        refused("http/1.1", "9112 2.3", "GET /s http/1.1\r\nHost: x\r\n\r\n"),
        refused("HTTPS/1.1", "9112 2.3", "GET /s HTTPS/1.1\r\nHost: x\r\n\r\n"),
        closing(answered("HTTP/1.0", "9112 9.3", "GET /s HTTP/1.0\r\n\r\n" + smuggled)),
        answered("HTTP/1.0 with keep-alive", "9112 9.3",
                 "GET /s HTTP/1.0\r\nConnection: keep-alive\r\n\r\n"),
    };
}

std::vector<HttpCase> target_cases() {
    return {
        answered("absolute-form", "9112 3.2.2", target("http://x/s")),
        answered("absolute-form in other case", "9112 3.2.2", target("HTTP://X:80/S")),
        answered("absolute-form of another host", "9112 3.2.2", target("http://other/s")),
        answered("absolute-form without path", "9112 3.2.2", target("http://x"), {404}),
        refused("absolute-form without host", "9110 4.2.1", target("http:///s")),
        refused("absolute-form with user", "9110 4.2.4", target("http://user@x/s")),
        refused("absolute-form without Host", "9112 3.2", "GET http://x/s HTTP/1.1\r\n\r\n"),
        refused("another scheme", "9112 3.2.2", target("ftp://x/s")),
        refused("authority-form", "9112 3.2.3", target("x:80")),
        refused("asterisk-form with GET", "9112 3.2.4", target("*")),
        refused("no slash", "9112 3.2.1", target("s")),
        refused("no target", "9112 3", "GET HTTP/1.1\r\nHost: x\r\n\r\n"),
        refused("an empty target", "9112 3", target("")),
        refused("NUL in the target", "9112 3.2", target("/s\0"s)),
        answered("the path in other case", "9110 4.2.3", target("/S")),
        answered("a query", "9112 3.2.1", target("/s?wsdl")),
        answered("a percent-encoded letter", "9110 4.2.3", target("/%73"), {200, 404}),
        answered("a dot segment", "9110 4.2.3", target("/./s"), {404}),
        answered("two dots", "9110 4.2.3", target("/../s"), {404}),
        answered("percent-encoded dots", "9110 4.2.3", target("/%2e%2e/s"), {404}),
        answered("dots behind the path", "9110 4.2.3", target("/s/../../etc/passwd"), {404, 500}),
        answered("percent-encoded dots behind the path", "9110 4.2.3", target("/s/%2e%2e%2fx"),
                 {404, 500}),
        answered("two slashes", "9110 4.2.3", target("//s"), {404}),
        answered("a backslash", "9110 4.2.3", target("/\\s"), {400, 404}),
        answered("a percent-encoded NUL", "9110 4.2.3", target("/s%00"), {404}),
        answered("half of a percent encoding", "9110 4.2.3", target("/s%2"), {400, 404}),
        answered("markup in the target", "9110 17.1", target("/<script>"), {400, 404}),

        refused("no Host", "9112 3.2", "GET /s HTTP/1.1\r\n\r\n"),
        refused("two Hosts", "9112 3.2", "GET /s HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n"),
        refused("two equal Hosts", "9112 3.2", "GET /s HTTP/1.1\r\nHost: x\r\nhost: x\r\n\r\n"),
        refused("two Hosts in HTTP/1.0", "9112 3.2",
                "GET /s HTTP/1.0\r\nHost: x\r\nHost: y\r\n\r\n"),
        refused("a list of Hosts", "9110 7.2", "GET /s HTTP/1.1\r\nHost: x y\r\n\r\n"),
        refused("Host with path", "9110 7.2", "GET /s HTTP/1.1\r\nHost: x/s\r\n\r\n"),
        refused("Host with user", "9110 7.2", "GET /s HTTP/1.1\r\nHost: user@x\r\n\r\n"),
        refused("Host with a bad port", "9110 7.2", "GET /s HTTP/1.1\r\nHost: x:8a\r\n\r\n"),
        answered("an empty Host", "9112 3.2", "GET /s HTTP/1.1\r\nHost:\r\n\r\n"),
        answered("an IPv6 Host", "9110 7.2", "GET /s HTTP/1.1\r\nHost: [::1]:8080\r\n\r\n"),
    };
}

std::vector<HttpCase> method_cases() {
    const auto with_body = [](const std::string& method, const std::string& path) {
        return method + " " + path + " HTTP/1.1\r\nHost: x\r\n" + length(smuggled) + "\r\n" +
               smuggled;
    };
    return {
        answered("HEAD", "9110 9.3.2", "HEAD /s HTTP/1.1\r\nHost: x\r\n\r\n", {200, 405}),
        answered("TRACE", "9110 9.3.8", "TRACE /s HTTP/1.1\r\nHost: x\r\n\r\n", {405}),
        answered("CONNECT", "9110 9.3.6", "CONNECT x:80 HTTP/1.1\r\nHost: x:80\r\n\r\n",
                 {404, 405}),
        answered("OPTIONS *", "9110 9.3.7", "OPTIONS * HTTP/1.1\r\nHost: x\r\n\r\n", {404, 405}),
        answered("an unknown method", "9110 9.1", "BREW /s HTTP/1.1\r\nHost: x\r\n\r\n",
                 {405, 501}),
        answered("a method in other case", "9110 9.1", "get /s HTTP/1.1\r\nHost: x\r\n\r\n",
                 {405, 501}),
        // What is a body must not be read as a request, whoever refuses the first one.
        answered("a request as the body of GET", "9110 9.3.1", with_body("GET", "/s")),
        answered("a request as the body of HEAD", "9110 9.3.2", with_body("HEAD", "/s"),
                 {200, 405}),
        answered("a request as the body of TRACE", "9110 9.3.8", with_body("TRACE", "/s"),
                 {400, 405}),
        answered("a request as the body of PUT", "9110 9.3.4", with_body("PUT", "/s"), {405}),
        answered("a request as the body to a wrong path", "9110 15.5.5", with_body("POST", "/x"),
                 {404}),
        answered("a request as the body of another type", "9110 15.5.16",
                 "POST /s HTTP/1.1\r\nHost: x\r\nContent-Type: text/plain\r\n" + length(smuggled) +
                     "\r\n" + smuggled,
                 {415, 500}),
        answered("a request as the body of a call", "9112 6", post(length(smuggled), smuggled),
                 {400}),
        answered("a request in the chunks of GET", "9112 6.3",
                 get("Transfer-Encoding: chunked\r\n") + chunk(smuggled) + last),
        refused("gzip", "9110 8.4", post("Content-Encoding: gzip\r\n" + length(good), good), {415}),
        refused("gzip in other case", "9110 8.4",
                post("content-encoding:GZip\r\n" + length(good), good), {415}),
        refused("deflate", "9110 8.4", post("Content-Encoding: deflate\r\n" + length(good), good),
                {415}),
        refused("identity, then gzip", "9110 8.4",
                post("Content-Encoding: identity, gzip\r\n" + length(good), good), {415}),
        stored("identity as Content-Encoding", "9110 8.4",
               post("Content-Encoding: identity\r\n" + length(good), good)),
        stored("100-continue", "9110 10.1.1",
               post("Expect: 100-continue\r\n" + length(good), good)),
        refused("another expectation", "9110 10.1.1",
                post("Expect: 200-ok\r\n" + length(good), good), {417}),
        closing(stored(
            "an expectation in HTTP/1.0", "9110 10.1.1",
            replace_first(post("Expect: 100-continue\r\n" + length(good), good), "1.1", "1.0"))),
        answered("h2c", "9110 7.8",
                 get("Connection: Upgrade\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABk\r\n")),
        answered("a WebSocket", "9110 7.8", get("Connection: Upgrade\r\nUpgrade: websocket\r\n")),
        closing(answered("Connection: close", "9112 9.6", get("Connection: close\r\n") + smuggled)),
        closing(
            answered("close in a list", "9112 9.6", get("Connection: x, CLOSE\r\n") + smuggled)),
        closing(stored("a call that closes", "9112 9.6",
                       post("Connection: close\r\n" + length(good), good) + smuggled)),
        stored("a call", "9112 6", good_post),
    };
}

std::vector<HttpCase> limit_cases() {
    return {
        refused("a long header", "6585 5", get("X: " + std::string(17'000, 'y') + "\r\n"), {431}),
        refused("a header without end", "6585 5",
                "GET /s HTTP/1.1\r\nHost: x\r\nX: " + std::string(17'000, 'y'), {431}),
        refused("a header with a long name", "6585 5", get(std::string(17'000, 'X') + ": y\r\n"),
                {431}),
        refused("many headers", "6585 5", get(many_headers(2'000)), {431}),
        answered("some headers", "6585 5", get(many_headers(1'000))),
        refused("a long target", "9110 15.5.15", target("/" + std::string(17'000, 's')), {414}),
        refused("a long method", "9110 9.1",
                std::string(17'000, 'G') + " /s HTTP/1.1\r\nHost: x\r\n\r\n", {414}),
        refused("a request line without end", "9112 3", "GET /" + std::string(17'000, 's'), {414}),
        answered("many empty lines before the request", "9112 2.2",
                 [] {
                     std::string lines;
                     for (int i = 0; i < 500; ++i) lines += "\r\n";
                     return lines + get();
                 }()),
    };
}

std::vector<HttpCase> connection_cases() {
    const std::string bad = "GET /s HTTP/1.1\r\nHost: x\r\nX : y\r\n\r\n";
    return {
        {.name = "two calls",
         .section = "9112 9.3.2",
         .bytes = good_post + good_post,
         .replies = {{200}, {200}},
         .stored = 2},
        {.name = "a refused call between two",
         .section = "9112 9.3.2",
         .bytes = good_post + post("Content-Length: 4\r\n", "<bad") + good_post,
         .replies = {{200}, {400}, {200}},
         .stored = 2},
        {.name = "an error between two calls",
         .section = "9112 9.3.2",
         .bytes = good_post + bad + smuggled,
         .replies = {{200}, {400}},
         .closes = true,
         .stored = 1},
        {.name = "an error in the length between two calls",
         .section = "9112 9.3.2",
         .bytes = good_post + post("Content-Length: 5, 5\r\n", "hello") + smuggled,
         .replies = {{200}, {400}},
         .closes = true,
         .stored = 1},
        {.name = "an error in the chunks between two calls",
         .section = "9112 9.3.2",
         .bytes = good_post + chunked("5\nhello\r\n" + last) + smuggled,
         .replies = {{200}, {400}},
         .closes = true,
         .stored = 1},
        {.name = "chunks, then a call",
         .section = "9112 9.3.2",
         .bytes = chunked(good_chunks + last) + good_post,
         .replies = {{200}, {200}},
         .stored = 2},
        {.name = "an empty line between two calls",
         .section = "9112 2.2",
         .bytes = good_post + "\r\n" + good_post,
         .replies = {{200}, {200}},
         .stored = 2},
        {.name = "a page, a wrong path, a call",
         .section = "9112 9.3.2",
         .bytes = get() + target("/x") + good_post,
         .replies = {{200}, {404}, {200}},
         .stored = 1},
        half_closing(stored("a call, then the client's end", "9112 9.6", good_post)),
        half_closing(
            stored("chunks, then the client's end", "9112 9.6", chunked(good_chunks + last))),
        half_closing(answered("a page, then the client's end", "9112 9.6", get())),
        half_closing({.name = "two calls, then the client's end",
                      .section = "9112 9.6",
                      .bytes = good_post + good_post,
                      .replies = {{200}, {200}},
                      .stored = 2}),
        half_closing({.name = "a call and half of one, then the client's end",
                      .section = "9112 8",
                      .bytes = good_post + smuggled.substr(0, smuggled.size() - 1),
                      .replies = {{200}},
                      .stored = 1}),
        cut_off("half of a request line", "9112 8", "GET /s HT"),
        cut_off("half of the headers", "9112 8", "GET /s HTTP/1.1\r\nHost: x\r\n"),
        cut_off("half of a body", "9112 8", smuggled.substr(0, smuggled.size() - 1)),
        cut_off("nothing", "9112 8", ""),
        cut_off("an empty line", "9112 8", "\r\n"),
    };
}

}  // namespace

std::vector<HttpCase> http_cases() {
    std::vector<HttpCase> cases;
    for (const auto& group : {length_cases(), chunk_cases(), line_cases(), target_cases(),
                              method_cases(), limit_cases(), connection_cases()}) {
        cases.insert(cases.end(), group.begin(), group.end());
    }
    return cases;
}

}  // namespace customercare::test
