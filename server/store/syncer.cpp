#include "store/syncer.hpp"

#include <pthread.h>

#include <exception>
#include <utility>

namespace customercare::store {

void complete(Batch& batch) {
    for (Job& job : batch) job.done(std::move(job.result));
    batch.clear();
}

void fail(Batch& batch, const std::string& error) {
    for (Job& job : batch) {
        job.result = {.status = AppendStatus::failed, .id = 0, .error = error};
    }
    complete(batch);
}

Syncer::Syncer(std::function<void()> sync, bool has_thread) : sync_(std::move(sync)) {
    if (has_thread) thread_ = std::thread([this] { run(); });
}

Syncer::~Syncer() {
    {
        const std::lock_guard lock(mutex_);
        is_ending_ = true;
    }
    changed_.notify_all();
    if (thread_.joinable()) thread_.join();
}

void Syncer::put(Batch&& batch) {
    {
        std::unique_lock lock(mutex_);
        changed_.wait(lock, [this] { return waiting_.empty(); });
        waiting_ = std::move(batch);
    }
    changed_.notify_all();
}

bool Syncer::is_idle() const {
    const std::lock_guard lock(mutex_);
    return waiting_.empty() && !is_busy_;
}

void Syncer::wait_until_idle() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return waiting_.empty() && !is_busy_; });
}

void Syncer::sync_and_complete(Batch& batch) {
    try {
        sync_();
    } catch (const std::exception& error) {
        return fail(batch, error.what());
    }
    complete(batch);
}

void Syncer::run() {
    pthread_setname_np(pthread_self(), "sync");
    std::unique_lock lock(mutex_);
    while (true) {
        changed_.wait(lock, [this] { return !waiting_.empty() || is_ending_; });
        if (waiting_.empty()) return;
        Batch batch = std::exchange(waiting_, {});
        is_busy_ = true;
        lock.unlock();
        changed_.notify_all();
        sync_and_complete(batch);
        lock.lock();
        is_busy_ = false;
        changed_.notify_all();
    }
}

}  // namespace customercare::store
