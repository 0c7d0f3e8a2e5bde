#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

struct sqlite3;

namespace customercare::test {

/// Reads a database that a server has, or had, open. Never writes and never checkpoints.
class Database {
public:
    explicit Database(const std::string& path);

    /// The first column of every row; NULL is "".
    [[nodiscard]] std::vector<std::string> column(const std::string& sql) const;
    /// The one value that the query gives.
    [[nodiscard]] std::string value(const std::string& sql) const;
    /// Number of stored call logs.
    [[nodiscard]] std::int64_t call_log_count() const;

private:
    struct Close {
        void operator()(sqlite3* handle) const noexcept;
    };
    std::unique_ptr<sqlite3, Close> handle_;
};

}  // namespace customercare::test
