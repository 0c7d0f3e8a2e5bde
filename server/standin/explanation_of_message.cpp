#include <algorithm>
#include <string>

#include "soap/text.hpp"
#include "standin/explanation.hpp"
#include "standin/masking.hpp"

namespace customercare::standin {

namespace {

constexpr std::string_view soap11 = "http://schemas.xmlsoap.org/soap/envelope/";
constexpr std::string_view soap12 = "http://www.w3.org/2003/05/soap-envelope";
constexpr std::size_t shown_bytes = 30;  // Before and after the place.

std::string in_quotes(std::string_view text) { return '"' + std::string(text) + '"'; }

/// The byte offset of a position, as text_position() counts; the text's size if it has none such.
std::size_t offset_of(std::string_view text, soap::Position position) {
    std::size_t line_start = 0;
    for (std::size_t line = 1; line < position.line; ++line) {
        line_start = text.find('\n', line_start);
        if (line_start == std::string_view::npos) return text.size();
        ++line_start;
    }
    const std::size_t line_end = std::min(text.find('\n', line_start), text.size());
    const std::string_view line = text.substr(line_start, line_end - line_start);
    // Columns are UTF-16 units.
    std::size_t units = 1;
    std::size_t at = 0;
    while (at < line.size() && units < position.column) {
        const auto byte = static_cast<unsigned char>(line[at]);
        units += byte >= 0xF0 ? 2 : 1;
        do ++at;
        while (at < line.size() && (static_cast<unsigned char>(line[at]) & 0xC0U) == 0x80U);
    }
    return line_start + at;
}

std::size_t to_character(std::string_view text, std::size_t at) {
    while (at < text.size() && (static_cast<unsigned char>(text[at]) & 0xC0U) == 0x80U) ++at;
    return std::min(at, text.size());
}

/// The piece of text around a place, on one line, with what is masked left out; "" if the journal
/// does not have it.
std::string around(const Exchange& exchange, std::string_view text) {
    const std::size_t at = offset_of(text, exchange.trail.position);
    const bool is_cut = exchange.request_body.size() < exchange.request_bytes;
    if (is_cut && at == text.size()) return {};
    if (at >= text.size()) return {};
    const std::size_t begin = to_character(text, at - std::min(at, shown_bytes));
    const std::size_t end = to_character(text, std::min(at + shown_bytes, text.size()));
    std::string piece = Masking(text).masked(begin, end);
    std::replace_if(
        piece.begin(), piece.end(), [](char c) { return c == '\n' || c == '\r' || c == '\t'; },
        ' ');
    return piece;
}

std::string in_backquotes(const char* lead, const std::string& piece) {
    return piece.empty() ? "" : lead + ('`' + piece + '`');
}

std::string place(const soap::Position& position) {
    return "line " + std::to_string(position.line) + ", column " + std::to_string(position.column);
}

std::string explain_not_well_formed(const Exchange& exchange, std::string_view text) {
    const soap::Trail& trail = exchange.trail;
    if (text.empty()) {
        return trail.words.find("UTF-16") != std::string::npos
                   ? "The body is not in UTF-16, as its byte order mark or charset says."
                   : "The body is empty; send a SOAP envelope.";
    }
    if (trail.position.line == 0) return "The message is not well-formed XML: " + trail.words;
    return "The message is not well-formed XML at " + place(trail.position) +
           in_backquotes(", around ", around(exchange, text)) +
           ". Look there for a tag that is not closed, a stray & or "
           "<, or a character that is not in the message's encoding.";
}

/// What a value must look like, from ASMX's words for what is wrong with it.
std::string allowed_value(std::string_view words) {
    const auto has = [&](std::string_view part) {
        return words.find(part) != std::string_view::npos;
    };
    if (has("Boolean")) return "Allowed are true, false, 1 and 0.";
    if (has("Int32") || has("Input string")) {
        return "Allowed are whole numbers from -2147483648 to 2147483647.";
    }
    if (has("AllXsd") || has("dateTime")) {
        return "Allowed are times such as 2026-01-31T10:00:00, with a fraction and Z or an offset "
               "if need be.";
    }
    if (has("DateTime")) {
        return "Allowed are dates such as 2026-01-31 and times such as 2026-01-31T10:00:00.";
    }
    return {};
}

std::string explain_invalid(const Exchange& exchange, std::string_view text) {
    const soap::Trail& trail = exchange.trail;
    std::string sentences = "A part of the message is not as the contract has it, at " +
                            place(trail.position) +
                            in_backquotes(", behind ", around(exchange, text)) + ".";
    const std::string allowed = allowed_value(trail.words);
    return allowed.empty() ? sentences + " " + mask(trail.words) : sentences + " " + allowed;
}

}  // namespace

std::string explain_message(const Exchange& exchange, std::string_view text) {
    const soap::Trail& trail = exchange.trail;
    switch (trail.refusal) {
        case soap::Refusal::not_well_formed:
            return explain_not_well_formed(exchange, text);
        case soap::Refusal::limit:
            return trail.words + " Send less, or raise that setting.";
        case soap::Refusal::version_mismatch:
            return "The root element's namespace is " + in_quotes(trail.root_namespace) +
                   "; it must be " + in_quotes(soap11) + " (SOAP 1.1) or " + in_quotes(soap12) +
                   " (SOAP 1.2).";
        case soap::Refusal::not_understood:
            return "The header block " + trail.words +
                   " says mustUnderstand, and the service knows ScCredentials alone. Leave it out, "
                   "or send it without mustUnderstand.";
        case soap::Refusal::strict: {
            const soap::IgnoredElement& first = trail.ignored.front();
            return "With soap.strict, " + first.path + " in line " + std::to_string(first.line) +
                   " is refused. " + ignored_hint(first);
        }
        case soap::Refusal::not_readable:
            if (!trail.root_name.empty() && trail.root_name != "Envelope") {
                return "The root element is " + trail.root_name +
                       "; it must be Envelope, of SOAP 1.1 or 1.2.";
            }
            return "The message can't be read as a SOAP envelope with a Body: " + mask(trail.words);
        default:
            return explain_invalid(exchange, text);
    }
}

}  // namespace customercare::standin
