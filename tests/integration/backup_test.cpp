#include <sys/stat.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <vector>

#include "support/database.hpp"
#include "support/http_client.hpp"
#include "support/load.hpp"
#include "support/message.hpp"
#include "support/server_process.hpp"

// backup, verify and restore, as an operator uses them.

namespace customercare::test {
namespace {

using Catch::Contains;

void store(const ServerProcess& server, const std::string& id, const std::string& text = "text") {
    REQUIRE(is_success(call(
        server.port(),
        post_sample(Soap::v11, {{"MessageId", id}, {"AccountNumber", "77"}, {"LogText", text}}))));
}

/// A folder with a database and one for backups.
struct Installation {
    TemporaryDirectory directory;
    std::string backup = directory.path("backup.db");

    [[nodiscard]] std::string database() const { return directory.path("customercare.db"); }
    [[nodiscard]] ProgramResult run(std::vector<std::string> arguments) const {
        arguments.insert(arguments.end(), {"--database", database()});
        return run_program(arguments);
    }
    void succeed(const std::vector<std::string>& arguments) const {
        const ProgramResult result = run(arguments);
        INFO(result.errors);
        REQUIRE(result.exit_code == 0);
    }
    [[nodiscard]] std::set<std::string> files() const {
        std::set<std::string> names;
        for (const auto& entry : std::filesystem::directory_iterator(directory.path())) {
            names.insert(entry.path().filename().string());
        }
        return names;
    }
    /// The former database that the last restore has kept.
    [[nodiscard]] std::string former() const {
        std::string newest;
        for (const std::string& name : files()) {
            if (name.find(".before-restore-") != std::string::npos) newest = name;
        }
        return directory.path(newest);
    }
};

std::vector<std::string> message_ids(const std::string& database) {
    return Database(database).column("SELECT message_id FROM call_log ORDER BY id");
}

void overwrite(const std::string& path, std::streamoff at, const std::string& bytes) {
    std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
    file.seekp(at).write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
}

using Ids = std::vector<std::string>;

}  // namespace

TEST_CASE("A backup under load ends, and has all that was acknowledged before",
          "[integration][backup]") {
    const Installation installation;
    ServerProcess server(installation.directory.path());
    // More than is copied in one step.
    const std::string text(700'000, 'x');
    for (int i = 0; i < 40; ++i) store(server, "large-" + std::to_string(i), text);
    Load load(server.port(), 16);
    load.wait_until_acknowledged(200);

    const std::vector<std::string> before = load.acknowledged_so_far();
    installation.succeed({"backup", installation.backup});
    const std::size_t after = load.acknowledged_so_far().size();
    load.wait_until_acknowledged(after + 50);
    CHECK(after > before.size());

    installation.succeed({"verify", installation.backup});
    installation.succeed({"verify"});  // The database, under load.
    load.finish();
    CHECK(load.refusals().empty());
    const auto ids = message_ids(installation.backup);
    const std::set<std::string> stored(ids.begin(), ids.end());
    CHECK(std::all_of(before.begin(), before.end(),
                      [&](const std::string& id) { return stored.contains(id); }));
    CHECK(stored.size() >= before.size() + 40);

    // One file, nobody else's to read, and nothing besides.
    struct stat status {};
    REQUIRE(stat(installation.backup.c_str(), &status) == 0);
    CHECK((status.st_mode & 0777U) == 0600);
    CHECK(Database(installation.backup).value("PRAGMA journal_mode") == "delete");
    CHECK(server.stop() == 0);
    CHECK(installation.files() ==
          std::set<std::string>{"backup.db", "customercare.db", "customercare.db-lock",
                                "customercare.db.journal", "customercare.db.key", "server.log"});
}

TEST_CASE("A backup replaces no file unless it is told to, and never one in use",
          "[integration][backup]") {
    const Installation installation;
    ServerProcess server(installation.directory.path());
    store(server, "m1");
    const ProgramResult first = installation.run({"backup", installation.backup});
    CHECK(first.exit_code == 0);
    CHECK_THAT(first.output, Contains("customercare.db.key is not in it"));
    CHECK(first.errors.empty());

    store(server, "m2");
    const ProgramResult second = installation.run({"backup", installation.backup});
    CHECK(second.exit_code == 2);
    CHECK_THAT(second.errors, Contains("exists; name another file, or use --force"));
    CHECK(message_ids(installation.backup) == Ids{"m1"});
    const ProgramResult forced =
        installation.run({"backup", "--force", "--quiet", installation.backup});
    CHECK(forced.exit_code == 0);
    CHECK(forced.output.empty());
    CHECK(message_ids(installation.backup) == Ids{"m1", "m2"});

    CHECK(installation.run({"backup", installation.directory.path("missing/b.db")}).exit_code == 1);
    CHECK(run_program({"backup", installation.directory.path("b.db"), "--database",
                       installation.directory.path("missing.db")})
              .exit_code == 1);
    store(server, "m3");
}

TEST_CASE("Neither a backup nor an export takes the place of a file in use, by whatever name",
          "[integration][backup]") {
    namespace fs = std::filesystem;
    const Installation installation;
    const auto path = [&](const char* name) { return installation.directory.path(name); };
    for (const char* name : {"server.toml", "server.log", "server.crt"}) std::ofstream(path(name));
    ServerProcess server(installation.directory.path());
    store(server, "m1");
    const std::string sandbox = "X-CustomerCare-Sandbox: a\r\n";
    REQUIRE(is_success(call(server.port(), post(Soap::v11, sample_message(Soap::v11), sandbox))));
    fs::create_directory_symlink(".", path("here"));
    fs::create_hard_link(installation.database(), path("hard.db"));
    fs::create_symlink("customercare.db", path("link.db"));

    std::vector<std::string> own{"here/customercare.db", "hard.db", "link.db", "server.toml",
                                 "server.log", "server.crt",
                                 // There is none, but it would be taken for the database's.
                                 "customercare.db-journal"};
    for (const std::string& name : installation.files()) {
        if (name.starts_with("customercare.db")) own.push_back(name);
    }
    CHECK(own.size() > 14);
    const std::string key = read_file(path("customercare.db.key"));
    for (const std::string& name : own) {
        const std::string file = path(name.c_str());
        for (const std::vector<std::string>& command :
             {std::vector<std::string>{"backup", "--force", file},
              {"calllogs", "export", "--format", "csv", "--output", file}}) {
            std::vector<std::string> arguments = command;
            arguments.insert(arguments.end(), {"--config", path("server.toml"), "--set",
                                               "log.file=" + path("server.log"), "--set",
                                               "tls.certificate=" + path("server.crt")});
            const ProgramResult result = installation.run(arguments);
            INFO(command.front() << ' ' << name << ' ' << result.errors);
            CHECK(result.exit_code == 2);
            CHECK_THAT(result.errors, Contains(file + " is in use by this installation"));
        }
    }
    CHECK(read_file(path("customercare.db.key")) == key);
    CHECK(fs::file_size(path("server.crt")) == 0);
    store(server, "m2");
    CHECK(server.stop() == 0);
    CHECK(message_ids(installation.database()) == Ids{"m1", "m2"});
}

TEST_CASE("A backup goes to a regular file only, and says so", "[integration][backup]") {
    namespace fs = std::filesystem;
    const Installation installation;
    ServerProcess(installation.directory.path()).stop();
    const auto path = [&](const char* name) { return installation.directory.path(name); };
    REQUIRE(mkfifo(path("pipe").c_str(), 0600) == 0);
    fs::create_symlink("nowhere", path("dangling"));
    std::ofstream(path("other.db")) << "other";
    fs::create_symlink("other.db", path("link"));
    std::ofstream(path("left.db-wal"));

    const auto refusal = [&](const std::string& file, bool is_forced) {
        std::vector<std::string> arguments{"backup", file};
        if (is_forced) arguments.emplace_back("--force");
        const ProgramResult result = installation.run(arguments);
        CHECK(result.exit_code == 2);
        return result.errors;
    };
    for (const bool is_forced : {false, true}) {
        CHECK_THAT(refusal(path("pipe"), is_forced), Contains("pipe is no regular file"));
        CHECK_THAT(refusal(path("dangling"), is_forced), Contains("dangling is a link"));
        CHECK_THAT(refusal(path("link"), is_forced), Contains("link is a link"));
        CHECK_THAT(refusal(path("folder/"), is_forced), Contains("folder/ is a folder"));
        CHECK_THAT(refusal(path(""), is_forced), Contains("is a folder"));
        CHECK_THAT(refusal(path("left.db"), is_forced), Contains("left.db-wal is there"));
        CHECK_THAT(refusal("", is_forced), Contains("FILE is empty"));
        CHECK_THAT(refusal("-", is_forced), Contains("a backup can't go to a pipe"));
    }
    CHECK(fs::is_fifo(path("pipe")));
    CHECK(read_file(path("other.db")) == "other");
    CHECK_FALSE(fs::exists("-"));
}

TEST_CASE("A restore brings the backup back, and keeps what was there", "[integration][backup]") {
    const Installation installation;
    {
        ServerProcess server(installation.directory.path());
        store(server, "m1");
        installation.succeed({"backup", installation.backup});
        store(server, "m2");
        const ProgramResult refused = installation.run({"restore", installation.backup});
        CHECK(refused.exit_code == 2);
        CHECK_THAT(refused.errors, Contains("a server is running on the database"));
        store(server, "m3");
        // What was not checkpointed is in a WAL, which must not come upon the backup.
        server.kill();
    }
    REQUIRE(std::filesystem::file_size(installation.database() + "-wal") > 0);
    const ProgramResult restored = installation.run({"restore", installation.backup});
    INFO(restored.errors);
    REQUIRE(restored.exit_code == 0);
    CHECK_THAT(restored.output, Contains("The former database is kept as"));
    CHECK_FALSE(std::filesystem::exists(installation.database() + "-wal"));
    CHECK(message_ids(installation.database()) == Ids{"m1"});
    CHECK(message_ids(installation.former()) == Ids{"m1", "m2", "m3"});
    installation.succeed({"verify", installation.former()});

    {
        ServerProcess server(installation.directory.path());
        store(server, "m4");
        CHECK(server.stop() == 0);
    }
    installation.succeed({"verify"});
    CHECK(message_ids(installation.database()) == Ids{"m1", "m4"});
    CHECK_THAT(installation.run({"audit", "list", "--event", "restore"}).output,
               Contains("backup=" + installation.backup));

    // Again, with the same outcome.
    for (int i = 0; i < 2; ++i) installation.succeed({"restore", "--quiet", installation.backup});
    CHECK(message_ids(installation.database()) == Ids{"m1"});
    CHECK(message_ids(installation.backup) == Ids{"m1"});
    CHECK(std::filesystem::hard_link_count(installation.former()) == 1);
}

TEST_CASE("A restore onto an empty place or over a broken database succeeds",
          "[integration][backup]") {
    const Installation installation;
    {
        ServerProcess server(installation.directory.path());
        store(server, "m1");
        installation.succeed({"backup", installation.backup});
        store(server, "m2");
        server.kill();
    }
    SECTION("the database is gone, and its WAL is not") {
        std::filesystem::remove(installation.database());
    }
    SECTION("its first page is overwritten") {
        overwrite(installation.database(), 0, std::string(4096, '\xff'));
    }
    installation.succeed({"restore", installation.backup});
    CHECK(message_ids(installation.database()) == Ids{"m1"});
    installation.succeed({"verify"});
    ServerProcess server(installation.directory.path());
    store(server, "m3");
}

TEST_CASE("A restore tells what it undoes", "[integration][backup]") {
    const Installation installation;
    {
        ServerProcess server(installation.directory.path());
        store(server, "m1");
        const ProgramResult added = run_program({"credentials", "add", "--role", "direct",
                                                 "--label", "x", "--database", server.database()},
                                                "token");
        REQUIRE(added.exit_code == 0);
        installation.succeed({"backup", installation.backup});
        installation.succeed({"credentials", "revoke", "1"});
        installation.succeed({"erase", "--account", "77"});
        CHECK(server.stop() == 0);
    }
    const ProgramResult restored = installation.run({"restore", installation.backup});
    CHECK_THAT(restored.output,
               Contains("Undone by it") && Contains(": 1 credentials revoke, 1 erase."));
    CHECK_THAT(run_program({"audit", "list", "--database", installation.former()}).output,
               Contains("erase"));
}

TEST_CASE("What is wrong with a backup is found, and it is not restored", "[integration][backup]") {
    const Installation installation;
    {
        ServerProcess server(installation.directory.path());
        store(server, "m1");
        installation.succeed({"backup", installation.backup});
        store(server, "m2");
        CHECK(server.stop() == 0);
    }
    const TemporaryDirectory other;
    std::vector<std::string> arguments{installation.backup};
    std::string problem;
    SECTION("a page is damaged") {
        const std::string root = Database(installation.backup)
                                     .value(
                                         "SELECT rootpage FROM sqlite_schema"
                                         " WHERE name = 'call_log_received'");
        overwrite(installation.backup, 4096 * (std::stol(root) - 1), std::string(4096, '\xff'));
        problem = "integrity: ";
    }
    SECTION("it is cut off") {
        std::filesystem::resize_file(installation.backup, 3 * 4096);
        problem = "malformed";
    }
    SECTION("it is no database") {
        std::ofstream(installation.backup, std::ios::trunc) << std::string(10'000, 'x');
        problem = "not a database";
    }
    SECTION("it is of a newer program") {
        const ProgramResult sqlite = run_command(
            {"python3", "-c",
             "import sqlite3, sys; c = sqlite3.connect(sys.argv[1]);"
             "c.execute(\"INSERT INTO schema_migration VALUES (999, 'x', 'x')\"); c.commit()",
             installation.backup});
        REQUIRE(sqlite.exit_code == 0);
        problem = "version: it is of version 999";
    }
    SECTION("the key file is that of another installation") {
        ServerProcess(other.path()).stop();
        arguments.insert(arguments.end(),
                         {"--set", "credentials.key_file=" + other.path("customercare.db.key")});
        problem = "encrypted values: some of ";
    }
    SECTION("the key file is missing") {
        arguments.insert(arguments.end(), {"--set", "credentials.key_file=" +
                                                        installation.directory.path("no.key")});
        problem = "no.key is missing";
    }
    const std::string before = read_file(installation.database());
    for (const char* command : {"verify", "restore"}) {
        std::vector<std::string> with_command = arguments;
        with_command.insert(with_command.begin(), command);
        const ProgramResult result = installation.run(with_command);
        CHECK(result.exit_code == 1);
        CHECK_THAT(result.errors, Contains(problem) && !Contains("000-00-0000"));
    }
    CHECK(read_file(installation.database()) == before);
    CHECK(installation.former() == installation.directory.path(""));
    if (arguments.size() > 1) {
        arguments.insert(arguments.begin(), {"verify", "--without-key", "--json"});
        const ProgramResult result = installation.run(arguments);
        CHECK(result.exit_code == 0);
        const auto json = nlohmann::json::parse(result.output);
        CHECK(json.at("good") == true);
        CHECK(json.at("encryptedValues") == 1);
        CHECK(json.at("decrypted") == false);
    }
}

}  // namespace customercare::test
