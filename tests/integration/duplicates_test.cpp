#include <algorithm>
#include <catch2/catch.hpp>
#include <string>
#include <thread>
#include <vector>

#include "support/database.hpp"
#include "support/http_client.hpp"
#include "support/message.hpp"
#include "support/server_process.hpp"

namespace customercare::test {

TEST_CASE("A message sent again gets its success again and is stored once",
          "[integration][create_call_log]") {
    const TemporaryDirectory directory;
    {
        ServerProcess server(directory.path());
        CHECK(is_success(call(server.port(), post_sample(Soap::v11))));
        CHECK(is_success(call(server.port(), post_sample(Soap::v11))));
        // The same content is the same message, in whatever SOAP version.
        CHECK(is_success(call(server.port(), post_sample(Soap::v12))));
        CHECK(server.stop() == 0);
    }
    ServerProcess restarted(directory.path());
    CHECK(is_success(call(restarted.port(), post_sample(Soap::v11))));
    CHECK(Database(restarted.database()).call_log_count() == 1);
}

TEST_CASE("A storm of retries stores its message once, whatever becomes of the answers",
          "[integration][create_call_log]") {
    const TemporaryDirectory directory;
    const auto storm = [](const ServerProcess& server) {
        std::vector<HttpReply> replies(50);
        std::vector<std::thread> clients;
        for (HttpReply& reply : replies) {
            clients.emplace_back([&] { reply = call(server.port(), post_sample(Soap::v11)); });
            // Others are gone before their answer.
            HttpClient client(server.port());
            client.send(post_sample(Soap::v11));
            client.reset();
        }
        for (std::thread& client : clients) client.join();
        CHECK(std::ranges::all_of(replies, is_success));
    };
    {
        ServerProcess server(directory.path());
        storm(server);
        storm(server);
        server.kill();
    }
    ServerProcess restarted(directory.path());
    storm(restarted);
    CHECK(Database(restarted.database()).call_log_count() == 1);
}

TEST_CASE("A MessageId with other content is refused as a duplicate",
          "[integration][create_call_log]") {
    const TemporaryDirectory directory;
    ServerProcess server(directory.path());
    CHECK(is_success(call(server.port(), post_sample(Soap::v11))));
    const HttpReply reply =
        call(server.port(), post_sample(Soap::v11, {{"LogText", "Another call."}}));
    CHECK(reply.status == 200);
    CHECK(text_of(reply, "ErrorCode") == "DuplicateMessage");
    CHECK(text_of(reply, "ResponseCode") == "1");
    CHECK(Database(server.database()).call_log_count() == 1);
}

TEST_CASE("The same MessageId of another sender is another message",
          "[integration][create_call_log]") {
    const TemporaryDirectory directory;
    ServerProcess server(directory.path());
    CHECK(is_success(call(server.port(), post_sample(Soap::v11))));
    CHECK(is_success(
        call(server.port(), post_sample(Soap::v11, {{"DirectUserNameToken", token("other")}}))));
    CHECK(Database(server.database()).call_log_count() == 2);
}

TEST_CASE("Messages without a MessageId are all stored", "[integration][create_call_log]") {
    const TemporaryDirectory directory;
    ServerProcess server(directory.path());
    for (int i = 0; i < 2; ++i) {
        CHECK(is_success(call(server.port(), post_sample(Soap::v11, {{"MessageId", ""}}))));
    }
    CHECK(Database(server.database()).call_log_count() == 2);
}

}  // namespace customercare::test
