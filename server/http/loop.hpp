#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <ctime>
#include <exception>
#include <list>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>  // <boost/asio> 1.74 uses std::exchange without it.
#include <vector>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>

#include "http/connection.hpp"
#include "http/server.hpp"
#include "http/tls_context.hpp"
#include "model/http_message.hpp"

namespace customercare::http {

/// What the loops of one server share.
struct Shared {
    Options options;
    model::HttpHandler handler;
    Observer observer;
    std::atomic<std::uint64_t> next_request_id;
    // Connections that are open.
    std::atomic<std::size_t> served{0};
    std::atomic<std::size_t> turned_away{0};  ///< To be told that there are too many.
    std::atomic<std::size_t> held_bytes{0};   ///< For requests and replies in flight.
    // Since the start; what they count is told at Statistics.
    std::atomic<std::uint64_t> all_accepted{0};
    std::atomic<std::uint64_t> all_turned_away{0};
    std::atomic<std::uint64_t> full_handshakes{0};
    std::atomic<std::uint64_t> resumed_handshakes{0};
    std::atomic<std::uint64_t> failed_handshakes{0};
    std::optional<TlsContext> tls;  ///< None: plain HTTP.
};

/// Where replies wait for the thread of their connection. Outlives its loop while somebody still
/// holds a request's `respond`.
class Mailbox {
public:
    struct Letter {
        Connection* connection;
        model::HttpReply reply;
    };

    explicit Mailbox(Loop& loop) : loop_(&loop) {}

    /// From any thread. Wakes the loop for the first letter only, so that a batch wakes it once.
    void put(Connection& connection, model::HttpReply&& reply);
    void take(std::vector<Letter>& letters);  ///< Swaps with `letters`, which must be empty.
    void close();                             ///< The loop ends; later letters are thrown away.

private:
    std::mutex mutex_;
    Loop* loop_;
    std::vector<Letter> letters_;
};

/// One thread's connections and its event loop. Everything belongs to that thread but the mailbox
/// and posting to context().
class Loop {
public:
    explicit Loop(Shared& shared);
    ~Loop();
    Loop(const Loop&) = delete;
    Loop& operator=(const Loop&) = delete;

    boost::asio::io_context& context() { return context_; }
    /// Returns when the loop has drained, or after context().stop(): false if there were requests
    /// without a reply.
    bool run();

    void add(boost::asio::ip::tcp::socket socket, const boost::asio::ip::address& peer,
             bool turn_away);
    void drain();  ///< Idle connections close, the others when they have their reply.

    // For connections.
    Shared& shared() { return shared_; }
    const std::shared_ptr<Mailbox>& mailbox() { return mailbox_; }
    std::array<char, 65'536>& buffer() { return buffer_; }  ///< For what is just read.
    const std::string& date();
    [[nodiscard]] bool draining() const { return draining_; }
    /// Runs one step of a connection and removes it if it is finished then. Whatever the step
    /// throws (out of memory) ends that connection alone.
    template <typename Step>
    void run_step(Connection& connection, Step&& step) {
        try {
            step();
        } catch (const std::exception&) {
            connection.close();
        }
        if (connection.is_finished()) remove(connection);
    }

private:
    friend class Mailbox;

    void remove(Connection& connection);
    void deliver_mail();
    void schedule_tick();
    template <typename Step>
    void for_each_connection(Step&& step) {
        for (auto next = connections_.begin(); next != connections_.end();) {
            Connection& connection = *next++;  // Which the step may remove.
            run_step(connection, [&] { step(connection); });
        }
    }
    [[nodiscard]] bool has_drained() const { return draining_ && connections_.empty(); }
    void finish_if_drained();

    Shared& shared_;
    boost::asio::io_context context_{1};
    boost::asio::executor_work_guard<boost::asio::io_context::executor_type> running_;
    boost::asio::steady_timer timer_;
    std::shared_ptr<Mailbox> mailbox_;
    std::vector<Mailbox::Letter> letters_;
    std::list<Connection> connections_;
    std::array<char, 65'536> buffer_{};
    std::time_t date_second_ = 0;
    std::string date_;
    bool draining_ = false;
};

}  // namespace customercare::http
