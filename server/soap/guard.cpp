#include "soap/guard.hpp"

#include <algorithm>

#include "soap/guard_reader.hpp"

namespace customercare::soap {

Guard::Reader::Reader(const Contract& contract, const GuardLimits& limits)
    : contract_(contract),
      limits_(limits),
      xml_(limits.max_markup_bytes, limits.max_attributes),
      namespaces_(contract.service_namespace()) {}

void Guard::Reader::reset(std::string_view message, const Operation* routed) {
    xml_.reset(message);
    message_ = message;
    routed_ = routed;
    reading_ = Reading{};
    stopped_ = false;
    searching_ = false;
    phase_ = Phase::before_header;
    frames_.clear();
    namespaces_.reset();
    counters_.clear();
    element_count_ = 0;
    attribute_count_ = 0;
    declaration_count_ = 0;
    item_count_ = 0;
    content_bytes_ = 0;
    value_error_ = {};
    canonical_.clear();
    object_ends_.clear();
    path_.clear();
    body_start_ = 0;
    operation_open_ = false;
    requests_read_ = 0;
    credentials_read_ = false;
    line_offset_ = 0;
    line_ = 1;
}

void Guard::Reader::read_node() {
    switch (xml_.next()) {
        case XmlReader::Node::start_element:
            return on_start();
        case XmlReader::Node::end_element:
            return on_end();
        case XmlReader::Node::text:
            return on_text();
        case XmlReader::Node::cdata:
            return on_cdata();
        case XmlReader::Node::comment:
            return on_comment_or_instruction("Comment", 4);
        case XmlReader::Node::instruction:
            return on_comment_or_instruction("ProcessingInstruction", 2);
        case XmlReader::Node::error:
            return on_error();
    }
}

void Guard::Reader::on_error() {
    const XmlReader::Error& error = xml_.error();
    if (error.reason == XmlReader::Reason::long_markup) {
        return fail_limit("a tag, comment or instruction longer than ", limits_.max_markup_bytes,
                          " bytes", "guard.max_markup_bytes");
    }
    if (error.reason == XmlReader::Reason::many_attributes) {
        return fail_limit("more than ", limits_.max_attributes, " attributes on one element",
                          "guard.max_attributes");
    }
    if (error.has_place) return fail_reader(error.words, error.place);
    fail_reader({ReadError::Kind::not_well_formed, error.words, {}});
}

Reading Guard::Reader::read(std::string_view message, const Operation* routed) {
    reset(message, routed);
    while (!stopped_) {
        if (!read_plain_element()) read_node();
    }
    if (!reading_.error && routed_ != nullptr) {
        if (!operation_open_) canonical_ += routed_->request->start_tag;
        end_object(*routed_->request);
        reading_.operation = routed_;
        reading_.canonical = canonical_;
        reading_.body = reading_.canonical.substr(body_start_);
        reading_.has_credentials = body_start_ > 0;
        reading_.object_ends = object_ends_;
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

void Guard::Reader::fail(ReadError::Kind kind, Words words, std::size_t place) {
    if (!reading_.error) reading_.error = {kind, std::move(words), position_at(place)};
    value_error_ = {};
    searching_ = true;
    // Only the Body's first child still matters, and only if it decides the operation.
    if (routed_ != nullptr || reading_.body_reached) stop();
}

void Guard::Reader::fail_reader(const Words& words, std::size_t place) {
    const Position position = position_at(place);
    fail_reader({ReadError::Kind::not_well_formed,
                 words + " Line " + std::to_string(position.line) + ", position " +
                     std::to_string(position.column) + ".",
                 position});
}

void Guard::Reader::fail_reader(ReadError error) {
    if (!reading_.body_reached) reading_.routing_error = error;
    if (!reading_.error) reading_.error = std::move(error);
    stop();
}

void Guard::Reader::fail_limit(const char* before, std::size_t limit, const char* behind,
                               std::string_view setting) {
    const Position position = position_at(offset());
    reading_.error = {ReadError::Kind::limit,
                      std::string("The message exceeds a limit of this server: ") + before +
                          std::to_string(limit) + behind + " (setting " + std::string(setting) +
                          "), at line " + std::to_string(position.line) + ", position " +
                          std::to_string(position.column) + ".",
                      position, setting};
    reading_.routing_error.reset();
    stop();
}

void Guard::Reader::fail_at(std::size_t place, const Words& words) {
    const Position position = position_at(place);
    fail(ReadError::Kind::invalid,
         "There is an error in XML document (" + std::to_string(position.line) + ", " +
             std::to_string(position.column) + "). ---> " + words,
         place);
}

void Guard::Reader::fail_unexpected_node(const char* kind, std::size_t place) {
    fail(ReadError::Kind::not_well_formed,
         std::string("Unexpected node type ") + kind +
             ". ReadElementString method can only be called on elements with simple or empty "
             "content.",
         place);
}

/// A value is converted when the reader has stepped on to the next node: that is where it stands.
void Guard::Reader::settle_value_error(std::size_t next_node) {
    fail_at(next_node, Words(value_error_));
}

/// The path of the element being started: the open frames, then `name`.
std::string Guard::Reader::path_to(std::string_view name) const {
    std::string path;
    for (const Frame& frame : frames_) {
        if (frame.declaration != nullptr) append_step(path, frame.declaration->name, frame.ordinal);
    }
    append_step(path, name, 0);
    return path;
}

void Guard::Reader::append_step(std::string& path, std::string_view name, std::uint16_t ordinal) {
    if (!path.empty()) path += '/';
    path += name;
    if (ordinal != 0) path += '[' + std::to_string(ordinal) + ']';
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
