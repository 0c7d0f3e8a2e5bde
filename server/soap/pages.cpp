#include "soap/pages.hpp"

#include <algorithm>
#include <optional>
#include <string>
#include <wsdl_text.hpp>

#include "soap/routing.hpp"
#include "soap/sample_message.hpp"
#include "soap/text.hpp"

namespace customercare::soap {

namespace {

constexpr std::string_view html = "text/html; charset=utf-8";
constexpr std::string_view xml = "text/xml; charset=utf-8";

model::HttpReply page(unsigned status, std::string_view content_type, std::string body,
                      std::string refusal = {}) {
    model::HttpReply reply;
    reply.status = status;
    reply.content_type = content_type;
    reply.headers.emplace_back("Cache-Control", status == 200 ? "private, max-age=0" : "private");
    reply.body = std::move(body);
    reply.summary.outcome = refusal.empty() ? "page" : "refused";
    reply.summary.detail = std::move(refusal);
    return reply;
}

/// The address under which the caller knows us. What a proxy says counts only if it is trusted.
struct Address {
    std::string scheme;
    std::string host;  ///< With port.
    std::string path;

    [[nodiscard]] std::string text() const { return scheme + "://" + host + path; }
    [[nodiscard]] std::string host_name() const {
        const std::size_t bracket = host.rfind(']');
        const std::size_t colon = host.find(':', bracket == std::string_view::npos ? 0 : bracket);
        return host.substr(0, colon);
    }
};

Address address_of(const model::HttpRequest& request, std::string_view path,
                   const Options& options) {
    const auto header = [&](std::string_view name) -> std::optional<std::string> {
        const model::HttpHeader* found = request.find(name);
        return found == nullptr ? std::nullopt : std::optional<std::string>(found->value);
    };
    Address address{request.is_tls ? "https" : "http", header("Host").value_or("localhost"),
                    std::string(request.mount).append(path)};
    const bool trusted = std::find(options.trusted_proxies.begin(), options.trusted_proxies.end(),
                                   request.peer) != options.trusted_proxies.end();
    if (trusted) {
        if (header("X-Forwarded-Proto") == "https") address.scheme = "https";
        address.host = header("X-Forwarded-Host").value_or(address.host);
    }
    return address;
}

/// The request comes from this machine and was meant for it. Behind a proxy on this machine every
/// peer is local, hence the look at the host.
bool is_local(const model::HttpRequest& request, const Address& address) {
    const std::string host = address.host_name();
    const bool local_host = host == "localhost" || host.substr(0, 4) == "127." || host == "[::1]";
    return local_host &&
           (request.peer == request.local_address || request.peer.substr(0, 4) == "127.");
}

std::string escape(std::string_view text) {
    std::string out;
    append_escaped_attribute(out, text);
    return out;
}

/// The WSDL with the address at which it was asked for.
std::string wsdl_at(const std::string& address) {
    constexpr std::string_view attribute = "address location=\"";
    std::string text;
    std::string_view rest = schema::wsdl_text;
    for (std::size_t at = rest.find(attribute); at != std::string_view::npos;
         at = rest.find(attribute)) {
        text += rest.substr(0, at + attribute.size());
        text += escape(address);
        rest.remove_prefix(rest.find('"', at + attribute.size()));
    }
    text += rest;
    return text;
}

std::string disco_at(const std::string& address, const Contract& contract) {
    const std::string where = escape(address);
    std::string text =
        R"(<?xml version="1.0" encoding="utf-8"?>)"
        "\r\n"
        R"(<discovery xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance")"
        R"( xmlns:xsd="http://www.w3.org/2001/XMLSchema" xmlns="http://schemas.xmlsoap.org/disco/">)"
        "\r\n  <contractRef ref=\"" +
        where + "?wsdl\" docRef=\"" + where +
        "\" xmlns=\"http://schemas.xmlsoap.org/disco/scl/\" />";
    int number = 0;
    for (const std::string_view binding : {"Soap", "Soap12"}) {
        const std::string prefix = "q" + std::to_string(++number);
        text += "\r\n  <soap address=\"";
        text += where;
        text += "\" xmlns:" + prefix + "=\"";
        text += contract.service_namespace();
        text += "\" binding=\"" + prefix + ":";
        text += contract.service_name();
        text += binding;
        text += R"(" xmlns="http://schemas.xmlsoap.org/disco/soap/" />)";
    }
    return text + "\r\n</discovery>";
}

