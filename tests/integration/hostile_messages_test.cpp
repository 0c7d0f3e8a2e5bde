#include <algorithm>
#include <catch2/catch.hpp>
#include <chrono>
#include <cstddef>
#include <functional>
#include <string>
#include <string_view>

#include "support/http_client.hpp"
#include "support/message.hpp"
#include "support/server_process.hpp"

// Messages within the body limit that cost a naive parser seconds or minutes.

namespace customercare::test {
namespace {

using std::chrono::milliseconds;

constexpr std::size_t body_limit = 4'194'304;

std::string repeat(int count, const std::function<std::string(int)>& piece) {
    std::string text;
    for (int i = 0; i < count; ++i) text += piece(i);
    return text;
}

std::string in_address(const std::string& xml) {
    return sample_message(Soap::v11, {{"Address", xml}});
}

/// The server's CPU time for one message, from its first byte to the reply: the least of three, as
/// what else the machine does only adds to it.
milliseconds cost(const std::string& message) {
    REQUIRE(message.size() <= body_limit);
    const TemporaryDirectory directory;
    ServerProcess server(directory.path());
    REQUIRE(is_success(call(server.port(), post_sample(Soap::v11))));
    milliseconds least = milliseconds::max();
    for (int i = 1; i <= 3; ++i) {
        const std::string request =
            post(Soap::v11, replace_first(message, "sample-1", "number-" + std::to_string(i)));
        const milliseconds before = server.cpu_time();
        call(server.port(), request);
        least = std::min(least, server.cpu_time() - before);
    }
    CHECK(is_success(call(server.port(), post_sample(Soap::v11))));
    CHECK(server.stop() == 0);
    return least;
}

/// The sample filled up to the body limit with repetitions of `piece` in an element.
std::string filled_up(std::string_view element, const std::string& piece) {
    const std::size_t rest = sample_message(Soap::v11, {{element, ""}}).size();
    const auto count = static_cast<int>((body_limit - rest) / piece.size());
    return sample_message(Soap::v11, {{element, repeat(count, [&](int) { return piece; })}});
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
    CHECK(cost(filled_up("LogText", "x")) < limit);
}

TEST_CASE("4 MiB of line ends cost little", "[integration][load][hostile]") {
    CHECK(cost(filled_up("LogText", "\n")) < limit);
}

TEST_CASE("4 MiB of comments between letters cost little", "[integration][load][hostile]") {
    const std::string element = GENERATE("Requestor", "Address");
    CHECK(cost(filled_up(element, "a<!---->")) < limit);
}

}  // namespace customercare::test
