#include "cli/metrics.hpp"

#include <string>

#include "cli/command_line.hpp"
#include "soap/contract.hpp"

namespace customercare::cli {

admin::MetricOptions metric_options(const Settings& settings, const http::Server& service) {
    admin::MetricOptions options{
        .version = CUSTOMERCARE_VERSION,
        .mode = settings.mode == Mode::production ? "production" : "stand-in",
        .operations = {},
        .guard_limits = {},
        .database = settings.store.path,
        .queue_limit = settings.store.queue_limit,
        .max_connections = service.max_connections(),
        .max_inflight_bytes = settings.http.max_inflight_bytes};
    for (const soap::Operation& operation : soap::contract().operations()) {
        options.operations.push_back(operation.name);
    }
    for (const Setting& setting : setting_table()) {
        if (setting.key.starts_with("guard.")) options.guard_limits.push_back(setting.key);
    }
    return options;
}

admin::Readings read_metrics(const Settings& settings, const store::CallLogStore& call_logs,
                             const http::Server& service) {
    const http::Statistics statistics = service.statistics();
    admin::Readings readings{.queue_length = call_logs.queue_length(),
                             .connections = statistics.connections,
                             .accepted = statistics.accepted,
                             .turned_away = statistics.turned_away,
                             .inflight_bytes = statistics.inflight_bytes,
                             .disk_free_bytes = call_logs.disk_space().free_bytes,
                             .full_handshakes = statistics.full_handshakes,
                             .resumed_handshakes = statistics.resumed_handshakes,
                             .failed_handshakes = statistics.failed_handshakes,
                             .certificate_expiry = {}};
    if (settings.http.tls.is_on()) readings.certificate_expiry = certificate_expiry(service);
    return readings;
}

void count(admin::Metrics& metrics, const http::Exchange& exchange) {
    metrics.count({.summary = *exchange.summary,
                   .status = exchange.status,
                   .request_bytes = exchange.request_bytes,
                   .reply_bytes = exchange.reply_bytes,
                   .duration = exchange.duration,
                   .times = exchange.times});
}

model::Instant certificate_expiry(const http::Server& service) {
    return model::parse_date_time(service.certificate_expiry()).value().instant;
}

}  // namespace customercare::cli
