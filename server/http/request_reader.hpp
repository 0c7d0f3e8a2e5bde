#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "http/server.hpp"
#include "model/http_message.hpp"

namespace customercare::http {

/// Why a request is refused before the handler sees it.
struct Refusal {
    unsigned status = 0;
    std::string text;  ///< One sentence: the reply's body and the log's detail.
};

/// Reads one request from bytes as they come ([RFC9112]); knows no sockets. Boost.Beast's parser
/// does the bulk; this is stricter wherever two readers of the same bytes could disagree on where a
/// request ends ([RFC9112] 11.2).
class RequestReader {
public:
    enum class State {
        empty,     ///< Nothing has come yet, or nothing but empty lines.
        partial,   ///< More has to come.
        complete,  ///< request() is there, whole or marked body_too_long.
        refused,   ///< refusal() says why. What follows on the connection cannot be understood.
    };

    explicit RequestReader(const Options& options);  ///< `options` must outlive the reader.
    ~RequestReader();
    RequestReader(const RequestReader&) = delete;
    RequestReader& operator=(const RequestReader&) = delete;

    void put(std::string_view bytes);  ///< While the state is empty or partial.
    [[nodiscard]] State state() const { return state_; }
    [[nodiscard]] const Refusal& refusal() const { return refusal_; }
    /// The client holds the body back until it reads "100 Continue".
    [[nodiscard]] bool awaits_continue() const;

    /// As far as it is known; views live as long as the reader. The target is in origin-form: what
    /// came in absolute-form is split into target and Host.
    [[nodiscard]] const model::HttpRequest& request() const { return request_; }
    /// What came of the body, or what was announced if that is too long.
    [[nodiscard]] std::size_t body_bytes() const { return body_bytes_; }
    [[nodiscard]] bool keep_alive() const;  ///< What the client asks for.
    [[nodiscard]] bool is_http_1_0() const { return version_ == 10; }

    [[nodiscard]] bool has_head() const { return has_head_; }
    [[nodiscard]] std::size_t held_bytes() const {  ///< Memory that this request takes now.
        return head_.capacity() + body_.capacity() + rest_.capacity();
    }

    void drop_body();  ///< Frees what nobody needs any more; request().body is gone.
    /// What came after the request's end: the beginning of the next one.
    [[nodiscard]] std::string take_rest() { return std::move(rest_); }

private:
    class Parser;

    std::size_t find_head_end();
    void limit_request_line(std::size_t size);
    void check_request_line(std::string_view line);
    void read_head(std::string_view head);
    std::size_t read_body(std::string_view bytes);

    // What the parser finds.
    void take_request_line(std::string_view method, std::string_view target, int version);
    void take_host(std::string_view value);
    void take_content_length(std::string_view value);
    void take_transfer_encoding(std::string_view value);
    void take_expectation(std::string_view value);
    void take_content_encoding(std::string_view value);
    void take_body(std::string_view part);
    void limit_frame(std::size_t size);
    void take_frame(std::size_t size);

    void check_head();
    bool make_origin_form();
    void complete();
    void refuse_body();
    void refuse(unsigned status, std::string text);

    const Options& options_;
    std::unique_ptr<Parser> parser_;
    State state_ = State::empty;
    Refusal refusal_;

    std::string head_;      ///< Request line and headers as they came, and what came with them.
    std::size_t line_ = 0;  ///< Where in head_ the first line begins that is not whole.
    bool has_head_ = false;
    std::string rest_;  ///< Came after the head and could not be read yet.

    model::HttpRequest request_;
    std::vector<model::HttpHeader> headers_;
    std::string origin_form_;  ///< The target, where it is no part of head_.
    std::string body_;
    std::size_t body_bytes_ = 0;
    std::size_t frame_bytes_ = 0;  ///< Of what came whole between the data of chunks.
    int version_ = 0;              ///< 10 or 11.
    std::size_t hosts_ = 0;
    bool has_length_ = false;
    bool is_chunked_ = false;
    bool expects_continue_ = false;
};

}  // namespace customercare::http
