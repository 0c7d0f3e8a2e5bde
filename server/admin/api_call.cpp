#include "admin/api_call.hpp"

#include <charconv>
#include <utility>

namespace customercare::admin {

namespace {

std::optional<std::int64_t> parse_integer(std::string_view text) {
    std::int64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
    return value;
}

}  // namespace

std::optional<std::string> ApiCall::text(std::string_view name) const {
    const auto found = query.find(name);
    return found == query.end() || found->second.empty() ? std::nullopt
                                                         : std::optional(found->second);
}

std::int64_t ApiCall::number(std::string_view name, std::int64_t min, std::int64_t max,
                             std::int64_t if_absent) const {
    const auto given = text(name);
    if (!given) return if_absent;
    const auto value = parse_integer(*given);
    if (!value || *value < min || *value > max) {
        throw ApiError(400, "query parameter " + std::string(name) + " must be an integer from " +
                                std::to_string(min) + " to " + std::to_string(max));
    }
    return *value;
}

std::int64_t ApiCall::id(std::string_view what) const {
    const auto value = parse_integer(parameter);
    if (!value) {
        throw ApiError(
            404, "there is no " + std::string(what) + " " + parameter + "; ids are whole numbers");
    }
    return *value;
}

nlohmann::json ApiCall::json() const {
    nlohmann::json json;
    try {
        json = nlohmann::json::parse(http.body);
    } catch (const nlohmann::json::exception& error) {
        throw ApiError(400, std::string("the body is no JSON: ") + error.what());
    }
    if (!json.is_object()) throw ApiError(400, "the body must be a JSON object");
    return json;
}

model::HttpReply text_reply(unsigned status, std::string_view content_type, std::string body) {
    model::HttpReply reply;
    reply.status = status;
    reply.content_type = content_type;
    reply.headers.emplace_back("Cache-Control", "no-store");
    reply.headers.emplace_back("X-Content-Type-Options", "nosniff");
    reply.body = std::move(body);
    return reply;
}

model::HttpReply json_reply(unsigned status, std::string json) {
    return text_reply(status, "application/json", std::move(json) + '\n');
}

model::HttpReply json_reply(unsigned status, const Json& json) {
    return json_reply(status, json.dump(-1, ' ', false, Json::error_handler_t::replace));
}

model::HttpReply no_content() { return text_reply(204, {}, {}); }

model::HttpReply error_reply(unsigned status, std::string_view text) {
    return json_reply(status, Json{{"error", text}});
}

}  // namespace customercare::admin
