#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "model/call_log.hpp"

struct sqlite3;
struct sqlite3_stmt;

namespace customercare::store {

/// Throws ServiceError{storage} with SQLite's own message for the last failure of `database`.
[[noreturn]] void throw_database_error(sqlite3* database);

/// One prepared statement. Parameters are bound in their order, and a row's columns read in theirs,
/// each by one call; running the statement starts both anew. All functions throw
/// ServiceError{storage}. To be used by the thread of its Database.
class Statement {
public:
    Statement(sqlite3* database, std::string_view sql);

    // Texts and blobs are not copied: they must live until the statement has run.
    Statement& bind(std::int64_t value);
    Statement& bind(std::string_view text);
    Statement& bind_null();
    Statement& bind_blob(std::string_view blob);
    Statement& bind_copy(std::string_view text);
    Statement& bind_blob_copy(std::string_view blob);

    template <typename Value>
    Statement& bind(const std::optional<Value>& value) {
        return value ? bind(*value) : bind_null();
    }

    /// Runs a statement that gives no rows.
    void run();
    /// Goes to the next row; false, and ready to run anew, after the last one.
    bool step();
    /// Leaves the rows that have not been read.
    void reset();

    void read(std::int64_t& value);
    void read(std::int32_t& value);
    void read(bool& value);
    void read(std::string& text_or_blob);

    template <typename Value>
    void read(std::optional<Value>& value) {
        next_is_null() ? skip() : read(value.emplace());
    }
    template <typename Value>
    Value read() {
        Value value{};
        read(value);
        return value;
    }
    void skip() { ++column_; }

private:
    struct Finalize {
        void operator()(sqlite3_stmt* handle) const noexcept;
    };

    [[nodiscard]] bool next_is_null() const;
    int next_parameter();
    Statement& check_bound(int result);

    sqlite3* database_;
    std::unique_ptr<sqlite3_stmt, Finalize> handle_;
    int parameter_ = 1;
    int column_ = 0;
};

}  // namespace customercare::store
