#include "store/statement.hpp"

#include <sqlite3.h>

#include "model/error.hpp"

namespace customercare::store {

namespace {

// A null pointer would bind NULL in the place of an empty value.
const char* data_of(std::string_view text) { return text.data() == nullptr ? "" : text.data(); }

}  // namespace

void throw_database_error(sqlite3* database) {
    const char* path = sqlite3_db_filename(database, "main");
    throw model::ServiceError(
        model::ErrorCode::storage,
        std::string("database ") + (path == nullptr ? "" : path) + ": " + sqlite3_errmsg(database));
}

void Statement::Finalize::operator()(sqlite3_stmt* handle) const noexcept {
    sqlite3_finalize(handle);
}

Statement::Statement(sqlite3* database, std::string_view sql) : database_(database) {
    sqlite3_stmt* handle = nullptr;
    const int result = sqlite3_prepare_v3(database, sql.data(), static_cast<int>(sql.size()),
                                          SQLITE_PREPARE_PERSISTENT, &handle, nullptr);
    handle_.reset(handle);
    if (result != SQLITE_OK) throw_database_error(database);
}

Statement& Statement::bind(std::int64_t value) {
    return check_bound(sqlite3_bind_int64(handle_.get(), next_parameter(), value));
}

Statement& Statement::bind(std::string_view text) {
    return check_bound(sqlite3_bind_text64(handle_.get(), next_parameter(), data_of(text),
                                           text.size(), SQLITE_STATIC, SQLITE_UTF8));
}

Statement& Statement::bind_null() {
    return check_bound(sqlite3_bind_null(handle_.get(), next_parameter()));
}

Statement& Statement::bind_blob(std::string_view blob) {
    return check_bound(sqlite3_bind_blob64(handle_.get(), next_parameter(), data_of(blob),
                                           blob.size(), SQLITE_STATIC));
}

Statement& Statement::bind_copy(std::string_view text) {
    return check_bound(sqlite3_bind_text64(handle_.get(), next_parameter(), data_of(text),
                                           text.size(), SQLITE_TRANSIENT, SQLITE_UTF8));
}

Statement& Statement::bind_blob_copy(std::string_view blob) {
    return check_bound(sqlite3_bind_blob64(handle_.get(), next_parameter(), data_of(blob),
                                           blob.size(), SQLITE_TRANSIENT));
}

void Statement::run() {
    while (step()) {
    }
}

bool Statement::step() {
    parameter_ = 1;
    const int result = sqlite3_step(handle_.get());
    column_ = 0;
    if (result == SQLITE_ROW) return true;
    reset();  // Keeps the message of a failure.
    if (result != SQLITE_DONE) throw_database_error(database_);
    return false;
}

void Statement::reset() {
    sqlite3_reset(handle_.get());
    parameter_ = 1;
}

void Statement::read(std::int64_t& value) {
    value = sqlite3_column_int64(handle_.get(), column_++);
}

void Statement::read(std::int32_t& value) { value = sqlite3_column_int(handle_.get(), column_++); }

void Statement::read(bool& value) { value = sqlite3_column_int(handle_.get(), column_++) != 0; }

void Statement::read(std::string& text_or_blob) {
    // For a text this is its UTF-8, which is how the database stores it.
    const void* data = sqlite3_column_blob(handle_.get(), column_);
    const int size = sqlite3_column_bytes(handle_.get(), column_++);
    text_or_blob.assign(static_cast<const char*>(data), static_cast<std::size_t>(size));
}

bool Statement::next_is_null() const {
    return sqlite3_column_type(handle_.get(), column_) == SQLITE_NULL;
}

int Statement::next_parameter() {
    if (parameter_ == 1) sqlite3_reset(handle_.get());  // Rows may have been left unread.
    return parameter_++;
}

Statement& Statement::check_bound(int result) {
    if (result != SQLITE_OK) {
        reset();
        throw_database_error(database_);
    }
    return *this;
}

}  // namespace customercare::store
