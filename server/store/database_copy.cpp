#include "store/database_copy.hpp"

#include <fcntl.h>
#include <sqlite3.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <system_error>
#include <utility>

#include "model/error.hpp"

namespace customercare::store {

namespace {

constexpr std::chrono::milliseconds busy_timeout{10'000};
// Between two looks at the progress: 16 MiB.
constexpr int step_pages = 4096;

[[noreturn]] void refuse(const std::string& path, const std::string& why) {
    throw model::ServiceError(model::ErrorCode::storage, path + ": " + why);
}

[[noreturn]] void refuse_by_errno(const std::string& path) {
    refuse(path, std::generic_category().message(errno));
}

std::string make_draft(const std::string& path) {
    std::string name = path + ".XXXXXX";
    const int file = mkostemp(name.data(), O_CLOEXEC);  // Mode 0600.
    if (file < 0) refuse_by_errno(path);
    close(file);
    return name;
}

void sync(const std::string& path, int flags) {
    const int file = open(path.c_str(), flags | O_CLOEXEC);
    if (file < 0) refuse_by_errno(path);
    const int result = fsync(file);
    const int error = errno;
    close(file);
    errno = error;
    if (result != 0) refuse_by_errno(path);
}

/// The connection that the copy is written by. No journal and no sync: what is cut short is thrown
/// away. Nobody else has the file, so that it needs no shared memory.
class Target {
public:
    explicit Target(const std::string& path) : path_(path) {
        sqlite3* handle = nullptr;
        const int result = sqlite3_open_v2(path.c_str(), &handle,
                                           SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, nullptr);
        handle_.reset(handle);
        check(result);
        execute("PRAGMA locking_mode = EXCLUSIVE");
        execute("PRAGMA journal_mode = OFF");
        execute("PRAGMA synchronous = OFF");
    }

    [[nodiscard]] sqlite3* handle() const { return handle_.get(); }
    void execute(const char* sql) const {
        check(sqlite3_exec(handle(), sql, nullptr, nullptr, nullptr));
    }
    void check(int result) const {
        if (result != SQLITE_OK) refuse(path_, sqlite3_errstr(result));
    }

private:
    struct Close {
        void operator()(sqlite3* handle) const noexcept { sqlite3_close(handle); }
    };
    std::string path_;
    std::unique_ptr<sqlite3, Close> handle_;
};

struct FinishBackup {
    void operator()(sqlite3_backup* backup) const noexcept { sqlite3_backup_finish(backup); }
};

std::int64_t read_number(Database& database, std::string_view sql) {
    Statement statement = database.prepare(sql);
    statement.step();
    return statement.read<std::int64_t>();
}

}  // namespace

DatabaseCopy::DatabaseCopy(const std::string& source, const std::string& path)
    : source_(source, Database::Access::read_only, busy_timeout),
      path_(path),
      draft_(make_draft(path)) {}

DatabaseCopy::~DatabaseCopy() {
    if (draft_.empty()) return;
    for (const char* suffix : {"", "-journal", "-wal", "-shm"}) unlink((draft_ + suffix).c_str());
}

void DatabaseCopy::run(const CopyProgress& progress) {
    // Without it each step would see what was written since, and begin anew.
    source_.execute("BEGIN");
    const auto page_bytes = static_cast<std::uint64_t>(read_number(source_, "PRAGMA page_size"));
    read_number(source_, "SELECT count(*) FROM sqlite_schema");

    const Target target(draft_);
    std::unique_ptr<sqlite3_backup, FinishBackup> backup(
        sqlite3_backup_init(target.handle(), "main", source_.handle(), "main"));
    if (!backup) target.check(sqlite3_errcode(target.handle()));
    int result = SQLITE_OK;
    while (result == SQLITE_OK) {
        result = sqlite3_backup_step(backup.get(), step_pages);
        const auto pages = static_cast<std::uint64_t>(sqlite3_backup_pagecount(backup.get()));
        const auto left = static_cast<std::uint64_t>(sqlite3_backup_remaining(backup.get()));
        bytes_ = pages * page_bytes;
        if ((result == SQLITE_OK || result == SQLITE_DONE) &&
            !progress((pages - left) * page_bytes, bytes_)) {
            refuse(path_, "not written, since it was stopped");
        }
    }
    if (result != SQLITE_DONE) refuse(path_, sqlite3_errstr(result));
    backup.reset();
    source_.execute("COMMIT");
    // The first page says that there is a WAL, as the source's does.
    target.execute("PRAGMA journal_mode = DELETE");
}

void DatabaseCopy::put_in_place(bool may_replace) {
    sync(draft_, O_RDONLY);
    const unsigned flags = may_replace ? 0 : RENAME_NOREPLACE;
    int result = renameat2(AT_FDCWD, draft_.c_str(), AT_FDCWD, path_.c_str(), flags);
    if (result != 0 && errno == EINVAL && access(path_.c_str(), F_OK) != 0) {
        // NFS, for one, knows no flags.
        result = rename(draft_.c_str(), path_.c_str());
    }
    if (result != 0) refuse_by_errno(path_);
    sync_directory_of(path_);
}

void DatabaseCopy::take_place(const std::string& former) {
    sync(draft_, O_RDONLY);
    if (renameat2(AT_FDCWD, draft_.c_str(), AT_FDCWD, path_.c_str(), RENAME_EXCHANGE) == 0) {
        // Now it is the draft's name that the former file has.
        const std::string exchanged = std::exchange(draft_, "");
        if (rename(exchanged.c_str(), former.c_str()) != 0) refuse_by_errno(exchanged);
    } else if (rename(path_.c_str(), former.c_str()) != 0 ||
               rename(draft_.c_str(), path_.c_str()) != 0) {
        // Where the file system can't exchange names, there is a moment without the file.
        refuse_by_errno(path_);
    }
    sync_directory_of(path_);
}

void sync_directory_of(const std::string& path) {
    sync(std::filesystem::absolute(path).parent_path().string(), O_RDONLY | O_DIRECTORY);
}

}  // namespace customercare::store
