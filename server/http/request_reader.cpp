#include "http/request_reader.hpp"

#include <algorithm>
#include <limits>
#include <string_view>

#include <boost/asio/buffer.hpp>
#include <boost/beast/http/basic_parser.hpp>

namespace customercare::http {

namespace {

namespace beast_http = boost::beast::http;
using boost::beast::error_code;

std::string_view to_std(boost::beast::string_view text) { return {text.data(), text.size()}; }

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_alphanumeric(char c) {
    return is_digit(c) || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}
bool is_control(char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte < 0x20 || byte == 0x7F;
}

std::string_view trimmed(std::string_view text) {
    const std::size_t begin = std::min(text.find_first_not_of(" \t"), text.size());
    return text.substr(begin, text.find_last_not_of(" \t") + 1 - begin);
}

/// uri-host [ ":" port ] ([RFC9110] 7.2), by its characters.
bool is_host(std::string_view text) {
    const std::size_t port = text.find_last_of(":]");
    if (port != std::string_view::npos && text[port] == ':') {
        if (!std::all_of(text.begin() + static_cast<std::ptrdiff_t>(port) + 1, text.end(),
                         is_digit)) {
            return false;
        }
        text = text.substr(0, port);
    }
    return std::all_of(text.begin(), text.end(), [](char c) {
        return is_alphanumeric(c) ||
               std::string_view("-._~%!$&'()*+,;=:[]").find(c) != std::string_view::npos;
    });
}

/// What of a chunked body is looked at: "0\r\n\r\n" ends it, and Beast asserts in a debug build if
/// it gets that in pieces.
constexpr std::size_t least_chunked = 5;

std::string limit_text(std::string_view setting, std::size_t value) {
    return std::string(setting) + " (" + std::to_string(value) + ").";
}

}  // namespace

/// Beast's parser, which calls the reader back with what it finds.
class RequestReader::Parser : public beast_http::basic_parser<true> {
public:
    explicit Parser(RequestReader& reader) : reader_(reader) {
        eager(true);
        // The reader has limits of its own.
        header_limit(std::numeric_limits<std::uint32_t>::max());
        body_limit(std::numeric_limits<std::uint64_t>::max());
    }

    /// Parses; a failure becomes the reader's refusal. Returns how many bytes were used.
    std::size_t parse(std::string_view bytes) {
        error_code error;
        frame_ = bytes.data();
        const std::size_t used = put(boost::asio::buffer(bytes), error);
        if (is_done() && chunked()) take_frame(bytes.data() + used);
        if (error && error != beast_http::error::need_more && reader_.state_ == State::partial) {
            reader_.refuse(400, "The request is no well-formed HTTP: " + error.message() + ".");
        }
        return used;
    }

private:
    using string_view = boost::beast::string_view;

    /// Ends the parsing if the reader has come to a conclusion.
    void stop_unless_partial(error_code& error) const {
        error = {};
        if (reader_.state_ != State::partial) error = beast_http::error::end_of_stream;
    }

    void on_request_impl(beast_http::verb, string_view method, string_view target, int version,
                         error_code& error) override {
        reader_.take_request_line(to_std(method), to_std(target), version);
        stop_unless_partial(error);
    }

    void on_field_impl(beast_http::field field, string_view name_text, string_view value_text,
                       error_code& error) override {
        if (reader_.has_head_) return;  // A trailer: nothing that we need may come so late.
        const std::string_view value = to_std(value_text);
        reader_.headers_.push_back({to_std(name_text), value});
        switch (field) {
            case beast_http::field::host:
                reader_.take_host(value);
                break;
            case beast_http::field::content_length:
                reader_.take_content_length(value);
                break;
            case beast_http::field::transfer_encoding:
                reader_.take_transfer_encoding(value);
                break;
            case beast_http::field::expect:
                reader_.take_expectation(value);
                break;
            case beast_http::field::content_encoding:
                reader_.take_content_encoding(value);
                break;
            default:
                break;
        }
        stop_unless_partial(error);
    }

