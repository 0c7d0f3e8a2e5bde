#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace customercare::store {

class Keys;

/// What verify_database() has found.
struct Verification {
    std::vector<std::string> problems;  ///< For the operator; nothing of a call log is in them.
    int version = 0;                    ///< Of the schema,
    int newest_version = 0;             ///< and the newest that this program knows.
    std::int64_t call_logs = 0;
    std::int64_t credentials = 0;
    std::int64_t sealed_values = 0;  ///< SSN and DriverLicense.
    std::string newest_call_log;     ///< When it was received; "" if there is none.

    [[nodiscard]] bool is_good() const { return problems.empty(); }
};

/// Looks at everything in a database, which may be in use: SQLite's own structures, references
/// between tables, the version, and whether `keys` open every encrypted value (nullptr: not asked).
/// `begin_check` is told what comes next. What is wrong with the database is in the result; throws
/// ServiceError{storage} only if there is no such file, or it can't be opened at all.
[[nodiscard]] Verification verify_database(
    const std::string& path, const Keys* keys,
    const std::function<void(std::string_view check)>& begin_check);

}  // namespace customercare::store
