#include "admin/metrics.hpp"

#include <prometheus/counter.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

#include <array>
#include <filesystem>
#include <system_error>
#include <utility>

#include "admin/process_metrics.hpp"
#include "admin/request_labels.hpp"

namespace customercare::admin {

namespace {

using prometheus::Counter;
using prometheus::Histogram;
using prometheus::Labels;
using prometheus::MetricFamily;
using prometheus::MetricType;
using prometheus::Registry;

const Histogram::BucketBoundaries duration_buckets{0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005,
                                                   0.01,   0.025,   0.05,   0.1,   0.25,   0.5,
                                                   1,      2.5,     5,      10};
const Histogram::BucketBoundaries batch_buckets{1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024};

double seconds(std::chrono::nanoseconds duration) {
    return std::chrono::duration<double>(duration).count();
}

/// 0 if there is no such file.
double file_bytes(const std::string& path) {
    std::error_code error;
    const std::uintmax_t size = std::filesystem::file_size(path, error);
    return error ? 0 : static_cast<double>(size);
}

struct Sample {
    std::vector<prometheus::ClientMetric::Label> labels;
    double value = 0;
};

MetricFamily family(std::string name, std::string help, MetricType type,
                    std::vector<Sample> samples) {
    MetricFamily family{std::move(name), std::move(help), type, {}};
    for (Sample& sample : samples) {
        prometheus::ClientMetric metric;
        metric.label = std::move(sample.labels);
        (type == MetricType::Counter ? metric.counter.value : metric.gauge.value) = sample.value;
        family.metric.push_back(std::move(metric));
    }
    return family;
}

MetricFamily gauge(std::string name, std::string help, double value) {
    return family(std::move(name), std::move(help), MetricType::Gauge, {{{}, value}});
}

MetricFamily gauge(std::string name, std::string help, std::uint64_t value) {
    return gauge(std::move(name), std::move(help), static_cast<double>(value));
}

MetricFamily counter(std::string name, std::string help, std::uint64_t value) {
    return family(std::move(name), std::move(help), MetricType::Counter,
                  {{{}, static_cast<double>(value)}});
}

Counter& make_counter(Registry& registry, const std::string& name, const std::string& help) {
    return prometheus::BuildCounter().Name(name).Help(help).Register(registry).Add({});
}

Histogram& make_histogram(Registry& registry, const std::string& name, const std::string& help,
                          const Histogram::BucketBoundaries& buckets) {
    return prometheus::BuildHistogram().Name(name).Help(help).Register(registry).Add({}, buckets);
}

}  // namespace

class Metrics::Impl {
public:
    Impl(MetricOptions options, const Health& health, std::function<Readings()> read)
        : options_(std::move(options)), health_(health), read_(std::move(read)) {
        options_.operations.emplace_back("none");
        add_requests();
        add_refusals();
        add_limits();
        add_stages();
    }

    void count(const Exchange& exchange);
    [[nodiscard]] store::WriteObserver store_observer();
    [[nodiscard]] std::string text() const;

private:
    static constexpr std::array<std::string_view, 4> stages{"receive", "process", "store", "send"};

    void add_requests();
    void add_refusals();
    void add_limits();
    void add_stages();

    [[nodiscard]] Counter& requests(const model::ExchangeSummary& summary) const {
        const std::size_t operation = index_of(options_.operations, summary.operation);
        const std::size_t soap = index_of(soap_versions, summary.soap_version);
        const std::size_t outcome = index_of(outcomes, summary.outcome);
        return *requests_[(operation * soap_versions.size() + soap) * outcomes.size() + outcome];
    }

    void append_service(std::vector<MetricFamily>& families) const;
    static void append_tls(std::vector<MetricFamily>& families, const Readings& readings);
    void append_health(std::vector<MetricFamily>& families) const;

    MetricOptions options_;
    const Health& health_;
    std::function<Readings()> read_;

