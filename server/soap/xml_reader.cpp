#include "soap/xml_reader.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cstdio>
#include <cstring>

#include "model/http_message.hpp"
#include "model/white_space.hpp"
#include "soap/text.hpp"
#include "soap/utf8.hpp"

namespace customercare::soap {

namespace {

constexpr std::size_t nowhere = std::string_view::npos;

/// What a byte may mean.
enum class Kind : std::uint8_t {
    plain,
    white,  ///< Blank, tab, line feed.
    quote,
    greater,
    bracket,  ///< "]", which may begin "]]>".
    carriage_return,
    less,
    ampersand,
    multibyte,  ///< Of a character beyond ASCII.
    illegal,    ///< In no message ([XML10] 2.2).
};

constexpr std::array<Kind, 256> kinds = [] {
    std::array<Kind, 256> table{};
    for (std::size_t i = 0; i < 0x20; ++i) table[i] = Kind::illegal;
    for (std::size_t i = 0x80; i < 0x100; ++i) table[i] = Kind::multibyte;
    table[' '] = table['\t'] = table['\n'] = Kind::white;
    table['\r'] = Kind::carriage_return;
    table['<'] = Kind::less;
    table['>'] = Kind::greater;
    table['&'] = Kind::ampersand;
    table[']'] = Kind::bracket;
    table['"'] = table['\''] = Kind::quote;
    return table;
}();

using model::is_white;
using NameRole = XmlReader::NameRole;

/// Of ASCII; none for other bytes.
constexpr std::array<NameRole, 256> name_roles = [] {
    std::array<NameRole, 256> table{};
    for (std::size_t c = 'a'; c <= 'z'; ++c) table[c] = table[c - 'a' + 'A'] = NameRole::anywhere;
    table['_'] = NameRole::anywhere;
    for (std::size_t c = '0'; c <= '9'; ++c) table[c] = NameRole::inside;
    table['-'] = table['.'] = NameRole::inside;
    return table;
}();

Kind kind_of(char c) { return kinds[static_cast<unsigned char>(c)]; }

/// Of ASCII.
bool is_in_name(char c) { return name_roles[static_cast<unsigned char>(c)] != NameRole::none; }

/// "'&', hexadecimal value 0x26" between its words.
Words illegal(std::uint32_t code_point, std::string_view before, std::string_view behind,
              std::string_view end) {
    const bool has_utf8 = code_point != 0 && (code_point < 0xD800 || code_point > 0xDFFF);
    std::string character;
    append_utf8(character, has_utf8 ? code_point : '.');
    std::array<char, 32> hexadecimal{};
    std::snprintf(hexadecimal.data(), hexadecimal.size(), ", hexadecimal value 0x%02X", code_point);
    return before + quoted(character) + behind + hexadecimal.data() + end;
}

/// [XML10] production 81.
bool is_encoding_name(std::string_view name) {
    const auto is_letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); };
    return !name.empty() && is_letter(name[0]) &&
           std::all_of(name.begin(), name.end(), [&](char c) {
               return is_letter(c) || (c >= '0' && c <= '9') || c == '.' || c == '_' || c == '-';
           });
}

}  // namespace

/// What the character there may be in a name; a colon parts names, hence is in none.
inline XmlReader::NamePart XmlReader::role_at(std::size_t place) const {
    const auto byte = static_cast<unsigned char>(at(place));
    if (byte < 0x80) return {name_roles[byte], 1};
    const Character character = decode_utf8(message_.substr(place));
    return {character.size == 0 ? NameRole::none : name_role(character.code_point), character.size};
}

/// The first byte from there on that matches, or the message's end. `matches` is asked of 16 bytes
/// at once, and of one: it takes either, and answers each with 0 or not 0.
template <typename Matches>
std::size_t XmlReader::find(std::size_t place, Matches&& matches) const {
    using Block = unsigned char __attribute__((vector_size(16)));
    for (; message_.size() - place >= sizeof(Block); place += sizeof(Block)) {
        Block block;
        std::memcpy(&block, message_.data() + place, sizeof block);
        const auto halves = std::bit_cast<std::array<std::uint64_t, 2>>(matches(block));
        for (std::size_t half = 0; half < halves.size(); ++half) {
            if (halves[half] == 0) continue;
            const int bit = std::endian::native == std::endian::little
                                ? std::countr_zero(halves[half])
                                : std::countl_zero(halves[half]);
            return place + half * sizeof halves[half] + static_cast<std::size_t>(bit) / 8;
        }
    }
    const auto* const rest = reinterpret_cast<const unsigned char*>(message_.data());
    while (place < message_.size() && !matches(rest[place])) ++place;
    return place;
}

