#include "http/server.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <catch2/catch.hpp>
#include <condition_variable>
#include <functional>
#include <future>
#include <mutex>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "model/error.hpp"

namespace customercare::http {
namespace {

using namespace std::chrono_literals;
using Catch::Contains;
using Catch::EndsWith;
using Catch::StartsWith;

/// A blocking connection with nothing between the test and the bytes. Gives up after 20 s.
class Client {
public:
    explicit Client(std::uint16_t port) : Client() { connect(port); }
    Client() : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
        const timeval timeout{20, 0};
        setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &timeout, sizeof timeout);
    }
    ~Client() { ::close(socket_); }
    Client(const Client&) = delete;
    Client& operator=(const Client&) = delete;

    void connect(std::uint16_t port) {
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_port = htons(port);
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        const auto* generic = reinterpret_cast<const sockaddr*>(&address);
        if (::connect(socket_, generic, sizeof address) != 0) throw std::runtime_error("connect");
    }

    void receive_slowly() {
        const int size = 4096;
        setsockopt(socket_, SOL_SOCKET, SO_RCVBUF, &size, sizeof size);
    }

    /// False if the connection is closed.
    bool send(std::string_view bytes) {
        while (!bytes.empty()) {
            const ssize_t sent = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
            if (sent < 0) return false;
            bytes.remove_prefix(static_cast<std::size_t>(sent));
        }
        return true;
    }

    void end_sending() { ::shutdown(socket_, SHUT_WR); }

    void reset() {
        const linger now{1, 0};
        setsockopt(socket_, SOL_SOCKET, SO_LINGER, &now, sizeof now);
        ::close(socket_);
        socket_ = -1;
    }

    /// The next reply: head and as much body as its Content-Length says. "" if the connection ends.
    std::string receive(bool head_only = false) {
        std::size_t head_end = 0;
        while ((head_end = received_.find("\r\n\r\n")) == received_.npos) {
            if (!receive_more()) return {};
        }
        std::size_t size = head_end + 4;
        const std::size_t length = received_.find("Content-Length: ");
        if (!head_only && length < head_end) size += std::stoul(received_.substr(length + 16));
        while (received_.size() < size) {
            if (!receive_more()) return {};
        }
        const std::string reply = received_.substr(0, size);
        received_.erase(0, size);
        return reply;
    }

    std::string call(std::string_view request) {
        send(request);
        return receive();
    }

    /// All that comes until the server closes.
    std::string receive_all() {
        while (receive_more()) {
        }
        return std::exchange(received_, {});
    }

    /// True if the server closes without a further byte, and not by a reset.
    bool is_closed() { return received_.empty() && !receive_more() && last_error_ == 0; }

private:
    bool receive_more() {
        char buffer[65536];
        const ssize_t count = ::recv(socket_, buffer, sizeof buffer, 0);
        last_error_ = count < 0 ? errno : 0;
        if (last_error_ == EAGAIN) throw std::runtime_error("nothing came for 20 s");
        if (count <= 0) return false;
        received_.append(buffer, static_cast<std::size_t>(count));
        return true;
    }

    int socket_;
    int last_error_ = 0;
    std::string received_;
};

model::HttpReply reply(std::string body, unsigned status = 200) {
    model::HttpReply result;
    result.status = status;
    result.content_type = "text/plain";
    result.body = std::move(body);
    result.summary.outcome = "fine";
    return result;
}

/// Answers with what it saw; a few targets do special things.
void echo(const model::HttpRequest& request, const model::HttpRespond& respond) {
    if (request.body_too_long) return respond(reply("too long", 500));
    if (request.target == "/throw") throw std::runtime_error("the reason");
    if (request.target == "/drop") return;
    if (request.target == "/big") return respond(reply(std::string(20'000'000, 'x')));
    if (request.target == "/close") {
        model::HttpReply last = reply("last");
        last.close = true;
        return respond(std::move(last));
    }
    if (request.target == "/204") return respond(reply("", 204));
    if (request.target == "/later") {
        std::thread([respond] { respond(reply("later")); }).detach();
        return;
    }
    respond(reply(std::string(request.method) + " " + std::string(request.target) + " " +
                  std::string(request.body)));
}

