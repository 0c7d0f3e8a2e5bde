#include "soap/client_address.hpp"

#include <catch2/catch.hpp>

using namespace customercare;

namespace {

/// The client's address, or "" if it is not known.
std::string client(std::string_view peer, const std::vector<model::HttpHeader>& headers,
                   const std::vector<std::string>& trusted = {"10.0.0.1", "10.0.0.2",
                                                              "2001:db8::aa"}) {
    const model::HttpRequest request{.headers = headers, .peer = peer};
    const auto address = soap::ClientAddresses(trusted).find(request);
    return address ? address->text() : "";
}

}  // namespace

TEST_CASE("Who is no trusted proxy speaks for itself alone", "[soap][client_address]") {
    CHECK(client("192.0.2.7", {}) == "192.0.2.7");
    CHECK(client("192.0.2.7", {{"X-Forwarded-For", "203.0.113.9"}}) == "192.0.2.7");
    CHECK(client("2001:db8::7", {{"X-Forwarded-For", "203.0.113.9"}}) == "2001:db8::7");
    CHECK(client("127.0.0.1", {}) == "127.0.0.1");
}

TEST_CASE("The last address that is no trusted proxy counts", "[soap][client_address]") {
    const auto by_proxy = [](std::string_view list) {
        return client("10.0.0.1", {{"Host", "x"}, {"x-forwarded-for", list}});
    };
    CHECK(by_proxy("203.0.113.9") == "203.0.113.9");
    CHECK(by_proxy("1.1.1.1, 2.2.2.2, 203.0.113.9") == "203.0.113.9");
    CHECK(by_proxy("1.1.1.1,203.0.113.9 , 10.0.0.2") == "203.0.113.9");
    CHECK(by_proxy("203.0.113.9,10.0.0.2,2001:DB8:0::AA") == "203.0.113.9");
    CHECK(by_proxy("203.0.113.9:4711") == "203.0.113.9");
    CHECK(by_proxy("2001:db8::7") == "2001:db8::7");
    CHECK(by_proxy("[2001:db8::7]:4711") == "2001:db8::7");
    CHECK(client("10.0.0.1", {{"X-Forwarded-For", "1.1.1.1"}, {"X-Forwarded-For", "2.2.2.2"}}) ==
          "2.2.2.2");
    CHECK(client("10.0.0.1", {{"X-Forwarded-For", "1.1.1.1"}, {"X-Forwarded-For", "10.0.0.2"}}) ==
          "1.1.1.1");
}

TEST_CASE("What a proxy leaves open is not known, rather than the proxy itself",
          "[soap][client_address]") {
    CHECK(client("10.0.0.1", {}).empty());
    CHECK(client("", {}).empty());
    for (const char* list : {"", ",", "unknown", "1.1.1.1, unknown", "1.1.1.1,", "10.0.0.1", "[",
                             "]", "[]:1", ":", "::1::", "1.1.1.1 2.2.2.2"}) {
        CAPTURE(list);
        CHECK(client("10.0.0.1", {{"X-Forwarded-For", list}}).empty());
    }
    // On this machine, a proxy that is not in the settings.
    CHECK(client("127.0.0.1", {{"X-Forwarded-For", "203.0.113.9"}}).empty());
    CHECK(client("::1", {{"X-Forwarded-For", "203.0.113.9"}}).empty());
}
