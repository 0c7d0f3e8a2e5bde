#include <algorithm>
#include <array>
#include <charconv>
#include <type_traits>

#include "model/ip_address.hpp"
#include "settings.hpp"
#include "soap/contract.hpp"

namespace customercare {

namespace {

// Rows are made by one function per type of value. `member` is a generic lambda that gives the
// setting's place in Settings, const or not.

template <typename Member>
using MemberType = std::remove_cvref_t<std::invoke_result_t<Member, Settings&>>;

template <typename Member>
Setting flag(std::string key, std::string reason, Member member) {
    return {std::move(key), "true or false", std::move(reason),
            [member](const Settings& settings) -> SettingValue { return member(settings); },
            [member](Settings& settings, const SettingValue& value) {
                member(settings) = std::get<bool>(value);
                return true;
            }};
}

/// Numbers and durations; the unit of a duration is its type's, and ends the key.
template <typename Member>
Setting number(std::string key, std::int64_t min, std::int64_t max, std::string reason,
               Member member) {
    using Number = MemberType<Member>;
    return {std::move(key), "integer, " + std::to_string(min) + " to " + std::to_string(max),
            std::move(reason),
            [member](const Settings& settings) -> SettingValue {
                if constexpr (std::is_arithmetic_v<Number>) {
                    return static_cast<std::int64_t>(member(settings));
                } else {
                    return static_cast<std::int64_t>(member(settings).count());
                }
            },
            [member, min, max](Settings& settings, const SettingValue& value) {
                const auto integer = std::get<std::int64_t>(value);
                if (integer < min || integer > max) return false;
                member(settings) = static_cast<Number>(integer);
                return true;
            }};
}

bool is_any(std::string_view) { return true; }

template <typename Member>
Setting text(std::string key, std::string allowed, std::string reason, Member member,
             bool (*is_allowed)(std::string_view) = is_any) {
    return {std::move(key), std::move(allowed), std::move(reason),
            [member](const Settings& settings) -> SettingValue { return member(settings); },
            [member, is_allowed](Settings& settings, const SettingValue& value) {
                if (!is_allowed(std::get<std::string>(value))) return false;
                member(settings) = std::get<std::string>(value);
                return true;
            }};
}

template <typename Member>
using Choices = std::vector<std::pair<std::string, MemberType<Member>>>;

template <typename Member>
Setting choice(std::string key, std::string reason, Member member, Choices<Member> choices) {
    std::string allowed;
    for (const auto& [name, unused] : choices) {
        if (!allowed.empty()) allowed += name == choices.back().first ? " or " : ", ";
        allowed += '"' + name + '"';
    }
    return {std::move(key), std::move(allowed), std::move(reason),
            [member, choices](const Settings& settings) -> SettingValue {
                return std::find_if(
                           choices.begin(), choices.end(),
                           [&](const auto& choice) { return choice.second == member(settings); })
                    ->first;
            },
            [member, choices](Settings& settings, const SettingValue& value) {
                const auto found =
                    std::find_if(choices.begin(), choices.end(), [&](const auto& choice) {
                        return choice.first == std::get<std::string>(value);
                    });
                if (found == choices.end()) return false;
                member(settings) = found->second;
                return true;
            }};
}

template <typename Member>
Setting list(std::string key, std::string allowed, std::string reason, Member member,
             bool (*is_allowed)(std::string_view)) {
    using List = std::vector<std::string>;
    return {std::move(key), std::move(allowed), std::move(reason),
            [member](const Settings& settings) -> SettingValue { return member(settings); },
            [member, is_allowed](Settings& settings, const SettingValue& value) {
                const List& entries = std::get<List>(value);
                if (!std::all_of(entries.begin(), entries.end(), is_allowed)) return false;
                member(settings) = entries;
                return true;
            }};
}

bool is_element_path(std::string_view path) { return soap::contract().has_path(path); }

const char* const element_paths =
    "paths of elements below CreateCallLogRequest, such as \"BaseRequest/MessageId\"";

template <typename Member>
Setting lengths(std::string key, std::string reason, Member member) {
    using Map = std::map<std::string, std::int64_t>;
    return {std::move(key), std::string("table of ") + element_paths + ", with a number above 0",
            std::move(reason),
            [member](const Settings& settings) -> SettingValue {
                return Map(member(settings).begin(), member(settings).end());
            },
            [member](Settings& settings, const SettingValue& value) {
                const Map& entries = std::get<Map>(value);
                if (!std::all_of(entries.begin(), entries.end(), [](const auto& entry) {
                        return is_element_path(entry.first) && entry.second > 0;
                    })) {
                    return false;
                }
                member(settings) = {entries.begin(), entries.end()};
                return true;
            }};
}

struct ListenAddress {
    std::string address;
    std::uint16_t port = 0;
};

std::optional<ListenAddress> parse_listen_address(std::string_view text) {
    const std::size_t colon = text.rfind(':');
    if (colon == std::string_view::npos) return std::nullopt;
    std::string_view address = text.substr(0, colon);
    if (address.starts_with('[') && address.ends_with(']')) {
        address = address.substr(1, address.size() - 2);
    } else if (address.find(':') != std::string_view::npos) {
        return std::nullopt;
    }
    ListenAddress result{std::string(address)};
    const auto [end, error] =
        std::from_chars(text.data() + colon + 1, text.data() + text.size(), result.port);
    if (address.empty() || error != std::errc{} || end != text.data() + text.size()) {
        return std::nullopt;
    }
    return result;
}

const char* const listen_addresses =
    R"(ADDRESS:PORT, such as "127.0.0.1:8080" or "[::1]:8080"; port 0: any free one)";

Setting http_listen() {
    return {"http.listen", listen_addresses,
            "Where the service listens. In mode production, other machines reach it by TLS only.",
            [](const Settings& settings) -> SettingValue {
                return listen_text(settings.http.address, settings.http.port);
            },
            [](Settings& settings, const SettingValue& value) {
                const auto address = parse_listen_address(std::get<std::string>(value));
                if (!address) return false;
                settings.http.address = address->address;
                settings.http.port = address->port;
                return true;
            }};
}

Setting admin_listen() {
    return {"admin.listen", std::string(listen_addresses) + "; \"\": no admin server",
            "Health checks. Not for the network that clients come from. Speaks TLS as the service "
            "does, unless it listens for this machine alone (127.0.0.1, [::1]).",
            [](const Settings& settings) -> SettingValue {
                return settings.admin ? listen_text(settings.admin->address, settings.admin->port)
                                      : "";
            },
            [](Settings& settings, const SettingValue& value) {
                settings.admin.reset();
                if (std::get<std::string>(value).empty()) return true;
                const auto address = parse_listen_address(std::get<std::string>(value));
                if (!address) return false;
                settings.admin = Settings::admin_defaults();
                settings.admin->address = address->address;
                settings.admin->port = address->port;
                return true;
            }};
}

Setting time_zone() {
    Setting setting =
        choice("soap.time_zone",
               "The zone of our own times in replies, and of times that are sent without one.",
               [](auto& settings) -> auto& { return settings.soap.time_zone; },
               {{"local", model::TimeZone::local}, {"utc", model::TimeZone::utc}});
    setting.set = [set = setting.set](Settings& settings, const SettingValue& value) {
        if (!set(settings, value)) return false;
        settings.store.time_zone = settings.soap.time_zone;
        return true;
    };
    return setting;
}

bool is_not_empty(std::string_view text) { return !text.empty(); }

bool is_ip_address(std::string_view text) { return model::IpAddress::parse(text).has_value(); }

bool is_host_name(std::string_view text) {
    return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               c == '.' || c == '-' || c == '_';
    });
}

