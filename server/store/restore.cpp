#include "store/restore.hpp"

#include <fcntl.h>
#include <sqlite3.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <system_error>

#include "model/date_time.hpp"
#include "model/error.hpp"
#include "store/audit_log.hpp"
#include "store/migrate.hpp"

namespace customercare::store {

namespace {

constexpr std::chrono::milliseconds busy_timeout{2'000};

[[noreturn]] void fail(const std::string& why) {
    throw model::ServiceError(model::ErrorCode::storage, why);
}

void check(bool is_done, const std::string& path) {
    if (!is_done) fail(path + ": " + std::generic_category().message(errno));
}

bool is_there(const std::string& path) {
    std::error_code error;
    return std::filesystem::exists(path, error);
}

/// Before anything is made beside it.
std::string require_other(const std::string& backup, const std::string& database) {
    std::error_code error;
    if (!std::filesystem::is_regular_file(backup, error)) {
        fail(backup + ": there is no such file");
    }
    if (std::filesystem::equivalent(backup, database, error)) {
        throw model::ServiceError(model::ErrorCode::usage,
                                  backup + " is the database itself; name a backup of it");
    }
    // Where the name is a link, the database that it leads to is replaced.
    return std::filesystem::weakly_canonical(database).string();
}

/// "20110304T100607Z"
std::string compact_now() {
    std::string text = model::utc_text(model::system_now());  // "2011-03-04T10:06:07.250Z"
    std::erase_if(text, [](char c) { return c == '-' || c == ':'; });
    return text.substr(0, text.find('.')) + 'Z';
}

}  // namespace

Restore::Restore(const std::string& backup, const std::string& database)
    : backup_(std::filesystem::absolute(backup).string()),
      database_(require_other(backup, database)),
      lock_(database_),
      copy_(backup, database_) {
    if (!lock_.try_lock(LockFile::Byte::server)) {
        throw model::ServiceError(model::ErrorCode::usage, "a server is running on the database " +
                                                               database_ + "; stop it first");
    }
}

std::string Restore::put_in_place() {
    std::string former = is_there(database_) ? free_name() : "";
    complete_copy(former);
    give_to_owner();
    if (!former.empty()) settle_former();
    const std::string wal = database_ + "-wal";
    if (is_there(wal)) {
        // Of a database that could not be settled, or that is not there.
        const std::string kept = (former.empty() ? free_name() : former) + "-wal";
        check(rename(wal.c_str(), kept.c_str()) == 0, wal);
    }
    for (const char* suffix : {"-shm", "-journal"}) {
        const std::string file = database_ + suffix;
        check(unlink(file.c_str()) == 0 || errno == ENOENT, file);
    }
    sync_directory_of(database_);
    former.empty() ? copy_.put_in_place(false) : copy_.take_place(former);
    return former;
}

std::string Restore::free_name() const {
    const std::string stem = database_ + ".before-restore-" + compact_now();
    std::string name = stem;
    for (int number = 2; is_there(name); ++number) name = stem + '-' + std::to_string(number);
    return name;
}

/// Brings the WAL into the former database, so that its file is whole by itself. One that is no
/// database any more is left as it is.
void Restore::settle_former() {
    const CheckpointLock no_commits(lock_, busy_timeout);
    int result = SQLITE_OK;
    try {
        const Database former(database_, Database::Access::read_write, busy_timeout);
        result = sqlite3_exec(former.handle(), "PRAGMA journal_mode = DELETE", nullptr, nullptr,
                              nullptr);
    } catch (const model::ServiceError&) {
        return;
    }
    if (result == SQLITE_BUSY) {
        fail("the database " + database_ +
             " is open elsewhere, such as by a command that reads it; let that end first");
    }
}

void Restore::complete_copy(const std::string& former) {
    Database copy = open_migrated(draft(), Database::Access::read_write, busy_timeout, lock_);
    const std::string detail = "backup=" + backup_ + (former.empty() ? "" : " former=" + former);
    Transaction transaction(copy);
    append_audit_event(copy, {.event = "restore", .subject = "database", .detail = detail});
    transaction.commit();
    copy.execute("PRAGMA journal_mode = DELETE");
}

/// Who restores may be root, who runs the server is not.
void Restore::give_to_owner() const {
    struct stat owner {};
    const std::string folder = std::filesystem::path(database_).parent_path().string();
    if (stat(database_.c_str(), &owner) != 0 &&
        (geteuid() != 0 || stat(folder.c_str(), &owner) != 0)) {
        return;
    }
    if (owner.st_uid == geteuid() && owner.st_gid == getegid()) return;
    for (const std::string& file : {draft(), lock_.path()}) {
        check(chown(file.c_str(), owner.st_uid, owner.st_gid) == 0, file);
    }
}

std::map<std::string, std::int64_t> events_since(const std::string& backup,
                                                 const std::string& former) {
    std::map<std::string, std::int64_t> events;
    try {
        Database before(backup, Database::Access::read_only, busy_timeout);
        Database after(former, Database::Access::read_only, busy_timeout);
        const auto made_at = [](Database& database) {
            Statement find =
                database.prepare("SELECT applied_at FROM schema_migration WHERE version = 1");
            return find.step() ? find.read<std::string>() : std::string();
        };
        if (made_at(before) != made_at(after)) return events;
        Statement last = before.prepare("SELECT coalesce(max(id), 0) FROM audit_event");
        last.step();
        Statement later = after.prepare(
            "SELECT event, count(DISTINCT subject) FROM audit_event WHERE id > ? GROUP BY event");
        later.bind(last.read<std::int64_t>());
        while (later.step()) {
            const auto event = later.read<std::string>();
            later.read(events[event]);
        }
    } catch (const model::ServiceError&) {
        events.clear();
    }
    return events;
}

}  // namespace customercare::store
