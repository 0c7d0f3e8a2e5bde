#include "store/journal_store.hpp"

#include <algorithm>
#include <chrono>
#include <string_view>
#include <utility>

#include "store/database.hpp"

namespace customercare::store {

namespace {

constexpr const char* schema =
    "CREATE TABLE IF NOT EXISTS journal ("
    "id INTEGER PRIMARY KEY AUTOINCREMENT,"  // Never used twice: readers ask for what follows one.
    "bytes INTEGER NOT NULL,"                // Of summary and entry.
    "outcome TEXT NOT NULL, operation TEXT NOT NULL, message_id TEXT NOT NULL,"
    "account_number TEXT NOT NULL, summary TEXT NOT NULL, entry TEXT NOT NULL) STRICT";

/// A text for LIKE, found anywhere, its own wildcards escaped by a backslash.
std::string like_pattern(std::string_view text) {
    std::string pattern = "%";
    for (const char c : text) {
        if (c == '%' || c == '_' || c == '\\') pattern += '\\';
        pattern += c;
    }
    return pattern + '%';
}

std::string list_sql(const JournalFilter& filter) {
    std::string sql =
        "SELECT id, outcome, operation, message_id, account_number, summary FROM journal"
        " WHERE id > ?1 AND id < ?2";
    if (filter.outcome) sql += " AND outcome = ?3";
    if (filter.operation) sql += " AND operation = ?4";
    if (filter.message_id) sql += " AND message_id = ?5";
    if (filter.account_number) sql += " AND account_number = ?6";
    if (filter.text) sql += " AND entry LIKE ?7 ESCAPE '\\'";
    sql += filter.newest_first ? " ORDER BY id DESC" : " ORDER BY id";
    return sql + " LIMIT ?8";
}

std::size_t bytes_of(const JournalRow& row) { return row.summary.size() + row.entry.size(); }

}  // namespace

class JournalStore::Impl {
public:
    Impl(const std::string& path, std::size_t max_entries, std::size_t max_bytes)
        : max_entries_(max_entries),
          max_bytes_(max_bytes),
          database_(path, Database::Access::test_double, std::chrono::milliseconds(5000)) {
        database_.execute("PRAGMA wal_autocheckpoint = 1000");
        database_.execute(schema);
        Statement sizes =
            database_.prepare("SELECT count(*), coalesce(sum(bytes), 0) FROM journal");
        sizes.step();
        count_ = static_cast<std::size_t>(sizes.read<std::int64_t>());
        bytes_ = static_cast<std::size_t>(sizes.read<std::int64_t>());
        sizes.reset();
    }

    [[nodiscard]] std::int64_t last_id() const {
        Statement last = database_.prepare(
            "SELECT coalesce((SELECT seq FROM sqlite_sequence WHERE name = 'journal'), 0)");
        last.step();
        const auto id = last.read<std::int64_t>();
        last.reset();
        return id;
    }

    [[nodiscard]] std::size_t count() const { return count_; }

    void append(const std::vector<JournalRow>& rows) {
        Transaction transaction(database_);
        Statement insert = database_.prepare("INSERT INTO journal VALUES (?, ?, ?, ?, ?, ?, ?, ?)");
        std::size_t count = count_;
        std::size_t bytes = bytes_;
        for (const JournalRow& row : rows) {
            insert.bind(row.id)
                .bind(static_cast<std::int64_t>(bytes_of(row)))
                .bind(row.outcome)
                .bind(row.operation)
                .bind(row.message_id)
                .bind(row.account_number)
                .bind(row.summary)
                .bind(row.entry)
                .run();
            ++count;
            bytes += bytes_of(row);
        }
        trim(count, bytes);
        transaction.commit();
        count_ = count;
        bytes_ = bytes;
    }

    void clear() {
        database_.execute("DELETE FROM journal");
        count_ = bytes_ = 0;
    }

    [[nodiscard]] std::vector<JournalRow> list(const JournalFilter& filter) const {
        const std::string sql = list_sql(filter);
        const std::optional<std::string> pattern =
            filter.text ? std::optional(like_pattern(*filter.text)) : std::nullopt;
        Statement select = database_.prepare(sql);
        select.bind(filter.after)
            .bind(filter.before)
            .bind(filter.outcome)
            .bind(filter.operation)
            .bind(filter.message_id)
            .bind(filter.account_number)
            .bind(pattern)
            .bind(static_cast<std::int64_t>(
                std::min<std::size_t>(filter.limit, static_cast<std::size_t>(INT64_MAX))));
        std::vector<JournalRow> rows;
        while (select.step()) {
            JournalRow& row = rows.emplace_back();
            select.read(row.id);
            select.read(row.outcome);
            select.read(row.operation);
            select.read(row.message_id);
            select.read(row.account_number);
            select.read(row.summary);
        }
        return rows;
    }

    [[nodiscard]] std::optional<std::string> find(std::int64_t id) const {
        Statement select = database_.prepare("SELECT entry FROM journal WHERE id = ?");
        select.bind(id);
        if (!select.step()) return std::nullopt;
        auto entry = select.read<std::string>();
        select.reset();
        return entry;
    }

private:
    /// Removes the oldest rows until the rest keeps to the limits; the newest stays in any case.
    void trim(std::size_t& count, std::size_t& bytes) {
        if (count <= max_entries_ && bytes <= max_bytes_) return;
        Statement oldest = database_.prepare("SELECT id, bytes FROM journal ORDER BY id");
        std::int64_t last_removed = 0;
        while ((count > max_entries_ || bytes > max_bytes_) && count > 1 && oldest.step()) {
            oldest.read(last_removed);
            bytes -= static_cast<std::size_t>(oldest.read<std::int64_t>());
            --count;
        }
        oldest.reset();
        database_.prepare("DELETE FROM journal WHERE id <= ?").bind(last_removed).run();
    }

    std::size_t max_entries_;
    std::size_t max_bytes_;
    Database database_;
    std::size_t count_ = 0;
    std::size_t bytes_ = 0;
};

JournalStore::JournalStore(const std::string& path, std::size_t max_entries, std::size_t max_bytes)
    : impl_(std::make_unique<Impl>(path, max_entries, max_bytes)) {}

JournalStore::~JournalStore() = default;

std::int64_t JournalStore::last_id() const { return impl_->last_id(); }

std::size_t JournalStore::count() const { return impl_->count(); }

void JournalStore::append(const std::vector<JournalRow>& rows) { impl_->append(rows); }

void JournalStore::clear() { impl_->clear(); }

std::vector<JournalRow> JournalStore::list(const JournalFilter& filter) const {
    return impl_->list(filter);
}

std::optional<std::string> JournalStore::find(std::int64_t id) const { return impl_->find(id); }

}  // namespace customercare::store
