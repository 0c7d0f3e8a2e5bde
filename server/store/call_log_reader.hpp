#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "model/call_log.hpp"

namespace customercare::store {

class Keys;

/// Which call logs to give; what is not set does not matter.
struct CallLogFilter {
    std::optional<std::string> account_number = std::nullopt;
    std::optional<std::string> customer = std::nullopt;  ///< CustomerId or CustomerNumber.
    std::optional<std::string> premise_number = std::nullopt;
    std::optional<std::string> message_id = std::nullopt;
    /// Received at or after, and before: as model::utc_text(Instant), or its beginning
    /// ("2011-03-04").
    std::optional<std::string> received_from = std::nullopt;
    std::optional<std::string> received_before = std::nullopt;
    std::int64_t after = 0;  ///< Those with a greater id.
    std::size_t limit = SIZE_MAX;
    bool newest_first = false;  ///< Else in the order in which they were stored.
};

/// What a list shows of a call log; nothing about the person who called.
struct CallLogSummary {
    std::int64_t id = 0;
    std::string received_at;  ///< "2011-03-04T10:06:07.250Z".
    model::Text message_id;
    model::Text account_number;
    model::Text customer_id;
    model::Text premise_number;
};

struct StoredCallLog {
    std::int64_t id = 0;
    std::string received_at;       ///< "2011-03-04T10:06:07.250Z".
    std::string credential_label;  ///< "" if the sender is not registered.
    bool repeat = false;           ///< Stored although its MessageId had been used by the sender.
    bool is_masked = false;        ///< SSN or DriverLicense is model::mask, for want of keys.
    model::CallLog call_log;
};

/// Reads call logs, also while a server writes. For one thread at a time. Every function throws
/// ServiceError{storage}; also if an encrypted value can't be opened with the keys given.
class CallLogReader {
public:
    /// Without `keys`, which must outlive the reader, SSN and DriverLicense are masked. The
    /// database must exist and be of this program's version.
    explicit CallLogReader(const std::string& path, const Keys* keys = nullptr);
    ~CallLogReader();
    CallLogReader(const CallLogReader&) = delete;
    CallLogReader& operator=(const CallLogReader&) = delete;

    [[nodiscard]] std::optional<StoredCallLog> find(std::int64_t id);
    [[nodiscard]] std::vector<CallLogSummary> list(const CallLogFilter& filter);
    /// Calls `visit` for one call log after the other. No transaction is open meanwhile, so that a
    /// slow visitor does not keep the server from emptying its WAL.
    void for_each(const CallLogFilter& filter, const std::function<void(StoredCallLog&&)>& visit);

private:
    class Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace customercare::store
