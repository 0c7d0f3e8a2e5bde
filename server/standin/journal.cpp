#include "standin/journal.hpp"

#include <utility>

#include "model/error.hpp"
#include "standin/journal_entry.hpp"

namespace customercare::standin {

namespace {

std::size_t bytes_of(const Exchange& exchange) {
    return exchange.request_body.size() + exchange.reply_body.size();
}

}  // namespace

Journal::Journal(std::string sandbox, std::string path, const Options& options)
    : sandbox_(std::move(sandbox)), path_(std::move(path)), options_(options) {}

std::int64_t Journal::append(const std::shared_ptr<Exchange>& exchange) {
    std::unique_lock lock(pending_mutex_);
    if (!last_id_) {
        lock.unlock();
        open();
        lock.lock();
    }
    exchange->id = ++*last_id_;
    pending_.push_back(exchange);
    pending_bytes_ += bytes_of(*exchange);
    // They would not be kept in the file either.
    while (pending_.size() > 1 && (pending_.size() > options_.journal_max_entries ||
                                   pending_bytes_ > options_.journal_max_bytes)) {
        pending_bytes_ -= bytes_of(*pending_.front());
        pending_.pop_front();
    }
    return exchange->id;
}

void Journal::open() {
    const std::lock_guard lock(file_mutex_);
    opened();
}

store::JournalStore& Journal::opened() {
    if (has_ended_) {
        throw model::ServiceError(model::ErrorCode::busy,
                                  "sandbox " + sandbox_ + " was dropped meanwhile");
    }
    if (!store_) {
        store_ = std::make_unique<store::JournalStore>(path_, options_.journal_max_entries,
                                                       options_.journal_max_bytes);
        const std::lock_guard lock(pending_mutex_);
        if (!last_id_) last_id_ = store_->last_id();
    }
    return *store_;
}

void Journal::flush() {
    const std::lock_guard lock(file_mutex_);
    write_pending();
}

void Journal::write_pending() {
    std::deque<std::shared_ptr<const Exchange>> batch;
    {
        const std::lock_guard lock(pending_mutex_);
        batch.swap(pending_);
        pending_bytes_ = 0;
    }
    if (batch.empty()) return;
    std::vector<store::JournalRow> rows;
    rows.reserve(batch.size());
    for (const auto& exchange : batch) {
        rows.push_back(journal_row(*exchange, sandbox_));
    }
    try {
        opened().append(rows);
    } catch (...) {
        // Until the next time, or until they are too many.
        const std::lock_guard lock(pending_mutex_);
        pending_.insert(pending_.begin(), batch.begin(), batch.end());
        for (const auto& exchange : batch) pending_bytes_ += bytes_of(*exchange);
        throw;
    }
}

std::vector<store::JournalRow> Journal::list(const store::JournalFilter& filter) {
    const std::lock_guard lock(file_mutex_);
    write_pending();
    return opened().list(filter);
}

std::optional<std::string> Journal::find(std::int64_t id) {
    const std::lock_guard lock(file_mutex_);
    write_pending();
    return opened().find(id);
}

std::int64_t Journal::last_id() {
    open();
    const std::lock_guard lock(pending_mutex_);
    return *last_id_;
}

std::size_t Journal::count() {
    const std::lock_guard lock(file_mutex_);
    write_pending();
    return opened().count();
}

void Journal::clear() {
    const std::lock_guard lock(file_mutex_);
    write_pending();  // So that their ids are not used again after a restart.
    opened().clear();
}

void Journal::close() {
    const std::lock_guard lock(file_mutex_);
    write_pending();
    store_.reset();
}

void Journal::end() {
    const std::lock_guard lock(file_mutex_);
    has_ended_ = true;
    store_.reset();
}

}  // namespace customercare::standin
