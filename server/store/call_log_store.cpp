#include "store/call_log_store.hpp"

#include <pthread.h>
#include <sqlite3.h>

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <exception>
#include <iterator>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>

#include "model/error.hpp"
#include "store/background_purge.hpp"
#include "store/call_log_insert.hpp"
#include "store/checkpointer.hpp"
#include "store/database.hpp"
#include "store/keys.hpp"
#include "store/lock_file.hpp"
#include "store/migrate.hpp"
#include "store/syncer.hpp"
#include "store/write_watch.hpp"

namespace customercare::store {

namespace {

using std::chrono::steady_clock;

// How often the writer looks whether another process has changed the database.
constexpr std::chrono::milliseconds look_interval{250};
constexpr std::chrono::seconds disk_look_interval{1};
// After so long without a record the WAL is emptied.
constexpr std::chrono::seconds idle_before_truncate{5};
// So many times checkpoint_pages the WAL is to begin anew,
constexpr int long_wal = 4;
// and beyond so many times it must with the next checkpoint, even if the writer has to wait for it.
constexpr int longest_wal = 8;
// This part of checkpoint_pages the writer moves itself.
constexpr int parts_of_small_rest = 4;

/// The writer's connection, with its statements and what it knows of the WAL.
class Session {
public:
    /// Once `is_ending`, no lock is waited for. `checkpointed` is called after each checkpoint, on
    /// this thread or the checkpointer's.
    Session(const Options& options, const Keys& keys, LockFile& lock,
            const std::atomic<bool>& is_ending,
            std::function<void(const CheckpointNews&)> checkpointed)
        : options_(options),
          is_ending_(is_ending),
          checkpointed_(std::move(checkpointed)),
          lock_(lock),
          database_(open_migrated(
              options.path,
              options.is_durable ? Database::Access::server : Database::Access::test_double,
              options.busy_timeout, lock)),
          insert_(database_, keys, options),
          purge_(database_, options.max_age),
          data_version_(database_.prepare("PRAGMA data_version")),
          seen_version_(read_data_version()) {
        sqlite3_wal_hook(
            database_.handle(),
            [](void* self, sqlite3*, const char*, int pages) {
                static_cast<Session*>(self)->wal_pages_ = pages;
                static_cast<Session*>(self)->has_grown_ = true;
                return SQLITE_OK;
            },
            this);
        wait_for_locks(true);
        // Without syncs there is nothing to wait for.
        if (!options.is_durable) return;
        // A sync of the WAL that fails is told to both connections, but only ours knows what it has
        // to write anew, which has to come before the database gets it. Until then others must not
        // begin the WAL anew.
        const auto end = [this](const CheckpointNews& news) {
            if (database_.sync()) lock_.unlock(LockFile::Byte::checkpoint);
            checkpointed_(news);
        };
        checkpointer_.emplace(
            options.path, [this] { return database_.sync(); }, end);
    }
    ~Session() {
        // The WAL then stays, for the next one to move all of it again.
        if (!settle()) {
            sqlite3_db_config(database_.handle(), SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, nullptr);
        }
    }
    Session(const Session&) = delete;
    Session& operator=(const Session&) = delete;

    [[nodiscard]] bool has_moved() const { return database_.has_moved(); }

    /// Commits the batch and sets its results, which hold once sync() has returned. Throws
    /// ServiceError{storage} if it was not committed.
    void store(Batch& batch) {
        if (!insert_all(batch)) insert_one_by_one(batch);
    }

    /// Writes a page that says what it said before, and brings it to disk.
    void write_anything() {
        Transaction transaction(database_);
        database_.execute("PRAGMA user_version = 0");  // Which has no meaning here.
        transaction.commit_unsynced();
        sync();
    }

    /// Removes some of what is too old, if it is time.
    void purge_step() { purge_.step(); }

    /// Does what Maintenance waits for.
    void empty_wal_if_asked() {
        if (!lock_.is_held_by_another(LockFile::Byte::empty_wal)) return;
        wal_pages_ = std::max(wal_pages_, 1);  // Does not count what others have written.
        truncate_wal();
    }

