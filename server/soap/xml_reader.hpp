#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "soap/words.hpp"

namespace customercare::soap {

/// Reads a message node by node: XML 1.0 in UTF-8, without a document type, strictly well-formed
/// ([XML10], where names are those of its fourth edition, Appendix B, as in .NET). Namespaces are
/// for the caller.
///
/// Nothing is copied but text with references or carriage returns in it; time and memory are linear
/// in the message, whatever is in it. What is wrong is said in the words of .NET's XmlReader
/// where it is known what it says.
class XmlReader {
public:
    enum class Node : std::uint8_t {
        start_element,
        end_element,  ///< Also after the start of an empty-element tag.
        text,         ///< All up to the next markup.
        cdata,
        comment,
        instruction,
        error,  ///< See error(); there is nothing to be read any more.
    };

    struct Attribute {
        std::string_view name;        ///< As written, with its prefix.
        std::size_t prefix_size = 0;  ///< Bytes of `name` before its colon; 0: it has none.
        std::string_view value;       ///< Normalized ([XML10] 3.3.3).
        std::size_t place = 0;        ///< Offset of the name.
    };

    enum class Reason : std::uint8_t {
        malformed,
        long_markup,      ///< A tag, comment or instruction over max_markup_bytes.
        many_attributes,  ///< More than max_attributes on one element.
    };

    struct Error {
        Reason reason = Reason::malformed;
        Words words;            ///< If malformed.
        std::size_t place = 0;  ///< Offset of what is wrong.
        bool has_place = true;  ///< The text is to be followed by line and position.
    };

    XmlReader(std::size_t max_markup_bytes, std::size_t max_attributes)
        : max_markup_bytes_(max_markup_bytes), max_attributes_(max_attributes) {}

    /// Begins a message, which must stay where it is until the next one.
    void reset(std::string_view message);

    /// The next node; not to be called after error, nor after the end of the root element: what
    /// stands behind that is the caller's to judge. All views last until reset().
    Node next();

    /// <NAME>TEXT</NAME> with a name in ASCII without colon, and a text in ASCII without control
    /// characters, "<", ">", "&" and "]".
    struct PlainElement {
        std::string_view name;
        std::string_view text;
    };
    /// The one that comes next, behind blanks, tabs and line feeds. nullopt: something else does,
    /// it may be over a limit, or this was asked here before.
    [[nodiscard]] std::optional<PlainElement> peek_plain_element();
    /// Reads it at once. start() and text() are then those of its text; nothing else is set.
    void read(const PlainElement& element);

    // Of the node just read.
    [[nodiscard]] std::size_t start() const { return start_; }     ///< Offset.
    [[nodiscard]] std::size_t end() const { return position_; }    ///< Offset behind it.
    [[nodiscard]] std::string_view name() const { return name_; }  ///< Of a starting element.
    /// Bytes of name() before its colon; 0: it has none.
    [[nodiscard]] std::size_t prefix_size() const { return prefix_size_; }
    [[nodiscard]] const std::vector<Attribute>& attributes() const { return attributes_; }
    /// Of text and cdata, with references and line ends resolved.
    [[nodiscard]] std::string_view text() const { return text_; }
    /// Of text: nothing but white space.
    [[nodiscard]] bool is_blank() const { return is_blank_; }
    /// Of text: it can stand in a message as it is. False if that is not known.
    [[nodiscard]] bool is_plain() const { return is_plain_; }
    [[nodiscard]] const Error& error() const { return error_; }

    /// Where in a name a character may stand.
    enum class NameRole : std::uint8_t { none, inside, anywhere };
    [[nodiscard]] static NameRole name_role(std::uint32_t code_point);  ///< Beyond ASCII.

private:
    struct OpenElement {
        std::string_view name;
        std::size_t place = 0;
    };
    struct NamePart {
        NameRole role = NameRole::none;
        std::size_t size = 0;  ///< Bytes.
    };

    Node read_text();
    Node read_start_tag();
    Node read_end_tag();
    Node read_declaration();
    Node read_comment();
    Node read_cdata();
    Node read_instruction();
    Node read_xml_declaration();
    Node read_end_of_message();

    bool read_attributes(std::size_t& place);
    bool read_attribute(std::size_t& place);
    bool read_attribute_value(std::size_t& place, std::string_view& value);
    bool is_duplicate(const Attribute& attribute);
    bool scan_name(std::size_t& place);
    bool scan_qualified_name(std::size_t& place, std::size_t& prefix_size);
    bool end_name(std::size_t place);
    bool scan_part(std::size_t& place);
    bool scan_markup(std::size_t& place, std::string_view until, std::string_view what);
    bool read_reference(std::size_t& place);
    bool read_character_reference(std::size_t& place);
    [[nodiscard]] NamePart role_at(std::size_t place) const;
    template <typename Matches>
    [[nodiscard]] std::size_t find(std::size_t place, Matches&& matches) const;
    template <typename Matches>
    [[nodiscard]] std::size_t skip(std::size_t place, Matches&& matches) const;
    [[nodiscard]] std::size_t skip_white(std::size_t place) const;
    [[nodiscard]] std::size_t skip_indentation(std::size_t place) const;
    [[nodiscard]] std::size_t skip_plain(std::size_t place) const;
    [[nodiscard]] std::size_t skip_characters(std::size_t place);

    Node fail(Words words, std::size_t place);
    Node fail_token(std::size_t place, std::string_view expected);
    Node fail_character(std::size_t place, std::string_view before = {},
                        std::string_view behind = {},
                        std::string_view end = ", is an invalid character.");
    bool fail_name_start(std::size_t place);
    Node fail_unclosed();
    bool check_markup_size(std::size_t place) {
        return place - start_ <= max_markup_bytes_ || fail_long_markup();
    }
    bool fail_long_markup();  ///< Always false.

    /// The byte there; NUL, which no message may hold, behind the end.
    [[nodiscard]] char at(std::size_t place) const {
        return place < message_.size() ? message_[place] : '\0';
    }
    [[nodiscard]] bool stands_at(std::size_t place, std::string_view text) const {
        return message_.substr(place < message_.size() ? place : message_.size(), text.size()) ==
               text;
    }

    const std::size_t max_markup_bytes_;
    const std::size_t max_attributes_;
    std::string_view message_;
    std::size_t start_ = 0;
    std::size_t position_ = 0;
    std::size_t peeked_ = 0;   ///< Where it was last looked for a plain element.
    bool end_is_due_ = false;  ///< Of an empty-element tag.
    bool root_read_ = false;
    std::string_view name_;
    std::size_t prefix_size_ = 0;
    std::string_view text_;
    bool is_blank_ = false;
    bool is_plain_ = false;
    std::vector<Attribute> attributes_;
    std::uint64_t attribute_names_ = 0;  ///< One bit for each hash of a name.
    std::vector<OpenElement> open_;
    /// Text that is not as in the message. It never outgrows it, hence never moves.
    std::string resolved_;
    Error error_;
};

}  // namespace customercare::soap
