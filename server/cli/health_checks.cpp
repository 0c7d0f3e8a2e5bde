#include "cli/health_checks.hpp"

#include "model/date_time.hpp"

namespace customercare::cli {

std::vector<admin::Check> health_checks(const Settings& settings,
                                        const store::CallLogStore& call_logs,
                                        const http::Server& service) {
    std::vector<admin::Check> checks;
    checks.push_back(
        admin::queue_check([&] { return call_logs.queue_length(); }, settings.store.queue_limit));
    if (settings.http.tls.is_on()) {
        checks.push_back(admin::certificate_check(
            [&] { return model::parse_date_time(service.certificate_expiry()).value().instant; },
            settings.certificate_notice));
    }
    return checks;
}

}  // namespace customercare::cli
