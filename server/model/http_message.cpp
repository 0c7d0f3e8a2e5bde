#include "model/http_message.hpp"

#include <algorithm>

namespace customercare::model {

namespace {
char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }
}  // namespace

bool equals_ignoring_case(std::string_view left, std::string_view right) {
    return left.size() == right.size() &&
           std::equal(left.begin(), left.end(), right.begin(),
                      [](char a, char b) { return lower(a) == lower(b); });
}

const HttpHeader* HttpRequest::find(std::string_view name) const {
    const auto found = std::find_if(headers.begin(), headers.end(), [&](const HttpHeader& header) {
        return equals_ignoring_case(header.name, name);
    });
    return found == headers.end() ? nullptr : &*found;
}

}  // namespace customercare::model
