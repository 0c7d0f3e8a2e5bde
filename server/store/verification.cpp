#include "store/verification.hpp"

#include <filesystem>
#include <optional>

#include "model/error.hpp"
#include "store/columns.hpp"
#include "store/database.hpp"
#include "store/keys.hpp"
#include "store/migrate.hpp"

namespace customercare::store {

namespace {

constexpr std::chrono::milliseconds busy_timeout{10'000};
// More of a kind would say no more.
constexpr int most_problems = 20;

/// Where encrypted values are, found by name: a backup may be of an older version, in which the
/// tables were others.
struct SealedColumn {
    std::string table;
    std::string column;
    [[nodiscard]] std::string_view context() const {
        return column == "sealed" ? open_content_context : ssn_context;
    }
};

class Verifier {
public:
    Verifier(const std::string& path, const Keys* keys)
        : database_(path, Database::Access::read_only, busy_timeout), keys_(keys) {}

    Verification run(const std::function<void(std::string_view)>& begin_check) {
        begin_check("integrity");
        attempt([&] { check_integrity(); });
        // A page that is wrong makes of what follows a report on that page.
        if (!result_.is_good()) return result_;
        begin_check("references");
        attempt([&] { check_references(); });
        begin_check("version");
        attempt([&] { check_version(); });
        if (!result_.is_good()) return result_;
        begin_check("encrypted values");
        attempt([&] { check_sealed(); });
        attempt([&] { count(); });
        return result_;
    }

private:
    template <typename Check>
    void attempt(Check check) {
        try {
            check();
        } catch (const model::ServiceError& error) {
            result_.problems.emplace_back(error.what());
        }
    }

    void check_integrity() {
        Statement check =
            database_.prepare("PRAGMA integrity_check(" + std::to_string(most_problems) + ")");
        while (check.step()) {
            const auto text = check.read<std::string>();
            if (text != "ok") result_.problems.push_back("integrity: " + text);
        }
    }

    void check_references() {
        Statement check = database_.prepare(
            "SELECT \"table\", \"parent\", count(*) FROM pragma_foreign_key_check GROUP BY 1, 2");
        while (check.step()) {
            const auto table = check.read<std::string>();
            const auto parent = check.read<std::string>();
            const auto rows = check.read<std::int64_t>();
            result_.problems.push_back("references: " + std::to_string(rows) + " rows of ");
            result_.problems.back().append(table).append(" belong to no row of ").append(parent);
        }
    }

    void check_version() {
        result_.version = schema_version(database_);
        result_.newest_version = newest_schema_version;
        if (result_.version == 0) {
            result_.problems.emplace_back("version: it is not a database of this program");
        } else if (result_.version > newest_schema_version) {
            result_.problems.push_back("version: it is of version " +
                                       std::to_string(result_.version) + ", this program knows " +
                                       std::to_string(newest_schema_version) +
                                       " at most; use a newer program");
        }
    }

    void check_sealed() {
        for (const SealedColumn& column : find_sealed()) {
            const std::string from =
                " FROM " + column.table + " WHERE " + column.column + " IS NOT NULL";
            if (keys_ == nullptr) {
                result_.sealed_values += number("SELECT count(*)" + from);
            } else {
                check_sealed(column, "SELECT " + column.column + from);
            }
        }
    }

    void check_sealed(const SealedColumn& column, const std::string& sql) {
        Statement values = database_.prepare(sql);
        std::int64_t failed = 0;
        std::string why;
        // For a key that is not known the key file is read each time.
        while (values.step() && failed < most_problems) {
            ++result_.sealed_values;
            try {
                static_cast<void>(keys_->open(values.read<std::string>(), column.context()));
            } catch (const model::ServiceError& error) {
                ++failed;
                why = error.what();
            }
        }
        if (failed == 0) return;
        result_.problems.push_back((failed == most_problems ? "encrypted values: many of "
                                                            : "encrypted values: some of ") +
                                   column.table + "." + column.column + ": " + why);
    }

    std::vector<SealedColumn> find_sealed() {
        Statement find = database_.prepare(
            "SELECT t.name, c.name FROM sqlite_schema t JOIN pragma_table_info(t.name) c"
            " WHERE t.type = 'table' AND c.type = 'BLOB'"
            " AND c.name IN ('ssn', 'requestor_ssn', 'sealed')");
        std::vector<SealedColumn> columns;
        while (find.step()) {
            SealedColumn& column = columns.emplace_back();
            find.read(column.table);
            find.read(column.column);
        }
        return columns;
    }

    void count() {
        result_.call_logs = number("SELECT count(*) FROM call_log");
        result_.credentials = number("SELECT count(*) FROM credential");
        Statement newest =
            database_.prepare("SELECT received_at FROM call_log ORDER BY id DESC LIMIT 1");
        if (newest.step()) newest.read(result_.newest_call_log);
    }

    std::int64_t number(const std::string& sql) {
        Statement statement = database_.prepare(sql);
        statement.step();
        return statement.read<std::int64_t>();
    }

    Database database_;
    const Keys* keys_;
    Verification result_;
};

}  // namespace

Verification verify_database(const std::string& path, const Keys* keys,
                             const std::function<void(std::string_view check)>& begin_check) {
    std::error_code error;
    if (!std::filesystem::is_regular_file(path, error)) {
        throw model::ServiceError(model::ErrorCode::storage, path + ": there is no such file");
    }
    try {
        return Verifier(path, keys).run(begin_check);
    } catch (const model::ServiceError& refusal) {
        Verification result;
        result.problems.emplace_back(refusal.what());
        return result;
    }
}

}  // namespace customercare::store
