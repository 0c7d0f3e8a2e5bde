#include "store/call_log_reset.hpp"

#include <chrono>

#include "store/database.hpp"
#include "store/lock_file.hpp"
#include "store/migrate.hpp"

namespace customercare::store {

namespace {
constexpr std::chrono::milliseconds busy_timeout{5000};
}  // namespace

void clear_call_logs(const std::string& path) {
    LockFile lock(path);
    const CheckpointLock no_checkpoint(lock, busy_timeout);
    Database database(path, Database::Access::read_write, busy_timeout);
    // Nothing here needs to outlive a power cut, and tests reset often.
    database.execute("PRAGMA synchronous = OFF");
    Transaction transaction(database);
    database.execute("DELETE FROM call_log");  // The other tables follow by ON DELETE CASCADE.
    transaction.commit();
}

CallLogCount count_call_logs(const std::string& path) {
    const Database database = open_read_only(path, busy_timeout);
    Statement counts = database.prepare("SELECT count(*), coalesce(max(id), 0) FROM call_log");
    counts.step();
    CallLogCount count;
    counts.read(count.count);
    counts.read(count.last_id);
    counts.reset();
    return count;
}

}  // namespace customercare::store