/// What the observer was told, copied.
struct Seen {
    std::uint64_t request_id;
    std::string method, target, peer, outcome, detail;
    unsigned status;
    std::size_t request_bytes, reply_bytes;
    std::chrono::microseconds duration;
};

/// A running server on a free port.
class TestServer {
public:
    explicit TestServer(Options options = {}, model::HttpHandler handler = echo)
        : server_(with_free_port(options), std::move(handler), [this](const Exchange& exchange) {
              const std::lock_guard lock(mutex_);
              seen_.push_back({exchange.request_id, std::string(exchange.method),
                               std::string(exchange.target), std::string(exchange.peer),
                               std::string(exchange.summary->outcome), exchange.summary->detail,
                               exchange.status, exchange.request_bytes, exchange.reply_bytes,
                               exchange.duration});
              changed_.notify_all();
          }) {
        server_.start();
    }

    [[nodiscard]] std::uint16_t port() const { return server_.port(); }
    bool stop() { return server_.stop(); }

    /// Waits until that many exchanges were observed; returns all.
    std::vector<Seen> seen(std::size_t count) {
        std::unique_lock lock(mutex_);
        REQUIRE(changed_.wait_for(lock, 20s, [&] { return seen_.size() >= count; }));
        return seen_;
    }

private:
    static Options with_free_port(Options options) {
        options.port = 0;
        options.threads = 2;
        return options;
    }

    std::mutex mutex_;
    std::condition_variable changed_;
    std::vector<Seen> seen_;
    Server server_;
};

std::string get(const std::string& target, const std::string& headers = "") {
    return "GET " + target + " HTTP/1.1\r\nHost: x\r\n" + headers + "\r\n";
}

std::string post(const std::string& body, const std::string& headers = "") {
    return "POST /p HTTP/1.1\r\nHost: x\r\n" + headers +
           "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
}

Options short_of(std::chrono::milliseconds Options::*timeout) {
    Options options;
    options.*timeout = 50ms;
    return options;
}

}  // namespace

TEST_CASE("A reply has what HTTP wants and no more", "[http]") {
    TestServer server({}, [](const model::HttpRequest&, const model::HttpRespond& respond) {
        model::HttpReply answer = reply("body", 500);
        answer.headers.emplace_back("Cache-Control", "private");
        respond(std::move(answer));
    });
    Client client(server.port());
    const std::string answer = client.call(get("/"));
    CHECK_THAT(answer, Catch::Matches("HTTP/1\\.1 500 Internal Server Error\r\n"
                                      "Cache-Control: private\r\n"
                                      "X-Request-Id: \\d+\r\n"
                                      "Content-Type: text/plain\r\n"
                                      "Date: [A-Z][a-z]{2}, \\d\\d [A-Z][a-z]{2} \\d{4} "
                                      "\\d\\d:\\d\\d:\\d\\d GMT\r\n"
                                      "Content-Length: 4\r\n"
                                      "\r\n"
                                      "body"));
}

TEST_CASE("The handler sees the request and who sent it", "[http]") {
    std::string peer, local, header;
    std::uint64_t id = 0;
    TestServer server({}, [&](const model::HttpRequest& request, const model::HttpRespond& done) {
        peer = request.peer;
        local = request.local_address;
        header = request.find("x-test")->value;
        id = request.id;
        done(reply(std::string(request.method) + std::string(request.target) +
                   std::string(request.body)));
    });
    Client client(server.port());
    CHECK_THAT(client.call(post("body", "X-Test:  a b \r\n")), EndsWith("\r\n\r\nPOST/pbody"));
    const auto seen = server.seen(1);
    CHECK(peer == "127.0.0.1");
    CHECK(local == "127.0.0.1");
    CHECK(header == "a b");
    CHECK(seen[0].request_id == id);
}

