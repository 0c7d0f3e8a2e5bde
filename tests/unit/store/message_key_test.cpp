#include "store/message_key.hpp"

#include <catch2/catch.hpp>

using namespace customercare;
using store::message_key;

TEST_CASE("The key of a message is a hash of its id, and the id's end", "[store]") {
    // The hashes are by Python's hashlib.
    CHECK(message_key("call-0041") == 0x47f2'e7ce'3431);
    CHECK(message_key("call-0042") == 0x47f2'e7ce'3432);
    CHECK(message_key("ab") == 0xcae6'6941'6162);
    CHECK(message_key("m") == 0xca'e669'416d);
    CHECK(message_key("") == std::nullopt);
}
