#include <unistd.h>

#include <iostream>
#include <memory>
#include <optional>
#include <string>

#include "admin/admin.hpp"
#include "cli/audit_log.hpp"
#include "cli/call_log_json.hpp"
#include "cli/command_line.hpp"
#include "cli/keys.hpp"
#include "cli/log.hpp"
#include "cli/secrecy.hpp"
#include "cli/signals.hpp"
#include "handlers/create_call_log.hpp"
#include "http/server.hpp"
#include "model/error.hpp"
#include "soap/endpoint.hpp"
#include "store/call_log_store.hpp"
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

/// What can't be done is not tried again by itself: rotate-key says so, and may be run again.
void follow_key_file(const Log& log, store::KeyFollower& follower) {
    try {
        if (follower.follow()) log.write(LogLevel::info, "key_changed", {});
    } catch (const std::exception& error) {
        log.write(LogLevel::error, "key_not_reloaded",
                  {{"detail", std::string(error.what()) + "; the keys in use stay in force"}});
    }
}

int serve(const Settings& settings) {
    check_together(settings);
    if (settings.mode == Mode::production) keep_memory_secret();
    // A stand-in in a terminal is to end with it, unless SIGHUP has something to do.
    const bool has_tls = settings.http.tls.is_on();
    Signals signals(has_tls || settings.mode == Mode::production);

    const Log log(settings.log);
    const auto keys = open_or_create_keys(settings);
    auto store = std::make_unique<store::CallLogStore>(settings.store, *keys);
    store::CredentialRegistry credentials(settings.store.path);
    store::KeyFollower key_follower(*keys, settings.store.path);
    store->on_external_change([&] {
        follow_key_file(log, key_follower);
        try {
            log_changes(log, credentials.reload());
        } catch (const std::exception& error) {
            log.write(LogLevel::error, "credentials_not_reloaded", {{"detail", error.what()}});
            throw;  // The store calls again.
        }
    });

    handlers::AuditQueue audit(settings.log.max_audit_lines);
    handlers::Throttle throttle(throttle_options(settings), audit);
    const AuditLog audit_log(log, audit, throttle);
    const handlers::CreateCallLog create_call_log(settings.rules, credentials, *store, *keys,
                                                  throttle, audit, model::system_now);
    const soap::Endpoint endpoint(settings.soap, create_call_log, throttle);
    http::Server service(
        settings.http,
        [&](const model::HttpRequest& request, model::HttpRespond respond) {
            endpoint.handle(request, std::move(respond));
        },
        [&](const http::Exchange& exchange) { log.exchange("request", exchange); });
    const admin::Admin admin(*store, settings.store.queue_limit);
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
    if (service.max_connections() < settings.http.max_connections) {
        log.write(
            LogLevel::warning, "few_descriptors",
            {{"detail", "http.max_connections is " + std::to_string(settings.http.max_connections) +
                            ", but the limit of open files (ulimit -Hn) leaves room for " +
                            std::to_string(service.max_connections()) + "."}});
    }
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

    service.start();
    Json ready{{"service", url_of(service, settings.http.tls) + settings.soap.path}};
    if (admin_server) {
        admin_server->start();
        ready["admin"] = url_of(*admin_server, admin_settings->tls);
    }
    ready["pid"] = getpid();
    std::cout << "READY " << dump(ready) << std::endl;

    int signal = 0;
    while ((signal = signals.wait()) == SIGHUP) {
        if (!has_tls) continue;
        const bool admin_has_tls = admin_server && admin_settings->tls.is_on();
        reload_certificate(log, settings, service, admin_has_tls ? &*admin_server : nullptr);
    }
    signals.end_at_once();
    log.write(LogLevel::info, "stopping", {{"signal", signal == SIGTERM ? "SIGTERM" : "SIGINT"}});
    if (!service.stop()) {
        log.write(LogLevel::warning, "drain_timeout",
                  {{"detail", "Some requests were not answered within http.drain_timeout_ms."}});
    }
    if (admin_server) admin_server->stop();
    // Before what its completions refer to.
    store.reset();
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
        "SIGHUP: the files of the settings tls.* are read anew.");
    command.callback([&line] { line.action = [&line] { return serve(line.load().settings); }; });
}

}  // namespace customercare::cli
