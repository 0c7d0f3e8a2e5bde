#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace customercare::standin {

/// What a request must be for a scenario to answer it. Absent conditions hold for every request.
struct ScenarioMatch {
    std::string operation;
    std::string soap;                           ///< "1.1" or "1.2".
    std::map<std::string, std::string> header;  ///< Names are compared without case.
    std::string credential;                     ///< A label, or any_registered.
    std::string xpath;
    std::map<std::string, std::string> fields;  ///< By path, as resolve_field_path() takes it.
    std::optional<std::int64_t> call;           ///< The nth of those for which the rest holds.
};
inline constexpr std::string_view any_registered = "any registered";

enum class AnswerKind {
    pass,     ///< Real behaviour.
    success,  ///< The real service does its work; whatever it says, the reply is a success.
    error_data,
    fault,
    http,  ///< A status, headers and body of choice. Nothing is stored.
    reset_before_storing,
    reset_after_storing,
    truncated,               ///< The real reply, cut off.
    garbage,                 ///< No HTTP, behind the back of the real service.
    store_without_answer,    ///< The real service does its work, and the client waits.
    answer_without_storing,  ///< A success, and nothing is stored.
};

/// Both ends are the same for a fixed delay.
struct Delay {
    std::chrono::milliseconds from{0};
    std::chrono::milliseconds to{0};
};

struct Answer {
    AnswerKind kind = AnswerKind::pass;
    std::string code;                                          ///< error_data.
    std::string description;                                   ///< error_data.
    std::string native_error_detail;                           ///< error_data.
    bool is_client_fault = false;                              ///< fault: else a Server fault.
    std::string text;                                          ///< fault.
    unsigned status = 500;                                     ///< fault, http.
    std::vector<std::pair<std::string, std::string>> headers;  ///< http.
    std::string body;                                          ///< http.
    std::size_t bytes = 100;     ///< truncated: how much of the body is sent.
    std::optional<Delay> delay;  ///< Before the reply; what is stored is stored at once.
};

/// Outcome on demand: how requests that match are answered.
struct Scenario {
    std::int64_t id = 0;  ///< Given by the set; 0 for a magic account.
    std::string name;
    bool is_enabled = true;  ///< Else it is skipped.
    ScenarioMatch match;
    Answer answer;
    std::optional<std::int64_t> times;  ///< Requests that it answers; then it matches no more.
    std::int64_t used = 0;              ///< Requests that it has answered.
};

}  // namespace customercare::standin
