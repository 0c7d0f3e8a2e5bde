#pragma once

#include <cstdint>
#include <string>

namespace customercare::store {

/// What a test double may do to its call logs, also while a CallLogStore runs on the database. As a
/// CallLogReader does, throws ServiceError{storage}.

/// Removes every call log. Ids begin anew.
void clear_call_logs(const std::string& path);

struct CallLogCount {
    std::int64_t count = 0;
    std::int64_t last_id = 0;  ///< 0: there is none.
};
[[nodiscard]] CallLogCount count_call_logs(const std::string& path);

}  // namespace customercare::store
