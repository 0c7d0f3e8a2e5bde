#include <catch2/catch.hpp>
#include <cstddef>
#include <cstdio>
#include <string>

#include "support/database.hpp"
#include "support/http_client.hpp"
#include "support/message.hpp"
#include "support/server_process.hpp"

namespace customercare::test {
namespace {

struct Service {
    TemporaryDirectory directory;
    ServerProcess server{directory.path()};
};

std::string request(const std::string& method, const std::string& target,
                    const std::string& headers = "") {
    return method + " " + target + " HTTP/1.1\r\nHost: localhost\r\n" + headers + "\r\n";
}

const std::string path{service_path};

std::string chunked(const std::string& body, std::size_t size) {
    std::string chunks;
    for (std::size_t at = 0; at < body.size(); at += size) {
        const std::string chunk = body.substr(at, size);
        char length[20];
        std::snprintf(length, sizeof length, "%zx\r\n", chunk.size());
        chunks += length + chunk + "\r\n";
    }
    return chunks + "0\r\n\r\n";
}

}  // namespace

TEST_CASE("A connection serves one request after the other", "[integration][http]") {
    Service service;
    HttpClient client(service.server.port());
    for (int i = 0; i < 5; ++i) {
        CHECK(is_success(client.call(post_sample(Soap::v11))));
        CHECK(client.call(post(Soap::v11, "<bad")).status == 400);
        CHECK(client.call(post_sample(Soap::v11, {{"RequestType", "x"}})).status == 500);
    }
}

TEST_CASE("Pipelined requests are answered in order", "[integration][http]") {
    Service service;
    HttpClient client(service.server.port());
    std::string requests;
    for (int i = 0; i < 20; ++i) {
        // Those that are refused at once must not overtake those that wait for the disk.
        requests += i % 3 == 2 ? post_sample(Soap::v11, {{"RequestType", "x"}})
                               : post_sample(Soap::v11, {{"MessageId", std::to_string(i)},
                                                         {"Created", std::to_string(i)}});
    }
    REQUIRE(client.send(requests));
    for (int i = 0; i < 20; ++i) {
        CAPTURE(i);
        const auto reply = client.receive();
        REQUIRE(reply);
        if (i % 3 == 2) {
            CHECK(reply->status == 500);
        } else {
            CHECK(text_of(*reply, "Created") == std::to_string(i));
        }
    }
}

TEST_CASE("A chunked request is read", "[integration][http]") {
    Service service;
    const std::string message = sample_message(Soap::v11);
    std::string request_bytes = post(Soap::v11, message);
    request_bytes = request_bytes.substr(0, request_bytes.find("Content-Length"));
    CHECK(is_success(
        call(service.server.port(),
             request_bytes + "Transfer-Encoding: chunked\r\n\r\n" + chunked(message, 100))));
}

TEST_CASE("A client that expects 100 Continue gets it before it sends the body",
          "[integration][http]") {
    Service service;
    HttpClient client(service.server.port());
    const std::string whole =
        post(Soap::v11, sample_message(Soap::v11), "Expect: 100-continue\r\n");
    const std::size_t body = whole.find("\r\n\r\n") + 4;
    REQUIRE(client.send(whole.substr(0, body)));
    const auto interim = client.receive();
    REQUIRE(interim);
    CHECK(interim->status == 100);
    REQUIRE(client.send(whole.substr(body)));
    const auto reply = client.receive();
    REQUIRE(reply);
    CHECK(is_success(*reply));
}

TEST_CASE("What is no call of the service gets the status that says why", "[integration][http]") {
    Service service;
    const std::uint16_t port = service.server.port();

    CHECK(call(port, request("GET", "/nothing/here.asmx")).status == 404);
    CHECK(call(port, request("PUT", path, "Content-Length: 0\r\n")).status == 405);
    CHECK(call(port, request("DELETE", path)).status == 405);
    {
        HttpClient client(port);
        REQUIRE(client.send(request("HEAD", path)));
        const auto reply = client.receive(true);
        REQUIRE(reply);
        CHECK(reply->status == 405);
    }
    CHECK(call(port, request("POST", path, "Content-Type: text/xml\r\n")).status == 411);
    CHECK(
        call(port, request("POST", path, "Content-Type: text/xml\r\nContent-Length: 40000000\r\n"))
            .status == 413);
    CHECK(call(port, replace_first(post_sample(Soap::v11), "text/xml", "text/plain")).status ==
          415);
    CHECK(call(port, request("GET", path, "X-Long: " + std::string(40'000, 'x') + "\r\n")).status ==
          431);
    CHECK(call(port, "no HTTP at all\r\n\r\n").status == 400);
    CHECK(Database(service.server.database()).call_log_count() == 0);
}

TEST_CASE("The WSDL is served as it is in schema", "[integration][http]") {
    Service service;
    const HttpReply reply = call(service.server.port(), request("GET", path + "?WSDL"));
    CHECK(reply.status == 200);
    CHECK_THAT(reply.body, Catch::Contains("name=\"CustomerCareServiceSoap12\""));
}

TEST_CASE("A body over the limit gets the original's fault", "[integration][http]") {
    Service service;
    const HttpReply reply = call(
        service.server.port(), post_sample(Soap::v11, {{"LogText", std::string(4'194'304, 'x')}}));
    CHECK(reply.status == 500);
    CHECK_THAT(fault_text(reply), Catch::Contains("Maximum request length exceeded."));
    CHECK(is_success(call(service.server.port(), post_sample(Soap::v11))));
}

}  // namespace customercare::test
