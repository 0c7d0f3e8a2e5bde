#include "http/server.hpp"

#include <sys/resource.h>

#include <algorithm>
#include <deque>
#include <future>
#include <thread>
#include <utility>  // <boost/asio> 1.74 uses std::exchange without it.

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>

#include "http/heartbeat.hpp"
#include "http/loop.hpp"
#include "http/tls_context.hpp"
#include "model/error.hpp"

namespace customercare::http {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

namespace {

/// Connections over the limit that are told so at a time; the others are just closed.
constexpr std::size_t max_turned_away = 64;

/// What the kernel keeps for a client that does not take its replies: else it grows to 4 MB each.
constexpr int send_buffer_bytes = 65'536;

/// Raises the limit of open files as far as the process may (the usual 1024 is for programs with
/// select()); returns how many of `connections` it leaves room for.
std::size_t allow_connections(std::size_t connections) {
    constexpr rlim_t others = 256;  // Database, logs, libraries, connections that are turned away.
    rlimit limit{};
    getrlimit(RLIMIT_NOFILE, &limit);
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit);
    getrlimit(RLIMIT_NOFILE, &limit);
    return std::min<std::size_t>(connections,
                                 limit.rlim_cur - std::min(others, limit.rlim_cur / 2));
}

std::uint64_t microseconds_since_1970() {
    const auto now = std::chrono::system_clock::now().time_since_epoch();
    return static_cast<std::uint64_t>(
        std::chrono::duration_cast<std::chrono::microseconds>(now).count());
}

}  // namespace

class Server::Impl {
public:
    Impl(Options options, model::HttpHandler handler, Observer observer);
    ~Impl() { end(); }
    Impl(const Impl&) = delete;
    Impl& operator=(const Impl&) = delete;

    [[nodiscard]] const tcp::endpoint& endpoint() const { return endpoint_; }
    [[nodiscard]] std::size_t max_connections() const { return shared_.options.max_connections; }
    [[nodiscard]] TlsContext& tls() { return *shared_.tls; }
    void report_life(std::chrono::microseconds interval, std::function<void()> beat) {
        heartbeat_.emplace(loops_, interval, std::move(beat));
    }
    [[nodiscard]] Statistics statistics() const;
    void start();
    bool stop();

private:
    static std::deque<Loop> make_loops(Shared& shared);
    void listen();
    void wait_for_clients();
    void accept_clients();
    void end();

    Shared shared_;
    std::deque<Loop> loops_;
    tcp::acceptor acceptor_;    ///< Runs on the first loop,
    asio::steady_timer pause_;  ///< as does this, and the next.
    std::optional<Heartbeat> heartbeat_;
    tcp::endpoint endpoint_;
    std::size_t next_loop_ = 0;
    std::vector<std::future<bool>> threads_;  ///< What Loop::run() returns.
};

Server::Impl::Impl(Options options, model::HttpHandler handler, Observer observer)
    : shared_{.options = std::move(options),
              .handler = std::move(handler),
              .observer = std::move(observer),
              .next_request_id = microseconds_since_1970()},
      loops_(make_loops(shared_)),
      acceptor_(loops_.front().context()),
      pause_(loops_.front().context()) {
    if (shared_.options.tls.is_on()) shared_.tls.emplace(shared_.options.tls);
    listen();
    shared_.options.max_connections = allow_connections(shared_.options.max_connections);
}

std::deque<Loop> Server::Impl::make_loops(Shared& shared) {
    std::size_t count = shared.options.threads;
    if (count == 0) count = std::max(1U, std::thread::hardware_concurrency());
    std::deque<Loop> loops;
    while (loops.size() < count) loops.emplace_back(shared);
    return loops;
}

void Server::Impl::listen() {
    const Options& options = shared_.options;
    const auto check = [&options](error_code error) {
        if (!error) return;
        const bool is_v6 = options.address.find(':') != std::string::npos;
        throw model::ServiceError(
            model::ErrorCode::usage,
            "cannot listen on " + (is_v6 ? "[" + options.address + "]" : options.address) + ":" +
                std::to_string(options.port) + ": " +
                (error == asio::error::invalid_argument ? "Not an IP address" : error.message()) +
                " (setting " + options.setting + ")");
    };
    error_code error;
    endpoint_ = {asio::ip::make_address(options.address, error), options.port};
    check(error);
    if (options.socket >= 0) {
        acceptor_.assign(endpoint_.protocol(), options.socket, error);
    } else {
        acceptor_.open(endpoint_.protocol(), error);
        check(error);
        acceptor_.set_option(tcp::acceptor::reuse_address(true), error);
    }
    check(error);
    // Linux hands the next two down to each connection.
    acceptor_.set_option(tcp::no_delay(true), error);
    check(error);
    acceptor_.set_option(tcp::socket::send_buffer_size(send_buffer_bytes), error);
    check(error);
    if (options.socket < 0) {
        acceptor_.bind(endpoint_, error);
        check(error);
        acceptor_.listen(tcp::acceptor::max_listen_connections, error);
        check(error);
    }
    acceptor_.non_blocking(true, error);
    check(error);
    endpoint_ = acceptor_.local_endpoint(error);
    check(error);
}

