#include "http/loop.hpp"

#include <cassert>
#include <chrono>
#include <exception>
#include <iterator>

#include <boost/asio/post.hpp>

#include "http/reply_head.hpp"

namespace customercare::http {

namespace asio = boost::asio;

namespace {

/// How late a deadline may be noticed: there is one timer per loop, not one per connection.
constexpr std::chrono::milliseconds tick{100};

std::string address_text(const asio::ip::address& address) {
    if (address.is_v6() && address.to_v6().is_v4_mapped()) {
        return asio::ip::make_address_v4(asio::ip::v4_mapped, address.to_v6()).to_string();
    }
    return address.to_string();
}

}  // namespace

void Mailbox::put(Connection& connection, model::HttpReply&& reply) {
    const std::lock_guard lock(mutex_);
    if (loop_ == nullptr) return;
    letters_.push_back({&connection, std::move(reply)});
    if (letters_.size() == 1) {
        asio::post(loop_->context(), [loop = loop_] { loop->deliver_mail(); });
    }
}

void Mailbox::take(std::vector<Letter>& letters) {
    assert(letters.empty());
    const std::lock_guard lock(mutex_);
    letters_.swap(letters);
}

void Mailbox::close() {
    const std::lock_guard lock(mutex_);
    loop_ = nullptr;
    letters_.clear();
}

Loop::Loop(Shared& shared)
    : shared_(shared),
      running_(context_.get_executor()),
      timer_(context_),
      mailbox_(std::make_shared<Mailbox>(*this)) {
    schedule_tick();
}

Loop::~Loop() { mailbox_->close(); }

bool Loop::run() {
    try {
        context_.run();
    } catch (...) {
        std::terminate();  // Out of memory outside of every connection; a deaf server is worse.
    }
    bool answered = true;
    for (Connection& connection : connections_) {
        if (connection.cut()) answered = false;
    }
    return answered;
}

void Loop::add(asio::ip::tcp::socket socket, const asio::ip::address& peer, bool turn_away) {
    boost::system::error_code error;
    socket.non_blocking(true, error);
    const auto local = socket.local_endpoint(error);
    Connection& connection = connections_.emplace_back(
        *this, std::move(socket), address_text(peer), address_text(local.address()),
        turn_away ? shared_.turned_away : shared_.served);
    connection.place_ = std::prev(connections_.end());
    run_step(connection, [&] {
        if (turn_away) {
            connection.turn_away();
        } else {
            connection.start();
        }
    });
}

void Loop::remove(Connection& connection) {
    connections_.erase(connection.place_);
    finish_if_drained();
}

void Loop::drain() {
    draining_ = true;
    for_each_connection([](Connection& connection) { connection.drain(); });
    finish_if_drained();
}

void Loop::finish_if_drained() {
    if (!has_drained()) return;
    timer_.cancel();
    running_.reset();
}

const std::string& Loop::date() {
    const std::time_t now = std::time(nullptr);
    if (now != date_second_) {
        date_second_ = now;
        date_ = model::http_date(now);
    }
    return date_;
}

void Loop::deliver_mail() {
    mailbox_->take(letters_);
    for (Mailbox::Letter& letter : letters_) {
        Connection& connection = *letter.connection;
        run_step(connection, [&] { connection.answer(std::move(letter.reply)); });
    }
    letters_.clear();
}

void Loop::schedule_tick() {
    timer_.expires_after(tick);
    timer_.async_wait([this](boost::system::error_code error) {
        if (error) return;
        const auto now = Connection::Clock::now();
        for_each_connection([now](Connection& connection) { connection.check_deadline(now); });
        if (!has_drained()) schedule_tick();
    });
}

}  // namespace customercare::http
