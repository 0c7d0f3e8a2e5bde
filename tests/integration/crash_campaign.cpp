// Kills a server under load again and again on the same database, and counts what became of the
// messages. Exit code 0: nothing acknowledged was lost, and nothing was stored twice.

#include <CLI/CLI.hpp>
#include <algorithm>
#include <chrono>
#include <cstdint>
#include <exception>
#include <filesystem>
#include <iomanip>
#include <iostream>
#include <iterator>
#include <random>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "support/database.hpp"
#include "support/load.hpp"
#include "support/server_process.hpp"

namespace customercare::test {
namespace {

/// Then a new database, so that looking at all of it in each round stays cheap.
constexpr int rounds_per_database = 20;

struct Plan {
    int rounds = 20;
    int clients = 32;
    int longest_ms = 500;
    std::uint32_t seed = std::random_device{}();
};

/// What is wrong with a database.
struct Defects {
    std::vector<std::string> lost;  ///< MessageIds acknowledged and not stored.
    std::int64_t duplicated = 0;    ///< Rows beyond the first of a MessageId.
    std::int64_t incomplete = 0;    ///< Call logs without a row that all of them have.
    std::vector<std::string> violations;

    [[nodiscard]] bool are_none() const {
        return lost.empty() && duplicated == 0 && incomplete == 0 && violations.empty();
    }
};

struct Totals {
    int rounds = 0;
    std::size_t acknowledged = 0;
    std::size_t unanswered = 0;
    std::size_t stored_unanswered = 0;  ///< Of these.
    std::size_t sent_again = 0;         ///< Of these.
    std::int64_t stored = 0;
    std::vector<std::string> refusals;
    Defects defects;

    [[nodiscard]] bool are_good() const { return refusals.empty() && defects.are_none(); }
};

Defects find_defects(const Database& database, std::vector<std::string> acknowledged) {
    Defects defects;
    auto stored = database.column("SELECT message_id FROM call_log");
    std::ranges::sort(stored);
    std::ranges::sort(acknowledged);
    std::ranges::set_difference(acknowledged, stored, std::back_inserter(defects.lost));
    defects.duplicated =
        std::stoll(database.value("SELECT count(*) - count(DISTINCT message_id) FROM call_log"));
    defects.incomplete =
        std::stoll(database.value("SELECT count(*) FROM call_log WHERE NOT has_requestor OR"
                                  " id NOT IN (SELECT call_log_id FROM sealed_content)"));
    for (const char* check : {"PRAGMA integrity_check", "PRAGMA foreign_key_check"}) {
        for (std::string& line : database.column(check)) {
            if (line != "ok") defects.violations.push_back(std::move(line));
        }
    }
    return defects;
}

std::size_t count_stored(const Database& database, const std::vector<std::string>& message_ids) {
    std::size_t count = 0;
    for (const std::string& id : message_ids) {
        count += database.column("SELECT 1 FROM call_log WHERE message_id = '" + id + "'").size();
    }
    return count;
}

/// Up to rounds_per_database rounds; ends early at the first defect, and then leaves a copy of the
/// database's directory in the current one.
void run_on_new_database(const Plan& plan, std::mt19937& random, Totals& totals) {
    const TemporaryDirectory directory;
    std::vector<std::string> acknowledged;
    std::vector<std::string> unanswered;
    const int rounds = std::min(rounds_per_database, plan.rounds - totals.rounds);
    for (int round = 0; round <= rounds; ++round) {
        // Every few commits a checkpoint, so that it is hit, too.
        ServerProcess server(directory.path(), {"--set", "store.checkpoint_pages=200"});
        {
            // Closed before the kill, or it would keep the next server from recovering the WAL.
            const Database database(server.database());
            totals.defects = find_defects(database, acknowledged);
            totals.stored_unanswered += count_stored(database, unanswered);
            if (round == rounds || !totals.are_good()) {
                totals.stored += database.call_log_count();
                break;
            }
        }
        Load load(server.port(), plan.clients, unanswered);
        const auto moment = std::uniform_int_distribution(0, plan.longest_ms * 1000)(random);
        std::this_thread::sleep_for(std::chrono::microseconds(moment));
        server.kill();
        load.finish();

        ++totals.rounds;
        totals.acknowledged += load.acknowledged().size();
        totals.unanswered += load.unanswered().size();
        totals.sent_again += unanswered.size();
        std::ranges::copy(load.refusals(), std::back_inserter(totals.refusals));
        std::ranges::copy(load.acknowledged(), std::back_inserter(acknowledged));
        unanswered = load.unanswered();
    }
    if (!totals.are_good()) {
        const std::string copy = "crash_campaign-" + std::to_string(plan.seed);
        std::filesystem::copy(directory.path(), copy, std::filesystem::copy_options::recursive);
        std::cout << "the database is in " << copy << '\n';
    }
}

void print(const Totals& totals) {
    const auto row = [](std::string_view what, auto count) {
        std::cout << std::left << std::setw(24) << what << std::right << std::setw(12) << count
                  << '\n';
    };
    row("rounds", totals.rounds);
    row("acknowledged", totals.acknowledged);
    row("unanswered at the kill", totals.unanswered);
    row("  of these stored", totals.stored_unanswered);
    row("  of these sent again", totals.sent_again);
    row("refused", totals.refusals.size());
    row("stored", totals.stored);
    row("lost", totals.defects.lost.size());
    row("duplicated", totals.defects.duplicated);
    row("incomplete", totals.defects.incomplete);
    row("integrity, foreign keys", totals.defects.violations.empty() ? "ok" : "violated");
    for (const std::string& id : totals.defects.lost) std::cout << "lost: " << id << '\n';
    for (const std::string& line : totals.defects.violations) std::cout << line << '\n';
    for (const std::string& refusal : totals.refusals) std::cout << "refused: " << refusal << '\n';
}

int run(const Plan& plan) {
    std::cout << plan.rounds << " rounds, " << plan.clients << " clients, --seed " << plan.seed
              << std::endl;
    std::mt19937 random(plan.seed);
    Totals totals;
    while (totals.rounds < plan.rounds && totals.are_good()) {
        run_on_new_database(plan, random, totals);
        std::cout << "round " << totals.rounds << ": " << totals.acknowledged << " acknowledged, "
                  << totals.stored << " stored, " << totals.defects.lost.size() << " lost, "
                  << totals.defects.duplicated << " duplicated" << std::endl;
    }
    print(totals);
    // Nothing acknowledged, and nothing unanswered at a kill: nothing was shown.
    return totals.are_good() && totals.acknowledged > 0 && totals.unanswered > 0 ? 0 : 1;
}

}  // namespace
}  // namespace customercare::test

int main(int argc, char** argv) {
    customercare::test::Plan plan;
    CLI::App app("Kills a server under load again and again; counts lost and duplicated messages");
    app.option_defaults()->always_capture_default();
    app.add_option("--rounds", plan.rounds, "How often; a line is printed after every 20")
        ->check(CLI::PositiveNumber);
    app.add_option("--clients", plan.clients,
                   "Clients at once; after a restart they first send "
                   "again what was not answered")
        ->check(CLI::PositiveNumber);
    app.add_option("--longest", plan.longest_ms, "The kill comes at a random moment of so many ms")
        ->check(CLI::PositiveNumber);
    app.add_option("--seed", plan.seed, "For the moments of the kills; else random");
    CLI11_PARSE(app, argc, argv);
    try {
        return customercare::test::run(plan);
    } catch (const std::exception& error) {
        std::cerr << "crash_campaign: " << error.what() << '\n';
        return 1;
    }
}