/// Behind the bytes there that match.
template <typename Matches>
std::size_t XmlReader::skip(std::size_t place, Matches&& matches) const {
    const char* const bytes = message_.data();
    const std::size_t size = message_.size();
    while (place < size && matches(bytes[place])) ++place;
    return place;
}

void XmlReader::reset(std::string_view message) {
    message_ = message;
    start_ = position_ = 0;
    peeked_ = nowhere;
    end_is_due_ = false;
    root_read_ = false;
    attributes_.clear();
    open_.clear();
    resolved_.clear();
    resolved_.reserve(message.size());
}

XmlReader::Node XmlReader::next() {
    start_ = position_;
    if (end_is_due_) {
        end_is_due_ = false;
        open_.pop_back();
        return Node::end_element;
    }
    if (position_ == 0 && stands_at(0, "<?xml") && is_white(at(5))) return read_xml_declaration();
    if (position_ >= message_.size()) return read_end_of_message();
    if (message_[position_] != '<') return read_text();
    switch (at(position_ + 1)) {
        case '/':
            return read_end_tag();
        case '?':
            return read_instruction();
        case '!':
            return read_declaration();
        default:
            return read_start_tag();
    }
}

std::optional<XmlReader::PlainElement> XmlReader::peek_plain_element() {
    if (end_is_due_ || position_ == peeked_) return std::nullopt;
    peeked_ = skip_indentation(position_);
    const std::size_t name = peeked_ + 1;
    if (at(name - 1) != '<' || role_at(name).role != NameRole::anywhere) return std::nullopt;
    const std::size_t name_end = skip(name, is_in_name);
    if (at(name_end) != '>') return std::nullopt;
    const std::size_t text = name_end + 1;
    const std::size_t text_end = skip_plain(text);
    const std::size_t size = name_end - name;
    const std::size_t end = text_end + size + std::string_view("</>").size();
    if (end > message_.size() || end - text_end > max_markup_bytes_) return std::nullopt;
    const char* const bytes = message_.data();
    const bool ends = bytes[text_end] == '<' && bytes[text_end + 1] == '/' &&
                      std::memcmp(bytes + text_end + 2, bytes + name, size) == 0 &&
                      bytes[end - 1] == '>';
    if (!ends) return std::nullopt;
    return PlainElement{message_.substr(name, size), message_.substr(text, text_end - text)};
}

void XmlReader::read(const PlainElement& element) {
    text_ = element.text;
    start_ = static_cast<std::size_t>(element.text.data() - message_.data());
    position_ = start_ + element.text.size() + element.name.size() + std::string_view("</>").size();
}

/// A comment or CDATA; a document type is refused, whatever else it may be.
XmlReader::Node XmlReader::read_declaration() {
    const std::size_t place = position_ + 2;
    if (at(place) == '-') {
        return at(place + 1) == '-' ? read_comment() : fail_token(place + 1, "-");
    }
    if (open_.empty()) {
        fail("DTD is prohibited in this XML document.", place);
        error_.has_place = false;
        return Node::error;
    }
    if (at(place) != '[') return fail_token(place, "<!--' or '<[CDATA[");
    return stands_at(place, "[CDATA[") ? read_cdata() : fail_token(place + 1, "CDATA[");
}

XmlReader::Node XmlReader::read_end_of_message() {
    if (!root_read_) {
        fail("Root element is missing.", position_);
        error_.has_place = false;
        return Node::error;
    }
    return fail_unclosed();
}

