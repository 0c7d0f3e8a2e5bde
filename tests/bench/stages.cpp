// Where a request's CPU time goes: each stage alone, on one thread, with tests/bench/request.xml.
// Prints Markdown: time and, where the kernel lets a program count them, instructions per request.

#include <linux/perf_event.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iostream>
#include <iterator>
#include <optional>
#include <string>

#include "admin/metrics.hpp"
#include "handlers/create_call_log.hpp"
#include "http/identity.hpp"
#include "http/request_reader.hpp"
#include "soap/contract.hpp"
#include "soap/endpoint.hpp"
#include "soap/guard.hpp"
#include "soap/skeleton.hpp"
#include "soap/writer.hpp"
#include "store/call_log_insert.hpp"
#include "store/keys.hpp"
#include "store/migrate.hpp"

namespace customercare {
namespace {

/// Instructions in user space of the calling thread.
class InstructionCounter {
public:
    InstructionCounter() {
        perf_event_attr attributes{};
        attributes.size = sizeof attributes;
        attributes.type = PERF_TYPE_HARDWARE;
        attributes.config = PERF_COUNT_HW_INSTRUCTIONS;
        attributes.exclude_kernel = 1;
        attributes.exclude_hv = 1;
        file_ = static_cast<int>(syscall(SYS_perf_event_open, &attributes, 0, -1, -1, 0));
    }
    ~InstructionCounter() {
        if (file_ >= 0) close(file_);
    }
    InstructionCounter(const InstructionCounter&) = delete;
    InstructionCounter& operator=(const InstructionCounter&) = delete;

