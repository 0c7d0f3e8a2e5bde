#include "standin/scenario_set.hpp"

#include <algorithm>

#include "standin/magic_accounts.hpp"

namespace customercare::standin {

namespace {

std::string join(const std::vector<std::string>& misses) {
    std::string text;
    for (const std::string& miss : misses) text += (text.empty() ? "" : "; ") + miss;
    return text;
}

}  // namespace

ScenarioSet::ScenarioSet(std::vector<Scenario> initial, bool has_magic_accounts,
                         FindCredential find_credential)
    : initial_(std::move(initial)),
      has_magic_accounts_(has_magic_accounts),
      find_credential_(std::move(find_credential)) {
    reset();
}

Choice ScenarioSet::choose(const model::HttpRequest& request) {
    Choice choice;
    if (request.method != "POST" || request.no_room || request.body_too_long) return choice;
    Entries entries;
    {
        const std::lock_guard lock(mutex_);
        entries = entries_;
    }
    // Without the lock: a message may be long, and an expression slow.
    Message message(request);
    std::vector<Asked> asked;
    bool is_answered = false;  // For sure: those behind only count their calls.
    for (const auto& entry : entries) {
        const Scenario& scenario = entry->scenario;
        if (!scenario.is_enabled || (is_answered && !scenario.match.call)) continue;
        asked.push_back({*entry, entry->matcher.find_misses(message, find_credential_)});
        is_answered =
            is_answered || (asked.back().misses.empty() && !scenario.match.call && !scenario.times);
    }
    choice.scenario = claim(asked);
    if (!choice.scenario && has_magic_accounts_) choice.scenario = find_magic_account(message);
    if (!choice.scenario) choice.nearest = nearest_of(asked);
    return choice;
}

/// The first that answers, counted as used. The others are told why they don't.
std::optional<Scenario> ScenarioSet::claim(std::vector<Asked>& asked) {
    std::optional<Scenario> claimed;
    // One lock for all, so that requests at the same time are a first and a second one everywhere.
    const std::lock_guard lock(mutex_);
    for (Asked& one : asked) {
        if (!one.misses.empty()) continue;
        if (std::string miss = count_call(one.entry); !miss.empty()) {
            one.misses.push_back(std::move(miss));
        } else if (!claimed) {
            ++one.entry.scenario.used;
            claimed = one.entry.scenario;
        }
    }
    return claimed;
}

/// Why the scenario may not answer, though its conditions hold; "" if it may.
std::string ScenarioSet::count_call(Entry& entry) {
    const Scenario& scenario = entry.scenario;
    if (scenario.match.call && ++entry.calls != *scenario.match.call) {
        return "this is call " + std::to_string(entry.calls) + ", not " +
               std::to_string(*scenario.match.call);
    }
    if (scenario.times && scenario.used >= *scenario.times) {
        return "it has answered all of its " + std::to_string(*scenario.times) + " times";
    }
    return {};
}

std::optional<NearMiss> ScenarioSet::nearest_of(const std::vector<Asked>& asked) {
    const auto nearest =
        std::min_element(asked.begin(), asked.end(), [](const Asked& left, const Asked& right) {
            return left.misses.size() < right.misses.size();
        });
    if (nearest == asked.end()) return std::nullopt;
    const Scenario& scenario = nearest->entry.scenario;
    return NearMiss{scenario.id, scenario.name, join(nearest->misses)};
}

std::vector<Scenario> ScenarioSet::list() const {
    const std::lock_guard lock(mutex_);
    std::vector<Scenario> scenarios;
    scenarios.reserve(entries_.size());
    for (const auto& entry : entries_) scenarios.push_back(entry->scenario);
    return scenarios;
}

std::optional<Scenario> ScenarioSet::find(std::int64_t id) const {
    const std::lock_guard lock(mutex_);
    for (const auto& entry : entries_) {
        if (entry->scenario.id == id) return entry->scenario;
    }
    return std::nullopt;
}

std::size_t ScenarioSet::size() const {
    const std::lock_guard lock(mutex_);
    return entries_.size();
}

ScenarioSet::Entries::iterator ScenarioSet::find_entry(std::int64_t id) {
    return std::find_if(entries_.begin(), entries_.end(),
                        [id](const auto& entry) { return entry->scenario.id == id; });
}

void ScenarioSet::add_locked(Scenario scenario) {
    scenario.id = next_id_++;
    scenario.used = 0;
    entries_.push_back(std::make_shared<Entry>(std::move(scenario)));
}

Scenario ScenarioSet::add(Scenario scenario) {
    const std::lock_guard lock(mutex_);
    add_locked(std::move(scenario));
    return entries_.back()->scenario;
}

bool ScenarioSet::replace(std::int64_t id, Scenario scenario) {
    const std::lock_guard lock(mutex_);
    const auto found = find_entry(id);
    if (found == entries_.end()) return false;
    scenario.id = id;
    scenario.used = 0;
    // Anew, since a request may be looking at the old one.
    *found = std::make_shared<Entry>(std::move(scenario));
    return true;
}

bool ScenarioSet::remove(std::int64_t id) {
    const std::lock_guard lock(mutex_);
    const auto found = find_entry(id);
    if (found == entries_.end()) return false;
    entries_.erase(found);
    return true;
}

void ScenarioSet::clear() {
    const std::lock_guard lock(mutex_);
    entries_.clear();
}

void ScenarioSet::reset() {
    const std::lock_guard lock(mutex_);
    entries_.clear();
    next_id_ = 1;
    for (const Scenario& scenario : initial_) add_locked(scenario);
}

}  // namespace customercare::standin
