#include <iostream>
#include <memory>

#include "cli/command_line.hpp"
#include "http/probe.hpp"
#include "model/error.hpp"

// health

namespace customercare::cli {

namespace {

constexpr std::chrono::seconds timeout{5};

/// Where this machine finds the admin server of these settings.
std::string readiness_url(const Settings& settings) {
    if (!settings.admin || settings.admin->port == 0) {
        throw model::ServiceError(
            model::ErrorCode::usage,
            "health: admin.listen names no port to ask; give the address with --url");
    }
    const std::string& address = settings.admin->address;
    const bool has_tls = settings.http.tls.is_on() && http::is_open_to_others(address);
    // What listens everywhere listens for this machine, too.
    const std::string asked = address == "0.0.0.0" ? "127.0.0.1"
                              : address == "::"    ? "::1"
                                                   : address;
    return (has_tls ? "https://" : "http://") + listen_text(asked, settings.admin->port) +
           "/readyz";
}

/// GET / is answered 200 by a server that is not ready, too.
std::string with_path(const std::string& url) {
    const std::size_t place = url.find("://");
    if (place == std::string::npos) return url;
    const std::size_t slash = url.find('/', place + 3);
    if (slash == std::string::npos) return url + "/readyz";
    return slash + 1 == url.size() ? url + "readyz" : url;
}

int ask(const std::string& url) {
    const http::ProbeReply reply = http::probe(url, timeout);
    if (reply.status == 200) {
        std::cout << reply.text << (reply.text.ends_with('\n') ? "" : "\n");
        return success;
    }
    throw model::ServiceError(
        model::ErrorCode::internal,
        "health: " + url + ": " +
            (reply.status == 0 ? reply.text : std::to_string(reply.status) + ' ' + reply.text));
}

}  // namespace

void add_health(CommandLine& line) {
    CLI::App& command = *line.app.add_subcommand(
        "health", "Ask a running server whether it takes requests; exit code 0 or 1");
    line.add_settings(command);
    line.add_server_settings(command);
    const auto url = std::make_shared<std::string>();
    command
        .add_option("--url", *url,
                    "What to ask instead of /readyz at admin.listen, such as "
                    "http://127.0.0.1:8081/livez; without a path: /readyz")
        ->take_last();
    command.callback([&line, url] {
        line.action = [&line, url] {
            return ask(url->empty() ? readiness_url(line.load().settings) : with_path(*url));
        };
    });
}

}  // namespace customercare::cli