    Registry registry_;
    std::vector<Counter*> requests_;  ///< By operation, SOAP version and outcome.
    std::array<Counter*, refusal_reasons.size()> refusals_{};
    std::vector<Counter*> limits_;
    std::array<Histogram*, stages.size()> stages_{};
    Histogram& durations_ = make_histogram(
        registry_, "customercare_request_duration_seconds",
        "From a request's first byte to its reply's handing over to the socket.", duration_buckets);
    Counter& ignored_ = make_counter(registry_, "customercare_ignored_elements_total",
                                     "Elements that the contract has not and ASMX skips.");
    Counter& request_bytes_ = make_counter(registry_, "customercare_request_body_bytes_total",
                                           "Bytes of the bodies of requests.");
    Counter& reply_bytes_ = make_counter(registry_, "customercare_reply_body_bytes_total",
                                         "Bytes of the bodies of replies.");
    Histogram& batches_ =
        make_histogram(registry_, "customercare_store_batch_records",
                       "Call logs that were committed in one transaction.", batch_buckets);
    Histogram& commits_ =
        make_histogram(registry_, "customercare_store_commit_duration_seconds",
                       "Writing and committing a batch, without its sync.", duration_buckets);
    Histogram& syncs_ = make_histogram(registry_, "customercare_store_sync_duration_seconds",
                                       "Bringing a committed batch to disk.", duration_buckets);
    Counter& store_failures_ = make_counter(registry_, "customercare_store_failures_total",
                                            "Batches of which nothing could be stored.");
};

void Metrics::Impl::add_requests() {
    auto& family = prometheus::BuildCounter()
                       .Name("customercare_requests_total")
                       .Help("Requests that have ended, however.")
                       .Register(registry_);
    for (const std::string& operation : options_.operations) {
        for (const std::string_view soap : soap_versions) {
            for (const std::string_view outcome : outcomes) {
                requests_.push_back(&family.Add({{"operation", operation},
                                                 {"soap", std::string(soap)},
                                                 {"outcome", std::string(outcome)}}));
            }
        }
    }
}

void Metrics::Impl::add_refusals() {
    auto& family = prometheus::BuildCounter()
                       .Name("customercare_requests_refused_total")
                       .Help("Requests that were not done, by reason.")
                       .Register(registry_);
    for (std::size_t i = 0; i < refusals_.size(); ++i) {
        refusals_.at(i) = &family.Add({{"reason", std::string(refusal_reasons.at(i))}});
    }
}

void Metrics::Impl::add_limits() {
    auto& family = prometheus::BuildCounter()
                       .Name("customercare_guard_limits_hit_total")
                       .Help("Messages that went beyond a setting guard.*.")
                       .Register(registry_);
    for (const std::string& limit : options_.guard_limits) {
        limits_.push_back(&family.Add({{"limit", limit}}));
    }
}

void Metrics::Impl::add_stages() {
    auto& family = prometheus::BuildHistogram()
                       .Name("customercare_request_stage_duration_seconds")
                       .Help(
                           "The parts of a request's duration, one after the other: receive; "
                           "process (XML, rules); store (waiting until it is on disk); send.")
                       .Register(registry_);
    for (std::size_t i = 0; i < stages_.size(); ++i) {
        stages_.at(i) = &family.Add({{"stage", std::string(stages.at(i))}}, duration_buckets);
    }
}

void Metrics::Impl::count(const Exchange& exchange) {
    const model::ExchangeSummary& summary = exchange.summary;
    requests(summary).Increment();
    if (const auto reason = refusal_reason(summary.outcome, exchange.status); !reason.empty()) {
        refusals_.at(index_of(refusal_reasons, reason))->Increment();
    }
    if (!summary.limit.empty())
        limits_[index_of(options_.guard_limits, summary.limit)]->Increment();
    if (summary.ignored_count != 0) ignored_.Increment(static_cast<double>(summary.ignored_count));
    request_bytes_.Increment(static_cast<double>(exchange.request_bytes));
    reply_bytes_.Increment(static_cast<double>(exchange.reply_bytes));
    durations_.Observe(seconds(exchange.duration));
    const model::ExchangeTimes& times = exchange.times;
    const std::array parts{times.receive, times.process, times.store, times.send};
    for (std::size_t i = 0; i < parts.size(); ++i) {
        if (parts.at(i).count() != 0) stages_.at(i)->Observe(seconds(parts.at(i)));
    }
}

store::WriteObserver Metrics::Impl::store_observer() {
    return {
        .committed =
            [this](std::size_t records, std::chrono::nanoseconds duration) {
                batches_.Observe(static_cast<double>(records));
                commits_.Observe(seconds(duration));
            },
        .synced = [this](std::chrono::nanoseconds duration) { syncs_.Observe(seconds(duration)); },
        .failed = [this] { store_failures_.Increment(); }};
}

std::string Metrics::Impl::text() const {
    std::vector<MetricFamily> families = registry_.Collect();
    append_service(families);
    append_health(families);
    for (MetricFamily& each : process_metrics()) families.push_back(std::move(each));
    return prometheus::TextSerializer().Serialize(families);
}

void Metrics::Impl::append_service(std::vector<MetricFamily>& families) const {
    const Readings readings = read_();
    families.push_back(family("customercare_build_info", "Always 1; what runs is in the labels.",
                              MetricType::Gauge,
                              {{{{"version", options_.version}, {"mode", options_.mode}}, 1}}));
    families.push_back(gauge("customercare_store_queue_length",
                             "Call logs that wait to be written.", readings.queue_length));
    families.push_back(gauge("customercare_store_queue_limit", "Setting store.queue_limit.",
                             options_.queue_limit));
    families.push_back(gauge("customercare_database_bytes", "The database's file.",
                             file_bytes(options_.database)));
    families.push_back(gauge("customercare_wal_bytes", "The file of its write-ahead log.",
                             file_bytes(options_.database + "-wal")));
    families.push_back(gauge("customercare_disk_free_bytes",
                             "Free on the database's disk, but for what is root's.",
                             readings.disk_free_bytes));
    families.push_back(
        gauge("customercare_connections", "Connections that are open.", readings.connections));
    families.push_back(gauge("customercare_connections_limit",
                             "Setting http.max_connections, as far as open files allow.",
                             options_.max_connections));
    families.push_back(counter("customercare_connections_accepted_total",
                               "Connections from clients.", readings.accepted));
    families.push_back(counter("customercare_connections_turned_away_total",
                               "Those of them that were one too many.", readings.turned_away));
    families.push_back(gauge("customercare_inflight_bytes",
                             "Held for requests and replies that are in hand.",
                             readings.inflight_bytes));
    families.push_back(gauge("customercare_inflight_limit_bytes",
                             "Setting http.max_inflight_bytes.", options_.max_inflight_bytes));
    append_tls(families, readings);
}

void Metrics::Impl::append_tls(std::vector<MetricFamily>& families, const Readings& readings) {
    if (!readings.certificate_expiry) return;
    const auto sample = [](const char* result, std::uint64_t value) {
        return Sample{{{"result", result}}, static_cast<double>(value)};
    };
    families.push_back(family(
        "customercare_tls_handshakes_total", "TLS handshakes.", MetricType::Counter,
        {sample("full", readings.full_handshakes), sample("resumed", readings.resumed_handshakes),
         sample("failed", readings.failed_handshakes)}));
    families.push_back(gauge("customercare_tls_certificate_expiry_timestamp_seconds",
                             "The end of the certificate, in seconds since 1970.",
                             seconds(readings.certificate_expiry->time_since_epoch())));
}

void Metrics::Impl::append_health(std::vector<MetricFamily>& families) const {
    std::vector<Sample> failed;
    std::vector<Sample> warning;
    for (const Health::Result& result : health_.look()) {
        const auto is = [&](CheckState state) {
            return Sample{{{"check", std::string(result.name)}},
                          result.finding.state == state ? 1.0 : 0.0};
        };
        failed.push_back(is(CheckState::failed));
        warning.push_back(is(CheckState::warning));
    }
    families.push_back(family("customercare_health_check_failed",
                              "1 for what keeps the service from being ready (/readyz?verbose).",
                              MetricType::Gauge, std::move(failed)));
    families.push_back(family("customercare_health_check_warning", "1 for what is to be seen to.",
                              MetricType::Gauge, std::move(warning)));
}

Metrics::Metrics(MetricOptions options, const Health& health, std::function<Readings()> read)
    : impl_(std::make_unique<Impl>(std::move(options), health, std::move(read))) {}

Metrics::~Metrics() = default;

void Metrics::count(const Exchange& exchange) { impl_->count(exchange); }

store::WriteObserver Metrics::store_observer() { return impl_->store_observer(); }

model::HttpReply Metrics::reply() const {
    model::HttpReply reply;
    reply.content_type = "text/plain; version=0.0.4; charset=utf-8";
    reply.headers.emplace_back("Cache-Control", "no-store");
    reply.body = impl_->text();
    return reply;
}

}  // namespace customercare::admin
