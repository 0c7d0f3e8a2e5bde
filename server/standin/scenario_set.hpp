#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "model/http_message.hpp"
#include "standin/scenario.hpp"
#include "standin/scenario_match.hpp"

namespace customercare::standin {

/// The scenario that was nearest to answering a request, though none of it did.
struct NearMiss {
    std::int64_t id = 0;
    std::string name;
    std::string why;  ///< In words.
};

/// What the scenarios say of one request. Neither: no scenario is there at all.
struct Choice {
    std::optional<Scenario> scenario;  ///< A copy, this use included.
    std::optional<NearMiss> nearest;   ///< Only without `scenario`.
};

/// The scenarios of a sandbox, in the order of their ids, and behind them the magic accounts. May
/// be used by several threads.
class ScenarioSet {
public:
    /// `initial` are those of the settings file.
    ScenarioSet(std::vector<Scenario> initial, bool has_magic_accounts,
                FindCredential find_credential);

    /// The first that matches, counted as used.
    [[nodiscard]] Choice choose(const model::HttpRequest& request);

    [[nodiscard]] std::vector<Scenario> list() const;
    [[nodiscard]] std::optional<Scenario> find(std::int64_t id) const;
    [[nodiscard]] std::size_t size() const;
    Scenario add(Scenario scenario);  ///< As added, with its id.
    /// Puts another in its place, unused and with no calls counted. False if there is none.
    bool replace(std::int64_t id, Scenario scenario);
    bool remove(std::int64_t id);  ///< False if there is none.
    void clear();                  ///< Removes all.
    void reset();                  ///< Back to those of the settings file, unused.

private:
    struct Entry {
        explicit Entry(Scenario made) : scenario(std::move(made)), matcher(scenario.match) {}
        Scenario scenario;       ///< `used` is under the lock, the rest does not change.
        std::int64_t calls = 0;  ///< That matched but for `call`; under the lock.
        const Matcher matcher;
    };
    using Entries = std::vector<std::shared_ptr<Entry>>;
    struct Asked {
        Entry& entry;
        std::vector<std::string> misses;
    };

    [[nodiscard]] Entries::iterator find_entry(std::int64_t id);
    void add_locked(Scenario scenario);
    [[nodiscard]] std::optional<Scenario> claim(std::vector<Asked>& asked);
    [[nodiscard]] static std::string count_call(Entry& entry);
    [[nodiscard]] static std::optional<NearMiss> nearest_of(const std::vector<Asked>& asked);

    const std::vector<Scenario> initial_;
    const bool has_magic_accounts_;
    const FindCredential find_credential_;
    mutable std::mutex mutex_;
    Entries entries_;
    std::int64_t next_id_ = 1;
};

}  // namespace customercare::standin
