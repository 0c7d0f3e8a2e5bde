#include <catch2/catch.hpp>
#include <chrono>
#include <filesystem>
#include <iterator>
#include <string>
#include <thread>
#include <vector>

#include "support/admin_client.hpp"
#include "support/http_client.hpp"
#include "support/message.hpp"
#include "support/server_process.hpp"

namespace customercare::test {
namespace {

using Catch::Contains;

std::string in_sandbox(const std::string& name) {
    return post(Soap::v11, sample_message(Soap::v11), "X-CustomerCare-Sandbox: " + name + "\r\n");
}

Json names(const AdminClient& admin) {
    Json names = Json::array();
    const Json found = admin.get("/sandboxes");
    for (const Json& sandbox : found.at("sandboxes")) names.push_back(sandbox.at("name"));
    return names;
}

}  // namespace

TEST_CASE("A sandbox has call logs, journal, clock and ids of its own", "[integration][standin]") {
    const TemporaryDirectory directory;
    const ServerProcess server(directory.path());
    const AdminClient admin(server.admin_port());
    const AdminClient first(server.admin_port(), "first");
    first.send("PUT", "/clock", {{"now", "2026-01-31T10:00:00Z"}});
    first.act("PUT", "/ids", R"({"next_call_log_id":50})");
    CHECK(is_success(call(server.port(), in_sandbox("first"))));
    CHECK(is_success(call(server.port(), in_sandbox("second"))));

    CHECK(first.last_entry().at("call_log_id") == 50);
    CHECK(first.last_entry().at("sandbox") == "first");
    CHECK(admin.get("/sandbox/first/journal") == first.get("/journal"));
    const Json second = admin.get("/sandbox/second/journal").at("entries").at(0);
    CHECK(second.at("outcome") == "stored");  // The same message, and no duplicate here.
    CHECK(second.at("call_log_id") == 1);
    CHECK(second.at("at") != "2026-01-31T10:00:00.000Z");
    CHECK(admin.get("/journal").at("entries").empty());
    CHECK(admin.get("/sandboxes").at("sandboxes")[1] ==
          Json{{"name", "first"}, {"call_logs", 1}, {"journal_entries", 1}, {"scenarios", 0}});
    CHECK(names(admin) == Json{"", "first", "second"});
}

TEST_CASE("A sandbox may be named by the path, which pages and WSDL keep",
          "[integration][standin]") {
    const TemporaryDirectory directory;
    const ServerProcess server(directory.path());
    const std::string path = "/sandbox/by-path" + std::string(service_path);
    const auto get = [&](const std::string& target) {
        return call(server.port(), http_request("GET", target)).body;
    };
    CHECK_THAT(get(path + "?WSDL"), Contains("address location=\"http://localhost" + path + "\""));
    CHECK_THAT(get(path + "?op=CreateCallLog"), Contains("POST " + path + " HTTP/1.1"));
    CHECK_THAT(get(std::string(service_path) + "?WSDL"), !Contains("sandbox"));
    std::string request = post_sample(Soap::v11);
    request.replace(request.find(service_path), service_path.size(), path);
    CHECK(is_success(call(server.port(), request)));
    const Json entry = AdminClient(server.admin_port(), "by-path").last_entry();
    CHECK(entry.at("outcome") == "stored");
    CHECK(entry.at("target") == path);
}

TEST_CASE("Names that are none, and two names at once, are refused", "[integration][standin]") {
    const TemporaryDirectory directory;
    const ServerProcess server(directory.path(), {"--set", "standin.max_sandboxes=1"});
    const AdminClient admin(server.admin_port());
    for (const std::string& name :
         std::vector<std::string>{"..", "a/b", "a b", std::string(65, 'a')}) {
        CHECK(call(server.port(), in_sandbox(name)).status == 400);
        CHECK_THAT(admin.last_entry().at("explanation").get<std::string>(), Contains("name"));
    }
    CHECK(is_success(call(server.port(), in_sandbox("a"))));
    const HttpReply full = call(server.port(), in_sandbox("b"));
    CHECK(full.status == 503);
    CHECK_THAT(full.body, Contains("standin.max_sandboxes"));
    CHECK(admin.call("GET", "/sandbox/a/journal", "", "X-CustomerCare-Sandbox: b\r\n").status ==
          400);
    CHECK(admin.call("GET", "/journal", "", "X-CustomerCare-Sandbox: ..\r\n").status == 400);
}

TEST_CASE("A dropped sandbox is gone with its files, and begins anew when it is used again",
          "[integration][standin]") {
    const TemporaryDirectory directory;
    const ServerProcess server(directory.path());
    const AdminClient admin(server.admin_port());
    REQUIRE(is_success(call(server.port(), in_sandbox("short"))));
    REQUIRE(admin.get("/sandbox/short/journal").at("entries").size() == 1);
    const std::string file = server.database() + ".sandbox-short.db";
    CHECK(std::filesystem::exists(file));
    CHECK(std::filesystem::exists(file + ".journal"));
    admin.act("DELETE", "/sandboxes/short");
    for (const auto& entry : std::filesystem::directory_iterator(directory.path())) {
        CHECK(entry.path().string().find("sandbox") == std::string::npos);
    }
    CHECK(names(admin) == Json{""});
    admin.act("DELETE", "/sandboxes/never-there");
    CHECK(admin.call("DELETE", "/sandboxes/..").status == 400);
    REQUIRE(is_success(call(server.port(), in_sandbox("short"))));
    CHECK(admin.get("/sandbox/short/journal").at("last_id") == 1);
}

TEST_CASE("A drop answers what waits in the sandbox, and does not wait for it",
          "[integration][standin]") {
    const TemporaryDirectory directory;
    const ServerProcess server(directory.path());
    const AdminClient admin(server.admin_port());
    REQUIRE(is_success(call(server.port(), in_sandbox("short"))));
    HttpClient verifies(server.admin_port());
    verifies.send(http_request("POST", "/sandbox/short/verify",
                               R"({"call_logs":{"count":5},"wait_ms":300000})"));
    HttpClient polls(server.admin_port());
    polls.send(http_request("GET", "/sandbox/short/journal?after=1&wait_ms=300000"));
    REQUIRE(admin.get("/sandbox/short/call-logs").at("call_logs").size() == 1);

    admin.act("DELETE", "/sandboxes/short");
    CHECK(verifies.receive());
    CHECK(polls.receive());
    CHECK(names(admin) == Json{""});
    for (const auto& entry : std::filesystem::directory_iterator(directory.path())) {
        CHECK(entry.path().string().find("sandbox") == std::string::npos);
    }
    REQUIRE(is_success(call(server.port(), in_sandbox("short"))));
}

TEST_CASE("What is left of a former run can be listed and dropped, also beyond the limit",
          "[integration][standin]") {
    const TemporaryDirectory directory;
    {
        ServerProcess server(directory.path());
        for (const char* name : {"a", "b"}) {
            REQUIRE(is_success(call(server.port(), in_sandbox(name))));
        }
        CHECK(server.stop() == 0);
    }
    const ServerProcess server(directory.path(), {"--set", "standin.max_sandboxes=1"});
    const AdminClient admin(server.admin_port());
    REQUIRE(is_success(call(server.port(), in_sandbox("c"))));
    const Json listed = admin.get("/sandboxes").at("sandboxes");
    REQUIRE(listed.size() == 4);
    CHECK(listed[1] == Json{{"name", "a"},
                            {"call_logs", nullptr},
                            {"journal_entries", nullptr},
                            {"scenarios", nullptr}});
    admin.act("DELETE", "/sandboxes/a");
    CHECK(names(admin) == Json{"", "b", "c"});
}

TEST_CASE("A path that names no sandbox is refused", "[integration][standin]") {
    const TemporaryDirectory directory;
    const ServerProcess server(directory.path());
    const HttpReply refused = AdminClient(server.admin_port()).call("POST", "/sandbox//reset");
    CHECK(refused.status == 400);
    CHECK_THAT(refused.body, Contains("names no sandbox"));
}

TEST_CASE("An idle sandbox gives back its thread, and keeps its state", "[integration][standin]") {
    const TemporaryDirectory directory;
    const ServerProcess server(directory.path(), {"--set", "standin.sandbox_idle_s=1"});
    const AdminClient sandbox(server.admin_port(), "idle");
    const auto threads = [&] {
        const std::filesystem::path tasks = "/proc/" + std::to_string(server.pid()) + "/task";
        return std::distance(std::filesystem::directory_iterator(tasks), {});
    };
    const auto before = threads();
    sandbox.send("PUT", "/clock", {{"now", "2026-01-31T10:00:00Z"}});
    REQUIRE(is_success(call(server.port(), in_sandbox("idle"))));
    CHECK(threads() == before + 1);
    for (int i = 0; i < 3000 && threads() > before; ++i) {
        std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
    CHECK(threads() == before);
    CHECK(sandbox.get("/clock").at("frozen") == true);
    CHECK(sandbox.get("/call-logs").at("call_logs").size() == 1);
    CHECK(sandbox.last_entry().at("id") == 1);
}

TEST_CASE("Sandboxes are there after a restart", "[integration][standin]") {
    const TemporaryDirectory directory;
    {
        ServerProcess server(directory.path());
        REQUIRE(is_success(call(server.port(), in_sandbox("kept.journal"))));
        CHECK(server.stop() == 0);
    }
    const ServerProcess server(directory.path());
    const AdminClient admin(server.admin_port());
    CHECK(names(admin) == Json{"", "kept.journal"});
    CHECK(admin.get("/sandbox/kept.journal/journal").at("entries").size() == 1);
}

TEST_CASE("A hundred sandboxes at once serve as fast as one", "[integration][standin][load]") {
    constexpr int sandboxes = 100;
    constexpr int calls = 1000;
    const TemporaryDirectory directory;
    const ServerProcess server(directory.path());
    const auto cpu_per_call = [&](int count) {
        HttpClient client(server.port());
        const auto send = [&](int i) {
            const std::string name = "s" + std::to_string(i % count);
            const std::string message =
                sample_message(Soap::v11, {{"MessageId", std::to_string(count * calls + i)}});
            return is_success(
                client.call(post(Soap::v11, message, "X-CustomerCare-Sandbox: " + name + "\r\n")));
        };
        for (int i = 0; i < count; ++i) REQUIRE(send(i));
        const auto before = server.cpu_time();
        for (int i = count; i < count + calls; ++i) REQUIRE(send(i));
        return static_cast<double>((server.cpu_time() - before).count()) / calls;
    };
    const double alone = cpu_per_call(1);
    const double among_all = cpu_per_call(sandboxes);
    CAPTURE(alone, among_all);
    CHECK(among_all < 3 * alone * patience);

    // All at once, from many threads, each in its own.
    std::vector<std::thread> clients;
    std::vector<int> stored(sandboxes);
    for (int i = 0; i < sandboxes; ++i) {
        clients.emplace_back([&, i] {
            HttpClient client(server.port());
            for (int n = 0; n < 10; ++n) {
                const std::string message =
                    sample_message(Soap::v11, {{"MessageId", "at-once-" + std::to_string(n)}});
                stored[static_cast<std::size_t>(i)] += is_success(client.call(post(
                    Soap::v11, message, "X-CustomerCare-Sandbox: s" + std::to_string(i) + "\r\n")));
            }
        });
    }
    for (std::thread& client : clients) client.join();
    CHECK(stored == std::vector<int>(sandboxes, 10));
    // 100 stores, connections and journals; each has less than a MiB.
    CHECK(server.resident_kb() < 250'000 * patience);
}

}  // namespace customercare::test
