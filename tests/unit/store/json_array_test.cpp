#include "store/json_array.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

using customercare::store::JsonArray;
using nlohmann::json;

TEST_CASE("A JSON array holds what was put into its objects", "[store]") {
    std::string text = "\"\\/<\xE2\x82\xAC>\x7F ";
    for (char c = 1; c < ' '; ++c) text += c;
    JsonArray array;
    array.begin_object();
    array.put("text", text);
    array.put("number", std::int64_t{-7});
    array.begin_object();
    array.begin_object();
    array.put("empty", std::string_view());
    CHECK(json::parse(array.finish()) ==
          json::array({{{"text", text}, {"number", -7}}, json::object(), {{"empty", ""}}}));
}

TEST_CASE("A JSON array is empty until an object begins, and again once cleared", "[store]") {
    JsonArray array;
    CHECK(array.is_empty());
    array.begin_object();
    CHECK_FALSE(array.is_empty());
    array.clear();
    CHECK(array.is_empty());
}
