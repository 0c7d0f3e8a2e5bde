#include <unistd.h>

#include <iostream>
#include <memory>
#include <optional>
#include <string>
#include <thread>

#include "admin/admin.hpp"
#include "admin/standin_api.hpp"
#include "cli/audit_log.hpp"
#include "cli/backend.hpp"
#include "cli/call_log_json.hpp"
#include "cli/command_line.hpp"
#include "cli/disk_space_log.hpp"
#include "cli/health_checks.hpp"
#include "cli/keys.hpp"
#include "cli/log.hpp"
#include "cli/metrics.hpp"
#include "cli/parent_watch.hpp"
#include "cli/reload.hpp"
#include "cli/secrecy.hpp"
#include "cli/service_manager.hpp"
#include "cli/signals.hpp"
#include "http/server.hpp"
#include "model/error.hpp"
#include "store/credential_store.hpp"
#include "store/key_rotation.hpp"

namespace customercare::cli {

namespace {

std::string url_of(const http::Server& server, const http::TlsOptions& tls) {
    return (tls.is_on() ? "https://" : "http://") + listen_text(server.address(), server.port());
}

const char* name_of(Mode mode) { return mode == Mode::production ? "production" : "stand-in"; }

const char* name_of(handlers::CredentialPolicy policy) {
    return policy == handlers::CredentialPolicy::registered ? "registered" : "any";
}

/// True if both roles have a credential that is neither revoked nor expired.
bool can_anyone_call(const Settings& settings, const store::Keys& keys) {
    bool has_direct = false;
    bool has_originating = false;
    const model::Instant now = model::system_now();
    for (const auto& credential : store::CredentialStore(settings.store.path, keys).list()) {
        if (credential.revoked_at || (credential.expires_at && *credential.expires_at <= now)) {
            continue;
        }
        (credential.role == store::Role::direct ? has_direct : has_originating) = true;
    }
    return has_direct && has_originating;
}

/// What the admin server listens with: see the setting admin.listen.
std::optional<http::Options> admin_options(const Settings& settings) {
    std::optional<http::Options> options = settings.admin;
    if (options && http::is_open_to_others(options->address)) options->tls = settings.http.tls;
    if (options && settings.mode == Mode::stand_in) {
        // Messages and call logs are sent to it, too.
        options->max_body_bytes = settings.http.max_body_bytes;
        options->max_request_bytes = settings.http.max_request_bytes;
    }
    return options;
}

/// Behind a proxy that is not named, all clients have one address.
bool are_addresses_unknown(const Settings& settings) {
    return settings.tls_ends_at_proxy && settings.soap.trusted_proxies.empty();
}

handlers::ThrottleOptions throttle_options(const Settings& settings) {
    handlers::ThrottleOptions options = settings.throttle;
    if (are_addresses_unknown(settings)) options.lockout_failures = options.address_rate = 0;
    return options;
}

/// nullptr in mode production.
std::unique_ptr<admin::StandinApi> make_standin_api(const Backend& backend,
                                                    const Settings& settings,
                                                    const std::string& service_url) {
    Backend::StandIn* const stand_in = backend.stand_in();
    if (stand_in == nullptr) return nullptr;
    return std::make_unique<admin::StandinApi>(admin::ApiContext{.sandboxes = stand_in->sandboxes,
                                                                 .service = stand_in->service,
                                                                 .service_url = service_url,
                                                                 .soap_path = settings.soap.path,
                                                                 .hosts = settings.admin_hosts});
}

void log_certificate(const Log& log, std::string_view event, const Settings& settings,
                     const http::Server& service) {
    const http::TlsOptions& tls = settings.http.tls;
    const std::string expiry = service.certificate_expiry();
    log.write(LogLevel::info, event, {{"certificate", tls.certificate}, {"expires", expiry}});
    if (can_others_read(tls.key)) {
        log.write(LogLevel::warning, "tls_key_exposed",
                  {{"detail", "tls.key: " + tls.key +
                                  " can be read by every user of this machine; use chmod 600"}});
    }
}

/// `admin` is nullptr if that server speaks no TLS.
void reload_certificate(const Log& log, const Settings& settings, http::Server& service,
                        http::Server* admin) {
    try {
        service.reload_tls();
        if (admin != nullptr) admin->reload_tls();
        log_certificate(log, "tls_reloaded", settings, service);
    } catch (const std::exception& error) {
        log.write(LogLevel::error, "tls_not_reloaded",
                  {{"detail", std::string(error.what()) + "; the old files stay in force"}});
    }
}

/// `error`: "" once there is none any more.
void log_checkpoint_error(const Log& log, const std::string& database, const std::string& error) {
    if (error.empty()) {
        log.write(LogLevel::info, "checkpoint_works",
                  {{"detail", "The write-ahead log is moved into the database again."}});
        return;
    }
    log.write(LogLevel::error, "checkpoint_failed",
              {{"detail", "database " + database + ": " + error +
                              ". What is acknowledged is in its write-ahead log, which grows until "
                              "this ends. Look at the disk."}});
}

/// What can't be done is not tried again by itself: rotate-key says so, and may be run again.
void follow_key_file(const Log& log, store::KeyFollower& follower) {
    try {
        if (follower.follow()) log.write(LogLevel::info, "key_changed", {});
    } catch (const std::exception& error) {
        log.write(LogLevel::error, "key_not_reloaded",
                  {{"detail", std::string(error.what()) + "; the keys in use stay in force"}});
    }
}

struct ServeOptions {
    Reload::Load load_again;
    bool has_file = false;
    bool ends_with_parent = false;
};

int serve(Settings settings, const ServeOptions& options) {
    const Settings given = settings;
    const ServiceManager manager;
    const std::string listen_warning = take_socket(settings);
    check_together(settings);
    if (settings.mode == Mode::production) keep_memory_secret();
    // A stand-in in a terminal is to end with it, unless SIGHUP has something to do.
    const bool has_tls = settings.http.tls.is_on();
    Signals signals(has_tls || options.has_file || settings.mode == Mode::production ||
                    !settings.log.file.empty());
    std::optional<ParentWatch> parent_watch;
    if (options.ends_with_parent) parent_watch.emplace();

    const Log log(settings.log);
    DiskSpaceLog disk_log(log);
    std::optional<admin::Metrics> metrics;  // The store's threads tell it of what they do.
    const auto keys = open_or_create_keys(settings);
    store::CredentialRegistry credentials(settings.store.path);
    store::KeyFollower key_follower(*keys, settings.store.path);
    handlers::AuditQueue audit(settings.log.max_audit_lines);
    handlers::Throttle throttle(throttle_options(settings), audit);
    const AuditLog audit_log(log, audit, throttle);
    auto backend = std::make_unique<Backend>(
        settings, Backend::Shared{*keys, credentials, throttle, audit}, log);
    backend->call_logs().on_external_change([&] {
        follow_key_file(log, key_follower);
        try {
            log_changes(log, credentials.reload());
        } catch (const std::exception& error) {
            log.write(LogLevel::error, "credentials_not_reloaded", {{"detail", error.what()}});
            throw;  // The store calls again.
        }
    });

    http::Server service(
        settings.http,
        [&](const model::HttpRequest& request, model::HttpRespond respond) {
            backend->handle(request, std::move(respond));
        },
        [&](const http::Exchange& exchange) {
            log.exchange("request", exchange);
            count(*metrics, exchange);
            if (!exchange.reached_handler) backend->note(exchange);
        });
    admin::Health health(health_checks(settings, backend->call_logs(), service));
    metrics.emplace(metric_options(settings, service), health,
                    [&] { return read_metrics(settings, backend->call_logs(), service); });
    backend->call_logs().observe(metrics->store_observer());
    const std::unique_ptr<admin::StandinApi> standin_api =
        make_standin_api(*backend, settings, url_of(service, settings.http.tls));
    const admin::Admin admin(health, *metrics, standin_api.get());
    const std::optional<http::Options> admin_settings = admin_options(settings);
    std::optional<http::Server> admin_server;
    if (admin_settings) {
        admin_server.emplace(
            *admin_settings,
            [&](const model::HttpRequest& request, const model::HttpRespond& respond) {
                admin.handle(request, respond);
            },
            [&](const http::Exchange& exchange) {
                log.exchange("admin", exchange, LogLevel::debug);
            });
    }

    const std::string version = version_text();
    // Not before all is well: a failed start is to say one line.
    log.write(LogLevel::info, "starting",
              {{"version", version},
               {"mode", name_of(settings.mode)},
               {"database", settings.store.path},
               {"policy", name_of(settings.rules.credential_policy)}});
    if (!listen_warning.empty()) {
        log.write(LogLevel::warning, "listen_ignored", {{"detail", listen_warning}});
    }
    if (service.max_connections() < settings.http.max_connections) {
        log.write(
            LogLevel::warning, "few_descriptors",
            {{"detail", "http.max_connections is " + std::to_string(settings.http.max_connections) +
                            ", but the limit of open files (ulimit -Hn) leaves room for " +
                            std::to_string(service.max_connections()) + "."}});
    }
    backend->call_logs().on_disk_space_change(
        [&](const store::DiskSpace& disk) { disk_log(disk); });
    backend->call_logs().on_checkpoint_error(
        [&](const std::string& error) { log_checkpoint_error(log, settings.store.path, error); });
    if (has_tls) log_certificate(log, "tls", settings, service);
    if (are_addresses_unknown(settings)) {
        log.write(LogLevel::warning, "addresses_unknown",
                  {{"detail",
                    "tls.terminated_by_proxy is set and soap.trusted_proxies is empty: clients "
                    "can't be told apart, so none is locked out by its address. Name the proxies "
                    "there, and have them append to X-Forwarded-For."}});
    }
    if (settings.rules.credential_policy == handlers::CredentialPolicy::registered &&
        !can_anyone_call(settings, *keys)) {
        log.write(LogLevel::warning, "no_credentials",
                  {{"detail",
                    "No valid credential of both roles is registered: every call will be refused. "
                    "Add them with: customercare credentials add --role direct --label TEXT, "
                    "likewise --role originating."}});
    }

    if (manager.watchdog_interval().count() > 0) {
        service.report_life(manager.watchdog_interval(), [&manager] { manager.alive(); });
    }
    service.start();
    const std::string url = url_of(service, settings.http.tls) + settings.soap.path;
    Json ready{{"service", url}};
    if (admin_server) {
        admin_server->start();
        ready["admin"] = url_of(*admin_server, admin_settings->tls);
    }
    ready["pid"] = getpid();
    std::cout << "READY " << dump(ready) << std::endl;
    const std::string status = "Serving " + url;
    manager.ready(status);

    Reload reload(
        given, options.load_again,
        [&](const Settings& next) {
            backend->change(next);
            throttle.change(throttle_options(next));
            backend->call_logs().change_free_space(next.store.free_space);
            log.set_level(next.log.level);
        },
        log);
    int signal = 0;
    while ((signal = signals.wait()) == SIGHUP) {
        manager.reloading();
        reload.run();
        reopen_log(log, settings.log.file);
        const bool admin_has_tls = admin_server && admin_settings->tls.is_on();
        if (has_tls) {
            reload_certificate(log, settings, service, admin_has_tls ? &*admin_server : nullptr);
        }
        manager.ready(status);
    }
    signals.end_at_once();
    health.begin_shutdown();
    manager.stopping();
    log.write(LogLevel::info, "stopping", {{"signal", signal == SIGTERM ? "SIGTERM" : "SIGINT"}});
    std::this_thread::sleep_for(settings.drain_delay);
    if (!service.stop()) {
        log.write(LogLevel::warning, "drain_timeout",
                  {{"detail", "Some requests were not answered within http.drain_timeout_ms."}});
    }
    if (backend->stand_in() != nullptr) backend->stand_in()->sandboxes.end_waits();
    if (admin_server) admin_server->stop();
    // Before what its completions refer to.
    backend.reset();
    log.write(LogLevel::info, "stopped", {});
    return success;
}

}  // namespace

void add_serve(CommandLine& line) {
    CLI::App& command = *line.app.add_subcommand("serve", "Run the service");
    line.add_settings(command);
    line.add_server_settings(command);
    command.footer(
        "When ready, it prints one line to standard output:\n"
        "READY "
        "{\"service\":\"http://127.0.0.1:8080/...\",\"admin\":\"http://"
        "127.0.0.1:8081\",\"pid\":1}\n"
        "SIGTERM or SIGINT: what is in flight is answered, then it ends.\n"
        "SIGHUP: settings and the files of tls.* are read anew, and log.file is opened anew. What\n"
        "can't be used leaves the old in force and is in the log, as is what needs a restart:\n"
        "customercare check-config --explain KEY");
    const auto ends_with_parent = std::make_shared<bool>(false);
    command.add_flag("--exit-with-parent", *ends_with_parent,
                     "End, as at SIGTERM, when the process that started it has ended");
    command.callback([&line, ends_with_parent] {
        line.action = [&line, ends_with_parent] {
            return serve(line.load().settings, {.load_again = [&line] { return line.load(); },
                                                .has_file = !line.config_file.empty(),
                                                .ends_with_parent = *ends_with_parent});
        };
    });
}

}  // namespace customercare::cli
