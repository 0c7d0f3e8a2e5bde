#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>

#include "handlers/rules.hpp"
#include "soap/options.hpp"
#include "soap/rulebooks.hpp"
#include "standin/clock.hpp"
#include "standin/journal.hpp"
#include "standin/options.hpp"
#include "standin/scenario_set.hpp"
#include "store/call_log_reset.hpp"
#include "store/call_log_store.hpp"

namespace customercare::standin {

/// A whole service with call logs, journal, clock and ids of its own. May be used from any thread;
/// what opens or reads its files throws ServiceError{storage}.
class Sandbox {
public:
    /// `name` is "" for the default one. What is given must outlive it.
    Sandbox(std::string name, const Ingredients& ingredients, const Options& options);
    ~Sandbox();
    Sandbox(const Sandbox&) = delete;
    Sandbox& operator=(const Sandbox&) = delete;

    [[nodiscard]] const std::string& name() const { return name_; }
    [[nodiscard]] const std::string& database() const { return store_options_.path; }
    [[nodiscard]] const Options& options() const { return options_; }
    [[nodiscard]] Clock& clock() { return clock_; }
    [[nodiscard]] Journal& journal() { return journal_; }
    [[nodiscard]] ScenarioSet& scenarios() { return scenarios_; }

    /// While a visit lives, threads and files of the service are there; else they are given back
    /// after a while. The last one may end on any thread, the store's own included. After remove()
    /// none begins any more: it throws ServiceError{busy}.
    class Visit {
    public:
        explicit Visit(Sandbox& sandbox);
        ~Visit();
        Visit(const Visit&) = delete;
        Visit& operator=(const Visit&) = delete;

        /// The one in force, which may be another one at the next call.
        [[nodiscard]] const soap::Rulebook& rulebook() const;
        [[nodiscard]] store::CallLogStore& call_logs() const;

    private:
        Sandbox& sandbox_;
    };

    /// In the place of those of the ingredients, for the calls that come from now on.
    void change(const soap::Options& soap, const handlers::Rules& rules);

    /// Gives back threads and memory if nobody has visited it for so long; state stays.
    void close_if_idle(std::chrono::steady_clock::duration since);
    [[nodiscard]] bool has_visits() const;
    /// Closes it, completing what is in flight. Nobody may begin a visit any more.
    void close();
    /// Closes it for ever and removes its files.
    void remove();

    [[nodiscard]] store::CallLogCount count_call_logs();
    void clear_call_logs();
    /// Call logs, journal, scenarios, clock and ids as in a new sandbox.
    void reset();

    std::uint64_t next_request_id() { return next_request_id_++; }
    void set_next_request_id(std::uint64_t id) {
        next_request_id_ = id;
        are_request_ids_set_ = true;
    }
    /// Replies then carry them as X-Request-Id, so that they are the same from run to run.
    [[nodiscard]] bool are_request_ids_set() const { return are_request_ids_set_; }
    /// Throws ServiceError{usage} if a call log has that id or a greater one.
    void set_next_call_log_id(std::int64_t id);

private:
    struct Service;

    const std::string name_;
    const Ingredients& ingredients_;
    const Options& options_;
    soap::Options soap_;  // Guarded by mutex_, as the next one.
    handlers::Rules rules_;
    store::Options store_options_;
    Clock clock_;
    std::atomic<std::int64_t> least_call_log_id_{0};
    std::atomic<std::uint64_t> next_request_id_{1};
    std::atomic<bool> are_request_ids_set_{false};
    Journal journal_;
    ScenarioSet scenarios_;

    mutable std::mutex mutex_;
    std::unique_ptr<Service> service_;
    std::size_t visits_ = 0;
    bool is_removed_ = false;
    std::chrono::steady_clock::time_point last_visit_ = std::chrono::steady_clock::now();
};

/// True for what may be a sandbox's name: 1 to 64 of A-Z a-z 0-9 . _ -, other than . and ..
[[nodiscard]] bool is_sandbox_name(std::string_view name);

/// A sandbox's database lies beside the default one: its path, then the name between these. Further
/// files have its name with something behind it, which hence is no other sandbox's database.
inline constexpr std::string_view sandbox_infix = ".sandbox-";
inline constexpr std::string_view sandbox_suffix = ".db";

}  // namespace customercare::standin