    std::size_t on_body_impl(string_view part, error_code& error) override {
        reader_.take_body(to_std(part));
        stop_unless_partial(error);
        return part.size();
    }

    void on_chunk_header_impl(std::uint64_t size, string_view extensions,
                              error_code& error) override {
        // Beast lets any byte pass in a quoted string; a bare LF there ends the line for others.
        const auto is_bad = [](char c) { return is_control(c) && c != '\t'; };
        if (std::any_of(extensions.begin(), extensions.end(), is_bad)) {
            reader_.refuse(400, "A chunk extension holds a control character.");
        }
        // The last chunk's line counts with the trailer.
        if (size != 0) take_frame(extensions.data() + extensions.size() + 2);  // Behind CR LF.
        stop_unless_partial(error);
    }

    std::size_t on_chunk_body_impl(std::uint64_t, string_view part, error_code& error) override {
        frame_ = part.data() + part.size();
        return on_body_impl(part, error);
    }

    void take_frame(const char* end) { reader_.take_frame(static_cast<std::size_t>(end - frame_)); }

    void on_response_impl(int, string_view, int, error_code&) override {}
    void on_header_impl(error_code&) override {}
    void on_body_init_impl(const boost::optional<std::uint64_t>&, error_code&) override {}
    void on_finish_impl(error_code&) override {}