bool is_http_path(std::string_view path) {
    return path.starts_with('/') && path.find_first_of("?# ") == std::string_view::npos;
}

Setting with_stand_in(Setting setting, std::string value) {
    setting.stand_in = std::move(value);
    return setting;
}

constexpr std::int64_t million = 1'000'000;
constexpr std::int64_t day_ms = 86'400'000;
constexpr std::int64_t gibibyte = 1'073'741'824;

// The member of `settings` named by a path of members, for rows of the table.
// NOLINTBEGIN(bugprone-macro-parentheses)
#define AT(path) \
    [](auto& settings) -> auto& { return settings.path; }
// NOLINTEND(bugprone-macro-parentheses)

std::vector<Setting> make_table() {
    using cli::LogFormat;
    using cli::LogLevel;
    using handlers::CredentialPolicy;
    using store::Duplicates;
    return {
        choice("mode",
               "What the program is for: the endpoint itself, or a stand-in for it in development "
               "and tests. Sets other defaults, as told there.",
               AT(mode), {{"production", Mode::production}, {"stand-in", Mode::stand_in}}),

        http_listen(),
        number("http.threads", 0, 1024, "Threads that serve connections. 0: one per core.",
               AT(http.threads)),
        number("http.max_connections", 1, million,
               "Connections at once. More are answered 503 and closed.", AT(http.max_connections)),
        number("http.max_header_bytes", 1024, million,
               "Request line and headers. Longer ones are answered 431.",
               AT(http.max_header_bytes)),
        number("http.max_body_bytes", 1024, gibibyte,
               "A request's body. Longer ones get the fault that ASP.NET gives for "
               "maxRequestLength.",
               AT(http.max_body_bytes)),
        number("http.max_request_bytes", 1024, gibibyte,
               "A request's body that is read at all. Longer ones are answered 413.",
               AT(http.max_request_bytes)),
        number("http.max_inflight_bytes", 1'048'576, 1024 * gibibyte,
               "Memory for all requests that are being received, stored or answered. Beyond, "
               "requests are answered 503; those over 128 KiB from three quarters of it on, which "
               "is to be more than twice http.max_body_bytes.",
               AT(http.max_inflight_bytes)),
        number("http.request_timeout_ms", 1, day_ms,
               "For a whole request, from its first byte: slow senders must not pile up.",
               AT(http.request_timeout)),
        number("http.idle_timeout_ms", 1, day_ms, "Between the requests of a connection.",
               AT(http.idle_timeout)),
        number("http.write_timeout_ms", 1, day_ms, "Until a client has taken its reply.",
               AT(http.write_timeout)),
        number("http.drain_delay_ms", 0, day_ms,
               "When told to stop, go on for so long with /readyz answering 503: as long as a load "
               "balancer takes to notice, and to send no more.",
               AT(drain_delay)),
        number("http.drain_timeout_ms", 0, day_ms,
               "For the requests in flight when the server is told to stop.",
               AT(http.drain_timeout)),

        text("tls.certificate", "path of a file",
             "The server's certificate in PEM, followed by those of its issuers. With it the "
             "service speaks HTTPS only. At SIGHUP the files are read anew, and connections stay. "
             "\"\": no TLS.",
             AT(http.tls.certificate)),
        text("tls.key", "path of a file", "Its private key in PEM, without passphrase.",
             AT(http.tls.key)),
        choice("tls.min_version", "The oldest version of TLS that clients may speak.",
               AT(http.tls.min_version),
               {{"1.2", http::TlsVersion::tls_1_2}, {"1.3", http::TlsVersion::tls_1_3}}),
        choice("tls.client_certificate",
               "Whether clients are asked for a certificate of their own. One that is sent must be "
               "good. Credentials can be bound to its subject (customercare credentials add "
               "--client-subject).",
               AT(http.tls.client_certificate),
               {{"none", http::ClientCertificate::none},
                {"optional", http::ClientCertificate::optional},
                {"required", http::ClientCertificate::required}}),
        text("tls.client_ca", "path of a file",
             "The certificates, in PEM, of the authorities that clients' certificates come from.",
             AT(http.tls.client_ca)),
        number("tls.handshake_timeout_ms", 1, day_ms,
               "From connecting to the end of the TLS handshake.", AT(http.tls.handshake_timeout)),
        number("tls.expiry_notice_days", 0, 3650,
               "So long before the certificate's end /readyz?verbose and the metrics warn of it.",
               AT(certificate_notice)),
        flag("tls.terminated_by_proxy",
             "Let mode production speak plain HTTP with other machines, since those are proxies "
             "that speak TLS with the clients.",
             AT(tls_ends_at_proxy)),

        admin_listen(),
        list("admin.hosts", "array of host names, such as \"standin\"",
             "Names that the admin server of a stand-in goes by, beside localhost and IP "
             "addresses. Requests that name another host are refused: a page from elsewhere can "
             "have a name that is made to point here.",
             AT(admin_hosts), is_host_name),

        text("soap.path", "a path that begins with /",
             "Where the service is. Compared without case, as IIS does.", AT(soap.path),
             is_http_path),
        flag("soap.strict",
             "Refuse messages with elements that the contract has not. ASMX skips them silently.",
             AT(soap.strict)),
        time_zone(),
        flag("soap.pages", "Answer GET with the help pages, ?WSDL and ?disco.", AT(soap.pages)),
        text("soap.aspnet_version", "text",
             "Header X-AspNet-Version of replies, for clients that look at it. \"\": no such "
             "header.",
             AT(soap.aspnet_version)),
        list("soap.trusted_proxies", "array of IP addresses",
             "Proxies whose X-Forwarded-Proto and X-Forwarded-Host tell the address that the WSDL "
             "and the pages give for the service, and whose X-Forwarded-For the client's, which "
             "they must append to it, for lock-outs and limits.",
             AT(soap.trusted_proxies), is_ip_address),

        number("guard.max_depth", 8, 10'000, "Elements in each other, in one message.",
               AT(soap.limits.max_depth)),
        number("guard.max_elements", 100, million,
               "Elements of a message. This and the limits below keep the cost of hostile "
               "messages low; honest ones need a tenth.",
               AT(soap.limits.max_elements)),
        number("guard.max_items", 100, million,
               "Repeated elements and pieces of open content of a message: each is stored by "
               "itself.",
               AT(soap.limits.max_items)),
        number("guard.max_content_bytes", 1024, gibibyte,
               "What a message gives to be stored: its texts, and its open content with the "
               "namespaces that this takes from around it.",
               AT(soap.limits.max_content_bytes)),
        number("guard.max_attributes", 8, 1000, "Attributes, with xmlns, of one element.",
               AT(soap.limits.max_attributes)),
        number("guard.max_total_attributes", 100, million, "Attributes, with xmlns, of a message.",
               AT(soap.limits.max_total_attributes)),
        number("guard.max_namespace_declarations", 8, 1000, "xmlns attributes of a message.",
               AT(soap.limits.max_namespace_declarations)),
        number("guard.max_name_bytes", 64, 65'536, "An element's or attribute's name.",
               AT(soap.limits.max_name_bytes)),
        number("guard.max_namespace_uri_bytes", 64, 65'536, "A namespace's name.",
               AT(soap.limits.max_namespace_uri_bytes)),
        number("guard.max_markup_bytes", 1024, 16 * million,
               "One tag, comment or processing instruction.", AT(soap.limits.max_markup_bytes)),

        with_stand_in(
            choice("credentials.policy",
                   "Whether both tokens of ScCredentials must be registered (customercare "
                   "credentials add), or merely there.",
                   AT(rules.credential_policy),
                   {{"registered", CredentialPolicy::registered}, {"any", CredentialPolicy::any}}),
            "any"),
        number("credentials.max_age_s", 0, 366 * day_ms / 1000,
               "Greatest distance of ScCredentials/Created from now, against replay. 0: not "
               "looked at.",
               AT(rules.max_age)),
        with_stand_in(
            number("credentials.lockout_failures", 0, million,
                   "Different credentials that are refused to one address (IPv6: one /64) within "
                   "lockout_window_s, until all its calls are refused: somebody is guessing. The "
                   "same ones again do not count, so that one client with a revoked credential "
                   "does not shut out others. 0: no limit.",
                   AT(throttle.lockout_failures)),
            "0"),
        with_stand_in(
            number("credentials.lockout_repeats", 0, million,
                   "Calls with the same refused credentials, from any addresses, within "
                   "lockout_window_s, until these are answered 429 as well. Valid ones are never "
                   "concerned. 0: no limit.",
                   AT(throttle.lockout_repeats)),
            "0"),
        number("credentials.lockout_window_s", 1, 86'400,
               "The time that refused credentials are counted for, from the first one.",
               AT(throttle.lockout_window)),
        number("credentials.lockout_duration_s", 1, 86'400,
               "How long a lock-out lasts. Calls during it are answered 429 with a SOAP fault and "
               "Retry-After, and do not prolong it.",
               AT(throttle.lockout_duration)),
        text("credentials.key_file", "path of a file",
             "Holds the key for token hashes and for encryption at rest; made at the first start. "
             "Without it neither can be used: keep a copy. \"\": store.path with .key appended.",
             AT(key_file)),

        number("limits.address_calls_per_s", 0, million,
               "Calls a second that one address (IPv6: one /64) may make, on the average. More are "
               "answered 429 with a SOAP fault and Retry-After. 0: no limit.",
               AT(throttle.address_rate)),
        number("limits.address_burst", 1, million, "Calls that it may make at once after a pause.",
               AT(throttle.address_burst)),
        number("limits.credential_calls_per_s", 0, million,
               "Likewise with one direct credential, from whatever addresses. 0: no limit.",
               AT(throttle.credential_rate)),
        number("limits.credential_burst", 1, million, "Calls at once with it after a pause.",
               AT(throttle.credential_burst)),
        number("limits.max_tracked", 1024, 16 * million,
               "Addresses, or credentials, that each of these limits and lock-outs remembers. "
               "Beyond, those are forgotten first that have done the least. Each takes some 200 "
               "bytes.",
               AT(throttle.max_tracked)),

        list("validation.required", std::string("array of ") + element_paths,
             "Elements that must be there and not be blank; else ErrorData says "
             "ValidationFailed.",
             AT(rules.required), is_element_path),
        lengths("validation.max_length", "Longest text of elements, in characters, likewise.",
                AT(rules.max_length)),

        text("reply.success_code", "text", "BaseResponse/ResponseCode of a success.",
             AT(rules.success_code)),
        text("reply.success_description", "text", "Its ResponseDescription.",
             AT(rules.success_description)),
        text("reply.error_code", "text", "ResponseCode where ErrorData says what was wrong.",
             AT(rules.error_code)),
        text("reply.error_description", "text", "Its ResponseDescription.",
             AT(rules.error_description)),

        text("store.path", "path of a file",
             "The SQLite database; made at the first start. SQLite keeps files beside it.",
             AT(store.path), is_not_empty),
        number("store.queue_limit", 1, million,
               "Call logs that wait to be written. Beyond, requests are answered 503 at once.",
               AT(store.queue_limit)),
        number("store.batch_limit", 1, 100'000,
               "Call logs in one transaction. More give throughput, fewer shorter waits.",
               AT(store.batch_limit)),
        number("store.checkpoint_pages", 100, million,
               "Pages by which the write-ahead log grows until they are copied into the database. "
               "It begins anew before it has about nine times as many, unless somebody reads for "
               "long. "
               "More give throughput on a slow disk, fewer a shorter log.",
               AT(store.checkpoint_pages)),
        with_stand_in(
            number("store.warn_free_bytes", 0, 1024 * gibibyte,
                   "Room on the database's disk. With less, the log has a warning and /readyz says "
                   "that the server is not ready, so that calls go to another one; those that come "
                   "are stored. With less than twice that, /readyz?verbose and the metrics warn of "
                   "it. 0: not looked at.",
                   AT(store.free_space.warn_bytes)),
            "0"),
        with_stand_in(
            number("store.min_free_bytes", 0, 1024 * gibibyte,
                   "With less, calls are answered 503 with a SOAP fault until there is room again. "
                   "Looked at once a second, in which the database may grow by some 60 MB. 0: not "
                   "looked at.",
                   AT(store.free_space.min_bytes)),
            "0"),
        number("store.busy_timeout_ms", 0, day_ms,
               "For a lock on the database that another process holds.", AT(store.busy_timeout)),
        number("store.probe_interval_ms", 100, day_ms,
               "When /readyz or /metrics asks whether the database can be written to, and nothing "
               "was for so long, a page is written to try. Once writing fails it is tried every "
               "second.",
               AT(store.probe_interval)),
        choice("store.duplicates",
               "A message whose MessageId was used before: \"replay\" gives the first reply again "
               "if the content is the same, else ErrorData DuplicateMessage; \"reject\" gives that "
               "in any case; \"accept\" stores it again.",
               AT(store.duplicates),
               {{"replay", Duplicates::replay},
                {"reject", Duplicates::reject},
                {"accept", Duplicates::accept}}),

        number(
            "retention.max_age_days", 0, 36'500,
            "Call logs that were received longer ago are removed for good, in small steps beside "
            "the work. 0: they are kept for ever. See also customercare purge and erase.",
            AT(store.max_age)),

        number("standin.journal_max_entries", 1, million,
               "Requests that the journal of each sandbox keeps; the oldest go first. This section "
               "is for mode stand-in alone.",
               AT(standin.journal_max_entries)),
        number("standin.journal_max_bytes", 65'536, 1024 * gibibyte,
               "What the journal of each sandbox takes; likewise.", AT(standin.journal_max_bytes)),
        number("standin.journal_max_body_bytes", 1024, gibibyte,
               "What the journal shows of the body of a request or reply.",
               AT(standin.journal_max_body_bytes)),
        number("standin.max_sandboxes", 1, 100'000,
               "Sandboxes beside the default one. A request for one more is answered 503.",
               AT(standin.max_sandboxes)),
        number("standin.sandbox_idle_s", 1, day_ms / 1000,
               "After so long without a request a sandbox gives back its threads and memory, until "
               "the next request.",
               AT(standin.sandbox_idle)),
        flag("standin.magic_accounts",
             "Whether calls for the account numbers 000000000001 and following have fixed outcomes "
             "(GET /magic-accounts). Outcomes of your own are tables [[standin.scenario]] of this "
             "file, as told in the README.",
             AT(standin.scenarios.has_magic_accounts)),
        text("standin.forward", "a URL, http:// or https://",
             "A real service that answers the requests, so that nothing is stored here. \"\": this "
             "one answers.",
             AT(standin.scenarios.forward.url)),
        text("standin.forward_ca", "path of a file",
             "The certificates, in PEM, of the authorities that the real service's certificate "
             "comes from. \"\": the system's.",
             AT(standin.scenarios.forward.certificate_authorities)),
        number("standin.forward_timeout_ms", 1, day_ms, "For the real service's whole answer.",
               AT(standin.scenarios.forward.timeout)),
        text("standin.record", "path of a folder",
             "Where each request that was forwarded and its reply are recorded, with SSN, "
             "DriverLicense and tokens masked. \"\": nowhere.",
             AT(standin.scenarios.record)),
        text("standin.replay", "path of a folder",
             "Recordings to answer from, so that nothing is stored. \"\": none.",
             AT(standin.scenarios.replay)),
        list("standin.replay_fields",
             "array of paths of elements below CreateCallLogRequest, which may be cut at their "
             "front, such as \"Account/AccountNumber\"",
             "What must be the same in a request and in the recording that answers it, beside the "
             "operation.",
             AT(standin.scenarios.replay_fields), is_not_empty),

        choice("log.level", "What is logged: from this level on.", AT(log.level),
               {{"trace", LogLevel::trace},
                {"debug", LogLevel::debug},
                {"info", LogLevel::info},
                {"warning", LogLevel::warning},
                {"error", LogLevel::error},
                {"off", LogLevel::off}}),
        choice("log.format", "Lines of key=value, or JSON objects, one a line.", AT(log.format),
               {{"text", LogFormat::text}, {"json", LogFormat::json}}),
        text("log.file", "path of a file",
             "Appended to, and opened anew at SIGHUP, for who moves it away. \"\": standard error.",
             AT(log.file)),
        number("log.max_audit_lines_per_s", 1, million,
               "Lines \"audit\" of each kind, such as for refused credentials. What is left out "
               "is counted.",
               AT(log.max_audit_lines)),
    };
}
#undef AT

