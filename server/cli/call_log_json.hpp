#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "store/call_log_reader.hpp"

// A stored call log in the forms that people and programs read. All names are the wire's.

namespace customercare::cli {

using Json = nlohmann::ordered_json;

/// {"id":1,"receivedAt":"…","credential":"…","BaseRequest":{…},"CallerId":"…","CustomerCallLog":{…}}
/// Absent elements are absent; those sent as xsi:nil are null; repeating ones are arrays; open
/// content is a string of XML. "masked": true tells that "*****" stands for an SSN or
/// DriverLicense.
[[nodiscard]] Json to_json(const store::StoredCallLog& stored);

/// The same as indented lines `Name: value`, safe to show on a terminal.
[[nodiscard]] std::string to_text(const Json& call_log);

/// The columns of csv_row: every simple element that occurs once at most, by its path with dots.
[[nodiscard]] std::string csv_header();

/// One record of CSV ([RFC4180]), with its line end. Text that a spreadsheet would take for a
/// formula (because of a leading = + - @, tab or CR) gets an apostrophe before it.
[[nodiscard]] std::string csv_row(const Json& call_log);

/// One field of CSV, as in csv_row.
[[nodiscard]] std::string csv_text(const std::string& text);

/// JSON on one line; never throws for invalid UTF-8.
[[nodiscard]] std::string dump(const Json& json);

}  // namespace customercare::cli
