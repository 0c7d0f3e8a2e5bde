#include "admin/metrics.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <sstream>
#include <string>
#include <vector>

#include "admin/request_labels.hpp"

namespace customercare::admin {
namespace {

using Catch::Contains;
using std::chrono::milliseconds;

class Fixture {
public:
    [[nodiscard]] std::string text() const { return metrics.reply().body; }
    /// Every series, without its value.
    [[nodiscard]] std::vector<std::string> series() const {
        std::vector<std::string> names;
        std::istringstream lines(text());
        for (std::string line; std::getline(lines, line);) {
            if (!line.starts_with('#')) names.push_back(line.substr(0, line.rfind(' ')));
        }
        return names;
    }

    Readings readings;
    Health health{{{"disk", [] { return Finding{CheckState::warning, "nearly full"}; }}}};
    Metrics metrics{{.version = "1.2.3",
                     .mode = "production",
                     .operations = {"CreateCallLog"},
                     .guard_limits = {"guard.max_depth", "guard.max_elements"},
                     .database = "/nowhere/customercare.db",
                     .queue_limit = 4096,
                     .max_connections = 100,
                     .max_inflight_bytes = 1000},
                    health,
                    [this] { return readings; }};
};

model::ExchangeSummary summary_of(std::string_view outcome) {
    return {.operation = "CreateCallLog", .soap_version = "1.2", .outcome = outcome};
}

}  // namespace

TEST_CASE_METHOD(Fixture, "A request is counted by operation, SOAP version and outcome",
                 "[admin][metrics]") {
    const model::ExchangeSummary summary = summary_of("stored");
    const Metrics::Exchange exchange{.summary = summary,
                                     .status = 200,
                                     .request_bytes = 4000,
                                     .reply_bytes = 400,
                                     .duration = milliseconds(30),
                                     .times = {.receive = milliseconds(1),
                                               .process = milliseconds(2),
                                               .store = milliseconds(20),
                                               .send = milliseconds(7)}};
    for (int i = 0; i < 3; ++i) metrics.count(exchange);
    const std::string all = text();
    CHECK_THAT(all, Contains("customercare_requests_total{operation=\"CreateCallLog\",outcome="
                             "\"stored\",soap=\"1.2\"} 3\n"));
    CHECK_THAT(all, Contains("customercare_request_body_bytes_total 12000\n"));
    CHECK_THAT(all, Contains("customercare_reply_body_bytes_total 1200\n"));
    CHECK_THAT(all, Contains("customercare_request_duration_seconds_count 3\n"));
    CHECK_THAT(all, Contains("customercare_request_duration_seconds_bucket{le=\"0.025\"} 0\n"));
    CHECK_THAT(all, Contains("customercare_request_duration_seconds_bucket{le=\"0.05\"} 3\n"));
    CHECK_THAT(all, Contains("customercare_request_stage_duration_seconds_bucket{stage=\"store\","
                             "le=\"0.025\"} 3\n"));
    CHECK_THAT(all, !Contains("customercare_requests_refused_total{reason=\"other\"} 1"));
}

TEST_CASE_METHOD(Fixture, "What a request did not come to has no duration", "[admin][metrics]") {
    const model::ExchangeSummary summary{.outcome = "refused"};
    metrics.count({.summary = summary, .status = 431, .times = {.send = milliseconds(1)}});
    const std::string all = text();
    const std::string stage = "customercare_request_stage_duration_seconds_count{stage=";
    CHECK_THAT(all, Contains(stage + "\"store\"} 0\n"));
    CHECK_THAT(all, Contains(stage + "\"send\"} 1\n"));
    CHECK_THAT(all, Contains("customercare_requests_total{operation=\"none\",outcome=\"refused\","
                             "soap=\"none\"} 1\n"));
    CHECK_THAT(all, Contains("customercare_requests_refused_total{reason=\"header_too_large\"} 1"));
}

TEST_CASE_METHOD(Fixture, "No label comes from a request, and no request makes a series",
                 "[admin][metrics]") {
    const std::vector<std::string> before = series();
    for (const char* hostile : {"x\"} 1\nforged 2", "", "\xFF", "CreateCallLog2", "stored "}) {
        const model::ExchangeSummary summary{
            .operation = hostile, .soap_version = hostile, .outcome = hostile, .limit = hostile};
        metrics.count({.summary = summary, .status = 299});
    }
    CHECK(series() == before);
    CHECK_THAT(text(), Contains("customercare_requests_total{operation=\"none\",outcome=\"other\","
                                "soap=\"none\"} 5\n"));
    CHECK_THAT(text(), !Contains("forged"));
}

TEST_CASE_METHOD(Fixture, "Limits hit and elements skipped are counted", "[admin][metrics]") {
    model::ExchangeSummary summary = summary_of("fault");
    summary.limit = "guard.max_elements";
    summary.ignored_count = 12;
    metrics.count({.summary = summary, .status = 500});
    CHECK_THAT(text(), Contains("customercare_guard_limits_hit_total{limit=\"guard.max_elements\"} "
                                "1\n") &&
                           Contains("{limit=\"guard.max_depth\"} 0\n") &&
                           Contains("customercare_ignored_elements_total 12\n"));
}

TEST_CASE_METHOD(Fixture, "Each refusal has a reason that is there", "[admin][metrics]") {
    CHECK(refusal_reason("stored", 200).empty());
    CHECK(refusal_reason("replayed", 200).empty());
    CHECK(refusal_reason("page", 200).empty());
    CHECK(refusal_reason("AuthenticationFailed", 200) == "credentials");
    CHECK(refusal_reason("busy", 503) == "overload");
    CHECK(refusal_reason("no_space", 503) == "disk");
    CHECK(refusal_reason("refused", 503) == "overload");
    CHECK(refusal_reason("refused", 418) == "other");
    for (const std::string_view outcome : outcomes) {
        for (unsigned status = 200; status < 600; ++status) {
            const std::string_view reason = refusal_reason(outcome, status);
            CHECK((reason.empty() || std::ranges::count(refusal_reasons, reason) == 1));
        }
    }
}

TEST_CASE_METHOD(Fixture, "The store's work is told by batch", "[admin][metrics]") {
    const store::WriteObserver observer = metrics.store_observer();
    observer.committed(3, milliseconds(250));
    observer.synced(milliseconds(500));
    observer.failed();
    CHECK_THAT(text(), Contains("customercare_store_batch_records_bucket{le=\"4\"} 1\n") &&
                           Contains("customercare_store_batch_records_sum 3\n") &&
                           Contains("customercare_store_commit_duration_seconds_sum 0.25\n") &&
                           Contains("customercare_store_sync_duration_seconds_sum 0.5\n") &&
                           Contains("customercare_store_failures_total 1\n"));
}

TEST_CASE_METHOD(Fixture, "What stands elsewhere is read at each scrape", "[admin][metrics]") {
    CHECK_THAT(text(), !Contains("customercare_tls"));
    readings = {.queue_length = 5,
                .connections = 6,
                .accepted = 7,
                .turned_away = 8,
                .inflight_bytes = 9,
                .disk_free_bytes = 13,
                .full_handshakes = 10,
                .resumed_handshakes = 11,
                .failed_handshakes = 12,
                .certificate_expiry = model::Instant(std::chrono::seconds(1'800'000'000))};
    for (const char* line :
         {"customercare_store_queue_length 5", "customercare_connections 6",
          "customercare_connections_accepted_total 7",
          "customercare_connections_turned_away_total 8", "customercare_inflight_bytes 9",
          "customercare_disk_free_bytes 13",
          "customercare_tls_handshakes_total{result=\"full\"} 10",
          "customercare_tls_handshakes_total{result=\"resumed\"} 11",
          "customercare_tls_handshakes_total{result=\"failed\"} 12",
          "customercare_tls_certificate_expiry_timestamp_seconds 1800000000",
          "customercare_store_queue_limit 4096",
          "customercare_build_info{version=\"1.2.3\",mode=\"production\"} 1",
          "customercare_health_check_failed{check=\"disk\"} 0",
          "customercare_health_check_warning{check=\"disk\"} 1", "customercare_database_bytes 0"}) {
        CHECK_THAT(text(), Contains("\n" + std::string(line) + "\n"));
    }
}

TEST_CASE_METHOD(Fixture, "The process tells its CPU time, memory, files and start",
                 "[admin][metrics]") {
    const std::string all = text();
    const auto value = [&](const std::string& name) {
        const std::size_t at = all.find("\n" + name + " ");
        REQUIRE(at != std::string::npos);
        return std::stod(all.substr(at + name.size() + 2));
    };
    const auto now = static_cast<double>(std::time(nullptr));
    CHECK(value("process_start_time_seconds") > now - 86'400);
    CHECK(value("process_start_time_seconds") < now + 2);
    CHECK(value("process_resident_memory_bytes") > 1'000'000);
    CHECK(value("process_virtual_memory_bytes") >= value("process_resident_memory_bytes"));
    CHECK(value("process_cpu_seconds_total") >= 0);
    CHECK(value("process_open_fds") >= 3);
    CHECK(value("process_max_fds") >= value("process_open_fds"));
}

}  // namespace customercare::admin
