#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "model/date_time.hpp"
#include "model/http_message.hpp"
#include "soap/trail.hpp"

namespace customercare::standin {

using Headers = std::vector<std::pair<std::string, std::string>>;

/// A scenario as the journal names it; `why` it did not match, if it is the nearest miss.
struct ScenarioNote {
    std::int64_t id = 0;
    std::string name;
    std::string why{};
};

/// One request with its reply, as received and sent: what a journal entry is made from. Nothing in
/// it is masked; journal_entry.hpp does that.
struct Exchange {
    using SteadyClock = std::chrono::steady_clock;

    // The request.
    std::int64_t id = 0;           ///< In the journal; set when it is appended.
    std::uint64_t request_id = 0;  ///< Of the sandbox, from 1.
    std::string x_request_id;      ///< The header of the reply.
    std::string trace_id;
    model::Instant at;  ///< By the sandbox's clock.
    SteadyClock::time_point begin = SteadyClock::now();
    std::string peer;
    std::string method;
    std::string target;
    Headers request_headers;
    std::string request_body;       ///< Its beginning, if it is long.
    std::size_t request_bytes = 0;  ///< Of the whole.
    bool is_body_missing = false;   ///< body_too_long or no_room.

    // How it went.
    soap::Trail trail;
    std::optional<ScenarioNote> scenario = std::nullopt;
    /// By that, or for want of a recording: the rules of the service have had no say.
    bool is_answered_by_scenario = false;
    std::optional<ScenarioNote> nearest_scenario = std::nullopt;

    // The reply.
    SteadyClock::time_point end;
    model::WireFault wire_fault = model::WireFault::none;
    unsigned status = 0;     ///< 0: no reply, or none of HTTP.
    Headers reply_headers;   ///< Without those that http/ adds.
    std::string reply_body;  ///< As sent; its beginning, if it is long.
    std::size_t reply_bytes = 0;
    std::string outcome;
    std::string soap_version;
    std::string detail;
    std::int64_t call_log_id = 0;

    [[nodiscard]] const std::string* find_request_header(std::string_view name) const {
        for (const auto& [key, value] : request_headers) {
            if (model::equals_ignoring_case(key, name)) return &value;
        }
        return nullptr;
    }
};

}  // namespace customercare::standin
