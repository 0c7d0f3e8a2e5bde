#include "cli/reload.hpp"

#include <catch2/catch.hpp>
#include <filesystem>
#include <stdexcept>

#include "model/error.hpp"
#include "store/audit_log.hpp"
#include "unit/store/store_support.hpp"

namespace customercare::cli {
namespace {

using Catch::Contains;
using Keys = std::vector<std::string>;

/// Reloads of settings on a database of their own, with what they logged.
struct ReloadFixture {
    ReloadFixture() {
        settings.store.path = directory.database();
        settings.log.file = directory.file("log");
        read = settings;
    }

    /// The log's lines.
    std::string reload() {
        {
            const Log log(settings.log);
            Reload reload(
                settings,
                [&] {
                    return LoadedSettings{read, {}};
                },
                [&](const Settings& next) {
                    if (apply_fails) throw std::runtime_error("it does not work");
                    applied.push_back(next);
                },
                log);
            reload.run();
            in_force = reload.in_force();
        }
        return test::read_file(directory.file("log"));
    }

    test::StoreDirectory directory;
    Settings settings;
    Settings read;
    Settings in_force;
    bool apply_fails = false;
    std::vector<Settings> applied;
};

}  // namespace

TEST_CASE_METHOD(ReloadFixture, "What a running server can take is taken, and told without values",
                 "[cli][reload]") {
    read.rules.success_description = "hunter2";
    read.soap.limits.max_depth = 99;
    read.http.threads = 7;
    const std::string log = reload();
    REQUIRE(applied.size() == 1);
    CHECK(applied[0].rules.success_description == "hunter2");
    CHECK(applied[0].soap.limits.max_depth == 99);
    CHECK(applied[0].http.threads == settings.http.threads);
    CHECK(in_force.soap.limits.max_depth == 99);
    CHECK_THAT(log, Contains("info settings_reloaded changed=\"guard.max_depth, "
                             "reply.success_description\"\n") &&
                        Contains("warning settings_need_restart changed=http.threads\n") &&
                        !Contains("hunter2"));
    const auto events = store::list_audit_events(directory.database());
    REQUIRE(events.size() == 1);
    CHECK(events[0].event == "reload");
    CHECK(events[0].detail == "changed=guard.max_depth, reply.success_description");
}

TEST_CASE_METHOD(ReloadFixture, "Settings that did not change are told so", "[cli][reload]") {
    CHECK_THAT(reload(), Contains("info settings_unchanged"));
    CHECK(applied.empty());
}

TEST_CASE_METHOD(ReloadFixture, "What can't be used leaves the old settings in force, all of them",
                 "[cli][reload]") {
    read.soap.limits.max_depth = 99;
    std::string why;
    SECTION("together they are not allowed") {
        read.http.tls.certificate = "c";
        why = "tls.certificate and tls.key go together";
    }
    SECTION("another mode would bring other defaults") {
        read.mode = Mode::stand_in;
        why = "mode: it needs a restart";
    }
    SECTION("they can't be put in force") {
        apply_fails = true;
        why = "it does not work";
    }
    CHECK_THAT(reload(), Contains("error settings_not_reloaded detail=\"" + why) &&
                             Contains("; the old settings stay in force"));
    CHECK(applied.empty());
    CHECK(in_force.soap.limits.max_depth == settings.soap.limits.max_depth);
    CHECK_FALSE(std::filesystem::exists(directory.database()));
}

}  // namespace customercare::cli
