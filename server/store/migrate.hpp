#pragma once

#include <chrono>
#include <string>

#include "store/database.hpp"
#include "store/lock_file.hpp"

namespace customercare::store {

/// The version of this program's schema: that of the last migration.
extern const int newest_schema_version;

/// The last migration that was applied to a database; 0 if none was, as in one that is not ours.
[[nodiscard]] int schema_version(Database& database);

/// Opens the database for writing, creating it if need be, and brings it to this program's version:
/// applies all missing migrations, or none if one fails. Throws ServiceError{storage}: see
/// Database; or the database is newer than the program, or locked beyond `busy_timeout`.
[[nodiscard]] Database open_migrated(const std::string& path, Database::Access access,
                                     std::chrono::milliseconds busy_timeout, LockFile& lock);

/// Opens the database for reading. Throws ServiceError{storage}: see Database; or the database is
/// not of this program's version.
[[nodiscard]] Database open_read_only(const std::string& path,
                                      std::chrono::milliseconds busy_timeout);

}  // namespace customercare::store
