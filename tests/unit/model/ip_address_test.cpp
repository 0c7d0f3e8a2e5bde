#include "model/ip_address.hpp"

#include <catch2/catch.hpp>

using customercare::model::IpAddress;

TEST_CASE("Addresses are read in any form, and nothing else is", "[model][ip_address]") {
    CHECK(IpAddress::parse("192.0.2.7")->text() == "192.0.2.7");
    CHECK(IpAddress::parse("::ffff:192.0.2.7") == IpAddress::parse("192.0.2.7"));
    CHECK(IpAddress::parse("2001:DB8:0::1")->text() == "2001:db8::1");
    CHECK(IpAddress::parse("fe80::1%eth0") == IpAddress::parse("fe80::1"));
    for (const char* text :
         {"", "localhost", "192.0.2", "192.0.2.256", "192.0.2.7:80", "[::1]", " ::1", "::1::", "%",
          "1111:2222:3333:4444:5555:6666:7777:8888:9999:aaaa:bbbb"}) {
        CAPTURE(text);
        CHECK_FALSE(IpAddress::parse(text));
    }
}

TEST_CASE("A client is an IPv4 address or a /64", "[model][ip_address]") {
    const auto client = [](const char* text) { return IpAddress::parse(text)->client(); };
    CHECK(client("192.0.2.7") == IpAddress::parse("192.0.2.7"));
    CHECK(client("2001:db8:1:2::1") == client("2001:db8:1:2:ffff:ffff:ffff:ffff"));
    CHECK(client("2001:db8:1:2::1") != client("2001:db8:1:3::1"));
    CHECK(client("2001:db8:1:2::1").text() == "2001:db8:1:2::");
}

TEST_CASE("Loopback addresses are known in both families", "[model][ip_address]") {
    for (const char* text : {"127.0.0.1", "127.9.9.9", "::1", "::ffff:127.0.0.1"}) {
        CAPTURE(text);
        CHECK(IpAddress::parse(text)->is_loopback());
    }
    for (const char* text : {"128.0.0.1", "::2", "1::1", "::"}) {
        CAPTURE(text);
        CHECK_FALSE(IpAddress::parse(text)->is_loopback());
    }
}