    RequestReader& reader_;
    /// Where the data of the last chunk ended, or else where the bytes being parsed begin.
    const char* frame_ = nullptr;
};

RequestReader::RequestReader(const Options& options)
    : options_(options), parser_(std::make_unique<Parser>(*this)) {}

RequestReader::~RequestReader() = default;

void RequestReader::put(std::string_view bytes) {
    if (has_head_) {
        if (rest_.empty()) {
            rest_ = bytes.substr(read_body(bytes));
        } else {
            rest_ += bytes;
            rest_.erase(0, read_body(rest_));
        }
    } else {
        head_ += bytes;
        const std::size_t end = find_head_end();
        if (end == 0) return;
        read_head(std::string_view(head_).substr(0, end));
        const std::string_view body = std::string_view(head_).substr(end);
        rest_ = body.substr(read_body(body));
    }
    // Fewer bytes may be a chunk's data.
    if (state_ == State::partial && rest_.size() >= least_chunked) limit_frame(rest_.size());
}

/// Looks at the lines that are whole now. Returns where the head ends, 0 if it has not all come.
std::size_t RequestReader::find_head_end() {
    if (line_ == 0) {
        // Empty lines before a request are not part of it ([RFC9112] 2.2).
        std::size_t begin = 0;
        while (head_.compare(begin, 2, "\r\n") == 0) begin += 2;
        head_.erase(0, begin);
        state_ = head_.empty() ? State::empty : State::partial;
        if (state_ == State::empty || head_ == "\r") return 0;
        // A TLS greeting, for one, has no line that could be waited for.
        if (is_control(head_.front()) && head_.front() != '\n') {
            refuse(400, "This is no HTTP request.");
            return 0;
        }
    }
    std::size_t head_end = 0;
    for (std::size_t end = 0; head_end == 0 && (end = head_.find('\n', line_)) != std::string::npos;
         line_ = end + 1) {
        if (end == line_ || head_[end - 1] != '\r') {
            refuse(400, "A line does not end with CR LF.");
            return 0;
        }
        const std::string_view line = std::string_view(head_).substr(line_, end - 1 - line_);
        if (line_ == 0) {
            limit_request_line(line.size());
            check_request_line(line);
        } else if (line.empty()) {
            head_end = end + 1;
        } else if (line.front() == ' ' || line.front() == '\t') {
            refuse(400, "A header is folded over two lines.");
        }
        if (state_ != State::partial) return 0;
    }
    if (line_ == 0) limit_request_line(head_.size());
    if ((head_end == 0 ? head_.size() : head_end) > options_.max_header_bytes) {
        refuse(431, "The request's headers exceed " +
                        limit_text("http.max_header_bytes", options_.max_header_bytes));
    }
    return state_ == State::refused ? 0 : head_end;
}

void RequestReader::limit_request_line(std::size_t size) {
    if (size <= options_.max_header_bytes) return;
    refuse(414, "The request's target and method exceed " +
                    limit_text("http.max_header_bytes", options_.max_header_bytes));
}

void RequestReader::check_request_line(std::string_view line) {
    constexpr std::string_view pattern = " HTTP/1.1";
    const std::string_view end = line.substr(line.size() - std::min(pattern.size(), line.size()));
    if (end == pattern || end == " HTTP/1.0") return;
    if (end.size() == pattern.size() && end.starts_with(" HTTP/") && is_digit(end[6]) &&
        end[7] == '.' && is_digit(end[8])) {
        refuse(505, "HTTP/1.1 and HTTP/1.0 are spoken here.");
    } else {
        refuse(400, "The request line does not end with an HTTP version.");
    }
}

void RequestReader::read_head(std::string_view head) {
    headers_.reserve(16);
    parser_->parse(head);
    if (state_ == State::partial && !parser_->is_header_done()) {
        refuse(400, "The request line is not well-formed.");
    }
    if (state_ == State::partial) check_head();
    request_.headers = headers_;
    has_head_ = state_ != State::refused;
    if (state_ == State::partial && parser_->is_done()) complete();
}

std::size_t RequestReader::read_body(std::string_view bytes) {
    if (state_ != State::partial || bytes.size() < (is_chunked_ ? least_chunked : 1)) return 0;
    const std::size_t used = parser_->parse(bytes);
    if (state_ == State::partial && parser_->is_done()) complete();
    return used;
}

void RequestReader::take_request_line(std::string_view method, std::string_view target,
                                      int version) {
    request_.method = method;
    request_.target = target;
    version_ = version;
}

void RequestReader::take_host(std::string_view value) {
    ++hosts_;
    if (hosts_ > 1) refuse(400, "There is more than one Host header.");
    if (!is_host(value)) refuse(400, "The Host header is not a host.");
}

void RequestReader::take_content_length(std::string_view value) {
    // [RFC9112] 6.3 would allow a list of equal lengths; no client sends one.
    if (has_length_) return refuse(400, "There is more than one Content-Length header.");
    if (value.empty() || !std::all_of(value.begin(), value.end(), is_digit)) {
        return refuse(400, "The Content-Length header is not a number.");
    }
    has_length_ = true;
}

void RequestReader::take_transfer_encoding(std::string_view value) {
    if (is_chunked_) return refuse(400, "There is more than one Transfer-Encoding header.");
    if (version_ == 10) return refuse(400, "HTTP/1.0 has no Transfer-Encoding.");  // [RFC9112] 6.1
    if (!model::equals_ignoring_case(value, "chunked")) {
        // Without chunked at the end nobody knows where the body ends ([RFC9112] 6.3).
        const std::string_view last = trimmed(value.substr(value.find_last_of(',') + 1));
        if (!model::equals_ignoring_case(last, "chunked")) {
            return refuse(400, "The Transfer-Encoding does not end with chunked.");
        }
        return refuse(501, "No Transfer-Encoding but chunked is supported.");
    }
    is_chunked_ = true;
}

void RequestReader::take_expectation(std::string_view value) {
    if (version_ == 10) return;  // [RFC9110] 10.1.1
    if (!model::equals_ignoring_case(value, "100-continue")) {
        return refuse(417, "No expectation but 100-continue can be met.");
    }
    expects_continue_ = true;
}

void RequestReader::take_content_encoding(std::string_view value) {
    if (!value.empty() && !model::equals_ignoring_case(value, "identity")) {
        refuse(415, "Bodies with a Content-Encoding are not accepted.");
    }
}

/// What is to be said of the whole head.
void RequestReader::check_head() {
    if (hosts_ == 0 && version_ == 11) return refuse(400, "There is no Host header.");
    if (!make_origin_form())
        return refuse(400, "The request's target has no form that HTTP knows.");
    if (!has_length_) {
        if (!is_chunked_ && request_.method == "POST") {
            refuse(411, "A POST needs a Content-Length or a chunked body.");
        }
        return;
    }
    const std::uint64_t length = *parser_->content_length();
    if (length > options_.max_request_bytes) return refuse_body();
    if (length > options_.max_body_bytes) {
        request_.body_too_long = true;
        body_bytes_ = length;
        return complete();
    }
    constexpr std::size_t trust = 65'536;  // A promise alone gets no more memory than this.
    body_.reserve(std::min<std::size_t>(length, trust));
}

/// Brings the target into origin-form ([RFC9112] 3.2). False if it has none of the known forms.
bool RequestReader::make_origin_form() {
    std::string_view& target = request_.target;
    if (target.starts_with('/')) return true;
    if (target == "*") return request_.method == "OPTIONS";
    if (request_.method == "CONNECT") return true;
    for (const std::string_view scheme : {"http://", "https://"}) {
        if (!model::equals_ignoring_case(target.substr(0, scheme.size()), scheme)) continue;
        const std::string_view rest = target.substr(scheme.size());
        const std::size_t path = std::min(rest.find_first_of("/?#"), rest.size());
        const std::string_view host = rest.substr(0, path);
        if (host.empty() || !is_host(host)) return false;
        // It counts more than the header ([RFC9112] 3.2.2).
        const auto header = std::find_if(headers_.begin(), headers_.end(), [](const auto& each) {
            return model::equals_ignoring_case(each.name, "Host");
        });
        if (header != headers_.end()) header->value = host;
        target = rest.substr(path);
        if (!target.starts_with('/')) target = origin_form_ = "/" + std::string(target);
        return true;
    }
    return false;
}

/// What stands between the data of chunks counts byte by byte, be it whole or not, so that a
/// request is the same in whatever pieces it comes.
void RequestReader::limit_frame(std::size_t size) {
    if (size > options_.max_header_bytes) {
        refuse(431, "A chunk's size line or the trailer exceeds " +
                        limit_text("http.max_header_bytes", options_.max_header_bytes));
    }
    if (body_bytes_ + frame_bytes_ + size > options_.max_request_bytes) refuse_body();
}

void RequestReader::take_frame(std::size_t size) {
    limit_frame(size);
    frame_bytes_ += size;
}

void RequestReader::take_body(std::string_view part) {
    body_bytes_ += part.size();
    // Of two limits the one that is reached first, in whatever pieces the body comes.
    const std::size_t room = options_.max_request_bytes - frame_bytes_;
    if (room < options_.max_body_bytes && body_bytes_ > room) return refuse_body();
    if (body_bytes_ > options_.max_body_bytes) {
        request_.body_too_long = true;
        return complete();
    }
    body_ += part;
}

void RequestReader::complete() {
    if (request_.body_too_long) body_ = {};
    request_.body = body_;
    state_ = State::complete;
}

void RequestReader::refuse_body() {
    refuse(413, "The request's body exceeds " +
                    limit_text("http.max_request_bytes", options_.max_request_bytes));
}

void RequestReader::refuse(unsigned status, std::string text) {
    if (state_ == State::refused) return;
    refusal_ = {status, std::move(text)};
    state_ = State::refused;
}

bool RequestReader::awaits_continue() const {
    return state_ == State::partial && has_head_ && expects_continue_ && body_bytes_ == 0 &&
           rest_.empty();
}

bool RequestReader::keep_alive() const { return has_head_ && parser_->keep_alive(); }

void RequestReader::drop_body() {
    request_.body = {};
    body_ = {};
}

}  // namespace customercare::http
