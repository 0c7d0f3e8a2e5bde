#include <sys/random.h>
#include <termios.h>
#include <unistd.h>

#include <array>
#include <fstream>
#include <iostream>
#include <memory>
#include <optional>
#include <string>

#include "cli/call_log_json.hpp"
#include "cli/command_line.hpp"
#include "cli/keys.hpp"
#include "model/error.hpp"
#include "store/credential_store.hpp"
#include "store/keys.hpp"

// credentials add | list | revoke

namespace customercare::cli {

namespace {

[[noreturn]] void refuse(const std::string& why) {
    throw model::ServiceError(model::ErrorCode::usage, why);
}

/// Keeps what is typed from being shown.
class HiddenInput {
public:
    HiddenInput() {
        tcgetattr(STDIN_FILENO, &before_);
        termios hidden = before_;
        hidden.c_lflag &= ~static_cast<tcflag_t>(ECHO);
        tcsetattr(STDIN_FILENO, TCSAFLUSH, &hidden);
    }
    ~HiddenInput() { tcsetattr(STDIN_FILENO, TCSAFLUSH, &before_); }
    HiddenInput(const HiddenInput&) = delete;
    HiddenInput& operator=(const HiddenInput&) = delete;

private:
    termios before_{};
};

std::string read_line(std::istream& input) {
    std::string line;
    std::getline(input, line);
    if (line.ends_with('\r')) line.pop_back();
    return line;
}

std::string read_token_file(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    if (!file) refuse("--token-file: " + path + " can't be read");
    return read_line(file);
}

std::string read_token_from_input() {
    if (isatty(STDIN_FILENO) == 0) return read_line(std::cin);
    std::cerr << "Token (not shown while you type): " << std::flush;
    const HiddenInput hidden;
    std::string token = read_line(std::cin);
    std::cerr << '\n';
    return token;
}

/// 256 random bits in hex.
std::string generate_token() {
    std::array<unsigned char, 32> bytes{};
    if (getentropy(bytes.data(), bytes.size()) != 0) {
        throw std::system_error(errno, std::generic_category(), "random numbers");
    }
    std::string token;
    for (const unsigned char byte : bytes) {
        token += "0123456789abcdef"[byte >> 4U];
        token += "0123456789abcdef"[byte & 0xFU];
    }
    return token;
}

struct NewCredential {
    std::string role;
    std::string label;
    std::string expires;
    std::optional<std::string> client_subject;
    std::string token_file;
    bool generate = false;
};

int add(const Settings& settings, const NewCredential& credential) {
    std::optional<model::Instant> expires_at;
    if (credential.client_subject && credential.client_subject->empty()) {
        refuse("--client-subject: the subject is empty");
    }
    if (!credential.expires.empty()) expires_at = parse_instant("--expires", credential.expires);
    const model::Sensitive token(credential.generate ? generate_token()
                                 : credential.token_file.empty()
                                     ? read_token_from_input()
                                     : read_token_file(credential.token_file));
    if (token.empty()) refuse("credentials add: the token is empty");

    const auto keys = open_or_create_keys(settings);
    store::CredentialStore credentials(settings.store.path, *keys);
    const auto role = credential.role == "direct" ? store::Role::direct : store::Role::originating;
    const std::int64_t id =
        credentials.add(role, credential.label, token, expires_at, credential.client_subject);
    if (credential.generate) {
        std::cerr << "Added credential " << id << ". Its token is shown this once:" << std::endl;
        std::cout << token.reveal() << '\n';
    } else {
        std::cout << "Added credential " << id << ".\n";
    }
    return success;
}

const char* name_of(store::Role role) {
    return role == store::Role::direct ? "direct" : "originating";
}

const char* state_of(const store::Credential& credential) {
    if (credential.revoked_at) return "revoked";
    const bool is_expired = credential.expires_at && *credential.expires_at <= model::system_now();
    return is_expired ? "expired" : "valid";
}

std::string text_of(const std::optional<model::Instant>& instant) {
    return instant ? model::utc_text(*instant) : "";
}

int list(const Settings& settings, bool as_json) {
    const auto keys = open_keys(settings);
    const auto credentials = store::CredentialStore(settings.store.path, *keys).list();
    Json array = Json::array();
    std::vector<std::vector<std::string>> rows{
        {"ID", "ROLE", "LABEL", "STATE", "CREATED", "EXPIRES", "REVOKED", "CLIENT SUBJECT"}};
    for (const store::Credential& credential : credentials) {
        const std::string created = model::utc_text(credential.created_at);
        const std::string expires = text_of(credential.expires_at);
        const std::string revoked = text_of(credential.revoked_at);
        rows.push_back({std::to_string(credential.id), name_of(credential.role), credential.label,
                        state_of(credential), created, expires, revoked,
                        credential.client_subject.value_or("")});
        Json object{{"id", credential.id},
                    {"role", name_of(credential.role)},
                    {"label", credential.label},
                    {"state", state_of(credential)},
                    {"createdAt", created}};
        if (credential.expires_at) object["expiresAt"] = expires;
        if (credential.revoked_at) object["revokedAt"] = revoked;
        if (credential.client_subject) object["clientSubject"] = *credential.client_subject;
        array.push_back(std::move(object));
    }
    std::cout << (as_json ? dump(array) + '\n' : format_table(rows));
    return success;
}

int revoke(const Settings& settings, std::int64_t id) {
    const auto keys = open_keys(settings);
    if (!store::CredentialStore(settings.store.path, *keys).revoke(id)) {
        refuse("credentials revoke: there is no credential " + std::to_string(id) +
               "; `customercare credentials list` shows them");
    }
    std::cout << "Revoked credential " << id << ".\n";
    return success;
}

}  // namespace

void add_credentials(CommandLine& line) {
    CLI::App& group = *line.app.add_subcommand(
        "credentials", "Manage the credentials that clients send in ScCredentials");
    group.require_subcommand(1);
    group.footer(
        "A running server notices changes within a second. Of a token only a keyed hash is kept.\n"
        "Example: customercare credentials add --role direct --label desk --generate");

    CLI::App& add_command = *group.add_subcommand(
        "add",
        "Register a token. It is read from standard input unless told otherwise; never an "
        "argument, since those are seen by others");
    line.add_settings(add_command);
    const auto credential = std::make_shared<NewCredential>();
    add_command.add_option("--role", credential->role, "Which of the two tokens")
        ->required()
        ->type_name("direct|originating")
        ->check(CLI::IsMember({"direct", "originating"}).description(""));
    add_command.add_option("--label", credential->label, "Name of its owner, for lists and logs")
        ->required()
        ->type_name("TEXT");
    add_command.add_option("--expires", credential->expires, "Refused from then on")
        ->type_name("TIME");
    add_command
        .add_option("--client-subject", credential->client_subject,
                    "Take it only from clients whose TLS certificate has this subject, as "
                    "`openssl x509 -noout -subject -nameopt RFC2253 -in FILE` prints it")
        ->type_name("CN=NAME,...");
    CLI::Option* token_file =
        add_command
            .add_option("--token-file", credential->token_file, "Its first line is the token")
            ->type_name("FILE");
    add_command.add_flag("--generate", credential->generate, "Make a random token and print it")
        ->excludes(token_file);
    add_command.callback([&line, credential] {
        line.action = [&line, credential] { return add(line.load().settings, *credential); };
    });

    CLI::App& list_command = *group.add_subcommand("list", "Show the registered credentials");
    line.add_settings(list_command);
    const auto as_json = std::make_shared<bool>(false);
    list_command.add_flag("--json", *as_json, "As a JSON array");
    list_command.callback([&line, as_json] {
        line.action = [&line, as_json] { return list(line.load().settings, *as_json); };
    });

    CLI::App& revoke_command = *group.add_subcommand("revoke", "Refuse a credential from now on");
    line.add_settings(revoke_command);
    const auto id = std::make_shared<std::int64_t>();
    revoke_command.add_option("ID", *id, "As shown by list")->required();
    revoke_command.callback(
        [&line, id] { line.action = [&line, id] { return revoke(line.load().settings, *id); }; });
}

}  // namespace customercare::cli
