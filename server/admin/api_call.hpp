#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "model/http_message.hpp"
#include "standin/sandbox.hpp"
#include "standin/sandboxes.hpp"
#include "standin/service.hpp"

// What the resources of the stand-in's JSON interface have in common.

namespace customercare::admin {

using Json = nlohmann::ordered_json;

/// A request that can't be served, with the status of its reply; what() is the error's text.
class ApiError : public std::runtime_error {
public:
    ApiError(unsigned status, const std::string& text)
        : std::runtime_error(text), status_(status) {}
    [[nodiscard]] unsigned status() const { return status_; }

private:
    unsigned status_;
};

/// What the resources work on. Everything outlives the interface.
struct ApiContext {
    standin::Sandboxes& sandboxes;
    standin::Service& service;
    std::string service_url;  ///< Scheme, host and port, as in the ready line.
    std::string soap_path;
    std::vector<std::string> hosts;  ///< Names that this server goes by, beside localhost.
};

/// One request to the interface, taken apart. `http` is there during the handler's call only.
struct ApiCall {
    const model::HttpRequest& http;
    standin::SandboxAddress address;
    std::shared_ptr<standin::Sandbox> sandbox;
    std::map<std::string, std::string, std::less<>> query;  ///< URL-decoded.
    std::string parameter;                                  ///< What stands for {...} in the path.

    /// nullopt: absent or empty.
    [[nodiscard]] std::optional<std::string> text(std::string_view name) const;
    /// Throws ApiError 400 if it is no number in that range.
    [[nodiscard]] std::int64_t number(std::string_view name, std::int64_t min, std::int64_t max,
                                      std::int64_t if_absent) const;
    /// The path's parameter as a number; throws ApiError 404 if it is none.
    [[nodiscard]] std::int64_t id(std::string_view what) const;
    /// The body; throws ApiError 400 with line and column if it is no JSON object.
    [[nodiscard]] nlohmann::json json() const;
};

[[nodiscard]] model::HttpReply text_reply(unsigned status, std::string_view content_type,
                                          std::string body);
[[nodiscard]] model::HttpReply json_reply(unsigned status, const Json& json);
[[nodiscard]] model::HttpReply json_reply(unsigned status, std::string json);
[[nodiscard]] model::HttpReply no_content();
[[nodiscard]] model::HttpReply error_reply(unsigned status, std::string_view text);

}  // namespace customercare::admin
