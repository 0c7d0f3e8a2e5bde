#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "store/database_copy.hpp"
#include "store/lock_file.hpp"

// Putting a backup in the place of the database. At each moment the database's name stands for the
// one or the other, whole; what ends it in between leaves one that is in use as before, and at most
// a copy too many. A WAL that is left beside a database that it does not belong to would be taken
// for its own and destroy it, so the former one's is gone before.

namespace customercare::store {

class Restore {
public:
    /// Throws ServiceError{usage} if a server runs on the database, or if it is the backup itself;
    /// {storage} as everything here. No server can start on it while the object lives.
    Restore(const std::string& backup, const std::string& database);

    /// Makes the copy that will be the database.
    void copy(const CopyProgress& progress) { copy_.run(progress); }
    [[nodiscard]] const std::string& draft() const { return copy_.draft(); }

    /// Brings the copy to this program's version, and makes it the database. Its audit trail says
    /// so. Gives the name under which the former database is kept; "" if there was none. Throws
    /// also if the former one is open elsewhere.
    [[nodiscard]] std::string put_in_place();

private:
    [[nodiscard]] std::string free_name() const;
    void settle_former();
    void complete_copy(const std::string& former);
    void give_to_owner() const;

    std::string backup_;
    std::string database_;
    LockFile lock_;
    DatabaseCopy copy_;
};

/// What the audit trail of a former database tells beyond that of the backup put in its place: to
/// how many subjects which event happened. Empty if they are not of one lineage, or can't be read.
[[nodiscard]] std::map<std::string, std::int64_t> events_since(const std::string& backup,
                                                               const std::string& former);

}  // namespace customercare::store
