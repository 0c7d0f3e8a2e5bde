#pragma once

#include <algorithm>
#include <string>
#include <string_view>
#include <type_traits>

#include "model/call_log.hpp"

// What writing and reading of call logs must agree on.

namespace customercare::store {

/// The columns of a record's simple fields, in each_field's order, separated by ", ". A dateTime
/// has a second one, "<name>_utc", behind the text as sent. `prefix` stands in front of each name.
template <typename Record>
std::string columns_of(std::string_view prefix = "") {
    std::string columns;
    const Record record;
    Record::each_field(record, [&](const char*, const char* name, const auto& field) {
        const std::string column = std::string(prefix) + name;
        if (!columns.empty()) columns += ", ";
        columns += column;
        using Field = std::remove_cvref_t<decltype(field)>;
        if constexpr (std::is_same_v<Field, model::DateTimeText>) columns += ", " + column + "_utc";
    });
    return columns;
}

/// INSERT of one row with all `columns` as parameters.
inline std::string insert_sql(std::string_view table, const std::string& columns) {
    std::string sql = "INSERT INTO " + std::string(table) + " (" + columns + ") VALUES (?";
    for (auto n = std::count(columns.begin(), columns.end(), ','); n > 0; --n) sql += ", ?";
    return sql + ")";
}

/// In table call_log, in front of a requestor's columns.
inline constexpr std::string_view requestor_prefix = "requestor_";

// What an encrypted value is bound to.
inline constexpr std::string_view ssn_context = "requestor.ssn";
inline constexpr std::string_view open_content_context = "open_content.sealed";

/// True if open content of that path is encrypted at rest.
inline bool is_sealed(std::string_view path) {
    return path.find("/DriverLicense") != std::string_view::npos;
}

// A phone's "kind": the element's name.
inline constexpr std::string_view primary_contact = "PrimaryContact";
inline constexpr std::string_view secondary_contact = "SecondaryContact";
inline constexpr std::string_view other_phone = "OtherPhone";
inline constexpr std::string_view fax = "Fax";

inline constexpr std::string_view email_element = "Email";

/// What `path`, one of nil_elements, says behind the requestor's own path; "": nothing of it.
inline std::string_view child_of_requestor(std::string_view path) {
    constexpr std::string_view requestor = "CustomerCallLog/Requestor/";
    return path.starts_with(requestor) ? path.substr(requestor.size()) : std::string_view{};
}

}  // namespace customercare::store
