// What SQLite itself takes for the rows of one call log: inserts copies of a database's first call
// log into the same tables, in groups, as fast as it goes.
//
//   raw_insert DATABASE KEYS seconds SECONDS GROUP   durably
//   raw_insert DATABASE KEYS records COUNT           without fsync, to have a large database soon
//
// KEYS are scattered or growing, as in post.lua. Prints what was done as JSON.

#include <sqlite3.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <iostream>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

namespace {

struct Close {
    void operator()(sqlite3* handle) const noexcept { sqlite3_close(handle); }
    void operator()(sqlite3_stmt* handle) const noexcept { sqlite3_finalize(handle); }
    void operator()(sqlite3_value* value) const noexcept { sqlite3_value_free(value); }
};
using Statement = std::unique_ptr<sqlite3_stmt, Close>;
using Value = std::unique_ptr<sqlite3_value, Close>;

class Database {
public:
    explicit Database(const char* path) {
        sqlite3* handle = nullptr;
        const int result = sqlite3_open_v2(path, &handle, SQLITE_OPEN_READWRITE, nullptr);
        handle_.reset(handle);
        check(result);
    }

    void execute(const std::string& sql) const {
        check(sqlite3_exec(handle_.get(), sql.c_str(), nullptr, nullptr, nullptr));
    }

    [[nodiscard]] Statement prepare(const std::string& sql) const {
        sqlite3_stmt* statement = nullptr;
        check(sqlite3_prepare_v2(handle_.get(), sql.c_str(), -1, &statement, nullptr));
        return Statement(statement);
    }

    /// False at the end of the rows.
    bool step(const Statement& statement) const {
        const int result = sqlite3_step(statement.get());
        if (result != SQLITE_ROW && result != SQLITE_DONE) check(result);
        return result == SQLITE_ROW;
    }

private:
    void check(int result) const {
        if (result != SQLITE_OK) throw std::runtime_error(sqlite3_errmsg(handle_.get()));
    }

    std::unique_ptr<sqlite3, Close> handle_;
};

std::string text_of(const Statement& statement, int column) {
    const unsigned char* text = sqlite3_column_text(statement.get(), column);
    return text == nullptr ? "" : reinterpret_cast<const char*>(text);
}

/// One row of the first call log, to be inserted again and again.
class Row {
public:
    Row(const Database& database, const std::string& table, const Statement& source) {
        std::string places;
        for (int i = 0; i < sqlite3_column_count(source.get()); ++i) {
            values_.emplace_back(sqlite3_value_dup(sqlite3_column_value(source.get(), i)));
            names_.emplace_back(sqlite3_column_name(source.get(), i));
            places += places.empty() ? "?" : ",?";
        }
        insert_ = database.prepare("INSERT INTO " + table + " VALUES (" + places + ")");
        for (std::size_t i = 0; i < values_.size(); ++i) {
            sqlite3_bind_value(insert_.get(), static_cast<int>(i) + 1, values_[i].get());
        }
    }

