// The encoding and the guard, on any bytes. What the guard passes, expat finds well-formed, in the
// message and in all that the guard makes of it.

#include "soap/guard.hpp"

#include <algorithm>

#include "fuzz/message.hpp"
#include "fuzz/xml_walk.hpp"
#include "support/end_tags.hpp"

using namespace customercare;
using fuzz::require;

namespace {

const soap::GuardLimits limits;

void check_passed(std::string_view text, const soap::Reading& reading) {
    require(fuzz::walk_xml(text).has_value(), "expat reads what the guard passes");
    require(reading.version != soap::SoapVersion::none, "a message that passes is SOAP");
    require(reading.body.size() <= reading.canonical.size(), "the body is part of the canonical");
    require(fuzz::walk_xml("<r>" + std::string(reading.canonical) + "</r>").has_value(),
            "the canonical text is well-formed");
    std::size_t last = 0;
    for (const std::size_t end : reading.object_ends) {
        require(end > last && reading.canonical.substr(end, 2) == "</",
                "objects' end tags are where they are said to be, one behind the other");
        last = end;
    }
    require(fuzz::walk_xml("<r xmlns:soap=\"urn:s\"" + reading.credentials_attributes + "/>")
                .has_value(),
            "the credentials' attributes are well-formed");
    for (const model::OpenContent& content : reading.open_content) {
        require(fuzz::walk_xml(content.xml).has_value(), "open content stands by itself");
        require(!content.path.empty(), "open content has a path");
    }
}

/// Of messages without comments, CDATA and instructions.
void check_node_by_node(soap::Guard& guard, const fuzz::Message& message,
                        const soap::Reading& reading) {
    std::string_view rest = *message.text;
    if (rest.starts_with("<?xml ")) rest.remove_prefix(rest.find('>') + 1);
    if (rest.find("<!") != rest.npos || rest.find("<?") != rest.npos) return;
    const std::string text =
        std::string(message.text->substr(0, message.text->size() - rest.size())) +
        test::with_blanks_in_end_tags(rest);
    const soap::Reading other = guard.read(text, message.routed);
    constexpr auto invariant = "an element is the same read at once or node by node";
    // But for the columns, which the blanks shift.
    const auto is_same_error = [](const std::optional<soap::ReadError>& one,
                                  const std::optional<soap::ReadError>& two) {
        if (!one || !two) return one.has_value() == two.has_value();
        return one->kind == two->kind && one->setting == two->setting &&
               one->position.line == two->position.line;
    };
    require(is_same_error(reading.error, other.error), invariant);
    require(is_same_error(reading.routing_error, other.routing_error), invariant);
    require(reading.not_understood.has_value() == other.not_understood.has_value(), invariant);
    require(reading.operation == other.operation, invariant);
    require(reading.body_element == other.body_element, invariant);
    require(reading.canonical == other.canonical, invariant);
    require(std::ranges::equal(reading.object_ends, other.object_ends), invariant);
    require(reading.nil_elements == other.nil_elements, invariant);
    require(std::ranges::equal(reading.open_content, other.open_content, {},
                               &model::OpenContent::path, &model::OpenContent::path),
            invariant);
    require(reading.ignored_count == other.ignored_count, invariant);
    require(std::ranges::equal(reading.ignored, other.ignored, {}, &soap::IgnoredElement::path,
                               &soap::IgnoredElement::path),
            invariant);
}

/// Equal in all that follows from the message; not in `ignored`, which is for the log.
void check_same(const soap::Reading& one, const soap::Reading& other, const char* invariant) {
    require(one.error.has_value() == other.error.has_value(), invariant);
    require(!one.error || one.error->words.text == other.error->words.text, invariant);
    require(one.operation == other.operation && one.canonical == other.canonical, invariant);
    require(std::ranges::equal(one.object_ends, other.object_ends), invariant);
    require(one.ignored_count == other.ignored_count, invariant);
    require(one.nil_elements == other.nil_elements, invariant);
    require(one.open_content.size() == other.open_content.size(), invariant);
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    const fuzz::Message message(fuzz::Input(bytes, size));
    if (!message.text) return 0;

    static soap::Guard used_guard(soap::contract(), limits);
    const soap::Reading reading = used_guard.read(*message.text, message.routed);
    soap::Guard new_guard(soap::contract(), limits);
    check_same(reading, new_guard.read(*message.text, message.routed),
               "a guard forgets the message before");
    check_node_by_node(new_guard, message, reading);
    if (reading.error) {
        require(!reading.error->words.empty(), "an error says what is wrong");
        return 0;
    }
    require(message.routed == nullptr || reading.operation == message.routed,
            "the operation is the one that was routed");
    if (reading.operation == nullptr) return 0;
    check_passed(*message.text, reading);
    if (message.routed == nullptr) {
        check_same(reading, new_guard.read(*message.text, reading.operation),
                   "an action that says what the body says changes nothing");
    }
    return 0;
}
