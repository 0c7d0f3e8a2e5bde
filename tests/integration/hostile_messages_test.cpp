#include <catch2/catch.hpp>
#include <chrono>
#include <functional>
#include <string>

#include "support/http_client.hpp"
#include "support/message.hpp"
#include "support/server_process.hpp"

// Messages within the body limit that cost a naive parser seconds or minutes.

namespace customercare::test {
namespace {

using std::chrono::milliseconds;

std::string repeat(int count, const std::function<std::string(int)>& piece) {
    std::string text;
    for (int i = 0; i < count; ++i) text += piece(i);
    return text;
}

std::string in_address(const std::string& xml) {
    return sample_message(Soap::v11, {{"Address", xml}});
}

/// The server's CPU time for one message, from its first byte to the reply.
milliseconds cost(const std::string& message) {
    REQUIRE(message.size() <= 4'194'304);
    const TemporaryDirectory directory;
    ServerProcess server(directory.path());
    REQUIRE(is_success(call(server.port(), post_sample(Soap::v11))));  // Warm.
    const milliseconds before = server.cpu_time();
    const HttpReply reply = call(server.port(), post(Soap::v11, message));
    const milliseconds used = server.cpu_time() - before;
    WARN(used.count() << " ms of CPU, status " << reply.status);
    CHECK(is_success(call(server.port(), post_sample(Soap::v11))));
    CHECK(server.stop() == 0);
    return used;
}

constexpr milliseconds limit{100 * patience};

}  // namespace

TEST_CASE("100000 attributes on one element cost little", "[integration][load][hostile]") {
    CHECK(cost(in_address(
              "<a" + repeat(100'000, [](int i) { return " a" + std::to_string(i) + "=\"\""; }) +
              "/>")) < limit);
}

TEST_CASE("20000 distinct namespaces cost little", "[integration][load][hostile]") {
    CHECK(cost(in_address(repeat(20'000, [](int i) {
              const std::string n = std::to_string(i);
              return "<a xmlns:n" + n + "=\"urn:" + n + "\"/>";
          }))) < limit);
}

TEST_CASE("1000000 nested elements cost little", "[integration][load][hostile]") {
    // Their end tags would not fit into the body limit.
    const std::string whole = in_address("NESTED");
    const std::string start = whole.substr(0, whole.find("NESTED"));
    CHECK(cost(start + repeat(1'000'000, [](int) { return "<a>"; })) < limit);
}

TEST_CASE("A namespace URI of 100 kB used by 20000 elements costs little",
          "[integration][load][hostile]") {
    CHECK(cost(in_address("<p:a xmlns:p=\"urn:" + std::string(100'000, 'x') + "\">" +
                          repeat(20'000, [](int) { return "<p:b/>"; }) + "</p:a>")) < limit);
}

TEST_CASE("A text of 4 MiB costs little", "[integration][load][hostile]") {
    const std::size_t rest = sample_message(Soap::v11, {{"LogText", ""}}).size();
    CHECK(cost(sample_message(Soap::v11, {{"LogText", std::string(4'194'304 - rest, 'x')}})) <
          limit);
}

}  // namespace customercare::test
