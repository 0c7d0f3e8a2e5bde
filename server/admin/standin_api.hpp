#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "admin/api_call.hpp"
#include "model/http_message.hpp"

namespace customercare::admin {

/// One method on one path of the interface. `path` may have one {parameter}, a whole segment.
struct ApiRoute {
    std::string_view method;
    std::string_view path;
    /// Answers at once, or later by its own means. May throw ApiError or ServiceError.
    std::variant<std::function<model::HttpReply(const ApiCall&)>,
                 std::function<void(const ApiCall&, model::HttpRespond)>>
        handler;
    std::vector<std::string> parameters{};  ///< Of its query; StandinApi has them of openapi.json.
};

/// The stand-in's JSON interface, as openapi.json describes it. May be used from any thread.
class StandinApi {
public:
    explicit StandinApi(ApiContext context);

    /// Answers every path; GET / as an index of them.
    void handle(const model::HttpRequest& request, const model::HttpRespond& respond) const;

    [[nodiscard]] const std::vector<ApiRoute>& routes() const { return routes_; }

private:
    void route(const model::HttpRequest& request, const model::HttpRespond& respond) const;
    [[nodiscard]] model::HttpReply index() const;

    const ApiContext context_;
    std::vector<ApiRoute> routes_;
};

// The resources, a file each. What they are given outlives the routes.
[[nodiscard]] std::vector<ApiRoute> journal_routes(const ApiContext& context);
[[nodiscard]] std::vector<ApiRoute> call_log_routes(const ApiContext& context);
[[nodiscard]] std::vector<ApiRoute> control_routes(const ApiContext& context);
[[nodiscard]] std::vector<ApiRoute> send_routes(const ApiContext& context);
[[nodiscard]] std::vector<ApiRoute> scenario_routes();

/// Why a request must not be answered that another page made a browser send, or that a name which
/// was made to point to this machine led here: one beside localhost, IP addresses and `hosts`; ""
/// if it may be.
[[nodiscard]] std::string refuse_foreign(const model::HttpRequest& request,
                                         const std::vector<std::string>& hosts);

}  // namespace customercare::admin