    /// All is as in the first call log but what differs between real ones and is looked up by.
    void insert(const Database& database, std::int64_t id, bool is_scattered) const {
        const auto scattered =
            is_scattered ? static_cast<std::uint32_t>(static_cast<std::uint64_t>(id) * 2654435761U)
                         : 0U;
        char text[48];
        for (std::size_t i = 0; i < values_.size(); ++i) {
            const std::string& name = names_[i];
            const int place = static_cast<int>(i) + 1;
            if (name == "call_log_id" || name == "id") {
                sqlite3_bind_int64(insert_.get(), place, id);
                continue;
            }
            if (name == "message_key") {
                const std::int64_t low = id & 0xffff;
                const std::int64_t key = is_scattered ? std::int64_t{scattered} << 16 | low : id;
                sqlite3_bind_int64(insert_.get(), place, key);
                continue;
            }
            if (name == "message_id") {
                std::snprintf(text, sizeof text, "%08x-raw-insert-%016llx", scattered,
                              static_cast<unsigned long long>(id));
            } else if (name == "customer_id" || name == "customer_number" ||
                       name == "premise_number" || name == "account_number") {
                std::snprintf(text, sizeof text, "%010u", scattered);
            } else {
                continue;
            }
            sqlite3_bind_text(insert_.get(), place, text, -1, SQLITE_TRANSIENT);
        }
        database.step(insert_);
        sqlite3_reset(insert_.get());
    }

private:
    std::vector<Value> values_;
    std::vector<std::string> names_;
    Statement insert_;
};

/// The rows of the first call log; call_log's own comes first.
std::vector<Row> read_rows(const Database& database) {
    const Statement tables = database.prepare(
        "SELECT name FROM sqlite_master WHERE type = 'table' AND (name = 'call_log' OR EXISTS "
        "(SELECT 1 FROM pragma_table_info(sqlite_master.name) AS c WHERE c.name = 'call_log_id')) "
        "ORDER BY name <> 'call_log'");
    std::vector<Row> rows;
    while (database.step(tables)) {
        const std::string table = text_of(tables, 0);
        const std::string key = table == "call_log" ? "id" : "call_log_id";
        const Statement source = database.prepare("SELECT * FROM " + table + " WHERE " + key +
                                                  " = (SELECT min(id) FROM call_log)");
        while (database.step(source)) rows.emplace_back(database, table, source);
    }
    if (rows.empty()) throw std::runtime_error("there is no call log to copy");
    return rows;
}

std::int64_t last_id(const Database& database) {
    const Statement statement = database.prepare("SELECT max(id) FROM call_log");
    database.step(statement);
    return sqlite3_column_int64(statement.get(), 0);
}

double seconds_of(clockid_t clock) {
    timespec time{};
    clock_gettime(clock, &time);
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) / 1e9;
}

void run(const std::vector<std::string>& arguments) {
    const Database database(arguments.at(0).c_str());
    const bool is_scattered = arguments.at(1) == "scattered";
    const bool is_timed = arguments.at(2) == "seconds";
    const double limit = std::stod(arguments.at(3));
    const auto group = is_timed ? std::stoll(arguments.at(4)) : 200'000;

    database.execute(is_timed ? "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;"
                                "PRAGMA wal_autocheckpoint = 1000; PRAGMA cache_size = -16000;"
                                "PRAGMA foreign_keys = ON"
                              : "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF;"
                                "PRAGMA cache_size = -2000000");
    const std::vector<Row> rows = read_rows(database);
    const std::int64_t first = last_id(database) + 1;
    std::int64_t id = first;
    const double begin = seconds_of(CLOCK_MONOTONIC);
    const double cpu_begin = seconds_of(CLOCK_PROCESS_CPUTIME_ID);
    const auto done = [&] {
        const auto records = static_cast<double>(id - first);
        return is_timed ? seconds_of(CLOCK_MONOTONIC) - begin : records;
    };
    while (done() < limit) {
        database.execute("BEGIN IMMEDIATE");
        for (std::int64_t i = 0; i < group && (is_timed || done() < limit); ++i, ++id) {
            for (const Row& row : rows) row.insert(database, id, is_scattered);
        }
        database.execute("COMMIT");
    }
    std::cout << "{\"records\": " << id - first << ", \"rows\": " << rows.size()
              << ", \"seconds\": " << seconds_of(CLOCK_MONOTONIC) - begin
              << ", \"cpu_seconds\": " << seconds_of(CLOCK_PROCESS_CPUTIME_ID) - cpu_begin << "}\n";
}

}  // namespace

int main(int argument_count, char** arguments) try {
    run({arguments + 1, arguments + argument_count});
} catch (const std::exception& error) {
    std::cerr << "raw_insert: " << error.what() << '\n';
    return EXIT_FAILURE;
}
