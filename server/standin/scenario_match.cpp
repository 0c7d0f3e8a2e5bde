#include "standin/scenario_match.hpp"

#include <algorithm>

#include "standin/field_path.hpp"
#include "standin/masking.hpp"

namespace customercare::standin {

namespace {

/// Longer texts say nothing that their beginning does not.
constexpr std::size_t max_shown = 100;

std::string shown(std::string_view text) {
    if (text.size() <= max_shown) return '"' + std::string(text) + '"';
    std::size_t end = max_shown;
    // Not within a character.
    while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U) --end;
    return '"' + std::string(text.substr(0, end)) + "...\"";
}

std::string field_miss(const std::string& path, const std::string& wanted,
                       const std::vector<std::string>& values) {
    if (is_secret_field(path)) return path + (values.empty() ? " is not there" : " is another");
    if (values.empty()) return path + " is not there, but should be " + shown(wanted);
    return path + " is " + shown(values.front()) + ", not " + shown(wanted);
}

/// Headers that carry secrets, by our rules or by custom, are not quoted.
std::string header_miss(const std::string& name, const std::string& wanted,
                        const model::HttpHeader* sent) {
    if (sent == nullptr) return "there is no header " + name;
    if (is_secret_header(name)) return "header " + name + " is another";
    return "header " + name + " is " + shown(sent->value) + ", not " + shown(wanted);
}

}  // namespace

Matcher::Matcher(const ScenarioMatch& match) : match_(match) {
    for (const auto& [path, value] : match.fields) {
        fields_.push_back({resolve_field_path(path), value});
    }
    if (!match.xpath.empty()) xpath_.emplace(match.xpath);
}

std::vector<std::string> Matcher::find_misses(Message& message,
                                              const FindCredential& find_credential) const {
    std::vector<std::string> misses;
    if (!match_.operation.empty()) {
        const std::string_view operation = message.operation();
        if (operation.empty()) {
            misses.emplace_back("the request names no operation");
        } else if (operation != match_.operation) {
            misses.push_back("the operation is " + std::string(operation) + ", not " +
                             match_.operation);
        }
    }
    if (!match_.soap.empty() && message.soap_version() != match_.soap) {
        misses.push_back("the message is SOAP " + std::string(message.soap_version()) + ", not " +
                         match_.soap);
    }
    for (const auto& [name, value] : match_.header) {
        const model::HttpHeader* sent = message.request().find(name);
        if (sent == nullptr || sent->value != value) {
            misses.push_back(header_miss(name, value, sent));
        }
    }
    if (!match_.credential.empty()) {
        const auto token = message.direct_token();
        const auto label = token ? find_credential(*token, message.request().client_subject)
                                 : std::optional<std::string>();
        if (!label) {
            misses.emplace_back("the direct token is of no registered credential");
        } else if (match_.credential != any_registered && *label != match_.credential) {
            misses.push_back("the credential is " + shown(*label) + ", not " +
                             shown(match_.credential));
        }
    }
    if ((!fields_.empty() || xpath_) && !message.is_xml()) {
        misses.emplace_back("the message is no XML");
        return misses;
    }
    for (const Field& field : fields_) {
        const auto values = message.values(field.path);
        if (std::find(values.begin(), values.end(), field.value) == values.end()) {
            misses.push_back(field_miss(field.path, field.value, values));
        }
    }
    if (xpath_ && !message.matches(*xpath_)) {
        misses.push_back("the XPath " + match_.xpath + " selects nothing");
    }
    return misses;
}

}  // namespace customercare::standin
