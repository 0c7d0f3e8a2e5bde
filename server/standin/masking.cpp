#include "standin/masking.hpp"

#include <algorithm>
#include <array>

#include "soap/encoding.hpp"
#include "soap/routing.hpp"

namespace customercare::standin {

namespace {

constexpr std::string_view asterisks = "*****";
constexpr std::string_view blanks = " \t\r\n";
constexpr auto npos = std::string_view::npos;

bool is_sensitive(std::string_view local) {
    return model::equals_ignoring_case(local, "SSN") ||
           model::equals_ignoring_case(local, "DriverLicense") ||
           model::equals_ignoring_case(local, "ID");
}

std::string_view local_part(std::string_view name) { return name.substr(name.rfind(':') + 1); }

/// Attributes that say how to read an element, and nothing about a person.
bool is_markup(std::string_view name) {
    const std::string_view local = local_part(name);
    return name.starts_with("xmlns") || local == "nil" || local == "type";
}

bool is_blank(std::string_view text) { return text.find_first_not_of(blanks) == npos; }

bool is_digit(char c) { return c >= '0' && c <= '9'; }

bool is_letter(char c) { return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z'); }

/// The length of a sensitive name that stands at `at` with no letter beside it; 0: none does.
std::size_t name_at(std::string_view text, std::size_t at) {
    if (at > 0 && is_letter(text[at - 1])) return 0;
    for (const std::string_view name : {"SSN", "DriverLicense", "ID"}) {
        if (!model::equals_ignoring_case(text.substr(at, name.size()), name)) continue;
        const std::size_t end = at + name.size();
        if (end == text.size() || !is_letter(text[end])) return name.size();
    }
    return 0;
}

/// Behind quotation marks, blanks, = and :, and &gt; and the like, from `at` on.
std::size_t end_of_separator(std::string_view text, std::size_t at) {
    constexpr std::size_t longest_reference = 6;  // &quot;
    while (at < text.size()) {
        if (text[at] == '&') {
            const std::size_t end = text.substr(at, longest_reference).find(';');
            if (end == npos) return at;
            at += end + 1;
        } else if (std::string_view("\"' \t=:").find(text[at]) != npos) {
            ++at;
        } else {
            return at;
        }
    }
    return at;
}

/// Where a comment, CDATA section or instruction ends whose start is at `at`; npos: it is none.
std::size_t end_of_section(std::string_view text, std::size_t at) {
    struct Kind {
        std::string_view start;
        std::string_view end;
    };
    static constexpr std::array kinds{Kind{"<!--", "-->"}, Kind{"<![CDATA[", "]]>"},
                                      Kind{"<?", "?>"}};
    for (const Kind& kind : kinds) {
        if (!text.substr(at).starts_with(kind.start)) continue;
        const std::size_t end = text.find(kind.end, at + kind.start.size());
        return end == npos ? text.size() : end + kind.end.size();
    }
    return npos;
}

}  // namespace

Masking::Masking(std::string_view text) : text_(text) {
    scan();
    hide_named_values();
    sort_hidden();
}

void Masking::scan() {
    // Comments and CDATA are looked into: whatever they hold may have been copied there.
    for (std::size_t at = text_.find('<'); at != npos; at = text_.find('<', at)) {
        const Tag tag = read_tag(at, Attributes::sensitive);
        at = tag.end;
        if (!tag.closes && is_sensitive(tag.local)) {
            // Again, now that the name is known.
            hide_attributes(
                static_cast<std::size_t>(tag.local.data() - text_.data()) + tag.local.size(),
                tag.end, Attributes::all_but_markup);
            if (!tag.is_empty) at = hide_content(tag.end, tag.local);
        }
    }
}

/// The tag whose '<' is at `at`. Without a '>' it goes to the next '<', or to the text's end.
Masking::Tag Masking::read_tag(std::size_t at, Attributes hidden) {
    Tag tag;
    std::size_t name = text_.find_first_not_of(blanks, at + 1);
    if (name != npos && text_[name] == '/') {
        tag.closes = true;
        name = text_.find_first_not_of(blanks, name + 1);
    }
    if (name == npos) {
        tag.end = text_.size();
        return tag;
    }
    const std::size_t name_end = std::min(text_.find_first_of(" \t\r\n/><", name), text_.size());
    tag.local = local_part(text_.substr(name, name_end - name));
    char quote = 0;
    std::size_t end = name_end;
    for (; end < text_.size(); ++end) {
        const char c = text_[end];
        if (quote != 0) {
            if (c == quote) quote = 0;
        } else if (c == '"' || c == '\'') {
            quote = c;
        } else if (c == '>' || c == '<') {
            break;
        }
    }
    // A quotation mark that is missing must not swallow the rest of the text.
    if (quote != 0) end = std::min(text_.find_first_of("<>", name_end), text_.size());
    const bool is_whole = end < text_.size() && text_[end] == '>';
    tag.is_empty = is_whole && text_[end - 1] == '/';
    tag.end = is_whole ? end + 1 : end;
    hide_attributes(name_end, tag.end, hidden);
    return tag;
}

/// In a sensitive element also what is no attribute.
void Masking::hide_attributes(std::size_t at, std::size_t end, Attributes hidden) {
    const std::string_view tag = text_.substr(0, end);
    while (at < end) {
        const std::size_t name = std::min(tag.find_first_not_of(" \t\r\n/>", at), end);
        const std::size_t name_end = std::min(tag.find_first_of("=\"' \t\r\n/>", name), end);
        const std::size_t equals = std::min(tag.find_first_not_of(blanks, name_end), end);
        if (name == name_end || equals == end || tag[equals] != '=') {
            if (hidden != Attributes::sensitive)
                hide(name, std::max(name_end, std::min(name + 1, end)));
            at = std::max(name_end, name + 1);
            continue;
        }
        std::size_t value = std::min(tag.find_first_not_of(blanks, equals + 1), end);
        if (value == end) return;
        const char quote = tag[value];
        const bool is_quoted = quote == '"' || quote == '\'';
        if (is_quoted) ++value;
        const std::size_t value_end = std::min(
            is_quoted ? tag.find(quote, value) : tag.find_first_of(" \t\r\n/>", value), end);
        const std::string_view attribute = tag.substr(name, name_end - name);
        if (hidden == Attributes::all ||
            (hidden == Attributes::all_but_markup ? !is_markup(attribute)
                                                  : is_sensitive(local_part(attribute)))) {
            hide(value, value_end);
        }
        at = std::max(value_end + (is_quoted ? 1 : 0), value);
    }
}

/// Hides all text from `at` to the element's end tag, or to the text's end; returns where.
std::size_t Masking::hide_content(std::size_t at, std::string_view local) {
    int depth = 1;
    while (at < text_.size()) {
        const std::size_t next = std::min(text_.find('<', at), text_.size());
        hide(at, next);
        if (next == text_.size()) return next;
        if (const std::size_t end = end_of_section(text_, next); end != npos) {
            hide(next + 1, end);
            at = end;
            continue;
        }
        const Tag tag = read_tag(next, Attributes::all);
        at = std::max(tag.end, next + 1);
        if (!model::equals_ignoring_case(tag.local, local) || tag.is_empty) continue;
        depth += tag.closes ? -1 : 1;
        if (depth == 0) return at;
    }
    return at;
}

void Masking::hide(std::size_t begin, std::size_t end) {
    if (begin >= end || is_blank(text_.substr(begin, end - begin))) return;
    // A tag is read a second time once it is known to be sensitive.
    while (!hidden_.empty() && hidden_.back().begin >= begin) hidden_.pop_back();
    hidden_.push_back({begin, end});
}

void Masking::hide_named_values() {
    constexpr std::string_view first_letters = "sSdDiI";
    for (std::size_t at = text_.find_first_of(first_letters); at != npos;
         at = text_.find_first_of(first_letters, at)) {
        const std::size_t length = name_at(text_, at);
        if (length == 0) {
            ++at;
            continue;
        }
        at += length;
        const std::size_t value = end_of_separator(text_, at);
        const bool has_digit = value < text_.size() && is_digit(text_[value]);
        const bool separates = text_.substr(at, value - at).find_first_of("=:;") != npos;
        at = value;
        if (!separates && !has_digit) continue;
        const bool is_json = value < text_.size() && (text_[value] == '{' || text_[value] == '[');
        const std::string_view ends = is_json ? "}]" : "<>&\"',;}\r\n";
        at = std::min(text_.find_first_of(ends, value), text_.size());
        if (!is_blank(text_.substr(value, at - value))) hidden_.push_back({value, at});
    }
}

void Masking::sort_hidden() {
    std::sort(hidden_.begin(), hidden_.end(),
              [](const Range& a, const Range& b) { return a.begin < b.begin; });
    std::vector<Range> merged;
    for (const Range& range : hidden_) {
        if (!merged.empty() && range.begin < merged.back().end) {
            merged.back().end = std::max(merged.back().end, range.end);
        } else {
            merged.push_back(range);
        }
    }
    hidden_ = std::move(merged);
}

std::string Masking::masked(std::size_t begin, std::size_t end) const {
    std::string shown;
    for (const Range& range : hidden_) {
        if (range.end <= begin) continue;
        if (range.begin >= end) break;
        if (range.begin > begin) shown += text_.substr(begin, range.begin - begin);
        shown += asterisks;
        begin = range.end;
    }
    if (begin < end) shown += text_.substr(begin, end - begin);
    return shown;
}

std::string mask(std::string_view text) { return Masking(text).masked(); }

std::optional<std::string> decode_body(std::string_view body, const Headers& headers, bool is_cut) {
    const auto header = std::find_if(headers.begin(), headers.end(), [](const auto& one) {
        return model::equals_ignoring_case(one.first, "Content-Type");
    });
    const soap::ContentType type(header != headers.end() ? std::string_view(header->second)
                                                         : std::string_view());
    std::string buffer;
    // A cut may part what belongs together: at most four bytes of it are there.
    for (int most_lost = is_cut ? 4 : 0;; --most_lost) {
        const auto text =
            soap::to_utf8(body, type.parameter("charset"), type.is_application_soap(), buffer);
        if (text && text->find('\0') == npos) return std::string(*text);
        if (most_lost == 0 || body.empty()) return std::nullopt;
        body.remove_suffix(1);
    }
}

std::optional<std::string> decode_body(const Exchange& exchange) {
    return decode_body(exchange.request_body, exchange.request_headers,
                       exchange.request_body.size() < exchange.request_bytes);
}

bool is_secret_header(std::string_view name) {
    constexpr std::array secret{"Authorization", "Cookie", "Proxy-Authorization", "Set-Cookie"};
    return std::any_of(secret.begin(), secret.end(), [name](std::string_view one) {
        return model::equals_ignoring_case(one, name);
    });
}

Headers mask(const Headers& headers) {
    Headers masked = headers;
    for (auto& [name, value] : masked) {
        if (is_secret_header(name)) value = asterisks;
    }
    return masked;
}

}  // namespace customercare::standin
