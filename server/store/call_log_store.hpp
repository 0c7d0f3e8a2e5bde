#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "model/call_log.hpp"
#include "model/create_call_log.hpp"
#include "model/date_time.hpp"
#include "store/disk_space.hpp"
#include "store/write_watch.hpp"

namespace customercare::store {

/// What to do with a message whose key (sender, MessageId) is known already.
enum class Duplicates {
    replay,  ///< Same content: `replayed`; other content: `conflicting`.
    reject,  ///< `conflicting`, whatever the content.
    accept,  ///< Stored again.
};

class Keys;

struct Options {
    std::string path = "customercare.db";
    std::size_t queue_limit = 4096;  ///< Records waiting for the writer; more are refused.
    std::size_t batch_limit = 512;   ///< Records in one transaction at most.
    int checkpoint_pages = 1000;     ///< WAL pages after which a checkpoint begins.
    std::chrono::milliseconds busy_timeout{5000};  ///< For a lock held by another process.
    /// Asked whether one can write, the store tries if it wrote nothing for so long.
    std::chrono::milliseconds probe_interval{10'000};
    model::TimeZone time_zone = model::TimeZone::local;  ///< Of timestamps sent without a zone.
    Duplicates duplicates = Duplicates::replay;
    std::chrono::days max_age{0};  ///< Of call logs; older ones are removed. 0: never.
    FreeSpaceLimits free_space;
    /// False, for a test double alone: what is acknowledged outlives the process, but not a power
    /// cut, and little memory is taken.
    bool is_durable = true;
    /// A test double's: the next id is this at least. Outlives the store.
    const std::atomic<std::int64_t>* least_id = nullptr;
};

/// A record to store.
struct NewCallLog {
    model::CallLog call_log;
    /// Keyed hash of the sender's direct token; with the MessageId it is the key of a message.
    std::string sender;
    std::string credential_label;  ///< Of the registered direct credential; "" if not registered.
    model::ContentDigest digest{};
    model::Instant received_at;
};

enum class AppendStatus {
    stored,
    replayed,     ///< The same message is stored already, as `id`.
    conflicting,  ///< The key is taken by a message with other content.
    failed,       ///< Not stored for certain; `error` says why, for the operator.
};

struct AppendResult {
    AppendStatus status = AppendStatus::failed;
    std::int64_t id = 0;
    std::string error;
};

/// Called once, on one of the store's two threads, when the record is on disk (or once it is sure
/// that it will not be acknowledged). Must not block and must not throw.
using AppendDone = std::function<void(AppendResult&&)>;

/// Keeps call logs in SQLite: one writer thread that takes whatever has queued up into one
/// transaction, and one that brings what is committed to disk while the writer goes on. Success is
/// reported only then. A record that the database refuses fails alone; the others of its batch are
/// stored.
///
/// append() may be called from any thread. Opening creates the database or migrates it, in one
/// transaction; throws ServiceError{storage} whose text names the path and the cause (not writable,
/// newer than the program, in use by another server).
class CallLogStore {
public:
    CallLogStore(Options options, const Keys& keys);  ///< `keys` must outlive the store.
    /// Stores what is queued, completes it, checkpoints, closes. Waits for no other process's lock:
    /// what can't be stored then fails.
    ~CallLogStore();
    CallLogStore(const CallLogStore&) = delete;
    CallLogStore& operator=(const CallLogStore&) = delete;

    /// Queues the record. Throws ServiceError{busy} at once if the queue is full, {no_space} while
    /// the disk is; `done` is then never called.
    void append(NewCallLog&& record, AppendDone done);

    /// Called on the writer's thread whenever another process has changed the database (within
    /// 250 ms), and once from within this function, which lets what it throws through; on the
    /// writer's thread it is then called again at the next look.
    void on_external_change(std::function<void()> changed);

    void observe(WriteObserver observer);

    /// Why the database can't be written to; nullopt if it can. As the last attempt told: who asks
    /// again and again is told of changes within seconds, even if there is nothing to store.
    [[nodiscard]] std::optional<std::string> find_write_error() const;

    [[nodiscard]] std::size_t queue_length() const;

    /// As of the last second.
    [[nodiscard]] DiskSpace disk_space() const;
    /// In the place of Options::free_space, within a second.
    void change_free_space(FreeSpaceLimits limits);
    /// Called on the writer's thread whenever the state of the disk changes, and once from within
    /// this function; must not throw.
    void on_disk_space_change(std::function<void(const DiskSpace&)> changed);

    /// Called on one of the store's threads with why the WAL can't be moved into the database, once
    /// that begins, and with "" once all of it was moved again; must not throw. What is committed
    /// meanwhile is in the WAL, which grows. Called from within this function if it is so already.
    void on_checkpoint_error(std::function<void(const std::string& error)> changed);

private:
    class Writer;
    std::unique_ptr<Writer> writer_;
};

}  // namespace customercare::store
