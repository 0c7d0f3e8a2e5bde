#include "cli/reload.hpp"

#include <algorithm>
#include <exception>
#include <utility>

#include "model/error.hpp"
#include "store/audit_log.hpp"

namespace customercare::cli {

namespace {

std::string join(const std::vector<std::string>& keys) {
    std::string text;
    for (const std::string& key : keys) text += (text.empty() ? "" : ", ") + key;
    return text;
}

}  // namespace

SettingChanges find_changes(const Settings& in_force, const Settings& read) {
    SettingChanges changes;
    for (const Setting& setting : setting_table()) {
        if (setting.get(in_force) == setting.get(read)) continue;
        (setting.is_reloadable ? changes.taken : changes.need_restart).push_back(setting.key);
    }
    return changes;
}

Reload::Reload(Settings in_force, Load load, Apply apply, const Log& log)
    : in_force_(std::move(in_force)), load_(std::move(load)), apply_(std::move(apply)), log_(log) {}

void Reload::run() {
    try {
        const Settings read = load_().settings;
        check_together(read);
        if (read.mode != in_force_.mode) {
            // Its defaults are those of other settings, which must not come without it.
            throw model::ServiceError(model::ErrorCode::usage, "mode: it needs a restart");
        }
        take(read);
    } catch (const std::exception& error) {
        log_.write(LogLevel::error, "settings_not_reloaded",
                   {{"detail", std::string(error.what()) + "; the old settings stay in force"}});
    }
}

void Reload::take(const Settings& read) {
    const SettingChanges changes = find_changes(in_force_, read);
    if (!changes.taken.empty()) {
        Settings next = in_force_;
        for (const Setting& setting : setting_table()) {
            if (setting.is_reloadable) setting.set(next, setting.get(read));
        }
        apply_(next);
        in_force_ = std::move(next);
        const std::string changed = join(changes.taken);
        log_.write(LogLevel::info, "settings_reloaded", {{"changed", changed}});
        audit(changed);
    }
    if (!changes.need_restart.empty()) {
        log_.write(LogLevel::warning, "settings_need_restart",
                   {{"changed", join(changes.need_restart)}});
    }
    if (changes.taken.empty() && changes.need_restart.empty()) {
        log_.write(LogLevel::info, "settings_unchanged", {});
    }
}

void Reload::audit(const std::string& changed) const {
    try {
        store::AuditLog(in_force_.store.path)
            .append({.event = "reload", .subject = "settings", .detail = "changed=" + changed});
    } catch (const std::exception& error) {
        log_.write(LogLevel::warning, "reload_not_audited", {{"detail", error.what()}});
    }
}

}  // namespace customercare::cli