/// The message ends within an element.
XmlReader::Node XmlReader::fail_unclosed() {
    Words words = "Unexpected end of file has occurred.";
    if (!open_.empty()) words.text += " The following elements are not closed: ";
    for (auto element = open_.rbegin(); element != open_.rend(); ++element) {
        if (element != open_.rbegin()) words.text += ", ";
        words.text += element->name;
    }
    if (!open_.empty()) words.text += '.';
    return fail(std::move(words), message_.size());
}

XmlReader::Node XmlReader::read_text() {
    const std::size_t resolved_start = resolved_.size();
    std::size_t copied = position_;  // Before it, all is in resolved_, if anything is.
    std::size_t place = position_;
    const auto flush = [&] { resolved_.append(message_, copied, place - copied); };
    if (kind_of(message_[place]) == Kind::white) place = skip_indentation(place);
    is_blank_ = place >= message_.size() || message_[place] == '<';
    if (is_blank_) {
        position_ = place;
        text_ = message_.substr(start_, place - start_);
        is_plain_ = true;
        return Node::text;
    }
    if (open_.empty()) {
        // Carriage returns, the end, or what must not be here.
        place = skip_white(place);
        if (place < message_.size() && message_[place] != '<') {
            return fail("Data at the root level is invalid.", place);
        }
        position_ = place;
        text_ = {};
        is_blank_ = true;
        return Node::text;
    }
    is_plain_ = true;
    for (;;) {
        place = skip_plain(place);
        if (place == message_.size()) break;
        switch (kind_of(message_[place])) {
            case Kind::plain:
            case Kind::white:
            case Kind::quote:
                ++place;
                continue;
            case Kind::greater:
                is_plain_ = false;
                ++place;
                continue;
            case Kind::bracket:
                if (stands_at(place, "]]>")) {
                    return fail("']]>' is not allowed in character data.", place);
                }
                ++place;
                continue;
            case Kind::multibyte:
            case Kind::illegal:
                place = skip_characters(place);
                if (place == nowhere) return Node::error;
                continue;
            case Kind::carriage_return:
                flush();
                resolved_ += '\n';
                place += at(place + 1) == '\n' ? 2 : 1;
                copied = place;
                continue;
            case Kind::ampersand:
                flush();
                if (!read_reference(place)) return Node::error;
                copied = place;
                continue;
            case Kind::less:
                break;
        }
        break;
    }
    position_ = place;
    if (copied == start_) {
        text_ = message_.substr(start_, place - start_);
    } else {
        flush();
        text_ = std::string_view(resolved_).substr(resolved_start);
        is_blank_ = std::all_of(text_.begin(), text_.end(), is_white);
        is_plain_ = false;
    }
    return Node::text;
}

XmlReader::Node XmlReader::read_start_tag() {
    std::size_t place = position_ + 1;
    if (!scan_qualified_name(place, prefix_size_)) return Node::error;
    name_ = message_.substr(start_ + 1, place - start_ - 1);
    root_read_ = true;
    attributes_.clear();
    attribute_names_ = 0;
    if (at(place) == '/' && at(place + 1) != '>') return fail_token(place, ">");
    if (is_white(at(place))) {
        if (!read_attributes(place)) return Node::error;
    } else if (at(place) != '>' && at(place) != '/') {
        return fail_character(place, "The ", " character", ", cannot be included in a name.");
    }
    end_is_due_ = at(place) == '/';
    position_ = place + (end_is_due_ ? 2 : 1);
    if (!check_markup_size(position_)) return Node::error;
    open_.push_back({name_, start_ + 1});
    return Node::start_element;
}

/// Moves to the tag's end, ">" or "/>".
bool XmlReader::read_attributes(std::size_t& place) {
    for (;;) {
        const std::size_t end_of_last = place;
        place = skip_white(place);
        if (!check_markup_size(place)) return false;
        const char c = at(place);
        if (c == '>') return true;
        if (c == '/') {
            if (at(place + 1) == '>') return true;
            fail_token(place + 1, ">");
            return false;
        }
        if (place >= message_.size()) {
            fail_unclosed();
            return false;
        }
        if (role_at(place).role != NameRole::anywhere) {
            fail_name_start(place);
            return false;
        }
        if (place == end_of_last) {
            fail_token(place, {});
            return false;
        }
        if (!read_attribute(place)) return false;
    }
}

