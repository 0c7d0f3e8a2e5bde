#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace customercare::soap {

/// The encoding that an XML declaration in 8 bits names, a part of `body`; or "".
[[nodiscard]] std::string_view declared_encoding(std::string_view body);

/// Turns a message into UTF-8 without byte order mark, by ASMX's order of what counts: a byte order
/// mark, then the charset parameter, then, if `xml_rules` (application/soap+xml), the signs of
/// [XML10] appendix F: UTF-16's first bytes and the declaration's encoding. UTF-8, UTF-16 (either
/// order), ISO-8859-1 and US-ASCII are known; an unknown charset is as good as none, which is
/// UTF-8.
///
/// The result is a view of `body` or of `buffer`. nullopt: the bytes are not of that encoding; that
/// is found here for UTF-16 only, the reader of the message finds bad UTF-8 itself.
[[nodiscard]] std::optional<std::string_view> to_utf8(std::string_view body,
                                                      std::optional<std::string_view> charset,
                                                      bool xml_rules, std::string& buffer);

}  // namespace customercare::soap
