#pragma once

#include <vector>

#include "admin/health.hpp"
#include "http/server.hpp"
#include "settings.hpp"
#include "store/call_log_store.hpp"

namespace customercare::cli {

/// What /readyz looks at; both servers must outlive it. The names are the labels of metrics.
[[nodiscard]] std::vector<admin::Check> health_checks(const Settings& settings,
                                                      const store::CallLogStore& call_logs,
                                                      const http::Server& service);

}  // namespace customercare::cli
