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

Masking::Masking(std::string_view text) : text_(text) { scan(); }

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
    const bool is_blank =
        begin >= end || text_.substr(begin, end - begin).find_first_not_of(blanks) == npos;
    if (is_blank) return;
    // A tag is read a second time once it is known to be sensitive.
    while (!hidden_.empty() && hidden_.back().begin >= begin) hidden_.pop_back();
    hidden_.push_back({begin, end});
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

std::optional<std::string> decode_body(const Exchange& exchange) {
    const std::string* header = exchange.find_request_header("Content-Type");
    const soap::ContentType type(header != nullptr ? *header : std::string_view{});
    std::string_view body = exchange.request_body;
    const bool is_cut = body.size() < exchange.request_bytes;
    if (is_cut) body.remove_suffix(body.size() % 2);
    std::string buffer;
    const auto decode = [&] {
        return soap::to_utf8(body, type.parameter("charset"), type.is_application_soap(), buffer);
    };
    auto text = decode();
    if (!text && is_cut) {
        body.remove_suffix(
            std::min<std::size_t>(2, body.size()));  // The cut may part a surrogate pair.
        text = decode();
    }
    return text ? std::optional<std::string>(*text) : std::nullopt;
}

Headers mask(const Headers& headers) {
    Headers masked = headers;
    for (auto& [name, value] : masked) {
        for (const std::string_view secret : {"Authorization", "Proxy-Authorization", "Cookie"}) {
            if (model::equals_ignoring_case(name, secret)) value = asterisks;
        }
    }
    return masked;
}

}  // namespace customercare::standin
