#include "admin/request_labels.hpp"

#include <utility>

namespace customercare::admin {

namespace {

using Reason = std::pair<std::string_view, std::string_view>;

constexpr std::array<Reason, 10> reasons_by_outcome{{
    {"AuthenticationFailed", "credentials"},
    {"ValidationFailed", "validation"},
    {"DuplicateMessage", "duplicate"},
    {"locked_out", "locked_out"},
    {"rate_limited", "rate_limited"},
    {"busy", "overload"},
    {"no_space", "disk"},
    {"failed", "failure"},
    {"fault", "message"},
    {"handshake_failed", "tls"},
}};

std::string_view reason_of_status(unsigned status) {
    switch (status) {
        case 400:
            return "malformed";
        case 404:
            return "path";
        case 405:
            return "method";
        case 408:
            return "timeout";
        case 413:
            return "request_size";
        case 415:
            return "media_type";
        case 431:
            return "header_too_large";
        case 503:
            return "overload";
        default:
            return "other";
    }
}

}  // namespace

std::string_view refusal_reason(std::string_view outcome, unsigned status) {
    if (outcome == "stored") return {};  // Nearly always.
    if (outcome == "refused") return reason_of_status(status);
    for (const auto& [name, reason] : reasons_by_outcome) {
        if (name == outcome) return reason;
    }
    return {};
}

}  // namespace customercare::admin
