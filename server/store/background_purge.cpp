#include "store/background_purge.hpp"

#include <algorithm>
#include <exception>
#include <string>

#include "model/date_time.hpp"
#include "store/audit_log.hpp"

namespace customercare::store {

namespace {

using std::chrono::steady_clock;

constexpr std::chrono::hours between_rounds{1};
constexpr std::chrono::minutes after_failure{1};
// Of the writer's time, steps take a tenth at most.
constexpr std::chrono::milliseconds step_time{4};
constexpr int rest_factor = 9;
constexpr std::size_t max_limit = 500;

}  // namespace

BackgroundPurge::BackgroundPurge(Database& database, std::chrono::days max_age)
    : database_(database), max_age_(max_age), next_step_(steady_clock::now()) {
    if (max_age_.count() > 0) database_.execute("PRAGMA secure_delete = ON");
}

void BackgroundPurge::step() noexcept {
    if (max_age_.count() == 0 || steady_clock::now() < next_step_) return;
    const auto begin = steady_clock::now();
    try {
        remove_some();
        const auto end = steady_clock::now();
        next_step_ = end + (round_ ? (end - begin) * rest_factor : between_rounds);
    } catch (const std::exception&) {
        // What is wrong with the database, the next record tells.
        round_.reset();
        next_step_ = steady_clock::now() + after_failure;
    }
}

void BackgroundPurge::remove_some() {
    const bool is_first = !round_;
    if (is_first) {
        round_.emplace(database_, model::utc_text(model::system_now() - max_age_));
        removed_ = 0;
        if (!round_->has_more()) return round_.reset();
    }
    Transaction transaction(database_);
    if (is_first) tell("state=begun");
    const auto begin = steady_clock::now();
    const std::size_t removed = round_->remove(limit_);
    const auto taken = steady_clock::now() - begin;
    removed_ += removed;
    const bool is_last = removed < limit_;
    if (is_last) tell("state=done removed=" + std::to_string(removed_));
    transaction.commit();

    if (is_last) return round_.reset();
    if (taken < step_time / 2) limit_ = std::min(2 * limit_, max_limit);
    if (taken > step_time) limit_ = std::max(limit_ / 2, std::size_t{1});
}

void BackgroundPurge::tell(std::string_view detail) {
    const std::string subject = "call logs received before " + round_->before();
    const std::string full =
        std::string(detail) + " retention.max_age_days=" + std::to_string(max_age_.count());
    append_audit_event(database_, {.event = "purge", .subject = subject, .detail = full});
}

}  // namespace customercare::store
