#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "model/http_message.hpp"
#include "standin/message.hpp"
#include "standin/recording.hpp"
#include "standin/scenario_set.hpp"

namespace customercare::standin {

/// What a recording gives for one request.
struct Replayed {
    std::optional<model::HttpReply> reply;
    std::optional<NearMiss> nearest;  ///< Without a reply: the recording that differs least.
};

/// Answers requests from a folder of recordings: with the first one of the same operation and the
/// same texts in the chosen fields; with the next one of these when it is asked again, and so on to
/// the last, which stays. Each sandbox begins at the first. May be used by several threads.
class Replay {
public:
    /// `fields` as resolve_field_path() takes them. Throws ServiceError{usage}, naming file and
    /// setting: no recordings, files that are none, fields that are not there or masked.
    Replay(const std::string& folder, const std::vector<std::string>& fields);

    [[nodiscard]] Replayed answer(const model::HttpRequest& request, const std::string& sandbox);
    void restart(const std::string& sandbox);  ///< Begins at the first ones again.

private:
    struct Entry {
        Recording recording;
        std::string operation;
        std::vector<std::vector<std::string>> values;  ///< Of each chosen field.
    };

    void add(Recording recording);
    [[nodiscard]] std::vector<std::string> find_misses(const Entry& entry,
                                                       const Entry& asked) const;
    [[nodiscard]] Entry read(const model::HttpRequest& request) const;

    std::vector<std::string> fields_;
    std::vector<Entry> entries_;
    std::mutex mutex_;
    /// Which entries have answered, by sandbox.
    std::map<std::string, std::vector<bool>> used_;
};

}  // namespace customercare::standin
