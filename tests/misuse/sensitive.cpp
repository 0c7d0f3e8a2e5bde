// Each MISUSE shows a model::Sensitive by accident and must not compile; with CONTROL, which says
// reveal(), it must. tests/CMakeLists.txt makes a test of each, by the names below.

#include <string>
#include <string_view>

#include "model/sensitive.hpp"

#if defined(MISUSE_streamed)
#include <iostream>
#elif defined(MISUSE_formatted)
#include <spdlog/fmt/fmt.h>
#elif defined(MISUSE_logged_by_spdlog)
#include <spdlog/spdlog.h>
#elif defined(MISUSE_logged)
#include "cli/log.hpp"
#elif defined(MISUSE_made_json)
#include <nlohmann/json.hpp>
#elif defined(MISUSE_bound_to_sql)
#include "store/statement.hpp"
#elif defined(MISUSE_in_an_exception)
#include "model/error.hpp"
#elif defined(MISUSE_compared_in_a_test)
#include <catch2/catch.hpp>
#endif

#ifdef CONTROL
#define SECRET secret.reveal().c_str()
#else
#define SECRET secret
#endif

using customercare::model::Sensitive;

void misuse(const Sensitive& secret) {
#if defined(MISUSE_streamed)
    std::cout << SECRET;
#elif defined(MISUSE_formatted)
    (void)fmt::format("{}", SECRET);
#elif defined(MISUSE_logged_by_spdlog)
    spdlog::info("{}", SECRET);
#elif defined(MISUSE_logged)
    const customercare::cli::LogField field{"ssn", SECRET};
    (void)field;
#elif defined(MISUSE_converted_to_string)
    const std::string text = SECRET;
#elif defined(MISUSE_cast_to_string)
    const auto text = static_cast<std::string>(SECRET);
#elif defined(MISUSE_converted_to_view)
    const std::string_view text = SECRET;
#elif defined(MISUSE_converted_to_characters)
    const char* text = SECRET;
    (void)text;
#elif defined(MISUSE_concatenated)
    const std::string text = std::string("SSN ") + SECRET;
#elif defined(MISUSE_appended)
    std::string text;
    text += SECRET;
#elif defined(MISUSE_made_json)
    nlohmann::json json;
    json["SSN"] = SECRET;
#elif defined(MISUSE_bound_to_sql)
    customercare::store::Statement(nullptr, "").bind(SECRET);
#elif defined(MISUSE_in_an_exception)
    throw customercare::model::ServiceError(customercare::model::ErrorCode::internal, SECRET);
#elif defined(MISUSE_compared_in_a_test)
    CHECK(SECRET == std::string("123-45-6789"));
#else
#error "no such misuse"
#endif
}
