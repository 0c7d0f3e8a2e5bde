#pragma once

#include <sys/stat.h>

#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <future>
#include <iterator>
#include <string>
#include <utility>

#include "model/error.hpp"
#include "store/call_log_store.hpp"
#include "store/database.hpp"
#include "store/keys.hpp"

namespace customercare::test {

/// A directory of its own for one test, with a database's path and a key file.
class StoreDirectory {
public:
    StoreDirectory() {
        std::string name =
            (std::filesystem::temp_directory_path() / "customercare-XXXXXX").string();
        if (mkdtemp(name.data()) == nullptr) throw std::runtime_error("no temporary directory");
        path_ = name;
    }
    ~StoreDirectory() { std::filesystem::remove_all(path_); }
    StoreDirectory(const StoreDirectory&) = delete;
    StoreDirectory& operator=(const StoreDirectory&) = delete;

    [[nodiscard]] std::string file(const std::string& name) const {
        return (path_ / name).string();
    }
    [[nodiscard]] std::string database() const { return file("calls.db"); }
    [[nodiscard]] std::string key_file() const { return file("calls.key"); }

private:
    std::filesystem::path path_;
};

inline std::string read_file(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

inline void write_file(const std::string& path, const std::string& content) {
    std::ofstream(path, std::ios::binary) << content;
}

inline unsigned permissions_of(const std::string& path) {
    struct stat status {};
    return stat(path.c_str(), &status) == 0 ? status.st_mode & 0777U : 0;
}

/// A connection for looking into a database and for disturbing it.
inline store::Database open_beside(const std::string& path) {
    return {path, store::Database::Access::read_write, std::chrono::seconds(10)};
}

/// A new database as a former version of the program has left it.
store::Database make_former_database(const std::string& path, int version);

/// The first column of the first row, as text; "none" without a row, "NULL" for NULL.
inline std::string query(const std::string& path, const std::string& sql) {
    store::Database database = open_beside(path);
    store::Statement statement = database.prepare(sql);
    if (!statement.step()) return "none";
    return statement.read<std::optional<std::string>>().value_or("NULL");
}

inline std::string count(const std::string& path, const std::string& table) {
    return query(path, "SELECT count(*) FROM " + table);
}

inline store::NewCallLog make_record(const std::string& message_id,
                                     const std::string& text = "text") {
    store::NewCallLog record;
    record.call_log.message_id = message_id;
    record.call_log.log_text = text;
    record.sender = std::string(32, 's');
    record.credential_label = "web";
    record.received_at = model::parse_date_time("2011-03-04T10:06:07.25Z")->instant;
    record.digest.fill(static_cast<unsigned char>(text.size()));
    return record;
}

/// Appends and gives the result as soon as it is there.
inline std::future<store::AppendResult> append(store::CallLogStore& store,
                                               store::NewCallLog record) {
    auto promise = std::make_shared<std::promise<store::AppendResult>>();
    auto result = promise->get_future();
    store.append(std::move(record),
                 [promise](store::AppendResult&& done) { promise->set_value(std::move(done)); });
    return result;
}

/// The text of the ServiceError that `action` throws; "" if it throws none.
template <typename Action>
std::string error_of(Action&& action, model::ErrorCode code) {
    try {
        action();
    } catch (const model::ServiceError& error) {
        return error.code() == code ? error.what() : "";
    }
    return "";
}

}  // namespace customercare::test