bool XmlReader::read_attribute(std::size_t& place) {
    Attribute attribute{.name = {}, .prefix_size = 0, .value = {}, .place = place};
    if (!scan_qualified_name(place, attribute.prefix_size)) return false;
    attribute.name = message_.substr(attribute.place, place - attribute.place);
    place = skip_white(place);
    if (at(place) != '=') {
        fail_token(place, "=");
        return false;
    }
    place = skip_white(place + 1);
    if (kind_of(at(place)) != Kind::quote) {
        fail_token(place, "\"' or ''");
        return false;
    }
    if (!read_attribute_value(place, attribute.value)) return false;
    if (attributes_.size() == max_attributes_) {
        error_ = {.reason = Reason::many_attributes, .words = {}, .place = start_};
        return false;
    }
    if (is_duplicate(attribute)) {
        fail(quoted(attribute.name) + " is a duplicate attribute name.", attribute.place);
        return false;
    }
    attributes_.push_back(attribute);
    return true;
}

/// From the opening quote to behind the closing one.
bool XmlReader::read_attribute_value(std::size_t& place, std::string_view& value) {
    const char quote = at(place++);
    const std::size_t resolved_start = resolved_.size();
    const std::size_t start = place;
    std::size_t copied = place;
    const auto flush = [&] { resolved_.append(message_, copied, place - copied); };
    for (;;) {
        place = find(place, [](auto c) {
            return (c < ' ') | (c == '"') | (c == '\'') | (c == '<') | (c == '&') | (c >= 0x80);
        });
        const char c = at(place);
        switch (kind_of(c)) {
            case Kind::plain:
            case Kind::bracket:
            case Kind::greater:
                ++place;
                continue;
            case Kind::quote:
                if (c == quote) break;
                ++place;
                continue;
            case Kind::white:
            case Kind::carriage_return:
                flush();
                resolved_ += ' ';
                place += c == '\r' && at(place + 1) == '\n' ? 2 : 1;
                copied = place;
                continue;
            case Kind::multibyte:
            case Kind::illegal: {
                if (place >= message_.size()) {
                    fail("There is an unclosed literal string.", place);
                    return false;
                }
                const std::size_t next = skip_characters(place);
                if (next == nowhere) return false;
                place = next;
                continue;
            }
            case Kind::ampersand:
                flush();
                if (!read_reference(place)) return false;
                copied = place;
                continue;
            case Kind::less:
                fail("'<', hexadecimal value 0x3C, is an invalid attribute character.", place);
                return false;
        }
        break;
    }
    if (copied == start) {
        value = message_.substr(start, place - start);
    } else {
        flush();
        value = std::string_view(resolved_).substr(resolved_start);
    }
    ++place;
    return check_markup_size(place);
}

bool XmlReader::is_duplicate(const Attribute& attribute) {
    const std::string_view name = attribute.name;
    const auto hash = name.size() * 7 + static_cast<unsigned char>(name.back()) * std::size_t{3} +
                      static_cast<unsigned char>(name.front());
    const std::uint64_t bit = std::uint64_t{1} << (hash % 64);
    const bool is_new = (attribute_names_ & bit) == 0;
    attribute_names_ |= bit;
    return !is_new && std::any_of(attributes_.begin(), attributes_.end(),
                                  [&](const Attribute& other) { return other.name == name; });
}

XmlReader::Node XmlReader::read_end_tag() {
    std::size_t place = position_ + 2;
    if (open_.empty()) return fail("Unexpected end tag.", place);
    const OpenElement& element = open_.back();
    const std::string_view name = element.name;
    const std::size_t name_end = place + name.size();
    if (message_.substr(place, name.size()) == name &&
        (name_end >= message_.size() ||
         (at(name_end) != ':' && role_at(name_end).role == NameRole::none))) {
        place = skip_white(name_end);
        if (place >= message_.size()) return fail_unclosed();
        if (at(place) != '>') return fail_token(place, ">");
        position_ = place + 1;
        if (!check_markup_size(position_)) return Node::error;
        open_.pop_back();
        return Node::end_element;
    }
    const std::size_t start = place;
    std::size_t prefix_size = 0;
    if (!scan_qualified_name(place, prefix_size)) return Node::error;
    const Position position = text_position(message_, element.place);
    return fail("The " + quoted(name) + " start tag on line " + std::to_string(position.line) +
                    " position " + std::to_string(position.column) +
                    " does not match the end tag of " +
                    quoted(message_.substr(start, place - start)) + ".",
                start);
}

