#pragma once

#include <condition_variable>
#include <functional>
#include <list>
#include <mutex>
#include <string>
#include <thread>

#include "store/call_log_store.hpp"

namespace customercare::store {

/// A record on its way, and what has become of it.
struct Job {
    NewCallLog record;
    AppendDone done;
    AppendResult result;
};

/// A list, since its nodes are made by whoever appends and never move.
using Batch = std::list<Job>;

/// Tells whoever appended the records of their results, and empties the batch.
void complete(Batch& batch);
/// The same if none of them was stored.
void fail(Batch& batch, const std::string& error);

/// Completes committed batches once they are on disk, on a thread of its own.
class Syncer {
public:
    /// `sync` brings to disk what is committed; throws ServiceError if it can't. Without a thread
    /// put() must not be called.
    Syncer(std::function<void()> sync, bool has_thread);
    ~Syncer();  ///< Completes what it was given.
    Syncer(const Syncer&) = delete;
    Syncer& operator=(const Syncer&) = delete;

    /// Waits while another batch waits for its sync, so that no more than two lie between COMMIT
    /// and the disk.
    void put(Batch&& batch);
    [[nodiscard]] bool is_idle() const;
    void wait_until_idle();

    /// Syncs and completes the batch on the calling thread.
    void sync_and_complete(Batch& batch);

private:
    void run();

    const std::function<void()> sync_;

    mutable std::mutex mutex_;
    std::condition_variable changed_;
    Batch waiting_;
    bool is_busy_ = false;  // With another batch.
    bool is_ending_ = false;

    std::thread thread_;
};

}  // namespace customercare::store