/// ASP.NET's reading of a query: names without case, parameters without '=' under no name.
class Query {
public:
    explicit Query(std::string_view text) {
        while (!text.empty()) {
            const std::string_view part = text.substr(0, text.find('&'));
            text.remove_prefix(std::min(part.size() + 1, text.size()));
            const std::size_t equals = part.find('=');
            if (equals == std::string_view::npos) {
                unnamed_ += (unnamed_.empty() ? "" : ",") + url_decode(part);
            } else {
                named_.emplace_back(url_decode(part.substr(0, equals)),
                                    url_decode(part.substr(equals + 1)));
            }
        }
    }

    [[nodiscard]] bool is(std::string_view name) const {
        return model::equals_ignoring_case(unnamed_, name);
    }
    [[nodiscard]] const std::string* find(std::string_view name) const {
        for (const auto& [key, value] : named_) {
            if (model::equals_ignoring_case(key, name)) return &value;
        }
        return nullptr;
    }

private:
    std::string unnamed_;
    std::vector<std::pair<std::string, std::string>> named_;
};

constexpr std::string_view style = R"(
:root { color-scheme: light dark; --ink: #1b2733; --paper: #ffffff; --band: #003366; --box: #f1f3ee; --value: #00488b; --link: #1f5f99; }
@media (prefers-color-scheme: dark) { :root { --ink: #e3e8ed; --paper: #12181f; --band: #0b3a66; --box: #1d262f; --value: #8ec7ff; --link: #8ab8e6; } }
body { margin: 0; color: var(--ink); background: var(--paper); font: 16px/1.5 system-ui, sans-serif; }
.heading1 { margin: 0; padding: 1rem 1.5rem; color: #fff; background: var(--band); font-size: 1.6rem; }
main { max-width: 62rem; margin: 0 auto; padding: 0.5rem 1.5rem 3rem; }
h2 { margin-top: 1.5rem; } h3 { margin: 2rem 0 0.5rem; }
a { color: var(--link); font-weight: 600; }
pre { overflow-x: auto; padding: 1rem; border-radius: 6px; background: var(--box); font: 13px/1.5 ui-monospace, monospace; }
.value { color: var(--value); }
)";

std::string frame(const Contract& contract, const Address& address, const std::string& content) {
    const std::string name(contract.service_name());
    return "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
           "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
           "<link rel=\"alternate\" type=\"text/xml\" href=\"" +
           escape(address.path) + "?disco\">\n<style>" + std::string(style) + "</style>\n<title>" +
           name + " Web Service</title>\n</head>\n<body>\n<p class=\"heading1\">" + name +
           "</p>\n<main>\n" + content + "</main>\n</body>\n</html>\n";
}

std::string file_name(const Address& address) {
    return escape(address.path.substr(address.path.rfind('/') + 1));
}

std::string list_page(const Contract& contract, const Address& address) {
    const std::string file = file_name(address);
    std::string content =
        "<p class=\"intro\">The following operations are supported.  For a formal definition, "
        "please review "
        "the <a href=\"" +
        file + "?WSDL\">Service Description</a>. </p>\n<ul>\n";
    for (const Operation& operation : contract.operations()) {
        content += "<li><a href=\"" + file + "?op=" + operation.name + "\">" + operation.name +
                   "</a><span><br>" + escape(operation.documentation) + "</span></li>\n";
    }
    return frame(contract, address, content + "</ul>\n");
}

std::string sample(const Contract& contract, const Operation& operation, SoapVersion version,
                   const Address& address) {
    const bool soap12 = version == SoapVersion::soap12;
    const std::string type =
        soap12 ? "application/soap+xml; charset=utf-8" : "text/xml; charset=utf-8";
    const std::string number = soap12 ? "1.2" : "1.1";
    const std::string length = "Content-Length: <font class=value>length</font>\n";
    std::string text =
        "<h3>SOAP " + number + "</h3>\n<p>The following is a sample SOAP " + number +
        " request and response.  The <font class=value>placeholders</font> shown need to be "
        "replaced with actual values.</p>\n<pre>POST " +
        escape(address.path) + " HTTP/1.1\nHost: " + escape(address.host_name()) +
        "\nContent-Type: " + type + "\n" + length;
    if (!soap12) text += "SOAPAction: \"" + operation.soap_action + "\"\n";
    text += sample_message(contract, version, *operation.request) +
            "</pre>\n<pre>HTTP/1.1 200 OK\n" + "Content-Type: " + type + "\n" + length +
            sample_message(contract, version, *operation.response) + "</pre>\n";
    return text;
}

std::string operation_page(const Contract& contract, const Address& address,
                           const std::string& name, bool local) {
    const std::string click = "<p class=\"intro\">Click <a href=\"" + file_name(address) +
                              "\">here</a> for a complete list of operations.</p>\n";
    const auto& operations = contract.operations();
    const auto operation = std::find_if(operations.begin(), operations.end(),
                                        [&](const Operation& other) { return other.name == name; });
    if (operation == operations.end()) {
        return frame(contract, address,
                     click + "<h2>Method Not Found</h2>\n<p>Method '" + escape(name) +
                         "' was not found in service " + std::string(contract.service_name()) +
                         ".</p>\n");
    }
    return frame(contract, address,
                 click + "<h2>" + operation->name + "</h2>\n<p class=\"intro\">" +
                     escape(operation->documentation) +
                     "</p>\n<h3>Test</h3>\n<p>The test form is only " +
                     (local ? "available for methods with primitive types as parameters."
                            : "available for requests from the local machine.") +
                     "</p>\n" + sample(contract, *operation, SoapVersion::soap11, address) +
                     sample(contract, *operation, SoapVersion::soap12, address));
}

}  // namespace

model::HttpReply get_page(const model::HttpRequest& request, std::string_view path,
                          std::string_view query, const Options& options) {
    if (!options.pages) return not_found_page(request.target);
    const Address address = address_of(request, path, options);
    const Query parameters(query);
    if (parameters.find("schema") != nullptr) {
        return page(500, "text/plain; charset=utf-8", "Schema not found.\r\n", "no such schema");
    }
    if (parameters.find("wsdl") != nullptr) {
        return page(500, "text/plain; charset=utf-8",
                    "XML Web service description was not found.\r\n",
                    "no such description; ?WSDL alone gives the service's");
    }
    if (parameters.is("wsdl")) return page(200, xml, wsdl_at(address.text()));
    if (parameters.is("disco")) return page(200, xml, disco_at(address.text(), contract()));
    if (const std::string* name = parameters.find("op")) {
        return page(200, html,
                    operation_page(contract(), address, *name, is_local(request, address)));
    }
    return page(200, html, list_page(contract(), address));
}

model::HttpReply not_found_page(std::string_view target) {
    return page(404, html,
                "<!DOCTYPE html>\n<html lang=\"en\"><head><title>Not "
                "Found</title></head><body><h1>The resource "
                "cannot be found.</h1></body></html>\n",
                "there is nothing at " + std::string(target.substr(0, target.find('?'))));
}

model::HttpReply path_info_page() {
    return page(500, html,
                "<!DOCTYPE html>\n<html lang=\"en\"><head><title>Runtime "
                "Error</title></head><body><h1>Runtime "
                "Error</h1><p>An application error occurred on the server.</p></body></html>\n",
                "something follows .asmx in the path; SOAP goes to the service's path itself");
}

model::HttpReply method_not_allowed(std::string_view method) {
    const bool options = method == "OPTIONS";
    model::HttpReply reply = page(options ? 200 : 405, "", "",
                                  options ? "" : "the service takes POST (SOAP) and GET (pages)");
    reply.headers.emplace_back("Allow", "OPTIONS, GET, POST");
    return reply;
}

}  // namespace customercare::soap