void Server::Impl::start() {
    wait_for_clients();
    for (Loop& loop : loops_) {
        threads_.push_back(std::async(std::launch::async, [&loop] { return loop.run(); }));
    }
}

void Server::Impl::wait_for_clients() {
    acceptor_.async_wait(tcp::acceptor::wait_read, [this](error_code error) {
        if (!error) accept_clients();
    });
}

void Server::Impl::accept_clients() {
    for (;;) {
        Loop& loop = loops_[next_loop_];
        tcp::socket socket(loop.context());
        tcp::endpoint peer;
        error_code error;
        acceptor_.accept(socket, peer, error);
        if (error == asio::error::would_block) return wait_for_clients();
        if (error) {
            // No more files or memory, most likely; the clients wait in the kernel meanwhile.
            pause_.expires_after(std::chrono::milliseconds(100));
            pause_.async_wait([this](error_code cancelled) {
                if (!cancelled) accept_clients();
            });
            return;
        }
        next_loop_ = (next_loop_ + 1) % loops_.size();

        ++shared_.all_accepted;
        const bool turn_away = shared_.served >= shared_.options.max_connections;
        if (turn_away) ++shared_.all_turned_away;
        if (turn_away && shared_.turned_away >= max_turned_away) continue;
        ++(turn_away ? shared_.turned_away : shared_.served);
        asio::post(loop.context(),
                   [&loop, socket = std::move(socket), address = peer.address(),
                    turn_away]() mutable { loop.add(std::move(socket), address, turn_away); });
    }
}

Statistics Server::Impl::statistics() const {
    return {.connections = shared_.served,
            .inflight_bytes = shared_.held_bytes,
            .accepted = shared_.all_accepted,
            .turned_away = shared_.all_turned_away,
            .full_handshakes = shared_.full_handshakes,
            .resumed_handshakes = shared_.resumed_handshakes,
            .failed_handshakes = shared_.failed_handshakes};
}

bool Server::Impl::stop() {
    asio::post(loops_.front().context(), [this] {
        accept_clients();  // Who has connected may have sent a request.
        error_code ignored;
        acceptor_.close(ignored);
        pause_.cancel();
        if (heartbeat_) heartbeat_->stop();
        for (Loop& loop : loops_) asio::post(loop.context(), [&loop] { loop.drain(); });
    });
    const auto deadline = std::chrono::steady_clock::now() + shared_.options.drain_timeout;
    for (const auto& thread : threads_) thread.wait_until(deadline);
    for (Loop& loop : loops_) loop.context().stop();
    bool answered = true;
    for (auto& thread : threads_) answered &= thread.get();
    threads_.clear();
    return answered;
}

void Server::Impl::end() {
    for (Loop& loop : loops_) loop.context().stop();
    threads_.clear();  // Joins.
}

Server::Server(Options options, model::HttpHandler handler, Observer observer)
    : impl_(std::make_unique<Impl>(std::move(options), std::move(handler), std::move(observer))) {}

Server::~Server() = default;

std::string Server::address() const { return impl_->endpoint().address().to_string(); }

std::uint16_t Server::port() const { return impl_->endpoint().port(); }

std::size_t Server::max_connections() const { return impl_->max_connections(); }

void Server::reload_tls() { impl_->tls().reload(); }

std::string Server::certificate_expiry() const { return impl_->tls().certificate_expiry(); }

void Server::report_life(std::chrono::microseconds interval, std::function<void()> beat) {
    impl_->report_life(interval, std::move(beat));
}

Statistics Server::statistics() const { return impl_->statistics(); }

void Server::start() { impl_->start(); }

bool Server::stop() { return impl_->stop(); }

bool is_open_to_others(const std::string& address) {
    error_code error;
    auto parsed = asio::ip::make_address(address, error);
    if (error) return false;  // Nothing will listen there.
    if (parsed.is_v6() && parsed.to_v6().is_v4_mapped()) {
        parsed = asio::ip::make_address_v4(asio::ip::v4_mapped, parsed.to_v6());
    }
    return !parsed.is_loopback();
}

}  // namespace customercare::http
