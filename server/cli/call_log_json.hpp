#pragma once

#include <string>

#include "store/call_log_json.hpp"

// A stored call log in the forms that people read, made from its JSON.

namespace customercare::cli {

using store::dump;
using store::Json;
using store::to_json;

/// As indented lines `Name: value`, safe to show on a terminal.
[[nodiscard]] std::string to_text(const Json& call_log);

/// The columns of csv_row: every simple element that occurs once at most, by its path with dots.
[[nodiscard]] std::string csv_header();

/// One record of CSV ([RFC4180]), with its line end. Text that a spreadsheet would take for a
/// formula (because of a leading = + - @, tab or CR) gets an apostrophe before it.
[[nodiscard]] std::string csv_row(const Json& call_log);

/// One field of CSV, as in csv_row.
[[nodiscard]] std::string csv_text(const std::string& text);

}  // namespace customercare::cli