XmlReader::Node XmlReader::read_comment() {
    std::size_t place = position_ + 4;
    if (!scan_markup(place, "--", "Comment")) return Node::error;
    if (at(place + 2) != '>') {
        return fail("An XML comment cannot contain '--', and '-' cannot be the last character.",
                    place);
    }
    position_ = place + 3;
    return Node::comment;
}

XmlReader::Node XmlReader::read_cdata() {
    constexpr std::string_view opening = "<![CDATA[";
    const std::size_t content = position_ + opening.size();
    const std::size_t close = message_.find("]]>", content);
    const std::size_t end = std::min(close, message_.size());
    const std::size_t resolved_start = resolved_.size();
    std::size_t copied = content;
    for (std::size_t place = content; place < end;) {
        const Kind kind = kind_of(message_[place]);
        if (kind == Kind::multibyte || kind == Kind::illegal) {
            place = skip_characters(place);
            if (place == nowhere) return Node::error;
        } else if (kind == Kind::carriage_return) {
            resolved_.append(message_, copied, place - copied);
            resolved_ += '\n';
            place += at(place + 1) == '\n' ? 2 : 1;
            copied = place;
        } else {
            ++place;
        }
    }
    if (close == nowhere) {
        return fail("Unexpected end of file while parsing CDATA has occurred.", message_.size());
    }
    if (copied == content) {
        text_ = message_.substr(content, end - content);
    } else {
        resolved_.append(message_, copied, end - copied);
        text_ = std::string_view(resolved_).substr(resolved_start);
    }
    position_ = close + 3;
    return Node::cdata;
}

XmlReader::Node XmlReader::read_instruction() {
    std::size_t place = position_ + 2;
    if (!scan_name(place)) return Node::error;
    const std::string_view target = message_.substr(position_ + 2, place - position_ - 2);
    if (target == "xml") {
        return fail(
            "Unexpected XML declaration. The XML declaration must be the first node in the "
            "document, and no white space characters are allowed to appear before it.",
            position_ + 2);
    }
    if (model::equals_ignoring_case(target, "xml")) {
        return fail(quoted(target) + " is an invalid name for processing instructions.",
                    position_ + 2);
    }
    if (!is_white(at(place)) && !stands_at(place, "?>")) {
        return fail_character(place, "The ", " character", ", cannot be included in a name.");
    }
    if (!scan_markup(place, "?>", "PI")) return Node::error;
    position_ = place + 2;
    return Node::instruction;
}

/// [XML10] production 23. What it says of the encoding was judged before.
XmlReader::Node XmlReader::read_xml_declaration() {
    constexpr std::string_view syntax = "Syntax for an XML declaration is invalid.";
    enum { version, encoding, standalone, nothing } next = version;
    std::size_t place = std::string_view("<?xml").size();
    for (;;) {
        const std::size_t end_of_last = place;
        place = skip_white(place);
        if (at(place) == '?') {
            if (at(place + 1) != '>') return fail_token(place, "'>'");
            if (next == version) return fail(syntax, place);
            position_ = place + 2;
            return Node::instruction;
        }
        if (place == end_of_last && next != version) return fail_token(place, "?>");
        const std::size_t name_start = place;
        if (!scan_name(place)) return Node::error;
        const std::string_view name = message_.substr(name_start, place - name_start);
        if (next == encoding && name == "standalone") next = standalone;
        if (next == nothing || name != (next == version    ? "version"
                                        : next == encoding ? "encoding"
                                                           : "standalone")) {
            return fail(syntax, name_start);
        }
        place = skip_white(place);
        if (at(place) != '=') return fail_token(place, "=");
        place = skip_white(place + 1);
        const char quote = at(place);
        if (kind_of(quote) != Kind::quote) return fail_token(place, "\"' or ''");
        const std::size_t start = ++place;
        place = message_.find_first_of("<>&'\"\t\r\n", start);
        if (place == nowhere) return fail("There is an unclosed literal string.", message_.size());
        if (at(place) != quote) return fail(syntax, start);
        const std::string_view value = message_.substr(start, place - start);
        if (next == version && value != "1.0") {
            return fail("Version number " + quoted(value) + " is invalid.", start);
        }
        if (next == encoding && !is_encoding_name(value)) return fail(syntax, start);
        if (next == standalone && value != "yes" && value != "no") {
            return fail(syntax, start - 1);
        }
        next = next == version ? encoding : next == encoding ? standalone : nothing;
        ++place;
        if (!check_markup_size(place)) return Node::error;
    }
}

