#pragma once

#include <chrono>
#include <cstddef>
#include <string>

#include "store/keys.hpp"
#include "store/maintenance.hpp"

// Changing the key for encryption at rest, also while a server runs:
//
//   1. a new key is made the current one in the key file; the former stays there
//   2. a running server takes it over and says so in the audit trail
//   3. every value that is sealed with a former key is sealed anew
//   4. the former key goes from the file
//
// Whatever ends it in between, the next run goes on there. Until 2 nothing is lost since both keys
// are in the file, and without 2 there is no 4. A server that starts meanwhile reads the file when
// it has the database, hence after 1 or before it is taken for running.

namespace customercare::store {

struct RotationResult {
    bool was_resumed = false;  ///< An earlier change was brought to its end.
    std::size_t resealed = 0;  ///< Values sealed anew, in this run.
    bool is_complete = true;   ///< False: the server did not take the key; the former one stays.
};

struct RotationOptions {
    bool keep_old = false;  ///< Former keys stay in the file, for old copies of the database.
    std::chrono::milliseconds server_limit{20'000};  ///< For a running server to take the key.
};

/// Throws ServiceError{storage} or {usage}; what is done then stays done, and can be continued.
RotationResult rotate_keys(const std::string& database_path, const std::string& key_file_path,
                           const RotationOptions& options, const Progress& progress);

/// A server's part in it.
class KeyFollower {
public:
    KeyFollower(const Keys& keys, std::string database_path);

    /// To be called on the thread that seals, whenever another process has changed the database.
    /// True if a key was taken over. Throws ServiceError; then the keys are as they were.
    bool follow();

private:
    const Keys& keys_;
    std::string database_path_;
    std::string told_;  ///< Id of the key about which the audit trail has our line.
};

}  // namespace customercare::store
