#pragma once

#include <prometheus/metric_family.h>

#include <vector>

namespace customercare::admin {

/// What Prometheus's client libraries tell of a process: CPU time, memory, open files, start.
/// Linux's /proc knows them; what it does not tell is left out.
[[nodiscard]] std::vector<prometheus::MetricFamily> process_metrics();

}  // namespace customercare::admin