    /// Brings what is committed to disk; throws ServiceError{storage}. From any thread.
    void sync() const {
        if (database_.sync()) return;
        throw model::ServiceError(
            model::ErrorCode::storage,
            "database " + options_.path + ": what was committed could not be brought to disk");
    }

    /// True if another connection has committed since the last call.
    bool was_changed() {
        const std::int64_t version = read_data_version();
        return std::exchange(seen_version_, version) != version;
    }

    /// Moves the WAL into the database once it has grown by checkpoint_pages, while commits go on.
    /// What they add keeps it from beginning anew; so once it is long, checkpoints follow one
    /// another, each with less to do, until the writer stops for the little that is left. What
    /// readers still need stays in the WAL, which then goes on growing; it is not tried again at
    /// each commit. To be called after each commit.
    void checkpoint_if_due() {
        const bool has_grown = std::exchange(has_grown_, false);
        const bool was_idle = std::exchange(was_idle_, checkpointer_ && checkpointer_->is_idle());
        if (wal_pages_ < checkpointed_pages_) forget_checkpoints();  // It began anew.
        const int pages = options_.checkpoint_pages;
        const int rest = wal_pages_ - checkpointed_pages_;
        if (!checkpointer_ || wal_pages_ >= longest_wal * pages) {
            if (rest >= pages) stop_for_checkpoint();
            return;
        }
        // Only then it is certain that there is something to move: see Checkpointer::start().
        if (!was_idle || !has_grown) return;
        if (!is_catching_up_ && rest < pages) return;
        is_catching_up_ = wal_pages_ >= long_wal * pages;
        if (is_catching_up_ && rest <= pages / parts_of_small_rest) {
            is_catching_up_ = false;
            stop_for_checkpoint();
        } else if (lock_.try_lock(LockFile::Byte::checkpoint)) {
            checkpointed_pages_ = wal_pages_;
            was_idle_ = false;
            checkpointer_->start();
        }
    }

    /// Waits for a checkpoint that goes on, and brings what it has moved to disk. Until that is
    /// true, this object should stay: it knows what is still to be written.
    [[nodiscard]] bool settle() {
        if (!checkpointer_) return true;
        checkpointer_->wait_until_idle();
        return checkpointer_->sync();
    }

    /// Moves all of the WAL into the database and empties it. False if it is in use, be it by a
    /// checkpoint that goes on.
    bool truncate_wal() {
        if (wal_pages_ == 0) return true;
        if (checkpointer_ && !checkpointer_->is_idle()) return false;
        // Waiting for readers would keep records waiting.
        wait_for_locks(false);
        const bool is_empty = checkpoint(SQLITE_CHECKPOINT_TRUNCATE);
        wait_for_locks(true);
        if (is_empty) {
            wal_pages_ = 0;
            forget_checkpoints();
        }
        return is_empty;
    }

private:
    void wait_for_locks(bool wait) {
        const auto sleep = [](void* self, int tried) {
            return static_cast<Session*>(self)->sleep_for_lock(tried) ? 1 : 0;
        };
        sqlite3_busy_handler(database_.handle(), wait ? +sleep : nullptr, this);
    }

    /// False: another process has held its lock for too long.
    bool sleep_for_lock(int tried) {
        const auto now = steady_clock::now();
        if (tried == 0) lock_deadline_ = now + options_.busy_timeout;
        if (is_ending_ || now >= lock_deadline_) return false;
        constexpr int longest_ms = 20;
        std::this_thread::sleep_for(std::chrono::milliseconds(std::min(tried + 1, longest_ms)));
        return true;
    }

    std::int64_t read_data_version() {
        data_version_.step();
        const auto version = data_version_.read<std::int64_t>();
        data_version_.reset();
        return version;
    }

    /// All records in one go, without a savepoint each, since nearly always all are good. False,
    /// and nothing is stored, if one of them failed.
    bool insert_all(Batch& batch) {
        Transaction transaction(database_);
        try {
            for (Job& job : batch) job.result = insert_.insert(job.record);
        } catch (const model::ServiceError&) {
            return false;
        }
        transaction.commit_unsynced();
        return true;
    }

