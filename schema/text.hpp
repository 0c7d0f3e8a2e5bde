#pragma once

#include <optional>
#include <string>

/// What gSOAP reads an element's text into; nullopt: the element was absent. In no namespace, since
/// soapcpp2 knows none.
using Text = std::optional<std::string>;
