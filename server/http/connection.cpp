#include "http/connection.hpp"

#include <algorithm>
#include <array>
#include <atomic>
#include <exception>

#include <boost/asio/buffer.hpp>
#include <boost/asio/post.hpp>

#include "http/identity.hpp"
#include "http/loop.hpp"
#include "http/reply_head.hpp"

namespace customercare::http {

namespace asio = boost::asio;
using boost::system::error_code;
using Socket = asio::ip::tcp::socket;

namespace {

/// How long a client may take to close after the last reply, if it has nothing more to send.
constexpr std::chrono::seconds farewell{1};
// For the first request of who has connected just before the server stops.
constexpr std::chrono::seconds last_admission{2};

/// Requests up to this size may use all of max_inflight_bytes, larger ones three quarters: some
/// large ones, slowly sent, are not to keep out everybody else.
constexpr std::size_t small_request = 131'072;

bool would_block(error_code error) {
    return error == asio::error::would_block || error == asio::error::try_again;
}

/// A 500 for a handler that gave no reply; the client learns nothing of why.
model::HttpReply failure(std::string detail) {
    model::HttpReply reply;
    reply.status = 500;
    reply.summary.outcome = "failed";
    reply.summary.detail = std::move(detail);
    return reply;
}

}  // namespace

/// The request in hand and its reply.
struct Connection::Work {
    explicit Work(Shared& shared) : total_held(shared.held_bytes), reader(shared.options) {}
    ~Work() { hold(0); }
    Work(const Work&) = delete;
    Work& operator=(const Work&) = delete;

    void hold(std::size_t bytes) {
        total_held += bytes - held;  // Which may wrap around to a subtraction.
        held = bytes;
    }

    [[nodiscard]] model::ExchangeTimes times(Clock::time_point end) const {
        constexpr Clock::time_point never{};
        model::ExchangeTimes times;
        if (called != never) {
            times.receive = called - begun;
            times.process = returned - called;
        }
        if (replied != never) {
            if (called != never && !answered) times.store = replied - returned;
            times.send = end - replied;
        }
        return times;
    }

    std::atomic<std::size_t>& total_held;
    std::size_t held = 0;  ///< Our part of it.
    RequestReader reader;
    Clock::time_point begun;  ///< When the first byte came.
    std::uint64_t request_id = 0;
    std::string_view client_request_id;
    model::TraceContext trace;
    Clock::time_point called;    ///< When the handler was,
    Clock::time_point returned;  ///< and returned,
    Clock::time_point replied;   ///< and when there was a reply.
    bool sent_continue = false;
    bool no_room = false;
    bool reached_handler = false;

    bool answered = false;
    model::HttpReply reply;
    std::string head;      ///< The reply's.
    std::size_t sent = 0;  ///< Bytes of head and body.
    bool last = false;     ///< The connection ends with this reply,
    bool abrupt = false;   ///< and the client did not ask for that: it may be sending still.
};

/// The right to answer one request, once. Given up unused it answers 500, so that no client waits
/// for ever.
class Connection::Ticket {
public:
    explicit Ticket(Connection& connection)
        : mailbox_(connection.loop_.mailbox()), connection_(connection) {}
    ~Ticket() { answer(failure("The handler gave no reply.")); }
    Ticket(const Ticket&) = delete;
    Ticket& operator=(const Ticket&) = delete;

    void answer(model::HttpReply&& reply) {
        if (used_.exchange(true)) return;
        if (in_handler == &connection_) {
            connection_.work_->reply = std::move(reply);
            connection_.work_->answered = true;
        } else {
            mailbox_->put(connection_, std::move(reply));
        }
    }