    /// The same with a savepoint for each record, so that a bad one fails alone.
    void insert_one_by_one(Batch& batch) {
        Transaction transaction(database_);
        for (Job& job : batch) {
            database_.execute("SAVEPOINT record");
            try {
                job.result = insert_.insert(job.record);
            } catch (const model::ServiceError& error) {
                // A full disk, for one, ends the whole transaction.
                if (!database_.in_transaction()) throw;
                database_.execute("ROLLBACK TO record");
                job.result = {.status = AppendStatus::failed, .id = 0, .error = error.what()};
            }
            database_.execute("RELEASE record");
        }
        transaction.commit_unsynced();
    }

    void forget_checkpoints() {
        checkpointed_pages_ = 0;
        is_catching_up_ = false;
    }

    void stop_for_checkpoint() {
        checkpointed_pages_ = wal_pages_;  // If it fails, the next one has that, too.
        checkpoint(SQLITE_CHECKPOINT_PASSIVE);
    }

    bool checkpoint(int mode) {
        if (!settle()) return false;
        if (!lock_.try_lock(LockFile::Byte::checkpoint)) return false;
        CheckpointNews news;
        const bool is_done = store::checkpoint(database_.handle(), mode, news);
        has_grown_ = false;  // Perhaps all of it is moved now.
        const bool is_emptied = is_done && mode == SQLITE_CHECKPOINT_TRUNCATE;
        if (is_emptied) lock_.count_emptied_wal();
        lock_.unlock(LockFile::Byte::checkpoint);
        checkpointed_(news);
        return is_done;
    }

    const Options& options_;
    const std::atomic<bool>& is_ending_;
    const std::function<void(const CheckpointNews&)> checkpointed_;
    steady_clock::time_point lock_deadline_;
    LockFile& lock_;
    Database database_;
    CallLogInsert insert_;
    BackgroundPurge purge_;
    Statement data_version_;
    std::int64_t seen_version_;
    int wal_pages_ = 0;           // After the last commit.
    int checkpointed_pages_ = 0;  // wal_pages_ at the last checkpoint.
    std::optional<Checkpointer> checkpointer_;
    bool has_grown_ = false;       // The WAL, since checkpoint_if_due() looked,
    bool was_idle_ = false;        // when checkpointer_ was idle.
    bool is_catching_up_ = false;  // The WAL is to begin anew.
};

}  // namespace

class CallLogStore::Writer {
public:
    Writer(Options options, const Keys& keys)
        : options_(std::move(options)),
          keys_(keys),
          disk_(options_.free_space, [this] { return free_bytes_of(options_.path); }) {
        ensure_session();
        must_tell_ = false;  // on_external_change() tells for the first time itself.
        thread_ = std::thread([this] { run(); });
    }

    ~Writer() {
        {
            const std::lock_guard lock(mutex_);
            stopping_ = true;
            is_ending_ = true;
        }
        wake_.notify_one();
        thread_.join();
        syncer_.wait_until_idle();
        if (session_ && session_->settle()) session_->truncate_wal();
    }

    void append(NewCallLog&& record, AppendDone&& done) {
        if (const DiskSpace disk = disk_.now(); disk.state == DiskSpace::State::full) {
            throw model::ServiceError(model::ErrorCode::no_space,
                                      "store.min_free_bytes: the disk has " +
                                          std::to_string(disk.free_bytes) + " bytes left");
        }
        // A list, since its nodes are made outside of the lock and never move.
        Batch job;
        job.push_back({std::move(record), std::move(done), {}});
        bool is_writer_asleep = false;
        {
            const std::lock_guard lock(mutex_);
            if (queue_.size() >= options_.queue_limit) {
                throw model::ServiceError(model::ErrorCode::busy,
                                          "the queue of records to store is full");
            }
            queue_.splice(queue_.end(), job);
            is_writer_asleep = std::exchange(is_asleep_, false);
        }
        if (is_writer_asleep) wake_.notify_one();
    }

    void on_external_change(std::function<void()>&& changed) {
        const std::lock_guard lock(changed_mutex_);
        changed_ = std::move(changed);
        changed_();
    }

