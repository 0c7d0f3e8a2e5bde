#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <list>
#include <memory>
#include <string>
#include <string_view>
#include <utility>  // <boost/asio> 1.74 uses std::exchange without it.

#include <boost/asio/ip/tcp.hpp>

#include "http/request_reader.hpp"
#include "http/tls.hpp"
#include "model/http_message.hpp"

namespace customercare::http {

class Loop;

/// One client. Answers its requests in order, one at a time; belongs to its loop's thread.
///
///     reading ─▶ answering ─▶ writing ─▶ reading, closed, or discarding ─▶ closed
///      ▲ └─────── refused ───────▲
///      └ greeting, with TLS
///
/// While it idles it holds a socket and nothing else. Its functions never destroy it, whatever
/// happens: Loop::run_step() does, afterwards.
class Connection {
public:
    using Clock = std::chrono::steady_clock;

    /// `peer` and `local_address` are without port. The connection's end is subtracted from
    /// `count`.
    Connection(Loop& loop, boost::asio::ip::tcp::socket socket, std::string peer,
               std::string local_address, std::atomic<std::size_t>& count);
    ~Connection();
    Connection(const Connection&) = delete;
    Connection& operator=(const Connection&) = delete;

    void start();                           ///< Waits for requests.
    void turn_away();                       ///< Instead of start(): 503, unasked.
    void answer(model::HttpReply&& reply);  ///< To the request in hand.
    void check_deadline(Clock::time_point now);
    /// Closes if idle; else the next reply will be the last. Who has just connected may still ask.
    void drain();
    bool cut();  ///< Ends at once. True if there is a request that will have no reply.
    [[nodiscard]] bool is_finished() const {  ///< Nothing will call it any more.
        return phase_ == Phase::closed && !reading_ && !writing_ && !waits_turn_;
    }

private:
    enum class Phase {
        greeting,    ///< The TLS handshake.
        reading,     ///< A request, or waiting for one.
        answering,   ///< The handler has the request; nothing is read, no deadline runs.
        writing,     ///< The reply.
        discarding,  ///< No reply follows; what the client still sends is thrown away.
        closed,
    };
    struct Work;
    class Ticket;
    friend class Loop;

    void wait_readable();
    void wait_writable();
    void wait_turn();
    void on_readable(boost::system::error_code error);
    void shake_hands();
    void fail_handshake(std::string detail);
    void begin_request(std::string_view first_bytes);
    void proceed();
    [[nodiscard]] bool has_room();
    void send_continue();
    void identify();
    void call_handler();
    void refuse(unsigned status, std::string text);
    void send_answer();
    void send();
    void send_faulty();
    void start_writing();
    void write();
    void end_request();
    void report(unsigned status);
    void abandon(std::string detail);
    void say_goodbye(Clock::time_point deadline);
    void reset();
    void keep_silent();
    void discard(std::size_t size);
    void close();

    // Of the socket, through TLS if there is.
    std::size_t read_some(boost::asio::mutable_buffer buffer, boost::system::error_code& error);
    std::size_t write_some(const std::array<boost::asio::const_buffer, 2>& buffers,
                           boost::system::error_code& error);

    Loop& loop_;
    boost::asio::ip::tcp::socket socket_;
    std::unique_ptr<TlsSession> tls_;  ///< None for plain HTTP, and after say_goodbye().
    std::string peer_;
    std::string local_address_;
    std::atomic<std::size_t>& count_;
    Clock::time_point deadline_;
    std::unique_ptr<Work> work_;             ///< None while idle.
    std::size_t discarded_ = 0;              ///< Bytes.
    std::list<Connection>::iterator place_;  ///< In the loop's list.
    Phase phase_ = Phase::reading;
    bool reading_ = false;     ///< Waits until the socket is readable.
    bool writing_ = false;     ///< Waits until the socket is writable.
    bool has_asked_ = false;   ///< Has had a request, if only the beginning of one.
    bool waits_turn_ = false;  ///< Has a request at hand and lets others go first.
};

}  // namespace customercare::http
