#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "store/keys.hpp"
#include "store/maintenance.hpp"

// Removing of call logs with all that belongs to them, by age or by account. A message that comes
// again after that is stored anew, since the key of its duplicates is gone, too.

namespace customercare::store {

/// Removes what was received before a time. Within transactions of the caller's.
class CallLogPurge {
public:
    /// `before` as model::utc_text(Instant).
    CallLogPurge(Database& database, std::string before);

    [[nodiscard]] std::size_t count();  ///< How many there are to remove.
    [[nodiscard]] bool has_more();
    /// Removes the oldest, `limit` at most; how many there were.
    std::size_t remove(std::size_t limit);
    [[nodiscard]] const std::string& before() const { return before_; }

private:
    Database& database_;
    std::string before_;
    Statement count_;
    Statement find_;
    Statement remove_;
};

struct Erasure {
    std::size_t found = 0;
    std::size_t removed = 0;
};

struct ErasureOptions {
    bool dry_run = false;  ///< Count only.
    bool vacuum = false;   ///< See Maintenance::vacuum().
};

/// Removes what was received before that time, in many small transactions, and says so in the audit
/// trail before and after. Afterwards it is in none of the database's files. Throws
/// ServiceError{storage}; then part of it may be removed.
Erasure purge_call_logs(const std::string& path, const std::string& before,
                        const ErasureOptions& options, const Progress& progress);

/// The same for the call logs of one account, whose number is compared without blanks around it.
Erasure erase_account(const std::string& path, const Keys& keys, std::string_view account_number,
                      const ErasureOptions& options, const Progress& progress);

}  // namespace customercare::store