TEST_CASE("A connection is kept as the client wants it", "[http]") {
    TestServer server;
    Client client(server.port());
    CHECK_THAT(client.call(get("/1")), EndsWith("GET /1 ") && !Contains("Connection:"));
    CHECK_THAT(client.call(get("/2")), EndsWith("GET /2 "));
    CHECK_THAT(client.call(get("/3", "Connection: close\r\n")), Contains("Connection: close\r\n"));
    CHECK(client.is_closed());

    Client old(server.port());
    CHECK_THAT(old.call("GET /1 HTTP/1.0\r\nConnection: keep-alive\r\n\r\n"),
               StartsWith("HTTP/1.1 200 OK\r\n") && Contains("Connection: keep-alive\r\n"));
    CHECK_THAT(old.call("GET /2 HTTP/1.0\r\n\r\n"), Contains("Connection: close\r\n"));
    CHECK(old.is_closed());
}

TEST_CASE("Pipelined requests are answered in order, one at a time", "[http]") {
    std::atomic<int> in_hand{0};
    std::atomic<bool> overlapping{false};
    TestServer server({}, [&](const model::HttpRequest& request, const model::HttpRespond& done) {
        if (++in_hand != 1) overlapping = true;
        const std::string target(request.target);
        const auto finish = [&in_hand, done, target] {
            --in_hand;
            done(reply(target));
        };
        if (target.back() % 2 == 0) return finish();
        std::thread(finish).detach();
    });
    Client client(server.port());
    std::string requests;
    for (int i = 0; i < 200; ++i) requests += "\r\n" + get("/" + std::to_string(i));
    client.send(requests);
    for (int i = 0; i < 200; ++i) {
        REQUIRE_THAT(client.receive(), EndsWith("\r\n\r\n/" + std::to_string(i)));
    }
    CHECK_FALSE(overlapping);
}

TEST_CASE("A client that pipelines waits its turn", "[http]") {
    std::promise<void> all_sent;
    std::vector<std::string> order;  // Of one loop's thread.
    TestServer server({},
                      [&](const model::HttpRequest& request, const model::HttpRespond& respond) {
                          if (request.target == "/first") all_sent.get_future().wait();
                          if (request.target != "/other") order.emplace_back(request.target);
                          respond(reply("fine"));
                      });
    // Connections go to the two loops in turn.
    Client greedy(server.port()), other(server.port()), modest(server.port());
    for (Client* client : {&greedy, &other, &modest}) client->call(get("/other"));
    std::string requests = get("/first");
    for (int i = 0; i < 50; ++i) requests += get("/greedy");
    greedy.send(requests);
    modest.send(get("/modest"));
    all_sent.set_value();
    modest.receive();
    for (int i = 0; i < 51; ++i) greedy.receive();
    CHECK(std::find(order.begin(), order.end(), "/modest") - order.begin() < 5);
}

TEST_CASE("A pipelined error ends the connection after the replies before it", "[http]") {
    TestServer server;
    Client client(server.port());
    client.send(get("/later") + get("/2") + "nonsense\r\n\r\n" + get("/3"));
    CHECK_THAT(client.receive(), EndsWith("later"));
    CHECK_THAT(client.receive(), EndsWith("GET /2 "));
    CHECK_THAT(client.receive(), StartsWith("HTTP/1.1 400 Bad Request\r\n"));
    CHECK(client.is_closed());
    CHECK(server.seen(3).size() == 3);
}

TEST_CASE("A request may come byte by byte and in chunks", "[http]") {
    TestServer server;
    Client client(server.port());
    for (const char c :
         std::string("PUT /a HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
                     "3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n")) {
        client.send({&c, 1});
    }
    CHECK_THAT(client.receive(), EndsWith("PUT /a abcde"));
    CHECK_THAT(client.call(get("/next")), EndsWith("GET /next "));
}

