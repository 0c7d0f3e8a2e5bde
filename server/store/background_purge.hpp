#pragma once

#include <chrono>
#include <cstddef>
#include <optional>

#include "store/call_log_eraser.hpp"
#include "store/database.hpp"

namespace customercare::store {

/// Keeps a server's database to the setting retention.max_age_days: looks every hour for what is
/// too old, and removes it in small steps between which call logs are stored. The audit trail says
/// so before the first and after the last step; of a round that is cut short only the first.
class BackgroundPurge {
public:
    /// On the writer's connection, which must outlive it. An age of 0: nothing is ever too old.
    BackgroundPurge(Database& database, std::chrono::days max_age);

    /// To be called by the writer's thread whenever it is between two batches. Takes some
    /// milliseconds if it is time for a step, else nothing. What fails is tried again later.
    void step() noexcept;

private:
    using Time = std::chrono::steady_clock::time_point;

    void remove_some();
    void tell(std::string_view detail);

    Database& database_;
    std::chrono::days max_age_;
    std::optional<CallLogPurge> round_;
    std::size_t removed_ = 0;  ///< In this round.
    std::size_t limit_ = 10;   ///< For the next step: what seems to take a few milliseconds.
    Time next_step_;
};

}  // namespace customercare::store
