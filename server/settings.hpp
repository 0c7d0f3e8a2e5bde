#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "cli/log.hpp"
#include "handlers/rules.hpp"
#include "handlers/throttle.hpp"
#include "http/server.hpp"
#include "soap/options.hpp"
#include "standin/options.hpp"
#include "store/call_log_store.hpp"

namespace customercare {

enum class Mode { production, stand_in };

/// What an installation decides, each part as its layer wants it. The members' own initializers are
/// the defaults.
struct Settings {
    Mode mode = Mode::production;
    http::Options http;
    std::optional<http::Options> admin = admin_defaults();  ///< nullopt: no admin server.
    soap::Options soap;
    handlers::Rules rules;
    handlers::ThrottleOptions throttle;
    store::Options store;
    cli::LogOptions log;
    standin::Options standin;              ///< Of mode stand-in alone.
    std::vector<std::string> admin_hosts;  ///< Names that a stand-in's admin server goes by.
    std::string key_file;                  ///< "": the default of key_file_path().
    bool tls_ends_at_proxy = false;        ///< Who connects to us from elsewhere is a TLS proxy.
    std::chrono::milliseconds drain_delay{0};  ///< From being told to stop to stopping.
    std::chrono::days certificate_notice{30};  ///< Of its end, by a warning before.

    /// The key file: by default beside the database, with ".key" appended to its path.
    [[nodiscard]] std::string key_file_path() const;

    [[nodiscard]] static http::Options admin_defaults();
};

/// A setting's value in any of the forms that TOML files use here.
using SettingValue = std::variant<bool, std::int64_t, std::string, std::vector<std::string>,
                                  std::map<std::string, std::int64_t>>;

/// One row of the table of settings. Files, environment, flags, check-config and
/// config/customercare.toml all follow from it.
struct Setting {
    std::string key;      ///< As in TOML: "http.request_timeout_ms".
    std::string allowed;  ///< Type, range and unit, in words.
    std::string reason;
    std::function<SettingValue(const Settings&)> get;
    /// False if the value is not allowed.
    std::function<bool(Settings&, const SettingValue&)> set;
    bool is_secret = false;      ///< Never printed.
    std::string stand_in{};      ///< The default in mode stand-in where it is another, as text.
    bool is_reloadable = false;  ///< A running server takes it at SIGHUP.
    std::string flag{};          ///< Its own flag, if it has one: "--listen".
};
[[nodiscard]] const std::vector<Setting>& setting_table();

/// A setting given on the command line.
struct SettingFlag {
    std::string flag;  ///< As the user wrote it, for errors: "--listen", "--set http.threads".
    std::string key;
    std::string text;
};

struct LoadedSettings {
    Settings settings;
    /// Where each setting that was given comes from, by key: "server.toml:12",
    /// "CUSTOMERCARE_HTTP_THREADS", "--listen".
    std::map<std::string, std::string> origins;
};

/// Applies, each over the one before: defaults, the mode's defaults, the TOML file (if `file` is
/// not empty), the variables CUSTOMERCARE_SECTION_KEY of `environment` (a null-terminated array as
/// environ; with _FILE appended, the value is the named file's first line), and `flags`.
/// Throws ServiceError{usage}, whose text names key, value, source and what is allowed; for an
/// unknown key, the nearest known one, or where to find those that there are.
[[nodiscard]] LoadedSettings load_settings(const std::string& file, const char* const* environment,
                                           const std::vector<SettingFlag>& flags);

/// Throws ServiceError{usage}, naming the settings, if the server can't be run with these together:
/// TLS is half set, two sources of answers are, or mode production would speak plain HTTP with
/// other machines.
void check_together(const Settings& settings);

/// "127.0.0.1:8080", "[::1]:8080".
[[nodiscard]] std::string listen_text(const std::string& address, std::uint16_t port);

/// `key = value` as a line of TOML, without the section.
[[nodiscard]] std::string toml_line(const Setting& setting, const Settings& settings);

/// The settings as TOML; a comment tells the source of each that was given. Secrets are masked.
[[nodiscard]] std::string effective_toml(const LoadedSettings& loaded);

/// What there is to say about one setting, or about each of a section. Throws ServiceError{usage}
/// for an unknown key, with the nearest known ones.
[[nodiscard]] std::string explain(std::string_view key_or_section);

/// The keys most like `key`, the nearest first; only those of its section if there is such a one.
[[nodiscard]] std::vector<std::string> nearest_settings(std::string_view key, std::size_t count);

/// The environment variable of a setting.
[[nodiscard]] std::string variable_name(std::string_view key);

/// config/customercare.toml: every setting with its default, range, unit and reason.
[[nodiscard]] std::string reference_toml();

}  // namespace customercare
