// The HTTP framing: however the bytes of a connection are cut, the same requests are in them, and
// each ends where a second, simple reader of the same bytes sees its end. An input's choices are
// the sizes of the pieces, one a byte, over and over.

#include <algorithm>
#include <cstdlib>
#include <string>
#include <vector>

#include "fuzz/input.hpp"
#include "http/request_reader.hpp"

using namespace customercare;
using fuzz::require;
using State = http::RequestReader::State;

namespace {

const http::Options limits = [] {
    http::Options small;
    small.max_header_bytes = 400;
    small.max_body_bytes = 100;
    small.max_request_bytes = 1'000;
    return small;
}();

/// One request, or what is at the end of the bytes.
struct Read {
    State state = State::empty;
    unsigned refusal = 0;  ///< Its status.
    std::string story;     ///< All else that the reader says of it.
    std::string body;
    std::size_t begin = 0;  ///< Where in the connection's bytes it stands.
    std::size_t end = 0;
    bool is_chunked = false;
    bool is_too_long = false;
    bool is_last = false;  ///< The connection ends with it.
    std::string length;
};

void describe(const http::RequestReader& reader, Read& read) {
    const model::HttpRequest& request = reader.request();
    read.state = reader.state();
    read.refusal = reader.refusal().status;
    read.is_chunked = request.find("Transfer-Encoding") != nullptr;
    if (read.state == State::refused) return;
    const auto add = [&](std::string_view text) { read.story.append(text).append("\n"); };
    add(std::to_string(static_cast<int>(read.state)));
    add(reader.has_head() ? "head" : "no head");
    add(reader.awaits_continue() ? "waits" : "does not wait");
    add(reader.keep_alive() ? "stays" : "ends");
    if (read.state != State::complete) return;
    add(request.method);
    add(request.target);
    for (const model::HttpHeader& header : request.headers) {
        add(header.name);
        add(header.value);
    }
    add(request.body);
    add(request.body_too_long ? "too long" : "whole");
    // Of a body that is too long it tells what has come so far.
    if (!request.body_too_long) add(std::to_string(reader.body_bytes()));
    read.body = request.body;
    read.is_too_long = request.body_too_long;
    read.is_last = request.body_too_long || !reader.keep_alive();
    if (const auto* length = request.find("Content-Length")) read.length = length->value;
}

/// All that is in the bytes of one connection that come in pieces of those sizes.
std::vector<Read> read_all(std::string_view bytes, std::string_view sizes) {
    std::vector<Read> all;
    std::size_t begin = 0;  // Of the present request.
    std::size_t given = 0;  // To the reader.
    std::size_t pieces = 0;
    std::string rest;  // Given to the last reader, and of this request.
    do {
        http::RequestReader reader(limits);
        const auto wants_more = [&] {
            return reader.state() == State::empty || reader.state() == State::partial;
        };
        if (!rest.empty()) reader.put(rest);
        while (wants_more() && given < bytes.size()) {
            const std::size_t size =
                sizes.empty() ? bytes.size()
                              : static_cast<unsigned char>(sizes[pieces++ % sizes.size()] - '0');
            const std::string_view piece = bytes.substr(given, std::max<std::size_t>(size, 1));
            given += piece.size();
            reader.put(piece);
        }
        Read read{.begin = begin};
        describe(reader, read);
        rest = reader.take_rest();
        if (read.state == State::complete && !read.is_last) {
            require(rest.size() <= given - begin, "no byte is given back twice");
            begin = given - rest.size();
            require(bytes.substr(begin, rest.size()) == rest, "what is given back is the rest");
        }
        read.end = begin;
        all.push_back(std::move(read));
    } while (all.back().state == State::complete && !all.back().is_last);
    return all;
}

/// Reads the chunks from `at` on as [RFC9112] 7.1 has them, and nothing more lenient.
std::size_t skip_chunks(std::string_view bytes, std::size_t at, std::string& body) {
    while (true) {
        const std::string line(bytes.substr(at, bytes.find("\r\n", at) - at));
        char* size_end = nullptr;
        const std::size_t size = std::strtoull(line.c_str(), &size_end, 16);
        require(std::isxdigit(static_cast<unsigned char>(line[0])) != 0, "a chunk has a size");
        at += line.size() + 2;
        if (size == 0) break;
        body += bytes.substr(at, size);
        at += size;
        require(bytes.substr(at, 2) == "\r\n", "a chunk ends with CR LF");
        at += 2;
    }
    while (bytes.substr(at, 2) != "\r\n") at = bytes.find("\r\n", at) + 2;  // The trailer.
    return at + 2;
}

void check_frame(std::string_view bytes, const Read& read) {
    std::size_t at = read.begin;
    while (bytes.substr(at, 2) == "\r\n") at += 2;
    at = bytes.find("\r\n\r\n", at) + 4;
    require(!read.is_chunked || read.length.empty(), "a request has one length only");
    std::string body;
    if (read.is_chunked) {
        at = skip_chunks(bytes, at, body);
    } else {
        body = bytes.substr(at, std::strtoull(read.length.c_str(), nullptr, 10));
        at += body.size();
    }
    require(body == read.body, "the body is what its length says");
    require(at == read.end, "the request ends where its length says");
}

/// Where a request is both malformed and over a limit, the pieces decide what is seen first.
bool is_same_refusal(unsigned one, unsigned other) {
    const auto is_limit = [](unsigned status) {
        return status == 413 || status == 414 || status == 431;
    };
    return one == other || is_limit(one) || is_limit(other);
}

void check_same(const std::vector<Read>& one, const std::vector<Read>& other) {
    require(one.size() == other.size(), "the bytes hold the same requests however they are cut");
    for (std::size_t i = 0; i < one.size(); ++i) {
        require(one[i].state == other[i].state, "a request is refused however it is cut");
        require(is_same_refusal(one[i].refusal, other[i].refusal),
                "a request is refused for one reason however it is cut");
        require(one[i].story == other[i].story, "a request is the same however it is cut");
        require(one[i].end == other[i].end, "a request ends at the same byte however it is cut");
    }
}

void check_cut(std::string_view bytes, std::string_view sizes) {
    const std::vector<Read> whole = read_all(bytes, "");
    std::vector<Read> cut = read_all(bytes, sizes);
    const bool is_refused = whole.back().state == State::refused || whole.back().is_too_long;
    if (is_refused && cut.back().state == State::partial && cut.back().is_chunked) {
        // Of chunks, the reader holds the last bytes back until there are five: it looks at them
        // as soon as more comes.
        cut = read_all(std::string(bytes) + "xxxxx", sizes);
    }
    check_same(whole, cut);
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    const fuzz::Input input(bytes, size);
    const std::vector<Read> whole = read_all(input.data, "");
    for (const Read& read : whole) {
        if (read.state == State::complete && !read.is_last) check_frame(input.data, read);
    }
    check_cut(input.data, "1");
    check_cut(input.data, input.choices);
    return 0;
}