    /// So far; nullopt if they are not counted.
    [[nodiscard]] std::optional<std::uint64_t> read() const {
        std::uint64_t count = 0;
        if (file_ < 0 || ::read(file_, &count, sizeof count) != sizeof count) return std::nullopt;
        return count;
    }

private:
    int file_;
};

double thread_nanoseconds() {
    timespec time{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return static_cast<double>(time.tv_sec) * 1e9 + static_cast<double>(time.tv_nsec);
}

/// Calls `stage` with 0, 1, ... and prints what one call takes; the first tenth is not measured.
void measure(const char* name, int count, const std::function<void(int)>& stage) {
    static const InstructionCounter instructions;
    int call = 0;
    while (call < count / 10) stage(call++);
    const int measured = count - call;
    const auto instructions_before = instructions.read();
    const double before = thread_nanoseconds();
    while (call < count) stage(call++);
    const double nanoseconds = (thread_nanoseconds() - before) / measured;
    const auto instructions_after = instructions.read();
    std::cout << "| " << name << " | " << static_cast<int>(nanoseconds) << " | ";
    if (instructions_before && instructions_after) {
        std::cout << (*instructions_after - *instructions_before) /
                         static_cast<std::uint64_t>(measured);
    } else {
        std::cout << "-";
    }
    std::cout << " |\n";
}

/// What it costs to tell afterwards of what a request was and took.
void measure_observation() {
    const std::array<model::HttpHeader, 2> headers{
        {{"Content-Type", "text/xml; charset=utf-8"},
         {"traceparent", "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"}}};
    model::HttpRequest request;
    request.headers = headers;
    measure("request id and trace", 1'000'000, [&](int number) {
        (void)http::find_request_id(request);
        (void)http::trace_context(request, static_cast<std::uint64_t>(number));
    });

    const admin::Health health({});
    admin::Metrics metrics({.operations = {"CreateCallLog"}}, health,
                           [] { return admin::Readings{}; });
    const model::ExchangeSummary summary{
        .operation = "CreateCallLog", .soap_version = "1.2", .outcome = "stored"};
    const std::chrono::microseconds some{300};
    measure("metrics", 1'000'000, [&](int) {
        metrics.count({.summary = summary,
                       .status = 200,
                       .request_bytes = 4000,
                       .reply_bytes = 800,
                       .duration = 4 * some,
                       .times = {.receive = some, .process = some, .store = some, .send = some}});
    });
}

std::string read_request() {
    std::ifstream file(BENCH_REQUEST, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

std::string post(const std::string& message) {
    return "POST /webservices/CustomerCareService.asmx HTTP/1.1\r\nHost: 127.0.0.1\r\n"
           "Content-Type: text/xml; charset=utf-8\r\n"
           "SOAPAction: \"http://ws.southernco.com/CustSvc-iHub/CreateCallLog\"\r\n"
           "Content-Length: " +
           std::to_string(message.size()) + "\r\n\r\n" + message;
}

/// What lock-outs and limits cost a call that they let through.
void measure_throttle() {
    constexpr int calls = 2'000'000;
    handlers::AuditQueue audit(1);
    const model::Caller caller{.address = model::IpAddress::parse("192.0.2.7")};
    const auto admit = [&](const char* name, handlers::Throttle& throttle) {
        measure(name, calls, [&](int) {
            if (throttle.admit(caller)) throw std::logic_error(name);
        });
    };
    handlers::Throttle quiet({}, audit);
    admit("throttle, nobody locked out", quiet);

    handlers::Throttle busy({.lockout_failures = 1}, audit);
    const model::Caller guesser{.address = model::IpAddress::parse("192.0.2.8")};
    (void)busy.count_refused(guesser, {.direct = {}, .originating = {}, .found = {}});
    admit("throttle, somebody else locked out", busy);

    handlers::Throttle limited({.address_rate = 1'000'000, .address_burst = calls}, audit);
    admit("throttle, with a rate by address", limited);
}

void run(const std::filesystem::path& directory) {
    const std::string message = read_request();
    const std::string bytes = post(message);
    const http::Options http_options;
    const store::Keys keys((directory / "key").string());
    store::Options store_options;
    store_options.path = (directory / "insert.db").string();

    std::cout << "| stage | ns/request | instructions/request |\n|---|---|---|\n";

    measure("HTTP reader", 100'000, [&](int) {
        http::RequestReader reader(http_options);
        reader.put(bytes);
        if (reader.state() != http::RequestReader::State::complete) throw std::logic_error("HTTP");
    });

    measure_throttle();

    const soap::GuardLimits limits;
    soap::Guard guard(soap::contract(), limits);
    const soap::Operation* operation = &soap::contract().operations().front();
    measure("guard", 50'000, [&](int) {
        if (guard.read(message, operation).error) throw std::logic_error("guard");
    });

    soap::Skeleton skeleton;
    const soap::Reading reading = guard.read(message, operation);
    measure("skeleton", 50'000, [&](int) { (void)skeleton.read(reading); });

    model::CreateCallLogRequest request = skeleton.read(reading);
    request.call_log.open_content = reading.open_content;
    request.call_log.nil_elements = reading.nil_elements;
    const auto request_number = [&](int number) {
        model::CreateCallLogRequest copy = request;
        copy.call_log.message_id = "stages-" + std::to_string(number);
        return copy;
    };
    measure("(a copy of the values, part of the next two)", 50'000,
            [&](int number) { (void)request_number(number); });
    {
        store::Options options = store_options;
        options.path = (directory / "handler.db").string();
        options.queue_limit = 1'000'000;
        store::CallLogStore call_logs(options, keys);
        store::CredentialRegistry credentials(options.path);
        const auto add = [&](store::Role role, const model::UserNameToken& token) {
            store::CredentialStore(options.path, keys).add(role, "stages", *token.id(), {});
        };
        add(store::Role::direct, *request.credentials->direct_user_name_token);
        add(store::Role::originating, *request.credentials->originating_user_name_token);
        credentials.reload();
        handlers::AuditQueue audit(1);
        handlers::Throttle throttle({}, audit);
        const handlers::CreateCallLog handler({}, credentials, call_logs, keys, throttle, audit,
                                              model::system_now);
        measure("handler", 20'000, [&](int number) {
            handler.handle(request_number(number), [](model::CreateCallLogReply&& reply) {
                if (reply.outcome != model::Outcome::stored) std::terminate();
            });
        });
    }
    {
        store::LockFile lock(store_options.path);
        store::Database database = store::open_migrated(
            store_options.path, store::Database::Access::server, store_options.busy_timeout, lock);
        store::CallLogInsert insert(database, keys, store_options);
        store::NewCallLog record{.sender = std::string(32, 's'), .credential_label = "stages"};
        std::optional<store::Transaction> transaction;
        measure("store, in groups of 64", 64'000, [&](int number) {
            if (number % 64 == 0) transaction.emplace(database);
            record.call_log = request_number(number).call_log;
            if (insert.insert(record).status != store::AppendStatus::stored) {
                throw std::logic_error("store");
            }
            if (number % 64 == 63) {
                transaction->commit();
                transaction.reset();
            }
        });
    }
    const model::CreateCallLogReply reply{
        .outcome = model::Outcome::stored, .response_code = "0", .response_description = "Success"};
    measure("writer", 100'000, [&](int) {
        (void)soap::write_create_call_log_reply(
            soap::SoapVersion::soap11, request.credentials, "", reply,
            model::round_trip_text(model::system_now(), model::TimeZone::local));
    });
    measure_observation();
}

}  // namespace
}  // namespace customercare

int main() {
    // Beside the program, since temporary folders may be on no real disk.
    std::string name =
        (std::filesystem::read_symlink("/proc/self/exe").parent_path() / "stages-XXXXXX").string();
    if (mkdtemp(name.data()) == nullptr) return 1;
    int result = 0;
    try {
        customercare::run(name);
    } catch (const std::exception& error) {
        std::cerr << "stages: " << error.what() << '\n';
        result = 1;
    }
    std::filesystem::remove_all(name);
    return result;
}
