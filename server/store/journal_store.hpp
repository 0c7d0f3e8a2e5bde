#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace customercare::store {

/// A stand-in's record of one request; `summary` and `entry` are JSON.
struct JournalRow {
    std::int64_t id = 0;
    std::string outcome;
    std::string operation;
    std::string message_id;
    std::string account_number;
    std::string summary;
    std::string entry;
};

/// Which rows to give; what is not set does not matter.
struct JournalFilter {
    std::int64_t after = 0;
    std::int64_t before = INT64_MAX;
    std::optional<std::string> outcome = std::nullopt;
    std::optional<std::string> operation = std::nullopt;
    std::optional<std::string> message_id = std::nullopt;
    std::optional<std::string> account_number = std::nullopt;
    std::optional<std::string> text = std::nullopt;  ///< Somewhere in the entry; case as in LIKE.
    std::size_t limit = SIZE_MAX;
    bool newest_first = false;
};

/// Keeps a stand-in's journal in a SQLite file of its own (mode 0600): what is appended outlives
/// the process, but not a power cut. For one thread at a time. Every function throws
/// ServiceError{storage}.
class JournalStore {
public:
    /// Beyond either limit the oldest rows are removed.
    JournalStore(const std::string& path, std::size_t max_entries, std::size_t max_bytes);
    ~JournalStore();
    JournalStore(const JournalStore&) = delete;
    JournalStore& operator=(const JournalStore&) = delete;

    /// The greatest id that was ever used; 0 if none.
    [[nodiscard]] std::int64_t last_id() const;
    [[nodiscard]] std::size_t count() const;

    /// In one transaction.
    void append(const std::vector<JournalRow>& rows);
    void clear();
    [[nodiscard]] std::vector<JournalRow> list(const JournalFilter& filter) const;
    [[nodiscard]] std::optional<std::string> find(std::int64_t id) const;

private:
    class Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace customercare::store
