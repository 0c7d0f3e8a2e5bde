#include <algorithm>
#include <catch2/catch.hpp>
#include <iterator>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

#include "support/database.hpp"
#include "support/http_client.hpp"
#include "support/io_faults.hpp"
#include "support/load.hpp"
#include "support/message.hpp"
#include "support/server_process.hpp"
#include "support/wait_for_log.hpp"

namespace customercare::test {
namespace {

const std::string not_stored =
    "Server was unable to process request. ---> The call log could not be stored.";

/// Smaller than by default, so that checkpoints come into it.
const std::vector<std::string> arguments{"--set", "store.checkpoint_pages=100"};

/// The answer to a message while storage fails: true if it is success, else it is the one fault.
bool is_acknowledged(const HttpReply& reply) {
    if (is_success(reply)) return true;
    CHECK(reply.status == 500);
    CHECK(fault_text(reply) == not_stored);
    return false;
}

std::string message(const std::string& id) { return post_sample(Soap::v11, {{"MessageId", id}}); }

/// Checks that each MessageId is stored once, and nothing besides.
void check_stored(const std::string& path, std::vector<std::string> message_ids) {
    const Database database(path);
    std::ranges::sort(message_ids);
    CHECK(database.column("SELECT message_id FROM call_log ORDER BY message_id") == message_ids);
    CHECK(database.value("PRAGMA integrity_check") == "ok");
    CHECK(database.column("PRAGMA foreign_key_check").empty());
}

/// Lines of the log that tell of a call log that was not stored, and where.
int count_errors(const ServerProcess& server) {
    std::istringstream log(server.log());
    int count = 0;
    for (std::string line; std::getline(log, line);) {
        if (line.find("Z error request ") != std::string::npos &&
            line.find(server.database()) != std::string::npos) {
            ++count;
        }
    }
    return count;
}

}  // namespace

TEST_CASE("While storage fails, at whatever call, the program refuses, says where, and goes on",
          "[integration][io_faults]") {
    const auto fault = GENERATE(IoFault::write, IoFault::short_write, IoFault::disk_full,
                                IoFault::read_only, IoFault::sync);
    const int count = GENERATE(1, IoFaults::for_ever);
    CAPTURE(fault, count);
    const TemporaryDirectory directory;
    IoFaults faults(directory.path());
    ServerProcess server(directory.path(), arguments);
    HttpClient client(server.port());

    std::vector<std::string> sent;
    int refused = 0;
    int at = 0;
    do {
        ++at;
        CAPTURE(at);
        faults.fail(fault, at, count);
        std::vector<std::string> ids;
        for (const char* part : {"a", "b", "c"}) ids.push_back(std::to_string(at) + part);
        for (const std::string& id : ids) {
            if (!is_acknowledged(client.call(message(id)))) ++refused;
        }
        faults.heal();
        for (const std::string& id : ids) CHECK(is_success(client.call(message(id))));
        std::ranges::copy(ids, std::back_inserter(sent));
    } while (faults.failures() > 0);
    CHECK(at > 3);
    // The rest of a single short write is written by another call.
    CHECK((refused > 0) == (fault != IoFault::short_write || count != 1));
    check_stored(server.database(), sent);
    CHECK(server.stop() == 0);
    check_stored(server.database(), sent);
    CHECK(count_errors(server) == refused);
}

TEST_CASE("A program that is killed while storage fails has lost nothing that it acknowledged",
          "[integration][io_faults]") {
    const auto fault = GENERATE(IoFault::short_write, IoFault::sync);
    const TemporaryDirectory directory;
    IoFaults faults(directory.path());
    std::vector<std::string> acknowledged;
    std::vector<std::string> refused;
    for (int at = 1; at <= 10; ++at) {
        CAPTURE(fault, at);
        ServerProcess server(directory.path(), arguments);
        for (const std::string& id : refused) CHECK(is_success(call(server.port(), message(id))));
        std::ranges::move(refused, std::back_inserter(acknowledged));
        refused.clear();

        faults.fail(fault, at);
        for (int i = 0; i < 12; ++i) {
            const std::string id = std::to_string(at) + "-" + std::to_string(i);
            const bool is_stored = is_acknowledged(call(server.port(), message(id)));
            (is_stored ? acknowledged : refused).push_back(id);
        }
        CHECK(faults.failures() > 0);
        server.kill();
        faults.heal();
    }
    ServerProcess server(directory.path());
    for (const std::string& id : refused) CHECK(is_success(call(server.port(), message(id))));
    std::ranges::move(refused, std::back_inserter(acknowledged));
    check_stored(server.database(), acknowledged);
}

TEST_CASE(
    "While the write-ahead log can't be moved into the database, calls are stored and it is told",
    "[integration][io_faults]") {
    const TemporaryDirectory directory;
    IoFaults faults(directory.path());
    ServerProcess server(directory.path(), arguments);
    HttpClient client(server.port());
    std::vector<std::string> sent;
    const auto send = [&](int count) {
        for (int i = 0; i < count; ++i) {
            sent.push_back(std::to_string(sent.size()));
            CHECK(is_success(client.call(message(sent.back()))));
        }
    };
    faults.fail(IoFault::database_write, 1);
    send(600);  // Several checkpoints.
    wait_for_log(server, "error checkpoint_failed ");
    CHECK(faults.failures() > 1);
    faults.heal();
    send(200);
    wait_for_log(server, "info checkpoint_works ");
    CHECK(server.stop() == 0);
    check_stored(server.database(), sent);
    const std::string log = server.log();
    const std::size_t line = log.find("checkpoint_failed");
    CHECK(log.find("checkpoint_failed", line + 1) == std::string::npos);
    CHECK_THAT(log.substr(line, log.find('\n', line) - line),
               Catch::Contains(server.database()) && Catch::Contains("disk I/O error"));
}

TEST_CASE("Under load, faults of storage come and go without a loss", "[integration][io_faults]") {
    const TemporaryDirectory directory;
    IoFaults faults(directory.path());
    ServerProcess server(directory.path(), arguments);
    Load load(server.port(), 16);
    for (std::size_t round = 1; round <= 20; ++round) {
        load.wait_until_acknowledged(round * 100);
        for (const auto fault : {IoFault::disk_full, IoFault::sync, IoFault::short_write}) {
            faults.fail(fault, 1 + static_cast<int>(round));
            while (faults.failures() == 0) std::this_thread::yield();
        }
        faults.heal();
    }
    load.finish();
    for (const std::string& refusal : load.refusals()) {
        CHECK_THAT(refusal, Catch::Contains("The call log could not be stored.") &&
                                !Catch::Contains("customercare.db"));
    }
    CHECK(load.refusals().size() > 0);
    for (const std::string& id : load.unanswered()) {
        CHECK(is_success(call(server.port(), Load::request(id))));
    }
    std::vector<std::string> sent = load.acknowledged();
    std::ranges::copy(load.unanswered(), std::back_inserter(sent));
    check_stored(server.database(), sent);
}

}  // namespace customercare::test