/// Moves to behind the name that stands there, without colon.
bool XmlReader::scan_name(std::size_t& place) { return scan_part(place) && end_name(place); }

/// The same with a name in which a colon may part two ([XMLNS10] 4).
bool XmlReader::scan_qualified_name(std::size_t& place, std::size_t& prefix_size) {
    const std::size_t start = place;
    if (!scan_part(place)) return false;
    prefix_size = 0;
    if (at(place) == ':') {
        prefix_size = place - start;
        if (!scan_part(++place)) return false;
    }
    return end_name(place);
}

bool XmlReader::end_name(std::size_t place) {
    if (at(place) == ':') {
        fail_character(place, "The ", " character", ", cannot be included in a name.");
        return false;
    }
    if (!check_markup_size(place)) return false;
    if (place < message_.size()) return true;
    fail("Unexpected end of file while parsing Name has occurred.", place);
    return false;
}

/// Moves to behind what may stand in a name, but for colons.
bool XmlReader::scan_part(std::size_t& place) {
    NamePart part = role_at(place);
    if (part.role != NameRole::anywhere) return fail_name_start(place);
    do {
        place = skip(place + part.size, is_in_name);
        part = role_at(place);
    } while (part.role != NameRole::none);
    return true;
}

/// Always false.
bool XmlReader::fail_name_start(std::size_t place) {
    if (place + 1 >= message_.size()) {
        fail("Unexpected end of file while parsing Name has occurred.", place);
    } else {
        fail_character(place, "Name cannot begin with the ", " character", ".");
    }
    return false;
}

/// Moves to the next `until`, over legal characters.
bool XmlReader::scan_markup(std::size_t& place, std::string_view until, std::string_view what) {
    const std::size_t found = message_.find(until, place);
    const std::size_t end = std::min(found, message_.size());
    if (!check_markup_size(end)) return false;
    while (place < end) {
        const Kind kind = kind_of(message_[place]);
        if (kind == Kind::multibyte || kind == Kind::illegal) {
            place = skip_characters(place);
            if (place == nowhere) return false;
        } else {
            ++place;
        }
    }
    if (found == nowhere) {
        fail("Unexpected end of file while parsing " + std::string(what) + " has occurred.", end);
    }
    return found != nowhere;
}

/// Appends what a reference stands for to resolved_, and moves behind it.
bool XmlReader::read_reference(std::size_t& place) {
    struct Entity {
        std::string_view reference;
        char character;
    };
    constexpr auto entities = std::to_array<Entity>(
        {{"&amp;", '&'}, {"&lt;", '<'}, {"&gt;", '>'}, {"&quot;", '"'}, {"&apos;", '\''}});
    for (const Entity& entity : entities) {
        if (!stands_at(place, entity.reference)) continue;
        resolved_ += entity.character;
        place += entity.reference.size();
        return true;
    }
    if (at(place + 1) == '#') return read_character_reference(place);
    const std::size_t name = ++place;
    if (!scan_name(place) || at(place) != ';') {
        fail("An error occurred while parsing EntityName.", name);
        return false;
    }
    fail("Reference to undeclared entity " + quoted(message_.substr(name, place - name)) + ".",
         name);
    return false;
}

