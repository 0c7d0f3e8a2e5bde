#include <atomic>
#include <catch2/catch.hpp>
#include <filesystem>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "support/database.hpp"
#include "support/filled_request.hpp"
#include "support/http_client.hpp"
#include "support/io_faults.hpp"
#include "support/message.hpp"
#include "support/server_process.hpp"
#include "support/write_lock.hpp"

// Sends a planted value in every field, with every kind of failure, and looks for it wherever
// anything comes out. A further place to look is a line in places_of().

namespace customercare::test {
namespace {

// All that is planted has one of these in it, and nothing else has.
const std::vector<std::string> personal{"PLANTED", "1897-02-1", "1897021"};
// What is encrypted at rest and shown to nobody who does not ask for it, and the tokens.
const std::vector<std::string> secret{"PLANTED-SECRET"};

/// Something that comes out, and what must not be in it.
struct Place {
    std::string name;
    std::string text;
    const std::vector<std::string>& forbidden;
};

std::string planted_value(const std::string& type, const std::string& name, int number) {
    if (type == "s:int") return "1897021" + std::to_string(100 + number);
    if (type == "s:boolean") return "true";
    if (type == "s:date") return "1897-02-1" + std::to_string(number % 10);
    if (type == "s:dateTime") return "1897-02-1" + std::to_string(number % 10) + "T05:06:07Z";
    return (name == "SSN" ? "PLANTED-SECRET-" : "PLANTED-") + name + std::to_string(number) +
           "\n2011-03-04 forged line";
}

std::string planted_content(const std::string& name, int number) {
    const std::string value =
        (name == "DriverLicense" ? "PLANTED-SECRET-" : "PLANTED-") + std::to_string(number);
    return " a=\"" + value + "\"><b xmlns=\"urn:" + value + "\">" + value + "</b>";
}

const Content planted_credentials{{"DirectUserNameToken", token("PLANTED-SECRET-direct")},
                                  {"OriginatingUserNameToken", token("PLANTED-SECRET-originating")},
                                  {"Created", "PLANTED-created"}};

const std::vector<std::string>& simple_elements() {
    static const std::vector<std::string> typed{
        "MessageDateTime", "RequestType",         "CreatedDateTime",       "DoNotCallFlag",
        "CreatedDate",     "CriticalContactFlag", "CriticalExpirationDate"};
    return typed;
}

std::string planted_message(Soap version) {
    static const FilledRequest request(planted_value, planted_content);
    return request.message(version, planted_credentials);
}

/// With other content in the first element of that name.
std::string with_content(std::string message, const std::string& element, const std::string& xml) {
    const std::size_t begin = message.find("<" + element + ">") + element.size() + 2;
    const std::size_t end = message.find("</" + element + ">", begin);
    return message.replace(begin, end - begin, xml);
}

class Run {
public:
    Run(std::string format, std::vector<std::string> arguments)
        : faults_(directory_.path()), format_(std::move(format)) {
        start(std::move(arguments));
    }

    void start(std::vector<std::string> arguments) {
        arguments.insert(arguments.end(),
                         {"--set", "log.level=trace", "--set", "log.format=" + format_});
        server_.emplace(directory_.path(), arguments);
    }
    void restart(std::vector<std::string> arguments) {
        CHECK(server_->stop() == 0);
        start(std::move(arguments));
    }

    [[nodiscard]] ServerProcess& server() { return *server_; }
    [[nodiscard]] IoFaults& faults() { return faults_; }
    [[nodiscard]] const TemporaryDirectory& directory() const { return directory_; }

    /// Sends it, and then what others might send at that time: their replies are a place.
    HttpReply send(const std::string& request) {
        HttpReply reply = call(server_->port(), request);
        CAPTURE(reply.body);
        for (const char* other : {"<", "</FirstName>"}) {
            add_reply(
                post(Soap::v11, replace_first(sample_message(Soap::v11), "</LogText>", other)));
        }
        return reply;
    }
    HttpReply send(Soap version, const std::string& message) {
        return send(post(version, message));
    }
    void add_reply(const std::string& request) {
        const HttpReply reply = call(server_->port(), request);
        replies_ += reply.body;
        for (const auto& [name, value] : reply.headers) replies_ += name + ": " + value + "\n";
    }

