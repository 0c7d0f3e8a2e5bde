#pragma once

#include <functional>
#include <vector>

#include "admin/health.hpp"
#include "http/server.hpp"
#include "settings.hpp"
#include "store/call_log_store.hpp"

namespace customercare::cli {

/// A warning from twice store.warn_free_bytes on, and failed from that on: what still comes is
/// stored, but better comes elsewhere.
[[nodiscard]] admin::Check disk_check(std::function<store::DiskSpace()> disk_space);

/// What /readyz looks at; both servers must outlive it. The names are the labels of metrics.
[[nodiscard]] std::vector<admin::Check> health_checks(const Settings& settings,
                                                      const store::CallLogStore& call_logs,
                                                      const http::Server& service);

}  // namespace customercare::cli