    void on_disk_space_change(std::function<void(const DiskSpace&)>&& changed) {
        const std::lock_guard lock(changed_mutex_);
        disk_changed_ = std::move(changed);
        disk_changed_(disk_.now());
    }

    void on_checkpoint_error(std::function<void(const std::string& error)>&& changed) {
        const std::lock_guard lock(checkpoint_mutex_);
        checkpoint_error_changed_ = std::move(changed);
        if (!checkpoint_error_.empty()) checkpoint_error_changed_(checkpoint_error_);
    }

    [[nodiscard]] DiskWatch& disk() { return disk_; }

    [[nodiscard]] std::size_t queue_length() const {
        const std::lock_guard lock(mutex_);
        return queue_.size();
    }

    [[nodiscard]] WriteWatch& watch() { return watch_; }

private:
    void run() {
        pthread_setname_np(pthread_self(), "store");
        Batch batch;
        while (take(batch)) {
            if (!batch.empty()) {
                store(batch);
                last_record_ = steady_clock::now();
            } else if (session_ && steady_clock::now() - last_record_ > idle_before_truncate) {
                session_->truncate_wal();
            }
            if (watch_.is_trial_due()) try_to_write();
            if (session_) session_->purge_step();
            look_for_external_change();
            look_at_disk();
        }
    }

    /// Takes what has queued up, waiting for it for a while; false if the store is to end.
    bool take(Batch& batch) {
        std::unique_lock lock(mutex_);
        if (queue_.empty() && !stopping_) {
            is_asleep_ = true;
            wake_.wait_for(lock, look_interval);
            is_asleep_ = false;
        }
        if (queue_.empty()) return !stopping_;
        const auto end =
            queue_.size() <= options_.batch_limit
                ? queue_.end()
                : std::next(queue_.begin(), static_cast<std::ptrdiff_t>(options_.batch_limit));
        batch.splice(batch.end(), queue_, queue_.begin(), end);
        return true;
    }

    void store(Batch& batch) {
        try {
            const auto begin = steady_clock::now();
            commit([&] { session_->store(batch); });
            watch_.committed(batch.size(), steady_clock::now() - begin);
            // While nothing else is to be done, the way over another thread only costs time.
            if (!options_.is_durable || (queue_length() == 0 && syncer_.is_idle())) {
                syncer_.sync_and_complete(batch);
            } else {
                syncer_.put(std::move(batch));
            }
        } catch (const std::exception& error) {
            watch_.failed(error.what());
            fail(batch, error.what());
        }
        if (session_) session_->checkpoint_if_due();
    }

    /// For WriteWatch.
    void try_to_write() {
        try {
            commit([this] { session_->write_anything(); });
            watch_.tried(std::nullopt);
        } catch (const std::exception& error) {
            watch_.tried(error.what());
        }
    }

    void sync() {
        const auto begin = steady_clock::now();
        try {
            session_->sync();
        } catch (const std::exception& error) {
            watch_.failed(error.what());
            throw;
        }
        watch_.synced(steady_clock::now() - begin);
    }

    void note_checkpoint(const CheckpointNews& news) {
        if (!news) return;
        const std::lock_guard lock(checkpoint_mutex_);
        const bool has_changed = checkpoint_error_.empty() != news->empty();
        checkpoint_error_ = *news;
        if (has_changed && checkpoint_error_changed_) checkpoint_error_changed_(*news);
    }

    template <typename Write>
    void commit(Write&& write) {
        ensure_session();
        try {
            write();
        } catch (...) {
            end_session();
            throw;
        }
    }

    /// The next batch tries with a new connection, whatever is wrong with this one; unless this one
    /// has committed what it can't bring to disk, for then no other could.
    void end_session() {
        syncer_.wait_until_idle();
        try {
            session_->sync();
            if (session_->settle()) session_.reset();
        } catch (const model::ServiceError&) {
            // Each batch tries it again.
        }
    }