    [[nodiscard]] std::vector<Place> places() const;

private:
    [[nodiscard]] std::string run(std::vector<std::string> arguments) const {
        arguments.insert(arguments.end(), {"--database", server_->database()});
        const ProgramResult result = run_program(arguments);
        CHECK(result.exit_code == 0);
        CHECK(!result.output.empty());
        return result.output + result.errors;
    }
    [[nodiscard]] std::string admin(const std::string& path) const {
        return call(server_->admin_port(), "GET " + path + " HTTP/1.1\r\nHost: localhost\r\n\r\n")
            .body;
    }
    [[nodiscard]] std::string files() const {
        std::string bytes;
        for (const auto& file : std::filesystem::directory_iterator(directory_.path())) {
            bytes += read_file(file.path());
        }
        return bytes;
    }

    TemporaryDirectory directory_;
    IoFaults faults_;
    std::string format_;
    std::optional<ServerProcess> server_;
    std::string replies_;  ///< To requests with nothing planted in them.
};

std::vector<Place> Run::places() const {
    return {{"the log", server_->log(), personal},
            {"replies to others", replies_, personal},
            {"admin /", admin("/"), personal},
            {"admin /livez", admin("/livez"), personal},
            {"admin /readyz", admin("/readyz"), personal},
            {"admin /metrics", admin("/metrics"), personal},
            {"admin, unknown path", admin("/nothing"), personal},
            {"admin /call-logs/1", admin("/call-logs/1"), secret},
            {"admin /journal", admin("/journal"), secret},
            {"admin /journal/1", admin("/journal/1"), secret},
            {"check-config", run({"check-config"}), personal},
            {"audit list", run({"audit", "list"}), personal},
            {"files of the database", files(), secret},
            {"calllogs list", run({"calllogs", "list"}), secret},
            {"calllogs list --json", run({"calllogs", "list", "--json"}), secret},
            {"calllogs show", run({"calllogs", "show", "1"}), secret},
            {"calllogs show --json", run({"calllogs", "show", "1", "--json"}), secret},
            {"calllogs export, jsonl", run({"calllogs", "export", "--format", "jsonl"}), secret},
            {"calllogs export, csv", run({"calllogs", "export", "--format", "csv"}), secret}};
}

void check_places(const Run& run) {
    for (const Place& place : run.places()) {
        for (const std::string& word : place.forbidden) {
            // Not by CHECK_THAT, which would show the place.
            const std::size_t at = place.text.find(word);
            if (at == std::string::npos) continue;
            const std::size_t begin = at - std::min<std::size_t>(at, 200);
            FAIL_CHECK("in " << place.name << ": " << place.text.substr(begin, 300));
        }
    }
}

/// What the client may send in the place of a message.
void send_malformed(Run& run, Soap version) {
    const std::string message = planted_message(version);
    for (const char* markup :
         {"<PLANTED>", "<a PLANTED>", "<a b='PLANTED''/>", "</PLANTED>", "<PLANTED:a/>", "&PLANTED",
          "<a PLANTED='' PLANTED=''/>", "<?xml PLANTED?>", "<!PLANTED>", "&PLANTED;", "PLANTED\xff",
          "<!--PLANTED--", "<![CDATA[PLANTED"}) {
        run.send(version, replace_first(message, "</LogText>", markup));
    }
    run.send(version, message.substr(0, message.size() - 9));
    run.send(version, message.substr(0, message.size() / 2));
    run.send(version, "PLANTED" + message);
    run.send(version, "<!DOCTYPE PLANTED [<!ENTITY PLANTED 'PLANTED'>]>" + message);
    run.send(version, message + "<PLANTED/>");
}

void send_wrong_types(Run& run, Soap version) {
    const std::string message = planted_message(version);
    for (const std::string& element : simple_elements()) {
        CAPTURE(element);
        CHECK(run.send(version, with_content(message, element, "PLANTED")).status != 200);
        run.send(version, with_content(message, element, "<PLANTED/>"));
    }
    run.send(version, with_content(message, "MessageId", "<PLANTED>PLANTED</PLANTED>"));
}

void send_unknown(Run& run, Soap version) {
    const std::string unknown = "<Unknown a='PLANTED'>PLANTED</Unknown><UserId>";
    run.send(version, replace_first(planted_message(version), "<UserId>", unknown));
    run.send(version, replace_first(planted_message(version), "<UserId>", "<UserId a='PLANTED'>"));
    run.send(version, replace_all(planted_message(version), "Customer>", "Unknown>"));
}

void send_in_http(Run& run) {
    const std::string message = planted_message(Soap::v11);
    run.send(post(Soap::v11, message, "Cookie: PLANTED\r\nAuthorization: Basic PLANTED\r\n"));
    run.send(post(Soap::v11, message, "Transfer-Encoding: PLANTED\r\n"));
    run.send(post(Soap::v11, message, "Content-Encoding: PLANTED\r\n"));
    run.send(post(Soap::v11, message, "PLANTED\r\n"));
    run.send(post(Soap::v11, message, "X: PLANTED" + std::string(100'000, 'x') + "\r\n"));
    run.send(replace_first(post(Soap::v11, message), "charset=utf-8", "charset=PLANTED"));
    run.send(replace_first(post(Soap::v11, message), "charset=utf-8", "charset=us-ascii"));
}

void send_duplicates(Run& run, Soap version) {
    const std::string message = planted_message(version);
    CHECK(is_success(run.send(version, message)));
    CHECK(is_success(run.send(version, message)));  // The first one's reply.
    const HttpReply other = run.send(version, with_content(message, "LogText", "PLANTED other"));
    CHECK(text_of(other, "ErrorCode") == "DuplicateMessage");
}

/// While the storage fails, and while more comes than it can take.
void send_in_need(Run& run) {
    const std::string stored = with_content(planted_message(Soap::v11), "MessageId", "PLANTED-2");
    run.faults().fail(IoFault::disk_full, 1);
    CHECK(run.send(Soap::v11, stored).status == 500);
    run.faults().heal();

    WriteLock lock(run.server().database());
    lock.take();
    // One is in the writer's hands, one fills the queue: two of four at least are refused.
    const auto waiting = with_content(planted_message(Soap::v12), "MessageId", "PLANTED-3");
    std::atomic<int> refused{0};
    std::vector<std::thread> clients;
    for (int i = 0; i < 4; ++i) {
        clients.emplace_back([&] {
            if (call(run.server().port(), post(Soap::v12, waiting)).status == 503) ++refused;
        });
    }
    while (refused < 2) std::this_thread::yield();
    lock.release();
    for (std::thread& client : clients) client.join();
}

}  // namespace

TEST_CASE("Planted values come out nowhere, whatever goes wrong", "[integration][privacy][log]") {
    const auto format = GENERATE(as<std::string>{}, "text", "json");
    Run run(format, {"--set", "store.queue_limit=1", "--set", "store.batch_limit=1", "--set",
                     "store.busy_timeout_ms=60000"});
    for (const auto version : {Soap::v11, Soap::v12}) {
        send_duplicates(run, version);
        send_malformed(run, version);
        send_wrong_types(run, version);
        send_unknown(run, version);
    }
    send_in_http(run);
    send_in_need(run);
    check_places(run);

    run.restart({"--set", "soap.strict=true"});
    for (const auto version : {Soap::v11, Soap::v12}) send_unknown(run, version);
    check_places(run);

    run.restart({"--set", "credentials.policy=registered"});
    CHECK(text_of(run.send(Soap::v11, planted_message(Soap::v11)), "ErrorCode") ==
          "AuthenticationFailed");
    check_places(run);

    run.restart({"--set", "validation.required=CustomerCallLog/Requestor/Memo", "--set",
                 "validation.max_length=CallerId=1"});
    CHECK(text_of(run.send(Soap::v11, planted_message(Soap::v11)), "ErrorCode") ==
          "ValidationFailed");
    run.send(Soap::v12, with_content(planted_message(Soap::v12), "Memo", " "));
    check_places(run);

    run.restart({"--set", "guard.max_content_bytes=1024", "--set", "http.max_body_bytes=100000"});
    CHECK(run.send(Soap::v11, planted_message(Soap::v11)).status == 500);
    run.send(Soap::v12, with_content(planted_message(Soap::v12), "LogText",
                                     "PLANTED" + std::string(100'000, 'x')));
    check_places(run);
    CHECK(run.server().stop() == 0);
}

TEST_CASE("What is planted is stored, and shown to those who ask for it",
          "[integration][privacy]") {
    Run run("text", {});
    REQUIRE(is_success(run.send(Soap::v11, planted_message(Soap::v11))));
    const auto shown =
        run_program({"calllogs", "show", "1", "--reveal", "--database", run.server().database()});
    for (const char* value : {"SSN: PLANTED-SECRET", "a=\"PLANTED-SECRET", "PLANTED-FirstName"}) {
        CHECK_THAT(shown.output, Catch::Contains(value));
    }
}

}  // namespace customercare::test