TEST_CASE("A large body arrives whole", "[http]") {
    TestServer server({}, [](const model::HttpRequest& request, const model::HttpRespond& done) {
        done(reply(std::string(request.body)));
    });
    std::string body;
    while (body.size() < 4'000'000) body += std::to_string(body.size()) + " ";
    Client client(server.port());
    std::thread sender([&] { client.send(post(body)); });
    CHECK_THAT(client.receive(), EndsWith(body));
    sender.join();
}

TEST_CASE("A client that expects 100 Continue gets it, then the reply", "[http]") {
    TestServer server;
    Client client(server.port());
    client.send("POST /p HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 4\r\n\r\n");
    CHECK(client.receive() == "HTTP/1.1 100 Continue\r\n\r\n");
    client.send("bo");
    client.send("dy");
    CHECK_THAT(client.receive(), StartsWith("HTTP/1.1 200 OK") && EndsWith("POST /p body"));

    // None is needed where the body comes along, and none is given where it is refused.
    CHECK_THAT(client.call(post("body", "Expect: 100-continue\r\n")), StartsWith("HTTP/1.1 200"));
    CHECK_THAT(client.call("POST /p HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\n"
                           "Content-Length: 5000000\r\n\r\n"),
               StartsWith("HTTP/1.1 500") && EndsWith("too long"));
}

TEST_CASE("A reply to HEAD has no body", "[http]") {
    TestServer server;
    Client client(server.port());
    client.send("HEAD /a HTTP/1.1\r\nHost: x\r\n\r\n");
    CHECK_THAT(client.receive(true), Contains("Content-Length: 8\r\n"));
    CHECK_THAT(client.call(get("/b")), StartsWith("HTTP/1.1 200") && EndsWith("GET /b "));
    CHECK_THAT(client.call(get("/204")), !Contains("Content-Length"));
}

