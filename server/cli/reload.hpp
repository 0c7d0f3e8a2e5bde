#pragma once

#include <functional>
#include <string>
#include <vector>

#include "cli/log.hpp"
#include "settings.hpp"

namespace customercare::cli {

/// How settings that were read anew differ from those in force, by keys.
struct SettingChanges {
    std::vector<std::string> taken;         ///< Those that a running server can take,
    std::vector<std::string> need_restart;  ///< and the others.
};
[[nodiscard]] SettingChanges find_changes(const Settings& in_force, const Settings& read);

/// The settings in force, and how SIGHUP changes them. For one thread.
///
///   settings_reloaded changed="log.level, guard.max_depth"
///   settings_need_restart changed=http.threads
///   settings_not_reloaded detail="server.toml:3: ...; the old settings stay in force"
///
/// Values are never told.
class Reload {
public:
    using Load = std::function<LoadedSettings()>;
    /// Puts the settings in force. If it throws, nothing has changed.
    using Apply = std::function<void(const Settings&)>;

    /// `log` must outlive it.
    Reload(Settings in_force, Load load, Apply apply, const Log& log);

    /// Reads the settings anew, and takes of what has changed all that can be taken, or nothing.
    void run();

    [[nodiscard]] const Settings& in_force() const { return in_force_; }

private:
    void take(const Settings& read);
    void audit(const std::string& changed) const;

    Settings in_force_;
    Load load_;
    Apply apply_;
    const Log& log_;
};

}  // namespace customercare::cli
