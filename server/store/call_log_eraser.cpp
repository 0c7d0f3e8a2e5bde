#include "store/call_log_eraser.hpp"

#include <utility>

namespace customercare::store {

namespace {

constexpr std::size_t batch_size = 100;

/// What the audit trail says of a removal, before and after it.
class Audited {
public:
    Audited(Maintenance& maintenance, std::string_view event, std::string subject)
        : maintenance_(maintenance), event_(event), subject_(std::move(subject)) {
        maintenance_.audit({.event = event_, .subject = subject_, .detail = "state=begun"});
    }
    void done(std::size_t removed) {
        const std::string detail = "state=done removed=" + std::to_string(removed);
        maintenance_.audit({.event = event_, .subject = subject_, .detail = detail});
    }

private:
    Maintenance& maintenance_;
    std::string_view event_;
    std::string subject_;
};

void leave_no_trace(Maintenance& maintenance, const ErasureOptions& options) {
    options.vacuum ? maintenance.vacuum() : maintenance.empty_wal();
}

// SQLite's trim() knows blanks only if told so.
constexpr std::string_view same_account =
    "trim(account_number, char(32, 9, 13, 10)) = trim(?, char(32, 9, 13, 10))";

/// The call logs of an account, some at a time, in the order of their ids.
class AccountCallLogs {
public:
    AccountCallLogs(Database& database, std::string_view account_number)
        : account_number_(account_number),
          find_(database.prepare("SELECT id FROM call_log INDEXED BY call_log_numbers"
                                 " WHERE id > ? AND " +
                                 std::string(same_account) + " ORDER BY id LIMIT ?")) {}

    std::vector<std::int64_t> next() {
        find_.bind(last_).bind(account_number_).bind(static_cast<std::int64_t>(batch_size));
        std::vector<std::int64_t> ids;
        while (find_.step()) find_.read(ids.emplace_back());
        if (!ids.empty()) last_ = ids.back();
        return ids;
    }

private:
    std::string_view account_number_;
    Statement find_;
    std::int64_t last_ = 0;
};

}  // namespace

CallLogPurge::CallLogPurge(Database& database, std::string before)
    : database_(database),
      before_(std::move(before)),
      count_(database.prepare("SELECT count(*) FROM call_log WHERE received_at < ?")),
      find_(database.prepare("SELECT 1 FROM call_log WHERE received_at < ? LIMIT 1")),
      remove_(database.prepare("DELETE FROM call_log WHERE id IN (SELECT id FROM call_log"
                               " WHERE received_at < ? ORDER BY received_at LIMIT ?)")) {}

std::size_t CallLogPurge::count() {
    count_.bind(before_);
    count_.step();
    const auto count = static_cast<std::size_t>(count_.read<std::int64_t>());
    count_.reset();
    return count;
}

bool CallLogPurge::has_more() {
    find_.bind(before_);
    const bool has_one = find_.step();
    if (has_one) find_.reset();
    return has_one;
}

std::size_t CallLogPurge::remove(std::size_t limit) {
    remove_.bind(before_).bind(static_cast<std::int64_t>(limit)).run();
    return static_cast<std::size_t>(database_.changes());
}

Erasure purge_call_logs(const std::string& path, const std::string& before,
                        const ErasureOptions& options, const Progress& progress) {
    Maintenance maintenance(path);
    if (options.vacuum) maintenance.require_no_server("--vacuum");
    CallLogPurge purge(maintenance.database(), before);
    Erasure result{.found = purge.count()};
    if (options.dry_run) return result;

    Audited audited(maintenance, "purge", "call logs received before " + before);
    for (std::size_t removed = 1; removed > 0;) {
        maintenance.commit([&] { removed = purge.remove(batch_size); });
        result.removed += removed;
        progress(result.removed);
        maintenance.empty_wal_if_large();
    }
    audited.done(result.removed);
    leave_no_trace(maintenance, options);
    return result;
}

Erasure erase_account(const std::string& path, const Keys& keys, std::string_view account_number,
                      const ErasureOptions& options, const Progress& progress) {
    Maintenance maintenance(path);
    if (options.vacuum) maintenance.require_no_server("--vacuum");
    Erasure result;
    AccountCallLogs counted(maintenance.database(), account_number);
    for (auto ids = counted.next(); !ids.empty(); ids = counted.next()) result.found += ids.size();
    if (options.dry_run) return result;

    Audited audited(maintenance, "erase", account_subject(keys, account_number));
    // The number once more: a purge may have removed the call log meanwhile, and its id gone to
    // another.
    Statement remove = maintenance.database().prepare("DELETE FROM call_log WHERE id = ? AND " +
                                                      std::string(same_account));
    AccountCallLogs call_logs(maintenance.database(), account_number);
    for (auto ids = call_logs.next(); !ids.empty(); ids = call_logs.next()) {
        maintenance.commit([&] {
            for (const std::int64_t id : ids) {
                remove.bind(id).bind(account_number).run();
                result.removed += static_cast<std::size_t>(maintenance.database().changes());
            }
        });
        progress(result.removed);
        maintenance.empty_wal_if_large();
    }
    audited.done(result.removed);
    leave_no_trace(maintenance, options);
    return result;
}

}  // namespace customercare::store