TEST_CASE("Every refusal says what was wrong and closes", "[http]") {
    struct Case {
        std::string request, status, detail;
    };
    const auto [request, status, detail] = GENERATE(values<Case>({
        {"nonsense\r\n\r\n", "400 Bad Request", "version"},
        {"GET / HTTP/1.1\r\nHost: x\r\nX: " + std::string(20'000, 'x') + "\r\n\r\n",
         "431 Request Header Fields Too Large", "http.max_header_bytes (16384)"},
        {"POST / HTTP/1.1\r\nHost: x\r\n\r\n", "411 Length Required", "Content-Length"},
        {"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 30000001\r\n\r\n", "413 Content Too Large",
         "http.max_request_bytes (30000000)"},
        {post("x", "Content-Encoding: gzip\r\n"), "415 Unsupported Media Type", "Content-Encoding"},
        {post("x", "Expect: more\r\n"), "417 Expectation Failed", "expectation"},
        {"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: gzip, chunked\r\n\r\n",
         "501 Not Implemented", "Transfer-Encoding"},
        {"GET / HTTP/2.0\r\n\r\n", "505 HTTP Version Not Supported", "HTTP/1.1"},
    }));
    TestServer server({}, [](const model::HttpRequest&, const model::HttpRespond&) {
        throw std::logic_error("a refused request reached the handler");
    });
    Client client(server.port());
    const std::string answer = client.call(request);
    CHECK_THAT(answer, StartsWith("HTTP/1.1 " + status + "\r\n") && Contains(detail) &&
                           Contains("Content-Type: text/plain; charset=utf-8\r\n") &&
                           Contains("Connection: close\r\n"));
    CHECK(client.is_closed());

    const Seen seen = server.seen(1)[0];
    CHECK(seen.outcome == "refused");
    CHECK_THAT(seen.detail, Contains(detail));
    CHECK(std::to_string(seen.status) == status.substr(0, 3));
}

TEST_CASE("A client that still sends a refused body gets its reply", "[http]") {
    TestServer server;
    const std::string body(20'000'000, 'x');
    const auto [request, expected] = GENERATE_REF(values<std::pair<std::string, std::string>>(
        {{"POST /p HTTP/1.1\r\nHost: x\r\nContent-Length: 20000000\r\n\r\n", "too long"},
         {"POST /p HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n1312D00\r\n",
          "too long"},
         {"POST /p HTTP/1.1\r\nHost: x\r\nContent-Length: 30000001\r\n\r\n", "HTTP/1.1 413"}}));
    Client client(server.port());
    CHECK(client.send(request + body));  // Before it reads, as simple clients do.
    client.end_sending();
    CHECK_THAT(client.receive_all(), Contains(expected) && Contains("Connection: close\r\n"));
    CHECK(client.is_closed());
    CHECK(server.seen(1).size() == 1);
}

TEST_CASE("What a refused client sends is not read without end", "[http]") {
    Options options;
    options.max_request_bytes = 1'000'000;
    options.max_body_bytes = 1'000;
    TestServer server(options);
    Client client(server.port());
    client.send("POST /p HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n");
    const std::string chunk = "10000\r\n" + std::string(65'536, 'x') + "\r\n";
    bool open = true;
    for (int i = 0; open && i < 2'000; ++i) open = client.send(chunk);
    CHECK_FALSE(open);
}

TEST_CASE("A client that ends sending after its request gets its reply", "[http]") {
    TestServer server;
    Client client(server.port());
    client.send(get("/later"));
    client.end_sending();
    CHECK_THAT(client.receive(), EndsWith("later"));
    CHECK(client.is_closed());
}

TEST_CASE("A client that goes away inside its request is observed, not answered", "[http]") {
    TestServer server;
    {
        Client client(server.port());
        client.send("GET /a HTTP/1.1\r\nHo");
    }
    Client(server.port()).reset();  // Silent ones are not.
    const auto seen = server.seen(1);
    CHECK(seen[0].status == 0);
    CHECK_THAT(seen[0].detail, Contains("closed"));
    CHECK_THAT(Client(server.port()).call(get("/b")), EndsWith("GET /b "));
    CHECK(server.seen(2).size() == 2);
}

TEST_CASE("A handler that fails or gives no reply costs its client a 500", "[http]") {
    TestServer server;
    Client client(server.port());
    CHECK_THAT(client.call(get("/throw")), StartsWith("HTTP/1.1 500 Internal Server Error\r\n") &&
                                               Contains("Content-Length: 0\r\n") &&
                                               !Contains("reason"));
    CHECK_THAT(client.call(get("/drop")), StartsWith("HTTP/1.1 500 Internal Server Error\r\n"));
    CHECK_THAT(client.call(get("/a")), EndsWith("GET /a "));
    const auto seen = server.seen(3);
    CHECK(seen[0].outcome == "failed");
    CHECK(seen[0].detail == "the reason");
    CHECK(seen[1].outcome == "failed");
    CHECK(seen[1].status == 500);
}

TEST_CASE("Only the first reply to a request counts", "[http]") {
    TestServer server({}, [](const model::HttpRequest&, const model::HttpRespond& respond) {
        respond(reply("first"));
        respond(reply("second"));
        throw std::runtime_error("third");
    });
    Client client(server.port());
    CHECK_THAT(client.call(get("/")), EndsWith("first"));
    CHECK_THAT(client.call(get("/")), EndsWith("first"));
}

TEST_CASE("Every exchange is observed once, with its figures", "[http]") {
    TestServer server;
    Client client(server.port());
    client.call(post("12345"));
    client.call(get("/later"));
    client.call(get("/close"));
    CHECK(client.is_closed());
    const auto seen = server.seen(3);
    CHECK(seen.size() == 3);
    CHECK(seen[0].method == "POST");
    CHECK(seen[0].target == "/p");
    CHECK(seen[0].peer == "127.0.0.1");
    CHECK(seen[0].outcome == "fine");
    CHECK(seen[0].status == 200);
    CHECK(seen[0].request_bytes == 5);
    CHECK(seen[0].reply_bytes == 13);
    CHECK(seen[0].duration.count() > 0);
    CHECK(seen[1].request_id == seen[0].request_id + 1);
    CHECK(seen[2].target == "/close");
}

TEST_CASE("Replies from other threads reach their own clients", "[http]") {
    // As the store does it: one thread answers whatever has collected.
    std::mutex mutex;
    std::vector<std::function<void()>> waiting;
    TestServer server({}, [&](const model::HttpRequest& request, const model::HttpRespond& done) {
        const std::lock_guard lock(mutex);
        waiting.emplace_back([done, body = std::string(request.body)] { done(reply(body)); });
    });
    std::atomic<bool> ended{false};
    std::thread answerer([&] {
        while (!ended) {
            std::vector<std::function<void()>> batch;
            {
                const std::lock_guard lock(mutex);
                batch.swap(waiting);
            }
            for (const auto& answer : batch) answer();
            std::this_thread::yield();
        }
    });
    std::atomic<int> right{0};
    std::vector<std::thread> clients;
    for (int i = 0; i < 16; ++i) {
        clients.emplace_back([&, i] {
            Client client(server.port());
            for (int j = 0; j < 50; ++j) {
                const std::string body = std::to_string(i) + "-" + std::to_string(j);
                if (client.call(post(body)).ends_with("\r\n\r\n" + body)) ++right;
            }
        });
    }
    for (std::thread& client : clients) client.join();
    ended = true;
    answerer.join();
    CHECK(right == 16 * 50);
}

TEST_CASE("A request that takes too long from its first byte is told 408", "[http]") {
    TestServer server(short_of(&Options::request_timeout));
    const std::string begun = GENERATE("GET", "GET / HTTP/1.1\r\nHost:",
                                       "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\nxx");
    Client client(server.port());
    CHECK_THAT(client.call(get("/")), StartsWith("HTTP/1.1 200"));
    client.send(begun);
    CHECK_THAT(client.receive(),
               StartsWith("HTTP/1.1 408 Request Timeout\r\n") && Contains("Connection: close\r\n"));
    CHECK(client.is_closed());
    const auto seen = server.seen(2);
    CHECK(seen[1].outcome == "refused");
    CHECK(seen[1].status == 408);
}

TEST_CASE("A sender that drips does not outlive its deadline", "[http]") {
    TestServer server(short_of(&Options::request_timeout));
    Client client(server.port());
    client.send("GET / HTTP/1.1\r\nX: ");
    std::thread dripper([&] {
        while (client.send("x")) std::this_thread::sleep_for(5ms);
    });
    CHECK_THAT(client.receive(), StartsWith("HTTP/1.1 408"));
    dripper.join();
}

TEST_CASE("An idle connection is closed without a word", "[http]") {
    TestServer server(short_of(&Options::idle_timeout));
    Client silent(server.port());
    CHECK(silent.is_closed());
    Client client(server.port());
    client.call(get("/"));
    client.send("\r\n");  // An empty line is no request.
    CHECK(client.is_closed());
    CHECK(server.seen(1).size() == 1);
}

TEST_CASE("A handler's time is not the client's", "[http]") {
    Options options;
    options.request_timeout = options.idle_timeout = options.write_timeout = 50ms;
    std::promise<model::HttpRespond> asked;
    TestServer server(options, [&](const model::HttpRequest&, model::HttpRespond respond) {
        asked.set_value(std::move(respond));
    });
    Client client(server.port());
    client.send(get("/"));
    const model::HttpRespond respond = asked.get_future().get();
    std::this_thread::sleep_for(300ms);  // Longer than every timeout.
    respond(reply("at last"));
    CHECK_THAT(client.receive(), EndsWith("at last"));
}

TEST_CASE("A client that does not take its reply is closed", "[http]") {
    TestServer server(short_of(&Options::write_timeout));
    Client client;
    client.receive_slowly();
    client.connect(server.port());
    client.send(get("/big"));
    CHECK(server.seen(1)[0].status == 0);
    CHECK(client.receive_all().size() < 20'000'000);
}

TEST_CASE("A reply larger than the socket's buffers is sent whole", "[http]") {
    TestServer server;
    Client client;
    client.receive_slowly();
    client.connect(server.port());
    client.send(get("/big") + get("/next"));
    CHECK(client.receive().size() > 20'000'000);
    CHECK_THAT(client.receive(), EndsWith("GET /next "));
}

TEST_CASE("Beyond max_inflight_bytes requests are handed over without body, as lacking room",
          "[http]") {
    Options options;
    options.max_inflight_bytes = 1'000'000;
    std::mutex mutex;
    std::condition_variable changed;
    std::vector<model::HttpRespond> waiting;
    TestServer server(options,
                      [&](const model::HttpRequest& request, const model::HttpRespond& respond) {
                          if (request.no_room)
                              return respond(reply("no room" + std::string(request.body), 503));
                          if (request.body.size() < 100'000) return respond(reply("small"));
                          const std::lock_guard lock(mutex);
                          waiting.push_back(respond);
                          changed.notify_all();
                      });
    const auto take_waiting = [&](std::size_t count) {
        std::unique_lock lock(mutex);
        REQUIRE(changed.wait_for(lock, 20s, [&] { return waiting.size() == count; }));
        return std::exchange(waiting, {});
    };
    const std::string large = post(std::string(200'000, 'x'));
    // More often than would fit if no room were given back.
    for (int round = 0; round < 5; ++round) {
        Client first(server.port()), second(server.port());
        first.send(large);
        second.send(large);
        const auto responds = take_waiting(2);
        Client third(server.port());
        CHECK_THAT(third.call(large), StartsWith("HTTP/1.1 503 ") && EndsWith("\r\n\r\nno room"));
        // Large ones leave some room to small ones.
        CHECK_THAT(Client(server.port()).call(post("y")), EndsWith("small"));
        for (const auto& respond : responds) respond(reply("large"));
        CHECK_THAT(first.receive(), EndsWith("large"));
        CHECK_THAT(second.receive(), EndsWith("large"));
    }
}

TEST_CASE("Connections over the limit are told 503", "[http]") {
    Options options;
    options.max_connections = 2;
    TestServer server(options);
    {
        Client first(server.port()), second(server.port());
        first.call(get("/"));
        second.call(get("/"));
        Client third(server.port());
        third.send(get("/"));
        CHECK_THAT(third.receive(), StartsWith("HTTP/1.1 503 Service Unavailable\r\n") &&
                                        Contains("Retry-After: 1\r\n") &&
                                        Contains("Connection: close\r\n"));
        CHECK(third.is_closed());
        const auto seen = server.seen(3);
        CHECK(std::count_if(seen.begin(), seen.end(), [](const Seen& each) {
                  return each.outcome == "refused" && each.status == 503;
              }) == 1);
        CHECK_THAT(first.call(get("/1")), EndsWith("GET /1 "));
        CHECK_THAT(second.call(get("/2")), EndsWith("GET /2 "));
    }
    // There is room again as soon as the server has seen that the two are gone.
    bool served = false;
    for (int i = 0; !served && i < 1'000; ++i) {
        served = Client(server.port()).call(get("/")).starts_with("HTTP/1.1 200");
    }
    CHECK(served);
}

TEST_CASE("Without free file descriptors clients wait, and are served later", "[http]") {
    TestServer server;
    std::vector<Client> clients(4);
    const int highest = ::dup(0);
    ::close(highest);
    rlimit before{};
    getrlimit(RLIMIT_NOFILE, &before);
    const rlimit none_left{static_cast<rlim_t>(highest) + 1, before.rlim_max};
    setrlimit(RLIMIT_NOFILE, &none_left);
    for (Client& client : clients) {
        client.connect(server.port());
        client.send(get("/"));
    }
    const std::string first = clients[0].receive();
    setrlimit(RLIMIT_NOFILE, &before);
    CHECK_THAT(first, StartsWith("HTTP/1.1 200"));
    for (std::size_t i = 1; i < clients.size(); ++i) {
        CHECK_THAT(clients[i].receive(), StartsWith("HTTP/1.1 200"));
    }
}

TEST_CASE("stop() answers what is in flight and closes the rest", "[http]") {
    std::promise<model::HttpRespond> asked;
    TestServer server({}, [&](const model::HttpRequest& request, model::HttpRespond respond) {
        if (request.target == "/wait") return asked.set_value(std::move(respond));
        respond(reply(std::string(request.target)));
    });
    const std::uint16_t port = server.port();
    Client idle(port), waiting(port), halfway(port);
    idle.call(get("/"));
    waiting.send(get("/wait"));
    const model::HttpRespond respond = asked.get_future().get();
    halfway.call(get("/"));
    const std::string request = get("/half");
    halfway.send(request.substr(0, 10));

    auto stopped = std::async(std::launch::async, [&] { return server.stop(); });
    CHECK(idle.is_closed());
    respond(reply("done"));
    CHECK_THAT(waiting.receive(), Contains("Connection: close\r\n") && EndsWith("done"));
    CHECK(waiting.is_closed());
    waiting.end_sending();
    halfway.send(request.substr(10));
    CHECK_THAT(halfway.receive(), Contains("Connection: close\r\n") && EndsWith("/half"));
    CHECK(halfway.is_closed());
    halfway.end_sending();
    CHECK(stopped.get());
    CHECK(server.seen(4).size() == 4);
}

TEST_CASE("stop() gives up after drain_timeout and says so", "[http]") {
    std::promise<model::HttpRespond> asked;
    TestServer server(short_of(&Options::drain_timeout),
                      [&](const model::HttpRequest&, model::HttpRespond respond) {
                          asked.set_value(std::move(respond));
                      });
    Client client(server.port());
    client.send(get("/"));
    const model::HttpRespond respond = asked.get_future().get();
    CHECK_FALSE(server.stop());
    CHECK(client.receive().empty());
    CHECK(server.seen(1)[0].status == 0);
    respond(reply("too late"));
}

TEST_CASE("A reply may come after the server has gone", "[http]") {
    std::promise<model::HttpRespond> asked;
    model::HttpRespond respond;
    {
        TestServer server({}, [&](const model::HttpRequest&, model::HttpRespond given) {
            asked.set_value(std::move(given));
        });
        Client client(server.port());
        client.send(get("/"));
        respond = asked.get_future().get();
    }
    respond(reply("nobody reads this"));
}

TEST_CASE("A server listens from its construction on and serves from start() on", "[http]") {
    Options options;
    options.port = 0;
    Server server(options, echo, [](const Exchange&) {});
    CHECK(server.address() == "127.0.0.1");
    CHECK(server.port() != 0);
    Client client(server.port());
    client.send(get("/a"));
    server.start();
    CHECK_THAT(client.receive(), EndsWith("GET /a "));
}

TEST_CASE("What hinders listening is said in one line that names the setting", "[http]") {
    const auto error = [](const std::string& address, std::uint16_t port) {
        Options options;
        options.address = address;
        options.port = port;
        try {
            Server server(options, echo, [](const Exchange&) {});
        } catch (const model::ServiceError& failure) {
            CHECK(failure.code() == model::ErrorCode::usage);
            return std::string(failure.what());
        }
        return std::string();
    };
    TestServer server;
    const std::string port = std::to_string(server.port());
    CHECK(error("127.0.0.1", server.port()) ==
          "cannot listen on 127.0.0.1:" + port + ": Address already in use (setting http.listen)");
    CHECK(error("nowhere", 1) ==
          "cannot listen on nowhere:1: Not an IP address (setting http.listen)");
    CHECK(error("192.0.2.1", 1) ==
          "cannot listen on 192.0.2.1:1: Cannot assign requested address (setting http.listen)");
}

}  // namespace customercare::http
