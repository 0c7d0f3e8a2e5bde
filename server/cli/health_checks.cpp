#include "cli/health_checks.hpp"

#include "cli/metrics.hpp"

namespace customercare::cli {

std::vector<admin::Check> health_checks(const Settings& settings,
                                        const store::CallLogStore& call_logs,
                                        const http::Server& service) {
    std::vector<admin::Check> checks;
    checks.push_back({"database", [&]() -> admin::Finding {
                          if (auto error = call_logs.find_write_error()) {
                              return {admin::CheckState::failed, *std::move(error)};
                          }
                          return {admin::CheckState::ok,
                                  "The database " + settings.store.path + " can be written to."};
                      }});
    checks.push_back(
        admin::queue_check([&] { return call_logs.queue_length(); }, settings.store.queue_limit));
    if (settings.http.tls.is_on()) {
        checks.push_back(admin::certificate_check([&] { return certificate_expiry(service); },
                                                  settings.certificate_notice));
    }
    return checks;
}

}  // namespace customercare::cli
