#include "support/write_lock.hpp"

#include <sqlite3.h>

#include <chrono>
#include <stdexcept>
#include <thread>

namespace customercare::test {

void WriteLock::Close::operator()(sqlite3* handle) const noexcept { sqlite3_close(handle); }

WriteLock::WriteLock(const std::string& path) {
    sqlite3* handle = nullptr;
    const int result = sqlite3_open_v2(path.c_str(), &handle, SQLITE_OPEN_READWRITE, nullptr);
    handle_.reset(handle);
    if (result != SQLITE_OK) throw std::runtime_error(sqlite3_errmsg(handle));
    sqlite3_busy_handler(
        handle,
        [](void*, int) {
            std::this_thread::sleep_for(std::chrono::microseconds(50));
            return 1;
        },
        nullptr);
    // Checkpoints are the server's alone.
    sqlite3_db_config(handle, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, nullptr);
}

void WriteLock::execute(const char* sql) {
    if (sqlite3_exec(handle_.get(), sql, nullptr, nullptr, nullptr) != SQLITE_OK) {
        throw std::runtime_error(sqlite3_errmsg(handle_.get()));
    }
}

void WriteLock::take() { execute("BEGIN IMMEDIATE"); }

void WriteLock::release() { execute("ROLLBACK"); }

}  // namespace customercare::test
