#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "store/call_log_store.hpp"
#include "store/database.hpp"
#include "store/json_array.hpp"

namespace customercare::store {

/// Writes call logs into their tables. What it is given must outlive it.
class CallLogInsert {
public:
    CallLogInsert(Database& database, const Keys& keys, const Options& options);

    /// Inserts the record, or finds that its message is stored already; within a transaction of the
    /// caller's. Throws ServiceError{storage}; some of its rows may then be there.
    AppendResult insert(const NewCallLog& record);

private:
    /// The first message of the same sender and MessageId.
    struct First {
        std::int64_t id = 0;
        bool has_same_content = false;
    };

    std::optional<First> find_first(const NewCallLog& record, std::int64_t key);
    /// The new row's id.
    std::int64_t insert_call_log(const NewCallLog& record, std::optional<std::int64_t> key,
                                 bool repeat);
    [[nodiscard]] std::optional<std::int64_t> seeded_id();
    void bind_parts(const model::CallLog& call_log);
    void bind_lists(const model::CallLog& call_log);
    void insert_sealed(std::int64_t id, const std::vector<model::OpenContent>& contents);

    template <typename Record>
    void bind_fields(const Record& record);
    /// All NULL if it is absent.
    template <typename Record>
    void bind_part(const std::optional<Record>& record);
    /// The array becomes the column's value; NULL if it is empty.
    void bind_list(JsonArray& list);

    Database& database_;
    const Keys& keys_;
    const Options& options_;

    Statement call_log_;
    Statement first_;
    Statement last_id_;
    Statement sealed_content_;

    // Kept for their memory.
    JsonArray name_value_;
    JsonArray phone_;
    JsonArray open_content_;
    std::string nil_elements_;
};

}  // namespace customercare::store