/// Settings that a running server takes at SIGHUP (cli/reload.hpp), by key or section.
constexpr std::array reloadable{"soap.strict",
                                "soap.pages",
                                "soap.aspnet_version",
                                "soap.trusted_proxies",
                                "guard.",
                                "credentials.policy",
                                "credentials.max_age_s",
                                "credentials.lockout_",
                                "limits.",
                                "validation.",
                                "reply.",
                                "store.warn_free_bytes",
                                "store.min_free_bytes",
                                "log.level"};

/// Flags of their own (cli/command_line.cpp).
constexpr std::array<std::pair<const char*, const char*>, 7> own_flags{
    {{"mode", "--mode"},
     {"http.listen", "--listen"},
     {"admin.listen", "--admin-listen"},
     {"store.path", "--database"},
     {"standin.forward", "--forward"},
     {"standin.record", "--record"},
     {"standin.replay", "--replay"}}};

std::vector<Setting> make_whole_table() {
    std::vector<Setting> table = make_table();
    for (Setting& setting : table) {
        setting.is_reloadable =
            std::any_of(reloadable.begin(), reloadable.end(),
                        [&](const char* key) { return setting.key.starts_with(key); });
        for (const auto& [key, flag] : own_flags) {
            if (setting.key == key) setting.flag = flag;
        }
    }
    return table;
}

}  // namespace

const std::vector<Setting>& setting_table() {
    static const std::vector<Setting> table = make_whole_table();
    return table;
}

}  // namespace customercare
