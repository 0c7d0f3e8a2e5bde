#include <algorithm>
#include <catch2/catch.hpp>
#include <chrono>
#include <cstddef>
#include <filesystem>
#include <fstream>
#include <string>
#include <thread>

#include "support/database.hpp"
#include "support/http_client.hpp"
#include "support/message.hpp"
#include "support/server_process.hpp"
#include "support/small_disk.hpp"
#include "support/wait_for_log.hpp"
#include "support/write_lock.hpp"

// What can happen to the files of a database in real life.

namespace customercare::test {
namespace {

using Catch::Contains;

HttpReply send(const ServerProcess& server, const std::string& id) {
    return call(server.port(), post_sample(Soap::v11, {{"MessageId", id}}));
}

void check_refused(const HttpReply& reply) {
    CHECK(reply.status == 500);
    CHECK(fault_text(reply) ==
          "Server was unable to process request. ---> The call log could not be stored.");
}

/// Ends the server, and checks that its log says why messages were refused, and where.
void stop_and_check_log(ServerProcess& server, const std::string& cause) {
    CHECK(server.stop() == 0);
    CHECK_THAT(server.log(), Contains("error request") && Contains("customercare.db: " + cause));
}

constexpr std::size_t page_size = 4096;

/// Writes a page of a database, and gives what was there before.
std::string exchange_page(const std::string& path, int number, std::string content) {
    std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
    const auto at = static_cast<std::streamoff>(page_size) * (number - 1);
    std::string before(page_size, '\0');
    file.seekg(at).read(before.data(), page_size);
    file.seekp(at).write(content.data(), page_size);
    return before;
}

}  // namespace

TEST_CASE("A full file system refuses messages until there is room again",
          "[integration][io_faults]") {
    const TemporaryDirectory directory;
    const SmallDisk disk(directory.path(), 2);
    if (!disk.is_mounted()) {
        WARN("not tested: no file system can be mounted here");
        return;
    }
    ServerProcess server(directory.path());
    CHECK(is_success(send(server, "before")));
    disk.fill();
    // The files have some room at their ends.
    HttpReply reply;
    int sent = 0;
    do {
        reply = send(server, std::to_string(++sent));
    } while (is_success(reply) && sent < 1000);
    check_refused(reply);
    disk.make_room();
    CHECK(is_success(send(server, std::to_string(sent))));
    stop_and_check_log(server, "database or disk is full");
    CHECK(Database(server.database()).value("PRAGMA integrity_check") == "ok");

    REQUIRE(disk.make_read_only());
    const ProgramResult result =
        run_program({"serve", "--mode", "stand-in", "--listen", "127.0.0.1:0", "--admin-listen",
                     "127.0.0.1:0", "--database", server.database()});
    CHECK(result.exit_code == 1);
    CHECK_THAT(result.errors, Contains("customercare.db"));
}

TEST_CASE("A disk that is nearly full makes a server not ready, then refuse, and ready again",
          "[integration][io_faults]") {
    const TemporaryDirectory directory;
    const SmallDisk disk(directory.path(), 8);
    if (!disk.is_mounted()) {
        WARN("not tested: no file system can be mounted here");
        return;
    }
    ServerProcess server(directory.path(), {"--set", "store.warn_free_bytes=4000000", "--set",
                                            "store.min_free_bytes=2000000"});
    const auto readiness = [&] {
        return call(server.admin_port(), "GET /readyz?verbose HTTP/1.1\r\nHost: localhost\r\n\r\n");
    };
    CHECK(readiness().status == 200);

    disk.fill(3'000'000);
    wait_for_log(server, "warning disk_nearly_full free_bytes=");
    CHECK(readiness().status == 503);
    CHECK_THAT(readiness().body, Contains("store.warn_free_bytes"));
    CHECK(is_success(send(server, "m1")));

    disk.fill(1'000'000);
    wait_for_log(server, "error disk_full free_bytes=");
    CHECK(readiness().status == 503);
    for (const Soap version : {Soap::v11, Soap::v12}) {
        const HttpReply refused = call(server.port(), post_sample(version, {{"MessageId", "m2"}}));
        CHECK(refused.status == 503);
        CHECK(refused.headers.at("retry-after") == "30");
        CHECK(fault_text(refused) == "Server is out of storage space. Try again later.");
        CHECK(text_of(refused, version == Soap::v11 ? "faultcode" : "Value") ==
              (version == Soap::v11 ? "soap:Server" : "soap:Receiver"));
    }
    wait_for_log(server, "outcome=no_space");
    CHECK_THAT(server.log(), Contains("store.min_free_bytes"));

    disk.make_room();
    wait_for_log(server, "info disk_has_room free_bytes=");
    CHECK(readiness().status == 200);
    CHECK(is_success(send(server, "m2")));
    CHECK(server.stop() == 0);
    CHECK(Database(server.database()).call_log_count() == 2);
}

TEST_CASE("A lock that is held for less than busy_timeout_ms delays messages, no more",
          "[integration][io_faults]") {
    const TemporaryDirectory directory;
    ServerProcess server(directory.path(), {"--set", "store.busy_timeout_ms=60000"});
    WriteLock lock(server.database());
    lock.take();
    HttpReply reply;
    std::thread client([&] { reply = send(server, "m1"); });
    std::this_thread::sleep_for(std::chrono::seconds(3));
    lock.release();
    client.join();
    CHECK(is_success(reply));
}

TEST_CASE("A lock that is held for longer refuses messages until it is released",
          "[integration][io_faults]") {
    const TemporaryDirectory directory;
    ServerProcess server(directory.path(), {"--set", "store.busy_timeout_ms=300"});
    WriteLock lock(server.database());
    lock.take();
    for (const char* id : {"m1", "m2", "m3"}) check_refused(send(server, id));
    lock.release();
    for (const char* id : {"m1", "m2", "m3"}) CHECK(is_success(send(server, id)));
    stop_and_check_log(server, "database is locked");
    CHECK(Database(server.database()).call_log_count() == 3);
}

TEST_CASE("A database that is deleted under the server is made anew", "[integration][io_faults]") {
    const TemporaryDirectory directory;
    ServerProcess server(directory.path());
    CHECK(is_success(send(server, "m1")));
    std::filesystem::remove(server.database());
    CHECK(is_success(send(server, "m2")));
    CHECK(server.stop() == 0);
    const Database database(server.database());
    CHECK(database.column("SELECT message_id FROM call_log") == std::vector<std::string>{"m2"});
}

TEST_CASE("A corrupt page refuses the messages that need it until it is restored",
          "[integration][io_faults]") {
    const TemporaryDirectory directory;
    std::string path;
    {
        ServerProcess server(directory.path());
        CHECK(is_success(send(server, "m1")));
        CHECK(server.stop() == 0);
        path = server.database();
    }
    const int page = std::stoi(
        Database(path).value("SELECT rootpage FROM sqlite_schema WHERE name = 'call_log_numbers'"));
    const std::string good = exchange_page(path, page, std::string(page_size, '\xff'));
    ServerProcess server(directory.path());
    check_refused(send(server, "m2"));
    exchange_page(path, page, good);
    CHECK(is_success(send(server, "m2")));
    stop_and_check_log(server, "database disk image is malformed");
    CHECK(Database(path).value("PRAGMA integrity_check") == "ok");
}

}  // namespace customercare::test