    /// The connection whose handler runs on this thread.
    static thread_local const Connection* in_handler;

private:
    std::shared_ptr<Mailbox> mailbox_;
    Connection& connection_;
    std::atomic<bool> used_{false};
};

thread_local const Connection* Connection::Ticket::in_handler = nullptr;

Connection::Connection(Loop& loop, Socket socket, std::string peer, std::string local_address,
                       std::atomic<std::size_t>& count)
    : loop_(loop),
      socket_(std::move(socket)),
      peer_(std::move(peer)),
      local_address_(std::move(local_address)),
      count_(count) {}

Connection::~Connection() { --count_; }

void Connection::start() {
    if (!loop_.shared().tls) return proceed();
    phase_ = Phase::greeting;
    deadline_ = Clock::now() + loop_.shared().options.tls.handshake_timeout;
    wait_readable();
}

void Connection::turn_away() {
    const char* const text = "There are too many connections (http.max_connections).";
    begin_request({});
    // A handshake for nothing else would cost too much.
    if (loop_.shared().tls) return abandon(text);
    refuse(503, text);
}

void Connection::wait_readable() {
    if (reading_) return;
    reading_ = true;
    const auto go_on = [this](error_code error) {
        reading_ = false;
        loop_.run_step(*this, [&] { on_readable(error); });
    };
    if (tls_ && tls_->has_unread()) {
        asio::post(loop_.context(), [go_on] { go_on({}); });
    } else {
        socket_.async_wait(Socket::wait_read, go_on);
    }
}

void Connection::wait_writable() {
    if (writing_) return;
    writing_ = true;
    socket_.async_wait(Socket::wait_write, [this](error_code) {
        writing_ = false;
        loop_.run_step(*this, [this] {
            if (phase_ == Phase::greeting) shake_hands();
            if (phase_ == Phase::writing) write();
            proceed();
        });
    });
}

/// So that a client that pipelines does not keep others waiting.
void Connection::wait_turn() {
    waits_turn_ = true;
    asio::post(loop_.context(), [this] {
        waits_turn_ = false;
        loop_.run_step(*this, [this] { proceed(); });
    });
}

void Connection::on_readable(error_code error) {
    if (phase_ == Phase::greeting) return shake_hands();
    if (phase_ != Phase::reading && phase_ != Phase::discarding) return;
    std::size_t size = 0;
    // What comes with a head is kept until it is this or the next request's turn.
    const bool is_body = work_ && work_->reader.has_head();
    const std::size_t most =
        is_body ? loop_.buffer().size() : loop_.shared().options.max_header_bytes;
    if (!error) size = read_some(asio::buffer(loop_.buffer(), most), error);
    if (would_block(error)) {
        if (tls_ && tls_->wants_write()) return wait_writable();
        wait_readable();
    } else if (error) {
        if (work_) return abandon("The client closed the connection inside its request.");
        close();
    } else if (phase_ == Phase::discarding) {
        discard(size);
    } else {
        const std::string_view bytes(loop_.buffer().data(), size);
        if (work_) {
            work_->reader.put(bytes);
        } else {
            begin_request(bytes);
        }
        proceed();
    }
}

void Connection::shake_hands() {
    if (!tls_) tls_ = std::make_unique<TlsSession>(*loop_.shared().tls, socket_.native_handle());
    switch (tls_->shake_hands()) {
        case TlsSession::Handshake::done:
            ++(tls_->is_resumed() ? loop_.shared().resumed_handshakes
                                  : loop_.shared().full_handshakes);
            phase_ = Phase::reading;
            return proceed();
        case TlsSession::Handshake::wants_read:
            return wait_readable();
        case TlsSession::Handshake::wants_write:
            return wait_writable();
        case TlsSession::Handshake::plain_http:
            tls_.reset();
            ++loop_.shared().failed_handshakes;
            begin_request({});
            return refuse(400, "This port speaks HTTPS: use https:// in the address.");
        case TlsSession::Handshake::no_client:
            return close();
        case TlsSession::Handshake::failed:
            return fail_handshake(tls_->failure());
    }
}

void Connection::fail_handshake(std::string detail) {
    ++loop_.shared().failed_handshakes;
    begin_request({});
    work_->reply.summary.outcome = "handshake_failed";
    work_->reply.summary.detail = std::move(detail);
    report(0);
    work_.reset();
    say_goodbye(Clock::now() + farewell);
}

void Connection::begin_request(std::string_view first_bytes) {
    has_asked_ = true;
    work_ = std::make_unique<Work>(loop_.shared());
    work_->begun = Clock::now();
    work_->request_id = loop_.shared().next_request_id++;
    work_->reader.put(first_bytes);
    deadline_ = work_->begun + loop_.shared().options.request_timeout;
}

/// Goes on until something has to be waited for.
void Connection::proceed() {
    while (phase_ == Phase::reading && !waits_turn_) {
        if (!work_ || work_->reader.state() == RequestReader::State::empty) {
            work_.reset();
            if (!loop_.draining()) {
                deadline_ = Clock::now() + loop_.shared().options.idle_timeout;
            } else if (has_asked_) {
                return close();
            }
            return wait_readable();
        }
        const RequestReader& reader = work_->reader;
        if (reader.state() == RequestReader::State::refused) {
            refuse(reader.refusal().status, reader.refusal().text);
        } else if (!has_room()) {
            work_->no_room = true;
            if (reader.has_head()) {
                call_handler();
            } else {
                refuse(503, "There are too many requests in flight (http.max_inflight_bytes).");
            }
        } else if (reader.state() == RequestReader::State::complete) {
            call_handler();
        } else {
            if (reader.awaits_continue() && !work_->sent_continue) send_continue();
            return wait_readable();
        }
    }
}

/// For what the request in hand has grown to.
bool Connection::has_room() {
    const std::size_t size = work_->reader.held_bytes();
    work_->hold(size);
    std::size_t limit = loop_.shared().options.max_inflight_bytes;
    if (size > small_request) limit -= limit / 4;
    return work_->total_held <= limit;
}

void Connection::send_continue() {
    work_->sent_continue = true;
    constexpr std::string_view interim = "HTTP/1.1 100 Continue\r\n\r\n";
    error_code error;
    if (write_some({asio::buffer(interim)}, error) != interim.size()) {
        abandon("The client does not take what it waits for.");
    }
}

/// How the client calls its request, and whose part it is, as far as its head is here.
void Connection::identify() {
    if (work_->trace.span_id.text().empty()) {
        work_->client_request_id = find_request_id(work_->reader.request());
        work_->trace = trace_context(work_->reader.request(), work_->request_id);
    }
}

void Connection::call_handler() {
    phase_ = Phase::answering;
    work_->reached_handler = true;
    model::HttpRequest request = work_->reader.request();
    request.peer = peer_;
    request.local_address = local_address_;
    request.is_tls = tls_ != nullptr;
    if (tls_) request.client_subject = tls_->client_subject();
    identify();
    request.id = work_->request_id;
    request.client_request_id = work_->client_request_id;
    request.trace = work_->trace;
    request.no_room = work_->no_room;
    if (request.no_room) {
        work_->reader.drop_body();
        request.body = {};
    }

    work_->called = Clock::now();
    const auto ticket = std::make_shared<Ticket>(*this);
    Ticket::in_handler = this;
    try {
        loop_.shared().handler(
            request, [ticket](model::HttpReply&& reply) { ticket->answer(std::move(reply)); });
    } catch (const std::exception& error) {
        ticket->answer(failure(error.what()));
    }
    Ticket::in_handler = nullptr;
    work_->returned = Clock::now();
    work_->reader.drop_body();
    if (work_->answered) send_answer();
}

void Connection::answer(model::HttpReply&& reply) {
    work_->reply = std::move(reply);
    send_answer();
    proceed();
}

void Connection::send_answer() {
    work_->abrupt = work_->reply.close || loop_.draining() || work_->no_room ||
                    work_->reader.request().body_too_long;
    send();
}

void Connection::refuse(unsigned status, std::string text) {
    model::HttpReply& reply = work_->reply;
    reply.status = status;
    reply.content_type = "text/plain; charset=utf-8";
    if (status == 503) reply.headers.emplace_back("Retry-After", "1");
    reply.body = text;
    reply.summary.outcome = "refused";
    reply.summary.detail = std::move(text);
    work_->abrupt = true;
    send();
}

void Connection::send() {
    work_->replied = Clock::now();
    identify();
    auto& headers = work_->reply.headers;
    std::erase_if(headers, [](const auto& header) { return header.first == "X-Request-Id"; });
    headers.emplace_back("X-Request-Id", !work_->reply.request_id.empty() ? work_->reply.request_id
                                         : work_->client_request_id.empty()
                                             ? std::to_string(work_->request_id)
                                             : std::string(work_->client_request_id));
    const RequestReader& reader = work_->reader;
    work_->last = work_->abrupt || !reader.keep_alive();
    const Persistence persistence = work_->last            ? Persistence::close
                                    : reader.is_http_1_0() ? Persistence::keep_and_say_so
                                                           : Persistence::keep;
    work_->head = reply_head(work_->reply, persistence, loop_.date());
    if (work_->reply.wire_fault != model::WireFault::none) return send_faulty();
    start_writing();
}

/// After this reply the client may still be sending, as it has no reason to stop.
void Connection::send_faulty() {
    model::HttpReply& reply = work_->reply;
    work_->last = true;
    work_->abrupt = true;
    switch (reply.wire_fault) {
        case model::WireFault::reset:
            return reset();
        case model::WireFault::silence:
            return keep_silent();
        case model::WireFault::raw:
            work_->head.clear();
            break;
        case model::WireFault::truncated:
            reply.body.resize(std::min(reply.body.size(), reply.truncated_after));
            break;
        case model::WireFault::none:
            break;
    }
    start_writing();
}

void Connection::start_writing() {
    work_->hold(work_->reader.held_bytes() + work_->head.capacity() + work_->reply.body.capacity());
    deadline_ = Clock::now() + loop_.shared().options.write_timeout;
    phase_ = Phase::writing;
    write();
}

void Connection::write() {
    const std::string_view head = work_->head;
    std::string_view body = work_->reply.body;
    if (work_->reader.request().method == "HEAD" || !may_have_body(work_->reply.status)) body = {};
    while (work_->sent < head.size() + body.size()) {
        const std::size_t head_sent = std::min(work_->sent, head.size());
        const std::array<asio::const_buffer, 2> unsent{
            asio::buffer(head.substr(head_sent)),
            asio::buffer(body.substr(work_->sent - head_sent))};
        error_code error;
        work_->sent += write_some(unsent, error);
        if (would_block(error)) return wait_writable();
        if (error) {
            report(0);
            return close();
        }
    }
    end_request();
}

/// The reply is in the socket's hands.
void Connection::end_request() {
    report(work_->reply.status);
    const std::unique_ptr<Work> ended = std::move(work_);
    if (!ended->last) {
        phase_ = Phase::reading;
        const std::string rest = ended->reader.take_rest();
        if (rest.empty()) return;
        begin_request(rest);
        wait_turn();
    } else if (ended->abrupt) {
        Clock::time_point deadline = Clock::now() + farewell;
        const bool is_incomplete = ended->reader.state() == RequestReader::State::refused ||
                                   ended->reader.request().body_too_long || ended->no_room;
        if (is_incomplete && !loop_.draining()) {
            deadline = std::max(deadline, ended->begun + loop_.shared().options.request_timeout);
        }
        say_goodbye(deadline);
    } else {
        close();
    }
}

void Connection::report(unsigned status) {
    identify();
    const Clock::time_point now = Clock::now();
    const RequestReader& reader = work_->reader;
    const model::HttpReply& reply = work_->reply;
    loop_.shared().observer(
        {.request_id = work_->request_id,
         .client_request_id = work_->client_request_id,
         .trace = work_->trace,
         .method = reader.request().method,
         .target = reader.request().target,
         .peer = peer_,
         .client_subject = tls_ ? tls_->client_subject() : std::string_view(),
         .status = status,
         .request_bytes = reader.body_bytes(),
         .reply_bytes = reply.body.size(),
         .duration = std::chrono::duration_cast<std::chrono::microseconds>(now - work_->begun),
         .times = work_->times(now),
         .reached_handler = work_->reached_handler,
         .summary = &reply.summary});
}

/// The request will not be answered.
void Connection::abandon(std::string detail) {
    work_->reply.summary.outcome = "abandoned";
    work_->reply.summary.detail = std::move(detail);
    report(0);
    close();
}

/// Closing at once could reset the connection before the client has read what was sent last
/// ([RFC9112] 9.6).
void Connection::say_goodbye(Clock::time_point deadline) {
    phase_ = Phase::discarding;
    deadline_ = deadline;
    if (tls_) tls_->end();
    tls_.reset();
    error_code ignored;  // A client that has gone has gone.
    socket_.shutdown(Socket::shutdown_send, ignored);
    wait_readable();
}

/// Closing with SO_LINGER 0 sends RST and no farewell, TLS's neither.
void Connection::reset() {
    report(0);
    tls_.reset();
    error_code ignored;
    socket_.set_option(asio::socket_base::linger(true, 0), ignored);
    close();
}

void Connection::keep_silent() {
    report(0);
    work_.reset();
    phase_ = Phase::discarding;
    deadline_ = Clock::now() + (loop_.draining() ? farewell : loop_.shared().options.idle_timeout);
    wait_readable();
}

void Connection::discard(std::size_t size) {
    discarded_ += size;
    if (discarded_ > loop_.shared().options.max_request_bytes) return close();
    wait_readable();
}

void Connection::check_deadline(Clock::time_point now) {
    if (phase_ == Phase::answering || phase_ == Phase::closed || now < deadline_) return;
    if (phase_ == Phase::writing) {
        report(0);
        close();
    } else if (phase_ == Phase::greeting) {
        fail_handshake("The TLS handshake was not done within tls.handshake_timeout_ms.");
    } else if (phase_ == Phase::reading && work_) {
        refuse(408, "The request did not arrive within http.request_timeout.");
    } else {
        close();
    }
}

void Connection::drain() {
    if (phase_ == Phase::reading && !work_) {
        on_readable({});  // A request may be there already.
        if (phase_ == Phase::reading && !work_ && has_asked_) close();
    }
    if (!has_asked_) deadline_ = std::min(deadline_, Clock::now() + last_admission);
    if (phase_ == Phase::discarding) deadline_ = std::min(deadline_, Clock::now() + farewell);
}

bool Connection::cut() {
    if (!work_) return false;
    abandon("The server was stopped before the reply.");
    return true;
}

void Connection::close() {
    phase_ = Phase::closed;
    work_.reset();
    if (tls_) tls_->end();
    error_code ignored;
    socket_.close(ignored);
}

std::size_t Connection::read_some(asio::mutable_buffer buffer, error_code& error) {
    return tls_ ? tls_->read_some(buffer, error) : socket_.read_some(asio::buffer(buffer), error);
}

std::size_t Connection::write_some(const std::array<asio::const_buffer, 2>& buffers,
                                   error_code& error) {
    return tls_ ? tls_->write_some(buffers, error) : socket_.write_some(buffers, error);
}

}  // namespace customercare::http
