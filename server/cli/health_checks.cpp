#include "cli/health_checks.hpp"

#include "cli/metrics.hpp"

namespace customercare::cli {

admin::Check disk_check(std::function<store::DiskSpace()> disk_space) {
    return {"disk", [disk_space = std::move(disk_space)]() -> admin::Finding {
                const store::DiskSpace disk = disk_space();
                const std::string text = std::to_string(disk.free_bytes) + " bytes are free.";
                switch (disk.state) {
                    case store::DiskSpace::State::enough:
                        if (disk.free_bytes >= 2 * disk.warn_bytes) {
                            return {admin::CheckState::ok, text};
                        }
                        return {admin::CheckState::warning,
                                text + " With less than " + std::to_string(disk.warn_bytes) +
                                    " (store.warn_free_bytes) the server is not ready: make room."};
                    case store::DiskSpace::State::low:
                        return {admin::CheckState::failed,
                                text + " That is less than store.warn_free_bytes: make room."};
                    case store::DiskSpace::State::full:
                        break;
                }
                return {
                    admin::CheckState::failed,
                    text + " With less than store.min_free_bytes nothing is stored: make room."};
            }};
}

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
    checks.push_back(disk_check([&] { return call_logs.disk_space(); }));
    if (settings.http.tls.is_on()) {
        checks.push_back(admin::certificate_check([&] { return certificate_expiry(service); },
                                                  settings.certificate_notice));
    }
    return checks;
}

}  // namespace customercare::cli
