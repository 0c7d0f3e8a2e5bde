#include "settings.hpp"

#include <stdlib.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "model/error.hpp"
#include "unit/store/store_support.hpp"

namespace customercare {
namespace {

using Catch::Contains;

const std::filesystem::path config_directory = CUSTOMERCARE_SOURCE_DIR "/config";

/// A file that goes with the object.
class TemporaryFile {
public:
    explicit TemporaryFile(const std::string& text) {
        std::string name = (std::filesystem::temp_directory_path() / "settings-XXXXXX").string();
        const int file = mkstemp(name.data());
        REQUIRE(file >= 0);
        ::close(file);
        path_ = name;
        std::ofstream(path_) << text;
    }
    ~TemporaryFile() { std::filesystem::remove(path_); }
    TemporaryFile(const TemporaryFile&) = delete;
    TemporaryFile& operator=(const TemporaryFile&) = delete;
    [[nodiscard]] std::string path() const { return path_; }

private:
    std::string path_;
};

LoadedSettings load(const std::string& toml, const std::vector<std::string>& variables = {},
                    const std::vector<SettingFlag>& flags = {}) {
    const TemporaryFile file(toml);
    std::vector<const char*> environment;
    for (const std::string& variable : variables) environment.push_back(variable.c_str());
    environment.push_back(nullptr);
    LoadedSettings loaded = load_settings(file.path(), environment.data(), flags);
    for (auto& [key, origin] : loaded.origins) {
        if (origin.starts_with(file.path())) origin.replace(0, file.path().size(), "file");
    }
    return loaded;
}

/// What the error says, with "file" for the path of the file.
std::string error_of(const std::string& toml, const std::vector<std::string>& variables = {},
                     const std::vector<SettingFlag>& flags = {}) {
    try {
        load(toml, variables, flags);
    } catch (const model::ServiceError& error) {
        CHECK(error.code() == model::ErrorCode::usage);
        return error.what();
    }
    return "no error";
}

std::string read(const std::filesystem::path& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

const Setting& setting(const std::string& key) {
    const auto& table = setting_table();
    const auto found =
        std::ranges::find_if(table, [&](const Setting& one) { return one.key == key; });
    REQUIRE(found != table.end());
    return *found;
}

}  // namespace

TEST_CASE("Flags count more than the environment, that more than the file, that more than defaults",
          "[settings]") {
    const std::string file = "[http]\nthreads = 2\nidle_timeout_ms = 3\nwrite_timeout_ms = 4\n";
    const auto loaded =
        load(file, {"CUSTOMERCARE_HTTP_THREADS=5", "CUSTOMERCARE_HTTP_IDLE_TIMEOUT_MS=6", "HOME=/"},
             {{"--set", "http.threads", "7"}});
    CHECK(loaded.settings.http.threads == 7);
    CHECK(loaded.settings.http.idle_timeout.count() == 6);
    CHECK(loaded.settings.http.write_timeout.count() == 4);
    CHECK(loaded.settings.http.request_timeout.count() == 30'000);
    CHECK(loaded.origins.at("http.threads") == "--set");
    CHECK(loaded.origins.at("http.idle_timeout_ms") == "CUSTOMERCARE_HTTP_IDLE_TIMEOUT_MS");
    CHECK(loaded.origins.at("http.write_timeout_ms") == "file:4");
    CHECK_FALSE(loaded.origins.contains("http.request_timeout_ms"));
}

TEST_CASE("A mode changes defaults, but not what was given", "[settings]") {
    using handlers::CredentialPolicy;
    CHECK(load("").settings.rules.credential_policy == CredentialPolicy::registered);
    const auto stand_in = load("", {}, {{"--mode", "mode", "stand-in"}});
    CHECK(stand_in.settings.mode == Mode::stand_in);
    CHECK(stand_in.settings.rules.credential_policy == CredentialPolicy::any);
    CHECK(stand_in.origins.at("credentials.policy") == "mode stand-in");
    CHECK(load("mode = \"stand-in\"\n[credentials]\npolicy = \"registered\"")
              .settings.rules.credential_policy == CredentialPolicy::registered);
}

TEST_CASE("Each type of value comes from a file and as text", "[settings]") {
    const std::string file = R"(
        [http]
        listen = "[::1]:0"
        [admin]
        listen = ""
        [soap]
        strict = true
        time_zone = "utc"
        [validation]
        required = ["CallerId", "BaseRequest/MessageId"]
        max_length = { "CustomerCallLog/LogText" = 4000, CallerId = 10 }
    )";
    const std::vector<std::string> variables{
        "CUSTOMERCARE_HTTP_LISTEN=[::1]:0",
        "CUSTOMERCARE_ADMIN_LISTEN=",
        "CUSTOMERCARE_SOAP_STRICT=true",
        "CUSTOMERCARE_SOAP_TIME_ZONE=utc",
        "CUSTOMERCARE_VALIDATION_REQUIRED=CallerId, BaseRequest/MessageId",
        "CUSTOMERCARE_VALIDATION_MAX_LENGTH=CustomerCallLog/LogText=4000,CallerId=10"};
    const auto [settings, origins] = GENERATE_COPY(load(file), load("", variables));
    CHECK(settings.http.address == "::1");
    CHECK(settings.http.port == 0);
    CHECK_FALSE(settings.admin);
    CHECK(settings.soap.strict);
    CHECK(settings.soap.time_zone == model::TimeZone::utc);
    CHECK(settings.store.time_zone == model::TimeZone::utc);
    CHECK(settings.rules.required == std::vector<std::string>{"CallerId", "BaseRequest/MessageId"});
    CHECK(settings.rules.max_length ==
          std::map<std::string, std::size_t>{{"CustomerCallLog/LogText", 4000}, {"CallerId", 10}});
}

TEST_CASE("A variable that ends in _FILE names a file with the value", "[settings]") {
    const TemporaryFile value("/secret/keys\nmore\n");
    const auto loaded = load("", {"CUSTOMERCARE_CREDENTIALS_KEY_FILE_FILE=" + value.path()});
    CHECK(loaded.settings.key_file == "/secret/keys");
    CHECK(load("", {"CUSTOMERCARE_CREDENTIALS_KEY_FILE=direct"}).settings.key_file == "direct");
    CHECK_THAT(error_of("", {"CUSTOMERCARE_STORE_PATH_FILE=/nowhere"}),
               Contains("CUSTOMERCARE_STORE_PATH_FILE: /nowhere can't be read"));

    const TemporaryFile secret("hunter2\n");
    CHECK(error_of("", {"CUSTOMERCARE_HTTP_THREADS_FILE=" + secret.path()}) ==
          "CUSTOMERCARE_HTTP_THREADS_FILE: http.threads is not allowed; allowed: integer, 0 to "
          "1024");
}

TEST_CASE("An unknown setting is an error that names the nearest one", "[settings]") {
    CHECK_THAT(error_of("[http]\nthreads = 1\nidle_timeout = 5\n"),
               Contains(":3: unknown setting http.idle_timeout; did you mean "
                        "http.idle_timeout_ms?"));
    CHECK_THAT(error_of("[credential]\npolicy = \"any\"\n"),
               Contains(":2: unknown setting credential.policy; did you mean credentials.policy?"));
    CHECK_THAT(error_of("mod = \"stand-in\""), Contains(":1: unknown setting mod;"));
    CHECK_THAT(error_of("[store.path]\nx = 1"), Contains("store.path"));
    CHECK(error_of("", {"CUSTOMERCARE_HTTP_LISTN=x"}) ==
          "unknown environment variable CUSTOMERCARE_HTTP_LISTN; did you mean "
          "CUSTOMERCARE_HTTP_LISTEN?");
    CHECK(error_of("", {}, {{"--set", "log.levle", "info"}}) ==
          "--set: unknown setting log.levle; did you mean log.level?");
    CHECK_THAT(error_of("idle_timeout = 5"), Contains("did you mean http.idle_timeout_ms?"));
}

TEST_CASE("No setting is suggested that is not near, nor one of another section", "[settings]") {
    CHECK(error_of("", {}, {{"--set", "limits.foo", "1"}}) ==
          "--set: unknown setting limits.foo; see customercare check-config --explain limits");
    CHECK(error_of("", {"CUSTOMERCARE_LIMITS_FOO=1"}) ==
          "unknown environment variable CUSTOMERCARE_LIMITS_FOO; see customercare check-config "
          "--explain limits");
    CHECK(error_of("", {"CUSTOMERCARE_NOTHING=1"}) ==
          "unknown environment variable CUSTOMERCARE_NOTHING; see customercare check-config "
          "--reference");
    // tls.key is nearer.
    CHECK_THAT(error_of("", {}, {{"--set", "log.key", "1"}}), Contains("--explain log"));
}

TEST_CASE("Variables that Kubernetes makes for a service are no settings", "[settings]") {
    CHECK_NOTHROW(load("", {"CUSTOMERCARE_SERVICE_HOST=10.0.0.1", "CUSTOMERCARE_PORT=tcp://x",
                            "CUSTOMERCARE_PORT_8080_TCP_ADDR=10.0.0.1"}));
}

TEST_CASE("A value that is not allowed is an error with source, key, value and what is allowed",
          "[settings]") {
    CHECK_THAT(error_of("[http]\nthreads = \"two\""),
               Contains(":2: http.threads = 'two' is not allowed; allowed: integer, 0 to 1024") ||
                   Contains(":2: http.threads = \"two\" is not allowed; allowed: integer, 0 to "
                            "1024"));
    CHECK_THAT(error_of("[http]\nthreads = 1025"), Contains("http.threads = 1025 is not"));
    CHECK_THAT(error_of("[http]\nthreads = 1.5"), Contains("http.threads = 1.5 is not"));
    CHECK_THAT(error_of("[soap]\nstrict = 1"), Contains("allowed: true or false"));
    CHECK_THAT(error_of("[soap]\npath = 1"), Contains("allowed: a path"));
    CHECK_THAT(error_of("[validation]\nrequired = [\"BaseRequest/Nothing\"]"),
               Contains("BaseRequest/Nothing") && Contains("allowed: array of paths"));
    CHECK_THAT(error_of("[validation]\nmax_length = { CallerId = 0 }"),
               Contains("a number above 0"));
    CHECK(error_of("", {"CUSTOMERCARE_LOG_FORMAT=xml"}) ==
          "CUSTOMERCARE_LOG_FORMAT: log.format = \"xml\" is not allowed; allowed: \"text\" or "
          "\"json\"");
    for (const char* text : {"8080", "localhost", ":8080", "::1:8080", "127.0.0.1:65536", "a:x"}) {
        CAPTURE(text);
        CHECK_THAT(error_of("", {}, {{"--listen", "http.listen", text}}),
                   Contains("--listen: http.listen") && Contains("ADDRESS:PORT"));
    }
    CHECK_THAT(error_of("[http\n"), Contains(":1: "));
}

TEST_CASE("A file that can't be read is an error that names it", "[settings]") {
    const char* const none = nullptr;
    CHECK_THROWS_WITH(load_settings("/nowhere.toml", &none, {}),
                      Contains("/nowhere.toml can't be read"));
    CHECK_THROWS_WITH(load_settings(config_directory, &none, {}),
                      Contains("/config is a directory"));
}

TEST_CASE("Effective settings are valid TOML that says where each value comes from", "[settings]") {
    const auto loaded = load("[reply]\nsuccess_code = \"a \\\"b\\\" \\u0007\"",
                             {"CUSTOMERCARE_VALIDATION_MAX_LENGTH=CallerId=5"});
    const std::string toml = effective_toml(loaded);
    CHECK_THAT(toml, Contains("max_length = { \"CallerId\" = 5 }  # "
                              "CUSTOMERCARE_VALIDATION_MAX_LENGTH\n") &&
                         Contains("# file:2\n"));
    const auto again = load(toml);
    CHECK(again.settings.rules.success_code == loaded.settings.rules.success_code);
    CHECK(again.settings.rules.max_length == loaded.settings.rules.max_length);
}

// Found by fuzzing.
TEST_CASE("Effective settings load again whatever characters they hold", "[settings]") {
    const auto loaded = load("[reply]\nsuccess_code = \"a\\u007F\\u0085\\u2028\"");
    CHECK(loaded.settings.rules.success_code == "a\x7F\xC2\x85\xE2\x80\xA8");
    const auto again = load(effective_toml(loaded));
    CHECK(again.settings.rules.success_code == loaded.settings.rules.success_code);
}

TEST_CASE("Names of the admin server are host names without ports", "[settings]") {
    CHECK(load("[admin]\nhosts = [\"standin\", \"box-1.example\"]").settings.admin_hosts ==
          std::vector<std::string>{"standin", "box-1.example"});
    for (const char* host : {"", "a:8081", "http://a", "a b"}) {
        CAPTURE(host);
        CHECK_THAT(error_of("[admin]\nhosts = [\"" + std::string(host) + "\"]"),
                   Contains("allowed: array of host names"));
    }
}

TEST_CASE("Secrets are never printed", "[settings]") {
    Setting secret = setting("credentials.key_file");
    secret.is_secret = true;
    Settings settings;
    settings.key_file = "hunter2";
    CHECK(toml_line(secret, settings) == "key_file = \"***\"");
}

TEST_CASE("Every setting is explained, with what it takes to change it", "[settings]") {
    for (const Setting& one : setting_table()) {
        CAPTURE(one.key);
        const std::string text = explain(one.key);
        CHECK(text.starts_with(one.key + "\n  what         "));
        CHECK_THAT(text, Contains("\n  allowed      ") && Contains("\n  default      ") &&
                             Contains(one.is_reloadable ? "SIGHUP" : "needs a restart") &&
                             Contains(variable_name(one.key) + ", or") &&
                             Contains("--set " + one.key + "=VALUE"));
    }
    CHECK_THAT(explain("http.request_timeout_ms"), Contains("\n  unit         milliseconds\n"));
    CHECK_THAT(explain("http.listen"), Contains("=VALUE, or --listen\n"));
    CHECK_THAT(explain("credentials.policy"), Contains("\"registered\"; in mode stand-in any\n"));
}

TEST_CASE("A section is explained setting by setting, and an unknown key by the nearest",
          "[settings]") {
    CHECK_THAT(explain("tls"), Contains("tls.certificate\n") && Contains("\ntls.key\n") &&
                                   !Contains("http.listen\n"));
    const auto refusal = [](const char* key) {
        return test::error_of([&] { (void)explain(key); }, model::ErrorCode::usage);
    };
    CHECK(refusal("http.request_timeout") ==
          "--explain: unknown setting or section http.request_timeout; the nearest are "
          "http.request_timeout_ms, http.idle_timeout_ms, http.write_timeout_ms");
    CHECK_THAT(refusal("level"), Contains("the nearest are log.level, "));
    CHECK_THAT(refusal("http."), Contains("unknown"));
    CHECK_THAT(refusal("limits.foo"), Contains("limits.") && !Contains("tls."));
    CHECK(refusal("") == "--explain: name a setting or section");
}

TEST_CASE("config/customercare.toml is what the table of settings says", "[settings]") {
    CHECK(read(config_directory / "customercare.toml") == reference_toml());
}

TEST_CASE("The lines of config/customercare.toml are valid settings with their defaults",
          "[settings]") {
    std::string toml = reference_toml();
    for (std::size_t at = 0; (at = toml.find("\n#", at)) != std::string::npos; ++at) {
        if (toml[at + 2] != ' ' && toml[at + 2] != '\n') toml.erase(at + 1, 1);
    }
    const auto loaded = load(toml);
    const Settings defaults;
    for (const Setting& one : setting_table()) {
        CAPTURE(one.key);
        CHECK(loaded.origins.contains(one.key));
        CHECK(one.get(loaded.settings) == one.get(defaults));
    }
}

TEST_CASE("The other files in config/ are valid", "[settings]") {
    const char* const none = nullptr;
    CHECK(load_settings(config_directory / "production.toml", &none, {}).settings.mode ==
          Mode::production);
    CHECK(load_settings(config_directory / "standin.toml", &none, {}).settings.mode ==
          Mode::stand_in);
}

TEST_CASE("The admin server is open to others only with TLS or behind a proxy", "[settings]") {
    const auto refusal = [](const std::string& toml) {
        try {
            check_together(load(toml).settings);
        } catch (const model::ServiceError& error) {
            CHECK(error.code() == model::ErrorCode::usage);
            return std::string(error.what());
        }
        return std::string();
    };
    CHECK(refusal("") == "");
    CHECK_THAT(refusal("[admin]\nlisten = \"0.0.0.0:1\""),
               Contains("admin.listen = 0.0.0.0:1") && Contains("tls.terminated_by_proxy"));
    CHECK(refusal("[admin]\nlisten = \"0.0.0.0:1\"\n[tls]\nterminated_by_proxy = true") == "");
    CHECK(refusal("[admin]\nlisten = \"0.0.0.0:1\"\n[tls]\ncertificate = \"c\"\nkey = \"k\"") ==
          "");
    CHECK(refusal("mode = \"stand-in\"\n[admin]\nlisten = \"0.0.0.0:1\"") == "");
}

TEST_CASE("The key file is beside the database unless it is set", "[settings]") {
    CHECK(load("[store]\npath = \"x/y.db\"").settings.key_file_path() == "x/y.db.key");
    CHECK(load("[credentials]\nkey_file = \"k\"").settings.key_file_path() == "k");
}

}  // namespace customercare
