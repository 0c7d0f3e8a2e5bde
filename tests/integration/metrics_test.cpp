#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <regex>
#include <set>
#include <sstream>
#include <string>

#include "support/certificates.hpp"
#include "support/message.hpp"
#include "support/operator.hpp"
#include "support/server_process.hpp"

namespace customercare::test {
namespace {

const std::filesystem::path docker = std::filesystem::path(CUSTOMERCARE_SOURCE_DIR) / "docker";

/// All series of a server, without their values.
std::set<std::string> series_of(const ServerProcess& server) {
    std::set<std::string> series;
    std::istringstream lines(ask_admin(server, "/metrics").body);
    for (std::string line; std::getline(lines, line);) {
        if (!line.starts_with('#')) series.insert(line.substr(0, line.rfind(' ')));
    }
    return series;
}

std::set<std::string> names_in(const std::string& text) {
    static const std::regex name("\\b(customercare|process)_[a-z_]+\\b");
    return {std::sregex_token_iterator(text.begin(), text.end(), name), {}};
}

/// With TLS, so that all there is is told.
class TlsServer {
public:
    [[nodiscard]] const ServerProcess& process() const { return server_; }

private:
    TemporaryDirectory directory_;
    CertificateFiles files_ = CertificateAuthority(directory_.path()).issue("server");
    ServerProcess server_{
        directory_.path(),
        {"--set", "tls.certificate=" + files_.certificate, "--set", "tls.key=" + files_.key}};
};

/// What Grafana asks Prometheus for, as Prometheus gets it, all variables chosen.
std::vector<std::string> dashboard_queries() {
    std::vector<std::string> queries;
    const auto dashboard =
        nlohmann::json::parse(read_file(docker / "grafana" / "customercare.json"));
    for (const auto& panel : dashboard.at("panels")) {
        if (!panel.contains("targets")) continue;
        for (const auto& target : panel.at("targets")) {
            std::string query = replace_all(target.at("expr"), "$__rate_interval", "1m");
            query = replace_all(std::move(query), "$__range", "3h");
            queries.push_back(replace_all(std::move(query), "$instance", ".*"));
        }
    }
    return queries;
}

bool has_promtool() { return run_command({"sh", "-c", "command -v promtool"}).exit_code == 0; }

void check_with_promtool(std::vector<std::string> arguments, const std::string& input = "") {
    arguments.insert(arguments.begin(), "promtool");
    const ProgramResult result = run_command(arguments, input);
    INFO(result.output << result.errors);
    CHECK(result.exit_code == 0);
    CHECK(result.errors == "");
}

}  // namespace

TEST_CASE("Requests are counted by what became of them", "[integration][metrics]") {
    const TemporaryDirectory directory;
    const ServerProcess server(directory.path(), {"--set", "guard.max_depth=8"});
    const std::string stored =
        R"(customercare_requests_total{operation="CreateCallLog",outcome="stored",soap="1.1"})";
    CHECK(metric(server, stored) == 0);
    CHECK(is_success(call(server.port(), post_sample(Soap::v11))));
    wait_for_metric(server, stored, 1);
    CHECK(metric(server, "customercare_store_batch_records_sum") == 1);
    CHECK(metric(server, "customercare_store_sync_duration_seconds_count") >= 1);
    wait_for_metric(server, "customercare_request_duration_seconds_count", 1);
    for (const char* stage : {"receive", "process", "store", "send"}) {
        wait_for_metric(server,
                        "customercare_request_stage_duration_seconds_count{stage=\"" +
                            std::string(stage) + "\"}",
                        1);
    }
    CHECK(metric(server, "customercare_database_bytes") >= 4096);
    CHECK(metric(server, "customercare_wal_bytes") > 0);
    CHECK(metric(server, "customercare_connections_accepted_total") == 1);

    call(server.port(),
         post_sample(Soap::v12, {{"Requestor", "<Unknown/><Unknown/><PrimaryContact/>"}}));
    wait_for_metric(server, "customercare_ignored_elements_total", 2);
    call(server.port(),
         post_sample(Soap::v12, {{"Requestor", "<a><a><a><a><a/></a></a></a></a>"}}));
    wait_for_metric(server, R"(customercare_guard_limits_hit_total{limit="guard.max_depth"})", 1);
    wait_for_metric(server, R"(customercare_requests_refused_total{reason="message"})", 1);
    call(server.port(), post(Soap::v11, "<not XML"));
    wait_for_metric(server, R"(customercare_requests_refused_total{reason="malformed"})", 1);
}

TEST_CASE("No request makes a series of its own, whatever it names", "[integration][metrics]") {
    const TemporaryDirectory directory;
    const ServerProcess server(directory.path());
    const std::set<std::string> before = series_of(server);
    const std::string message = sample_message(Soap::v11);
    for (int i = 0; i < 50; ++i) {
        const std::string name = "Evil" + std::to_string(i);
        const std::string action = "Content-Type: text/xml\r\nSOAPAction: \"http://ws/" + name;
        const std::string head = "POST " + std::string(service_path) +
                                 " HTTP/1.1\r\nHost: " + name +
                                 "\r\nContent-Length: " + std::to_string(message.size()) + "\r\n";
        call(server.port(), head + action + "\"\r\n\r\n" + message);
        call(server.port(), head + action + "\\\"} 1\"\r\n\r\n" + message);
        call(server.port(), post(Soap::v12, replace_all(message, "CreateCallLog>", name + ">")));
        call(server.port(), post(Soap::v11, replace_all(message, envelope_11, "urn:" + name)));
        call(server.port(), name + " /" + name + " HTTP/1.1\r\nHost: x\r\n\r\n");
        call(server.port(), post(Soap::v11, message, "X-Request-Id: " + name + "\r\n"));
    }
    CHECK(series_of(server) == before);
    CHECK_THAT(ask_admin(server, "/metrics").body, !Catch::Contains("Evil"));
}

TEST_CASE("Each metric that the dashboard and the alerts use is there", "[integration][metrics]") {
    const TlsServer server;
    const std::set<std::string> known = names_in(ask_admin(server.process(), "/metrics").body);
    std::string used = read_file(docker / "prometheus" / "alerts.yml");
    for (const std::string& query : dashboard_queries()) used += query + '\n';
    for (const std::string& name : names_in(used)) {
        CAPTURE(name);
        CHECK(known.contains(name));
    }
    CHECK(names_in(used).size() > 20);
}

TEST_CASE("promtool has nothing to say against metrics, alerts and dashboard",
          "[integration][metrics]") {
    if (!has_promtool()) {
        WARN("not tested: there is no promtool (Debian's package prometheus)");
        return;
    }
    const TlsServer server;
    check_with_promtool({"check", "metrics"}, ask_admin(server.process(), "/metrics").body);

    const std::string rules = docker / "prometheus";
    check_with_promtool({"check", "config", rules + "/prometheus.yml"});
    check_with_promtool({"check", "rules", rules + "/alerts.yml"});
    check_with_promtool({"test", "rules", rules + "/alerts_test.yml"});

    // It reads no dashboards; as recording rules, it reads their queries.
    nlohmann::json recorded = nlohmann::json::array();
    for (const std::string& query : dashboard_queries()) {
        recorded.push_back(
            {{"record", "query" + std::to_string(recorded.size())}, {"expr", query}});
    }
    const TemporaryDirectory directory;
    const std::string file = directory.path("queries.json");
    std::ofstream(file) << nlohmann::json{
        {"groups", {{{"name", "dashboard"}, {"rules", recorded}}}}};
    check_with_promtool({"check", "rules", "--lint=none", file});
}

}  // namespace customercare::test
