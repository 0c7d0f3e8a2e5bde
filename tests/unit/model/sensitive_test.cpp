#include "model/sensitive.hpp"

#include <array>
#include <catch2/catch.hpp>
#include <cstring>
#include <new>
#include <string>

using customercare::model::Sensitive;

namespace {

const std::string secret = "123-45-6789";

/// True if the bytes of an object hold `secret`: a text that short lies in the object itself.
bool holds_secret(const unsigned char* object) {
    return std::string_view(reinterpret_cast<const char*>(object), sizeof(Sensitive))
               .find(secret) != std::string_view::npos;
}

}  // namespace

TEST_CASE("A sensitive value leaves nothing behind where it was", "[model][sensitive]") {
    alignas(Sensitive) std::array<unsigned char, sizeof(Sensitive)> memory{};
    auto* value = new (memory.data()) Sensitive(secret);
    CHECK(holds_secret(memory.data()));

    SECTION("when it goes") { value->~Sensitive(); }
    SECTION("when it is moved to a new one") {
        const Sensitive other(std::move(*value));
        CHECK(other.reveal() == secret);
    }
    SECTION("when it is moved to another") {
        Sensitive other("000-00-0000");
        other = std::move(*value);
        CHECK(other.reveal() == secret);
    }
    SECTION("when another takes its place") {
        const Sensitive other("x");
        *value = other;
        CHECK(value->reveal() == "x");
    }
    CHECK_FALSE(holds_secret(memory.data()));
}

TEST_CASE("A failed check does not show a sensitive value", "[model][sensitive]") {
    CHECK(Catch::Detail::stringify(Sensitive(secret)) == "{?}");
}
