#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace customercare::cli {

/// Appends text from the input so that it can do no harm in a log or on a terminal: what is not
/// printable (control characters, line separators, marks that change the direction of writing) as
/// \n, \t or \u001b, invalid UTF-8 as \ufffd.
void append_printable(std::string& out, std::string_view text);

/// The same as a JSON string, with its quotation marks. Text over `max_bytes` is cut, and then ends
/// in "…".
void append_quoted(std::string& out, std::string_view text,
                   std::size_t max_bytes = std::string_view::npos);

}  // namespace customercare::cli
