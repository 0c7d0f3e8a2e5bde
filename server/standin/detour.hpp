#pragma once

#include <memory>
#include <optional>
#include <string>

#include "model/http_message.hpp"
#include "standin/delays.hpp"
#include "standin/exchange.hpp"
#include "standin/forward.hpp"
#include "standin/recorder.hpp"
#include "standin/replay.hpp"
#include "standin/sandbox.hpp"
#include "standin/scenario_options.hpp"

namespace customercare::standin {

/// Decides what answers a request: a scenario of the sandbox, a real service, a recording, or the
/// sandbox's own endpoint. May be used from any thread.
class Detour {
public:
    /// Throws ServiceError{usage}: a URL that is not allowed, recordings that can't be read.
    explicit Detour(const ScenarioOptions& options);

    /// `visit` and `exchange` must live until `respond` is called; the latter is told which
    /// scenario answers, or which was nearest.
    void answer(const model::HttpRequest& request, Sandbox& sandbox, const Sandbox::Visit& visit,
                Exchange& exchange, model::HttpRespond respond);

    /// The sandbox's recordings begin at the first ones again.
    void restart_replay(const std::string& sandbox);

private:
    /// One request and where it is.
    struct Place {
        const std::string& sandbox;
        const Sandbox::Visit& visit;
        Exchange& exchange;
    };
    void answer_really(const model::HttpRequest& request, const Place& place,
                       model::HttpRespond respond);
    void replay(const model::HttpRequest& request, const Place& place, model::HttpRespond respond);

    // Before those that use them on their threads.
    std::optional<Recorder> recorder_;
    std::optional<Replay> replay_;
    Delays delays_;
    std::optional<Forward> forward_;
};

}  // namespace customercare::standin
