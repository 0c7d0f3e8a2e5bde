#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace customercare::fuzz {

/// One element of a document, as expat reads it.
struct WalkedElement {
    std::string path;  ///< From the root down, its siblings of the same path numbered from 1:
                       ///< "a[1]/b[2]". A name in a namespace is "{uri}name".
    std::string text;  ///< All its own text, that of its children left out.
};

/// The elements of a document in UTF-8 in the order of their ends, up to the end of the root;
/// nullopt if that is not well-formed with namespaces, or has a document type. Knows nothing of the
/// project's own reader.
[[nodiscard]] std::optional<std::vector<WalkedElement>> walk_xml(std::string_view document);

}  // namespace customercare::fuzz
