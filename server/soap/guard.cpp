#include "soap/guard.hpp"

#include <algorithm>
#include <cstring>
#include <random>

#include "soap/guard_reader.hpp"

namespace customercare::soap {

namespace {

constexpr std::size_t named_ignored_elements = 20;

/// gSOAP reads a SOAP 1.1 envelope whatever the sender's version: the reply is not its business.
constexpr std::string_view canonical_start =
    R"(<S:Envelope xmlns:S="http://schemas.xmlsoap.org/soap/envelope/" xmlns:c=")";

/// Expat's reasons in the words of .NET's XmlReader where they are known to be the same. `place` is
/// moved to where that reader stands.
std::string reader_message(XML_Error error, bool root_read, std::string_view message,
                           std::size_t& place) {
    if (!root_read && (error == XML_ERROR_SYNTAX || error == XML_ERROR_INVALID_TOKEN)) {
        return "Data at the root level is invalid.";
    }
    switch (error) {
        case XML_ERROR_MISPLACED_XML_PI:
            place += 2;
            return "Unexpected XML declaration. The XML declaration must be the first node in the "
                   "document, and no white space characters are allowed to appear before it.";
        case XML_ERROR_DUPLICATE_ATTRIBUTE: {
            const std::size_t end = message.find_first_of("= \t\r\n", place);
            return "'" + std::string(message.substr(place, end - place)) +
                   "' is a duplicate attribute name.";
        }
        case XML_ERROR_NO_ELEMENTS:
            return "The message is not well-formed XML: it ends too early.";
        default:
            return std::string("The message is not well-formed XML: ") + XML_ErrorString(error) +
                   ".";
    }
}

/// True for the first bytes by which expat, told that a message is UTF-8, would still take it for
/// UTF-16 (or skip a second byte order mark).
bool starts_like_utf16(std::string_view message) {
    using namespace std::string_view_literals;
    const std::string_view start = message.substr(0, 2);
    return start.find('\0') != std::string_view::npos || start == "\xFE\xFF"sv ||
           start == "\xFF\xFE"sv || message.substr(0, 3) == "\xEF\xBB\xBF"sv;
}

}  // namespace

Guard::Reader::Reader(const Contract& contract, const GuardLimits& limits)
    : contract_(contract),
      limits_(limits),
      parser_(XML_ParserCreate("UTF-8")),
      namespaces_(contract.service_namespace()) {
    // Expat would otherwise ask the system for a new one with each message.
    std::random_device random;
    hash_salt_ = (static_cast<unsigned long>(random()) << 32U) | random() | 1U;
}

void Guard::Reader::reset(std::string_view message, const Operation* routed) {
    XML_Parser parser = parser_.get();
    XML_ParserReset(parser, "UTF-8");
    XML_SetHashSalt(parser, hash_salt_);
    XML_SetUserData(parser, this);
    XML_SetElementHandler(
        parser,
        [](void* self, const char* name, const char** attributes) {
            static_cast<Reader*>(self)->on_start(name, attributes);
        },
        [](void* self, const char*) { static_cast<Reader*>(self)->on_end(); });
    XML_SetCharacterDataHandler(parser, [](void* self, const char* text, int size) {
        static_cast<Reader*>(self)->on_text({text, static_cast<std::size_t>(size)});
    });
    XML_SetStartCdataSectionHandler(
        parser, [](void* self) { static_cast<Reader*>(self)->on_cdata_start(); });
    XML_SetCommentHandler(parser, [](void* self, const char*) {
        static_cast<Reader*>(self)->on_comment_or_instruction("Comment", 4);
    });
    XML_SetProcessingInstructionHandler(parser, [](void* self, const char*, const char*) {
        static_cast<Reader*>(self)->on_comment_or_instruction("ProcessingInstruction", 2);
    });
    XML_SetStartDoctypeDeclHandler(
        parser, [](void* self, const char*, const char*, const char*, int) {
            auto* reader = static_cast<Reader*>(self);
            reader->fail_reader(
                {ReadError::Kind::not_well_formed, "DTD is prohibited in this XML document.", {}});
        });
    XML_SetXmlDeclHandler(parser, [](void* self, const char* version, const char*, int) {
        auto* reader = static_cast<Reader*>(self);
        if (version == nullptr || std::strcmp(version, "1.0") == 0) return;
        reader->fail_reader("Version number '" + std::string(version) + "' is invalid.",
                            reader->message_.find(version));
    });

    message_ = message;
    routed_ = routed;
    reading_ = Reading{};
    stopped_ = false;
    searching_ = false;
    phase_ = Phase::before_header;
    frames_.clear();
    namespaces_.reset();
    counters_.clear();
    if (distinct_name_count_ != 0) distinct_names_.fill(nullptr);
    distinct_name_count_ = 0;
    element_count_ = 0;
    event_count_ = 0;
    declaration_count_ = 0;
    value_error_.clear();
    canonical_.assign(canonical_start);
    canonical_ += contract_.service_namespace();
    canonical_ += "\">";
    body_start_ = 0;
    operation_open_ = false;
    request_read_ = false;
    credentials_read_ = false;
    line_offset_ = 0;
    line_ = 1;
}

/// Hands the message to expat: at one go if it is small, else in pieces, so that one huge tag is
/// cut off before expat has collected all its attributes.
void Guard::Reader::feed() {
    if (starts_like_utf16(message_)) return fail_reader("Data at the root level is invalid.", 0);
    XML_Parser parser = parser_.get();
    const std::size_t piece = limits_.max_markup_bytes;
    for (std::size_t fed = 0; !stopped_;) {
        const std::size_t size = std::min(piece, message_.size() - fed);
        const bool last = fed + size == message_.size();
        const XML_Status status =
            XML_Parse(parser, message_.data() + fed, static_cast<int>(size), last ? 1 : 0);
        fed += size;
        if (stopped_) return;
        if (status != XML_STATUS_OK) {
            const XML_Error code = XML_GetErrorCode(parser);
            if (code == XML_ERROR_NO_ELEMENTS && !reading_.root_read) {
                return fail_reader(
                    {ReadError::Kind::not_well_formed, "Root element is missing.", {}});
            }
            std::size_t place = std::min(offset(), message_.size());
            const std::string text = reader_message(code, reading_.root_read, message_, place);
            return fail_reader(text, place);
        }
        if (last) return;
        if (fed - offset() > piece) {
            return fail_limit(
                "a tag, comment or instruction longer than " + std::to_string(piece) + " bytes",
                "guard.max_markup_bytes");
        }
    }
}

Reading Guard::Reader::read(std::string_view message, const Operation* routed) {
    reset(message, routed);
    feed();
    if (!reading_.error && routed_ != nullptr) {
        if (!operation_open_) append_tag("<", *routed_->request);
        append_tag("</", *routed_->request);
        const std::size_t body_end = canonical_.size();
        canonical_ += "</S:Body></S:Envelope>";
        reading_.operation = routed_;
        reading_.canonical = canonical_;
        reading_.canonical_body = reading_.canonical.substr(body_start_, body_end - body_start_);
    }
    return std::move(reading_);
}

Guard::Guard(const Contract& contract, const GuardLimits& limits)
    : reader_(std::make_unique<Reader>(contract, limits)) {}
Guard::~Guard() = default;

Reading Guard::read(std::string_view message, const Operation* routed) {
    return reader_->read(message, routed);
}

// ------------------------------------------------------------------------------------------------
// What goes wrong, and what is told of skipped elements.

void Guard::Reader::fail(ReadError::Kind kind, std::string text, std::size_t place) {
    if (!reading_.error) reading_.error = {kind, std::move(text), position_at(place)};
    value_error_.clear();
    searching_ = true;
    // Only the Body's first child still matters, and only if it decides the operation.
    if (routed_ != nullptr || reading_.body_reached) stop();
}

void Guard::Reader::fail_reader(const std::string& text, std::size_t place) {
    const Position position = position_at(place);
    fail_reader({ReadError::Kind::not_well_formed,
                 text + " Line " + std::to_string(position.line) + ", position " +
                     std::to_string(position.column) + ".",
                 position});
}

void Guard::Reader::fail_reader(ReadError error) {
    if (!reading_.body_reached) reading_.routing_error = error;
    if (!reading_.error) reading_.error = std::move(error);
    stop();
}

void Guard::Reader::fail_limit(const std::string& what, std::string_view setting) {
    const Position position = position_at(offset());
    reading_.error = {ReadError::Kind::limit,
                      "The message exceeds a limit of this server: " + what + " (setting " +
                          std::string(setting) + "), at line " + std::to_string(position.line) +
                          ", position " + std::to_string(position.column) + ".",
                      position};
    reading_.routing_error.reset();
    stop();
}

void Guard::Reader::fail_at(std::size_t place, const std::string& text) {
    const Position position = position_at(place);
    fail(ReadError::Kind::invalid,
         "There is an error in XML document (" + std::to_string(position.line) + ", " +
             std::to_string(position.column) + "). ---> " + text,
         place);
}

/// A value is converted when the reader has stepped on to the next node: that is where it stands.
void Guard::Reader::settle_value_error(std::size_t next_node) {
    fail_at(next_node, std::string(value_error_));
}

void Guard::Reader::ignore(std::string_view name, const std::string& expected) {
    if (searching_ || ++reading_.ignored_count > named_ignored_elements) return;
    reading_.ignored.push_back({path_to(name, false), line_at(offset()), expected});
}

/// The path of the element being started or ended: the open frames, then `name`.
std::string Guard::Reader::path_to(std::string_view name, bool from_request) const {
    std::string path;
    bool inside = !from_request;
    for (const Frame& frame : frames_) {
        if (frame.declaration != nullptr && inside) {
            if (!path.empty()) path += '/';
            path += frame.declaration->name;
            if (frame.ordinal != 0) path += '[' + std::to_string(frame.ordinal) + ']';
        }
        if (frame.declaration != nullptr && frame.in_request) inside = true;
    }
    if (!name.empty()) {
        if (!path.empty()) path += '/';
        path += name;
    }
    return path;
}

std::string Guard::Reader::expected_in(const Frame& frame) const {
    if (frame.declaration == nullptr) return "one operation element";
    std::string names;
    for (const ElementDeclaration& element : frame.declaration->type->elements) {
        if (!names.empty()) names += ", ";
        names += element.name;
    }
    const bool qualified = frame.declaration->type->elements.at(0).qualified;
    return names +
           (qualified ? " in namespace " + namespaces_.uri(service_id) : " in no namespace");
}

Position Guard::Reader::position_at(std::size_t place) const {
    return text_position(message_, std::min(place, message_.size()));
}

/// Like position_at(...).line, for places that only move forward.
std::size_t Guard::Reader::line_at(std::size_t place) {
    line_ += text_position(message_.substr(line_offset_), place - line_offset_).line - 1;
    line_offset_ = place;
    return line_;
}

}  // namespace customercare::soap
