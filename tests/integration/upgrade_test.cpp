#include <sqlite3.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <filesystem>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include "support/database.hpp"
#include "support/http_client.hpp"
#include "support/message.hpp"
#include "support/server_process.hpp"

namespace customercare::test {
namespace {

std::vector<std::filesystem::path> migrations() {
    std::vector<std::filesystem::path> files;
    for (const auto& entry :
         std::filesystem::directory_iterator(CUSTOMERCARE_SOURCE_DIR "/db/migrations")) {
        if (entry.path().extension() == ".sql") files.push_back(entry.path());
    }
    std::ranges::sort(files);
    return files;
}

/// Writes databases as programs of former versions did.
class OldDatabase {
public:
    explicit OldDatabase(const std::string& path) {
        sqlite3* handle = nullptr;
        const int result = sqlite3_open(path.c_str(), &handle);
        handle_.reset(handle);
        if (result != SQLITE_OK) throw std::runtime_error(path);
        execute("PRAGMA journal_mode = WAL");
        execute(
            "CREATE TABLE schema_migration (version INTEGER PRIMARY KEY, name TEXT NOT NULL, "
            "applied_at TEXT NOT NULL) STRICT");
    }

    /// Applies that many migrations.
    void migrate(std::size_t count) {
        const auto files = migrations();
        for (std::size_t i = 0; i < count; ++i) {
            execute(read_file(files.at(i)));
            execute("INSERT INTO schema_migration VALUES (" + std::to_string(i + 1) + ", '" +
                    files[i].stem().string() + "', '2026-01-31T00:00:00.000000Z')");
        }
    }

    /// Takes what fits into the tables here from a database of the present version.
    void fill_from(const std::string& path) {
        execute("ATTACH '" + path + "' AS present");
        const auto tables = column(
            "SELECT name FROM main.sqlite_schema WHERE type = 'table' AND name IN "
            "(SELECT name FROM present.sqlite_schema) AND name <> 'schema_migration' AND "
            "name NOT LIKE 'sqlite_%'");
        for (const std::string& table : tables) {
            const std::string names =
                column("SELECT group_concat(name) FROM pragma_table_info('" + table + "', 'main')")
                    .at(0);
            execute("INSERT INTO main." + table + " (" + names + ") SELECT " + names +
                    " FROM present." + table);
        }
    }

private:
    struct Close {
        void operator()(sqlite3* handle) const noexcept { sqlite3_close(handle); }
    };

    void execute(const std::string& sql) {
        if (sqlite3_exec(handle_.get(), sql.c_str(), nullptr, nullptr, nullptr) != SQLITE_OK) {
            throw std::runtime_error(sqlite3_errmsg(handle_.get()) + (": " + sql));
        }
    }

    std::vector<std::string> column(const std::string& sql) {
        std::vector<std::string> values;
        const auto add = [](void* to, int, char** row, char**) {
            static_cast<std::vector<std::string>*>(to)->emplace_back(row[0]);
            return 0;
        };
        if (sqlite3_exec(handle_.get(), sql.c_str(), add, &values, nullptr) != SQLITE_OK) {
            throw std::runtime_error(sqlite3_errmsg(handle_.get()) + (": " + sql));
        }
        return values;
    }

    std::unique_ptr<sqlite3, Close> handle_;
};

std::string message(const std::string& id) {
    return post_sample(Soap::v11, {{"MessageId", id}, {"LogText", "text of " + id}});
}

std::string exported(const std::string& database) {
    const ProgramResult result = run_program(
        {"calllogs", "export", "--format", "jsonl", "--reveal", "--database", database});
    CHECK(result.errors.empty());
    CHECK(result.exit_code == 0);
    return result.output;
}

}  // namespace

TEST_CASE("A database of each former version is brought to the present one, and keeps what it has",
          "[integration][upgrade]") {
    const TemporaryDirectory present;
    std::string before;
    {
        ServerProcess server(present.path());
        for (int i = 0; i < 20; ++i) {
            REQUIRE(is_success(call(server.port(), message(std::to_string(i)))));
        }
        before = exported(server.database());
        CHECK(server.stop() == 0);
    }
    const std::size_t newest = migrations().size();
    for (std::size_t version = 1; version < newest; ++version) {
        CAPTURE(version);
        const TemporaryDirectory directory;
        const std::string path = directory.path("customercare.db");
        {
            OldDatabase old(path);
            old.migrate(version);
            old.fill_from(present.path("customercare.db"));
        }
        std::filesystem::copy_file(present.path("customercare.db.key"), path + ".key");

        ServerProcess server(directory.path());
        const Database database(path);
        CHECK(database.value("SELECT max(version) FROM schema_migration") ==
              std::to_string(newest));
        CHECK(exported(path) == before);
        // A client that sends again what it sent to the former program.
        CHECK(is_success(call(server.port(), message("7"))));
        CHECK(database.call_log_count() == 20);
        CHECK(is_success(call(server.port(), message("20"))));
        CHECK(database.call_log_count() == 21);
        CHECK(server.stop() == 0);
    }
}

}  // namespace customercare::test
