#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "store/database.hpp"

namespace customercare::store {

/// Told now and then how many bytes of all are copied; false gives up.
using CopyProgress = std::function<bool(std::uint64_t done, std::uint64_t all)>;

/// A copy of a whole database at one moment, in one file without a WAL. It has a name of its own in
/// the folder it is for (that of `path`, and six more letters; mode 0600) until put_in_place(), and
/// goes with the object if that is not called. Everything here throws ServiceError{storage}.
class DatabaseCopy {
public:
    /// `source` may be in use, also by a server that writes; only read here.
    DatabaseCopy(const std::string& source, const std::string& path);
    ~DatabaseCopy();
    DatabaseCopy(const DatabaseCopy&) = delete;
    DatabaseCopy& operator=(const DatabaseCopy&) = delete;

    /// The source as it is now, whatever is written meanwhile: a transaction holds it until the
    /// copy is complete, for which its WAL grows. Throws also if `progress` gives up.
    void run(const CopyProgress& progress);

    [[nodiscard]] const std::string& draft() const { return draft_; }
    [[nodiscard]] std::uint64_t bytes() const { return bytes_; }

    /// Brings the copy to disk, whole, and then gives it its name. Unless `may_replace`, throws if
    /// there is a file of that name.
    void put_in_place(bool may_replace);
    /// The same where there is a file of that name, which is called `former` from then on.
    void take_place(const std::string& former);

private:
    Database source_;
    std::string path_;
    std::string draft_;
    std::uint64_t bytes_ = 0;
};

/// Brings the names of a file's folder to disk.
void sync_directory_of(const std::string& path);

}  // namespace customercare::store
