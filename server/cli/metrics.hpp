#pragma once

#include "admin/metrics.hpp"
#include "http/server.hpp"
#include "settings.hpp"
#include "store/call_log_store.hpp"

namespace customercare::cli {

[[nodiscard]] admin::MetricOptions metric_options(const Settings& settings,
                                                  const http::Server& service);

/// How things stand at the moment.
[[nodiscard]] admin::Readings read_metrics(const Settings& settings,
                                           const store::CallLogStore& call_logs,
                                           const http::Server& service);

void count(admin::Metrics& metrics, const http::Exchange& exchange);

/// The moment at which the certificate in use ends; with TLS only.
[[nodiscard]] model::Instant certificate_expiry(const http::Server& service);

}  // namespace customercare::cli
