#pragma once

#include <chrono>
#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "standin/sandbox.hpp"

namespace customercare::standin {

/// What a test expects of a sandbox: how many call logs, or how many requests, are as told.
class Verification {
public:
    /// Reads the body of POST /verify: {"call_logs":{"where":{...},"count":1}}, or "requests".
    /// Throws ServiceError{usage}: a key or field that is not known, a count that is none.
    explicit Verification(const nlohmann::json& body);

    [[nodiscard]] std::chrono::milliseconds wait() const { return wait_; }

    struct Verdict {
        bool satisfied = false;
        std::string json;  ///< The reply: count, matches, the nearest and in what they differ.
    };
    [[nodiscard]] Verdict judge(Sandbox& sandbox) const;

private:
    struct Condition {
        std::string name;   ///< As the test writes it.
        std::string field;  ///< The whole path, or the summary's member.
        std::string value;
        bool is_absent = false;  ///< Expected not to be there: null.
    };
    struct Candidate {
        std::int64_t id = 0;
        /// With the actual value; nullopt: absent.
        std::vector<std::pair<const Condition*, std::optional<std::string>>> differences;
    };

    [[nodiscard]] Candidate compare(std::int64_t id, const nlohmann::ordered_json& json) const;
    [[nodiscard]] std::vector<Candidate> candidates(Sandbox& sandbox) const;
    [[nodiscard]] std::string expectation_text() const;
    [[nodiscard]] std::string text(std::size_t count, const std::vector<Candidate>& nearest) const;

    bool is_of_call_logs_ = true;
    std::vector<Condition> conditions_;
    std::int64_t at_least_ = 1;
    std::int64_t at_most_ = INT64_MAX;
    std::chrono::milliseconds wait_{0};
};

}  // namespace customercare::standin