    /// Opens the database if it is not open, or if its file was removed or replaced meanwhile.
    void ensure_session() {
        if (session_ && session_->has_moved()) {
            syncer_.wait_until_idle();
            // The old file's WAL still has its name, and would be taken for that of the new file.
            if (!session_->settle() || !session_->truncate_wal()) {
                throw model::ServiceError(
                    model::ErrorCode::storage,
                    "database " + options_.path +
                        ": the file was replaced, and its log is still needed");
            }
            session_.reset();
            lock_.reset();
        }
        if (session_) return;
        if (!lock_) {
            auto lock = std::make_unique<LockFile>(options_.path);
            if (!lock->try_lock(LockFile::Byte::server)) {
                throw model::ServiceError(
                    model::ErrorCode::storage,
                    "database " + options_.path + ": it is in use by another server");
            }
            lock_ = std::move(lock);
        }
        session_ = std::make_unique<Session>(
            options_, keys_, *lock_, is_ending_,
            [this](const CheckpointNews& news) { note_checkpoint(news); });
        must_tell_ = true;
    }

    void look_for_external_change() {
        const auto now = steady_clock::now();
        if (now - last_look_ < look_interval) return;
        last_look_ = now;
        if (session_) session_->empty_wal_if_asked();
        try {
            if (session_ && session_->was_changed()) must_tell_ = true;
            const std::lock_guard lock(changed_mutex_);
            if (!must_tell_ || !changed_) return;
            changed_();
            must_tell_ = false;
        } catch (const std::exception&) {
            // Tried again at the next look. What is wrong with the database, the next record tells.
        }
    }

    /// Once a second: never for a request.
    void look_at_disk() {
        const auto now = steady_clock::now();
        if (now - last_disk_look_ < disk_look_interval) return;
        last_disk_look_ = now;
        if (!disk_.look()) return;
        const std::lock_guard lock(changed_mutex_);
        if (disk_changed_) disk_changed_(disk_.now());
    }

    const Options options_;
    const Keys& keys_;
    DiskWatch disk_;

    mutable std::mutex mutex_;
    std::condition_variable wake_;
    Batch queue_;
    bool is_asleep_ = false;
    bool stopping_ = false;
    std::atomic<bool> is_ending_{false};  // The same, for who must not wait for the mutex.

    std::mutex changed_mutex_;
    std::function<void()> changed_;
    std::function<void(const DiskSpace&)> disk_changed_;

    std::mutex checkpoint_mutex_;
    std::string checkpoint_error_;  // "" if all is well.
    std::function<void(const std::string& error)> checkpoint_error_changed_;

    // Of the writer's thread, once it runs.
    std::unique_ptr<LockFile> lock_;
    std::unique_ptr<Session> session_;
    bool must_tell_ = false;  // changed_ has yet to be called.
    steady_clock::time_point last_look_ = steady_clock::now();
    steady_clock::time_point last_disk_look_ = steady_clock::now();
    steady_clock::time_point last_record_ = steady_clock::now();

    WriteWatch watch_{options_.probe_interval};
    // The session stays while it is not idle. Where nothing is synced, no thread is needed.
    Syncer syncer_{[this] { sync(); }, options_.is_durable};
    std::thread thread_;
};

CallLogStore::CallLogStore(Options options, const Keys& keys)
    : writer_(std::make_unique<Writer>(std::move(options), keys)) {}

CallLogStore::~CallLogStore() = default;

void CallLogStore::append(NewCallLog&& record, AppendDone done) {
    writer_->append(std::move(record), std::move(done));
}

void CallLogStore::on_external_change(std::function<void()> changed) {
    writer_->on_external_change(std::move(changed));
}

void CallLogStore::observe(WriteObserver observer) {
    writer_->watch().observe(std::move(observer));
}

std::optional<std::string> CallLogStore::find_write_error() const {
    return writer_->watch().find_error();
}

std::size_t CallLogStore::queue_length() const { return writer_->queue_length(); }

DiskSpace CallLogStore::disk_space() const { return writer_->disk().now(); }

void CallLogStore::change_free_space(FreeSpaceLimits limits) {
    writer_->disk().change_limits(limits);
}

void CallLogStore::on_checkpoint_error(std::function<void(const std::string& error)> changed) {
    writer_->on_checkpoint_error(std::move(changed));
}

void CallLogStore::on_disk_space_change(std::function<void(const DiskSpace&)> changed) {
    writer_->on_disk_space_change(std::move(changed));
}

}  // namespace customercare::store
