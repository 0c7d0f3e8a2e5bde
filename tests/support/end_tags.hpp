#pragma once

#include <string>
#include <string_view>

namespace customercare::test {

/// The same XML with a blank in each end tag, so that the guard reads no element at once, but all
/// node by node. For XML without comments, CDATA and instructions, in which "</" may be no end tag.
inline std::string with_blanks_in_end_tags(std::string_view xml) {
    std::string blanks;
    bool is_end_tag = false;
    for (std::size_t i = 0; i < xml.size(); ++i) {
        if (xml.substr(i, 2) == "</") is_end_tag = true;
        if (xml[i] == '>' && is_end_tag) {
            is_end_tag = false;
            blanks += ' ';
        }
        blanks += xml[i];
    }
    return blanks;
}

}  // namespace customercare::test
