#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "support/database.hpp"
#include "support/http_client.hpp"
#include "support/io_faults.hpp"
#include "support/load.hpp"
#include "support/message.hpp"
#include "support/server_process.hpp"

namespace customercare::test {
namespace {

using nlohmann::json;

ProgramResult run(const ServerProcess& server, std::vector<std::string> arguments) {
    arguments.insert(arguments.end(), {"--database", server.database()});
    return run_program(arguments);
}

std::string output_of(const ServerProcess& server, const std::vector<std::string>& arguments) {
    const ProgramResult result = run(server, arguments);
    INFO(result.errors);
    CHECK(result.exit_code == 0);
    return result.output;
}

json audit(const ServerProcess& server, std::vector<std::string> filter = {}) {
    filter.insert(filter.begin(), {"audit", "list", "--json"});
    return json::parse(output_of(server, filter));
}

void store(const ServerProcess& server, const std::string& message_id, const std::string& account) {
    REQUIRE(is_success(
        call(server.port(), post_sample(Soap::v11, {{"MessageId", message_id},
                                                    {"AccountNumber", account},
                                                    {"LogText", "Text of " + account}}))));
}

/// MessageIds of the call logs whose SSN can be read.
std::set<std::string> readable(const ServerProcess& server) {
    std::istringstream lines(
        output_of(server, {"calllogs", "export", "--format", "jsonl", "--reveal"}));
    std::set<std::string> ids;
    for (std::string line; std::getline(lines, line);) {
        const json call_log = json::parse(line);
        if (call_log["CustomerCallLog"]["Requestor"]["SSN"] == "000-00-0000") {
            ids.insert(call_log["BaseRequest"]["MessageId"]);
        }
    }
    return ids;
}

}  // namespace

TEST_CASE("SSN and DriverLicense are masked, unless one asks for them and it is audited",
          "[integration][privacy]") {
    const TemporaryDirectory directory;
    IoFaults faults(directory.path());
    const ServerProcess server(directory.path());
    const std::string licence = "<DriverLicense><a>D-777</a></DriverLicense></Requestor>";
    REQUIRE(is_success(
        call(server.port(),
             post(Soap::v11, replace_first(sample_message(Soap::v11), "</Requestor>", licence)))));
    for (const std::vector<std::string>& command :
         {std::vector<std::string>{"calllogs", "show", "1"},
          {"calllogs", "show", "1", "--json"},
          {"calllogs", "export", "--format", "jsonl"},
          {"calllogs", "export", "--format", "csv"}}) {
        const std::string output = output_of(server, command);
        CHECK_THAT(output, Catch::Contains("*****") && !Catch::Contains("000-00-0000") &&
                               !Catch::Contains("D-777"));
    }
    CHECK(audit(server).empty());

    CHECK_THAT(output_of(server, {"calllogs", "show", "1", "--reveal"}),
               Catch::Contains("SSN: 000-00-0000") && Catch::Contains("D-777"));
    output_of(server, {"calllogs", "export", "--format", "csv", "--reveal", "--account", "a-1"});
    CHECK(run(server, {"calllogs", "show", "2", "--reveal"}).exit_code == 1);
    const json lines = audit(server);
    REQUIRE(lines.size() == 2);
    CHECK(lines[0]["event"] == "calllogs show --reveal");
    CHECK(lines[0]["subject"] == "call log 1");
    CHECK(lines[1]["event"] == "calllogs export --reveal");
    CHECK(audit(server, {"--account", "a-1"}).size() == 1);

    // What can't be audited is not shown.
    faults.fail(IoFault::disk_full, 1);
    for (const std::vector<std::string>& command :
         {std::vector<std::string>{"calllogs", "show", "1", "--reveal"},
          {"calllogs", "export", "--format", "csv", "--reveal"}}) {
        const ProgramResult refused = run(server, command);
        CHECK(refused.exit_code == 1);
        CHECK(refused.output.empty());
        CHECK_THAT(refused.errors, Catch::Contains(server.database()));
    }
    CHECK(faults.failures() > 0);
    faults.heal();
    CHECK(audit(server).size() == 2);
}

TEST_CASE("The key is changed while the server runs under load, and rotate-key is killed",
          "[integration][privacy][rotation]") {
    const TemporaryDirectory directory;
    ServerProcess server(directory.path());
    const std::string key_file = server.database() + ".key";
    const std::string before = read_file(key_file);
    Load load(server.port(), 4);
    load.wait_until_acknowledged(500);

    int kills = 0;
    for (int exit_code = -1; exit_code != 0; ++kills) {
        // Each time a little longer, so that it is killed at another point.
        const std::string seconds = std::to_string(0.02 + 0.05 * patience * kills);
        const ProgramResult result = run_command({"timeout", "--signal=KILL", seconds, program(),
                                                  "rotate-key", "--database", server.database()});
        exit_code = result.exit_code;
        INFO(result.errors);
        CHECK((exit_code == 0 || exit_code == 137));
        REQUIRE(kills < 1000);
    }
    CHECK(kills > 1);
    load.finish();
    CHECK(load.unanswered().empty());
    const std::vector<std::string>& sent = load.acknowledged();
    CHECK(readable(server) == std::set<std::string>(sent.begin(), sent.end()));

    const std::string after = read_file(key_file);
    CHECK_THAT(after, Catch::Contains("current ") && !Catch::Contains("former "));
    CHECK(after.substr(after.find("current ")) != before.substr(before.find("current ")));
    CHECK(std::filesystem::status(key_file).permissions() ==
          (std::filesystem::perms::owner_read | std::filesystem::perms::owner_write));
    CHECK_FALSE(std::filesystem::exists(key_file + ".new"));

    store(server, "after", "a-1");
    CHECK(readable(server).contains("after"));
    CHECK(server.stop() == 0);
    const ServerProcess again(directory.path());
    CHECK(readable(again).size() == sent.size() + 1);
}

TEST_CASE("A person's data is erased while the server runs under load", "[integration][privacy]") {
    const TemporaryDirectory directory;
    ServerProcess server(directory.path());
    for (int i = 0; i < 3; ++i) store(server, "victim" + std::to_string(i), "4711-0815-4711");
    Load load(server.port(), 4);
    load.wait_until_acknowledged(100);
    CHECK_THAT(output_of(server, {"erase", "--account", "4711-0815-4711", "--dry-run"}),
               Catch::Contains("3 call logs"));
    CHECK(json::parse(output_of(server, {"erase", "--account", "4711-0815-4711", "--json"})) ==
          json{{"dryRun", false}, {"found", 3}, {"removed", 3}});
    // It is in none of the files at once, not only after the server has ended.
    for (const auto& file : std::filesystem::directory_iterator(directory.path())) {
        CAPTURE(file.path());
        // A stand-in's journal is what was sent, until it is cleared.
        if (file.path().string().find(".journal") != std::string::npos) continue;
        CHECK(read_file(file.path()).find("4711-0815-4711") == std::string::npos);
    }
    CHECK_THAT(output_of(server, {"erase", "--account", "4711-0815-4711"}),
               Catch::Contains("Removed 0 call logs"));
    load.finish();
    CHECK(load.unanswered().empty());
    CHECK(readable(server).size() == load.acknowledged().size());

    const json lines = audit(server, {"--event", "erase", "--account", "4711-0815-4711"});
    REQUIRE(lines.size() == 4);
    CHECK(lines[1]["detail"] == "state=done removed=3");
    CHECK(lines[3]["detail"] == "state=done removed=0");
    CHECK(audit(server, {"--account", "4711-0815-4712"}).empty());
}

TEST_CASE("A purge takes what is older than it says", "[integration][privacy]") {
    const TemporaryDirectory directory;
    const ServerProcess server(directory.path());
    store(server, "new", "a-1");
    CHECK_THAT(output_of(server, {"purge", "--older-than", "1h"}),
               Catch::Contains("Removed 0 call logs"));
    CHECK(Database(server.database()).call_log_count() == 1);
    for (const char* nonsense : {"365", "d", "0d", "-1d", "1.5d", "365 d", "365dd", "1w",
                                 "99999999999999999999d", "36501d", "876001h", "+1d", " 1d"}) {
        CAPTURE(nonsense);
        const ProgramResult result =
            run(server, {"purge", std::string("--older-than=") + nonsense});
        CHECK(result.exit_code == 2);
        CHECK_THAT(result.errors, Catch::Contains("--older-than"));
    }
    CHECK(run(server, {"purge"}).exit_code == 2);
    CHECK(run(server, {"erase", "--account", " "}).exit_code == 2);
    CHECK(audit(server).size() == 2);
}

}  // namespace customercare::test