bool XmlReader::read_character_reference(std::size_t& place) {
    const bool is_hexadecimal = at(place + 2) == 'x';
    const std::uint32_t base = is_hexadecimal ? 16 : 10;
    place += is_hexadecimal ? 3 : 2;
    const std::size_t digits = place;
    std::uint32_t code_point = 0;
    for (;; ++place) {
        const char c = at(place);
        std::uint32_t digit = base;
        if (c >= '0' && c <= '9') digit = static_cast<std::uint32_t>(c - '0');
        if (c >= 'a' && c <= 'f') digit = static_cast<std::uint32_t>(c - 'a' + 10);
        if (c >= 'A' && c <= 'F') digit = static_cast<std::uint32_t>(c - 'A' + 10);
        if (digit >= base) break;
        // Beyond Unicode it stays there.
        code_point = std::min<std::uint32_t>(code_point * base + digit, 0x110000);
    }
    if (place == digits || at(place) != ';') {
        fail(is_hexadecimal ? "Invalid syntax for a hexadecimal numeric entity reference."
                            : "Invalid syntax for a decimal numeric entity reference.",
             place);
        return false;
    }
    if (code_point > 0x10FFFF) {
        fail("Invalid value of a character entity reference.", place);
        return false;
    }
    if (!is_legal(code_point)) {
        fail(illegal(code_point, {}, {}, ", is an invalid character."), digits);
        return false;
    }
    append_utf8(resolved_, code_point);
    ++place;
    return true;
}

std::size_t XmlReader::skip_white(std::size_t place) const { return skip(place, is_white); }

/// White space but for carriage returns, of which there mostly is much or none.
inline std::size_t XmlReader::skip_indentation(std::size_t place) const {
    return find(place, [](auto c) { return (c != ' ') & (c != '\n') & (c != '\t'); });
}

/// To what ends text, or must be looked at in it.
inline std::size_t XmlReader::skip_plain(std::size_t place) const {
    return find(place, [](auto c) {
        return (c < ' ') | (c == '<') | (c == '>') | (c == '&') | (c == ']') | (c >= 0x80);
    });
}

/// Behind the characters beyond ASCII that stand there; `nowhere`, with the error set, if the first
/// one is none or one of them is illegal.
std::size_t XmlReader::skip_characters(std::size_t place) {
    do {
        const Character character = decode_utf8(message_.substr(place));
        if (character.size == 0 || !is_legal(character.code_point)) {
            fail_character(place);
            return nowhere;
        }
        place += character.size;
    } while (kind_of(at(place)) == Kind::multibyte);
    return place;
}

XmlReader::Node XmlReader::fail(Words words, std::size_t place) {
    error_ = {.words = std::move(words), .place = place};
    return Node::error;
}

/// `expected`: the token that should stand there; white space if empty.
XmlReader::Node XmlReader::fail_token(std::size_t place, std::string_view expected) {
    if (place >= message_.size()) return fail("Unexpected end of file has occurred.", place);
    std::size_t end = place;
    while (end - place < max_markup_bytes_ && role_at(end).role != NameRole::none) {
        end += role_at(end).size;
    }
    // Not a name: one character.
    if (end == place) end += std::max<std::size_t>(role_at(place).size, 1);
    Words words = quoted(message_.substr(place, end - place)) + " is an unexpected token. ";
    words += expected.empty() ? Words("Expecting white space.")
                              : "The expected token is '" + std::string(expected) + "'.";
    return fail(std::move(words), place);
}

/// What stands there can't stand there.
XmlReader::Node XmlReader::fail_character(std::size_t place, std::string_view before,
                                          std::string_view behind, std::string_view end) {
    if (place >= message_.size()) return fail("Unexpected end of file has occurred.", place);
    Character character{static_cast<unsigned char>(message_[place]), 1};
    if (kind_of(message_[place]) == Kind::multibyte)
        character = decode_utf8(message_.substr(place));
    if (character.size == 0) return fail("The message is not valid UTF-8.", place);
    return fail(illegal(character.code_point, before, behind, end), place);
}

bool XmlReader::fail_long_markup() {
    error_ = {.reason = Reason::long_markup, .words = {}, .place = start_};
    return false;
}

}  // namespace customercare::soap
