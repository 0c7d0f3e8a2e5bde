#include "standin/sandboxes.hpp"

#include <catch2/catch.hpp>
#include <chrono>
#include <future>
#include <string>
#include <utility>

#include "unit/store/store_support.hpp"

namespace customercare::standin {
namespace {

using std::chrono::steady_clock;

struct Fixture {
    Sandboxes make() {
        return Sandboxes({.store = {.path = directory.database()},
                          .keys = &keys,
                          .credentials = &credentials,
                          .throttle = &throttle,
                          .audit = &audit},
                         options, [](const std::string& why) { FAIL_CHECK(why); });
    }

    test::StoreDirectory directory;
    store::Keys keys{directory.key_file()};
    store::CredentialRegistry credentials{directory.database()};
    handlers::AuditQueue audit{1};
    handlers::Throttle throttle{{}, audit};
    Options options;
};

}  // namespace

TEST_CASE("What is being tried when the waits end is tried once more, as the last time",
          "[standin]") {
    Fixture fixture;
    Sandboxes sandboxes = fixture.make();
    std::promise<void> begun;
    std::promise<void> ended;
    std::promise<void> answered;
    bool is_first = true;
    sandboxes.wait(sandboxes.get(""), steady_clock::now() + std::chrono::hours(1),
                   [&](bool is_last) {
                       if (std::exchange(is_first, false)) {
                           begun.set_value();
                           ended.get_future().wait();
                       } else if (is_last) {
                           answered.set_value();
                       }
                       return is_last;
                   });
    begun.get_future().wait();
    sandboxes.end_waits();
    ended.set_value();
    CHECK(answered.get_future().wait_for(std::chrono::seconds(20)) == std::future_status::ready);
}

}  // namespace customercare::standin
