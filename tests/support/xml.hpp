#pragma once

#include <pugixml.hpp>
#include <string>
#include <string_view>

namespace customercare::test {

/// Keeps every white space: pugixml drops it between elements by default.
inline constexpr unsigned parse_exactly = pugi::parse_default | pugi::parse_ws_pcdata;

[[nodiscard]] std::string_view local_name(const pugi::xml_node& node);

/// The URI that `prefix` ("" for the default namespace) stands for at `node`; "" if none.
[[nodiscard]] std::string namespace_of(const pugi::xml_node& node, std::string_view prefix);

/// An element in one way of writing, equal for equal XML whatever its prefixes: names as
/// {uri}local, attributes sorted, xmlns attributes left out, a QName in xsi:type resolved.
[[nodiscard]] std::string canonical(const pugi::xml_node& element);

/// canonical() of a text that holds one element; "not XML: ..." if it is not well-formed.
[[nodiscard]] std::string canonical(const std::string& xml);

/// Text with &, < and > as references.
[[nodiscard]] std::string escape(std::string_view text);

}  // namespace customercare::test
