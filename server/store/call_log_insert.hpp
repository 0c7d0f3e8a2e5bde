#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "store/call_log_store.hpp"
#include "store/database.hpp"

namespace customercare::store {

/// Writes call logs into their tables. What it is given must outlive it.
class CallLogInsert {
public:
    CallLogInsert(Database& database, const Keys& keys, const Options& options);

    /// Inserts the record, or finds that its message is stored already; within a transaction of the
    /// caller's. Throws ServiceError{storage}; some of its rows may then be there.
    AppendResult insert(const NewCallLog& record);

private:
    /// The new row's id, or nullopt if the message's key is taken (never so for a repeat).
    std::optional<std::int64_t> insert_call_log(const NewCallLog& record, bool repeat);
    AppendResult find_first(const NewCallLog& record);
    void insert_contacts(std::int64_t id, const model::CallLog& call_log);
    void insert_phone(std::int64_t id, std::string_view kind, std::int64_t position,
                      const model::Phone& phone);
    void insert_open_content(std::int64_t id, const std::vector<model::OpenContent>& contents);

    template <typename Record>
    void bind_fields(Statement& statement, const Record& record);
    /// A row with the call log's id in front of the fields.
    template <typename Record>
    void insert_part(Statement& statement, std::int64_t id, const Record& record);

    Database& database_;
    const Keys& keys_;
    const Options& options_;

    Statement call_log_;
    Statement first_;
    Statement requestor_;
    Statement customer_;
    Statement premise_;
    Statement account_;
    Statement name_value_;
    Statement phone_;
    Statement email_;
    Statement open_content_;
};

}  // namespace customercare::store
