#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "soap/guard.hpp"
#include "soap/namespaces.hpp"
#include "soap/xml_reader.hpp"

// Inside of the guard, for its own files only: guard.cpp (a message, and what goes wrong with it),
// guard_elements.cpp (the rules of what may stand where), guard_attributes.cpp (names and
// attributes).

namespace customercare::soap {

/// A qualified name taken apart ([XMLNS10] 4).
struct Name {
    std::string_view prefix;
    std::string_view local;
    NamespaceId id = no_namespace;
};

struct Attribute {
    Name name;
    std::string_view value;
    std::size_t place = 0;  ///< Offset in the message.
};

/// Follows ASMX's deserializer through one message after another, node by node.
class Guard::Reader {
public:
    Reader(const Contract& contract, const GuardLimits& limits);

    Reading read(std::string_view message, const Operation* routed);

private:
    /// What the children of an open element mean.
    enum class State : std::uint8_t {
        envelope,
        header,
        body,
        operation,  ///< CreateCallLog: holds the request.
        object,     ///< Of a complex type of the contract.
        simple,     ///< Text alone.
        open,       ///< Kept as it is.
        skipped,    ///< Not looked at.
    };

    /// Where in the Envelope we are ([SOAP11] 4: Header, if any, first; then Body).
    enum class Phase : std::uint8_t { before_header, before_body, in_empty_body, after_body };

    struct Frame {
        State state = State::skipped;
        bool nil = false;
        bool plain = true;  ///< No attributes but xmlns and xsi:nil, and no content so far.
        bool in_request = false;
        std::uint16_t ordinal = 0;  ///< Among its like siblings if it repeats, from 1; else 0.
        const ElementDeclaration* declaration = nullptr;
        std::uint64_t seen = 0;      ///< Bit n: child n of the type was read.
        std::uint32_t bindings = 0;  ///< Namespace bindings in scope outside it.
        std::uint32_t counters = 0;  ///< First of its repeating children's counters.
        std::size_t start = 0;       ///< Offset of its start tag in the message.
        /// Of an object: bytes of path_ that are its own path, below the request or the
        /// credentials.
        std::size_t path_size = 0;

        [[nodiscard]] bool has_seen(std::size_t child) const { return (seen >> child & 1U) != 0; }
    };

    bool read_plain_element();
    void read_node();

    // What was just read.
    void on_start();
    void on_end();
    void on_text();
    void on_cdata();
    void on_loose_text(std::size_t place);
    void append_value(std::string_view text, bool is_plain);
    void on_comment_or_instruction(const char* kind, std::size_t markup);
    void on_error();
    /// Counts what is stored by itself. False: it is one too many.
    [[nodiscard]] bool count_item();
    /// Counts what is stored in bytes. False: it is too much.
    [[nodiscard]] bool count_content(std::size_t bytes);

    // Starting an element, by what it stands in. Each says what pending_ is.
    void start_root(const Name& name);
    void start_in_envelope(const Name& name);
    void start_in_header(const Name& name);
    void start_in_body(const Name& name);
    void start_in_operation(const Name& name);
    void start_in_object(const Name& name);
    static constexpr std::size_t unknown_child = std::string_view::npos;
    /// Its number among the children that the parent's type declares.
    [[nodiscard]] static std::size_t find_child(const Frame& parent, std::string_view local,
                                                NamespaceId id);
    void start_declared(const ElementDeclaration& declaration, std::uint16_t ordinal);
    void start_credentials();
    void reach_body(std::string_view local, NamespaceId id);

    // Attributes and namespaces.
    bool declare_namespaces();
    bool resolve(std::string_view raw, std::size_t prefix_size, bool attribute, std::size_t place,
                 Name& name);
    bool check_attributes();
    [[nodiscard]] std::optional<std::string_view> attribute(NamespaceId id,
                                                            std::string_view local) const;
    [[nodiscard]] bool attribute_is_true(std::string_view local) const;
    bool check_xsi_type();

    // Ending.
    void end_open(const Frame& frame, std::size_t end);
    void end_simple(const ElementDeclaration& declaration);
    void end_object(const ElementDeclaration& declaration);
    void finish_root(std::size_t end);

    // Errors. fail: ASMX's deserializer would stop here; if the operation is still unknown, the
    // search for it goes on. fail_reader: so would its XML reader, for any purpose.
    void fail(ReadError::Kind kind, Words words, std::size_t place);
    void fail_reader(const Words& words, std::size_t place);
    void fail_reader(ReadError error);
    /// `before` and `behind`: the words around the limit.
    void fail_limit(const char* before, std::size_t limit, const char* behind,
                    std::string_view setting);
    void fail_at(std::size_t place, const Words& words);
    void fail_unexpected_node(const char* kind, std::size_t place);
    void settle_value_error(std::size_t next_node);
    void stop() { stopped_ = true; }

    /// `expected` makes the words for what could stand there; not asked once enough are named.
    template <typename Expected>
    void ignore(std::string_view name, std::size_t place, Expected&& expected) {
        constexpr std::size_t named_elements = 20;
        if (searching_ || ++reading_.ignored_count > named_elements) return;
        reading_.ignored.push_back({path_to(name), line_at(place), expected()});
    }
    [[nodiscard]] std::string path_to(std::string_view name) const;
    [[nodiscard]] std::string request_path(std::string_view name, std::uint16_t ordinal) const;
    /// Appends "/NAME", with "[ORDINAL]" if it is not 0.
    static void append_step(std::string& path, std::string_view name, std::uint16_t ordinal);
    [[nodiscard]] std::string expected_in(const Frame& frame) const;
    [[nodiscard]] Position position_at(std::size_t place) const;
    std::size_t line_at(std::size_t place);
    [[nodiscard]] std::size_t offset() const { return xml_.start(); }
    Frame& top() { return frames_.back(); }
    void reset(std::string_view message, const Operation* routed);

    const Contract& contract_;
    const GuardLimits& limits_;
    XmlReader xml_;

    // Of the message being read; buffers keep their capacity.
    std::string_view message_;
    const Operation* routed_ = nullptr;  ///< nullptr: the Body's first child decides.
    Reading reading_;
    bool stopped_ = false;
    bool searching_ = false;  ///< After an error: only the Body's first child still matters.
    Phase phase_ = Phase::before_header;
    std::vector<Frame> frames_;
    Frame pending_;  ///< The frame of the element being started.
    NamespaceScope namespaces_;
    std::vector<std::uint16_t> counters_;
    std::string path_;  ///< Of the object started last; begins with those of the open ones.
    std::vector<Attribute> attributes_;  ///< Of the element being started, without xmlns.
    std::size_t element_count_ = 0;
    std::size_t attribute_count_ = 0;
    std::size_t declaration_count_ = 0;
    std::size_t item_count_ = 0;
    std::size_t content_bytes_ = 0;
    std::string_view value_;      ///< Of the simple element being read.
    bool value_is_plain_ = true;  ///< It needs no escaping.
    std::string long_value_;      ///< Holds it if it stands there in more than one piece.
    Words value_error_;  ///< Of the value just ended; its position is that of the next node.
    std::string canonical_;
    std::vector<std::size_t> object_ends_;
    std::size_t body_start_ = 0;
    std::size_t request_start_ = 0;
    std::size_t request_offset_ = 0;
    bool operation_open_ = false;
    std::size_t requests_read_ = 0;
    bool credentials_read_ = false;
    std::size_t line_offset_ = 0;
    std::size_t line_ = 1;
};

}  // namespace customercare::soap
