#include "support/database.hpp"

#include <sqlite3.h>

#include <stdexcept>

namespace customercare::test {
namespace {

struct Finalize {
    void operator()(sqlite3_stmt* handle) const noexcept { sqlite3_finalize(handle); }
};

}  // namespace

void Database::Close::operator()(sqlite3* handle) const noexcept { sqlite3_close(handle); }

Database::Database(const std::string& path) {
    sqlite3* handle = nullptr;
    const int result = sqlite3_open_v2(path.c_str(), &handle, SQLITE_OPEN_READONLY, nullptr);
    handle_.reset(handle);
    if (result != SQLITE_OK) throw std::runtime_error(sqlite3_errmsg(handle));
    sqlite3_busy_timeout(handle, 10'000);
    sqlite3_db_config(handle, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, nullptr);
}

std::vector<std::string> Database::column(const std::string& sql) const {
    sqlite3_stmt* prepared = nullptr;
    if (sqlite3_prepare_v2(handle_.get(), sql.c_str(), -1, &prepared, nullptr) != SQLITE_OK) {
        throw std::runtime_error(sqlite3_errmsg(handle_.get()));
    }
    const std::unique_ptr<sqlite3_stmt, Finalize> statement(prepared);
    std::vector<std::string> values;
    int result = 0;
    while ((result = sqlite3_step(prepared)) == SQLITE_ROW) {
        const auto* text = sqlite3_column_text(prepared, 0);
        const int size = sqlite3_column_bytes(prepared, 0);
        values.emplace_back(reinterpret_cast<const char*>(text), static_cast<std::size_t>(size));
    }
    if (result != SQLITE_DONE) throw std::runtime_error(sqlite3_errmsg(handle_.get()));
    return values;
}

std::string Database::value(const std::string& sql) const {
    const auto values = column(sql);
    if (values.size() != 1) {
        throw std::runtime_error(std::to_string(values.size()) + " rows: " + sql);
    }
    return values.front();
}

std::int64_t Database::call_log_count() const {
    return std::stoll(value("SELECT count(*) FROM call_log"));
}

}  // namespace customercare::test
