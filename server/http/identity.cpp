#include "http/identity.hpp"

#include <algorithm>

namespace customercare::http {

namespace {

constexpr std::size_t longest_request_id = 128;

bool is_allowed(char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
           std::string_view("-._:/=+@").find(c) != std::string_view::npos;
}

}  // namespace

std::string_view find_request_id(const model::HttpRequest& request) {
    const model::HttpHeader* header = request.find("X-Request-Id");
    if (header == nullptr || header->value.empty() || header->value.size() > longest_request_id ||
        !std::all_of(header->value.begin(), header->value.end(), is_allowed)) {
        return {};
    }
    return header->value;
}

model::TraceContext trace_context(const model::HttpRequest& request, std::uint64_t request_id) {
    const model::HttpHeader* found = nullptr;
    for (const model::HttpHeader& header : request.headers) {
        if (!model::equals_ignoring_case(header.name, "traceparent")) continue;
        if (found != nullptr) return model::TraceContext::begin(request_id);
        found = &header;
    }
    if (found == nullptr) return model::TraceContext::begin(request_id);
    const auto followed = model::TraceContext::follow(found->value, request_id);
    return followed ? *followed : model::TraceContext::begin(request_id);
}

}  // namespace customercare::http
