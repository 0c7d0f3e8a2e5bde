#include "fuzz/message.hpp"

#include "soap/encoding.hpp"
#include "soap/routing.hpp"
#include "soap/skeleton.hpp"

namespace customercare::fuzz {

Message::Message(const Input& input) {
    const soap::ContentType content_type(input.choices);
    text = soap::to_utf8(input.data, content_type.parameter("charset"),
                         content_type.is_application_soap(), buffer);
    routed = soap::route({}, content_type, soap::contract()).operation;
}

std::optional<CallRead> read_call(const Message& message) {
    static const soap::GuardLimits limits;
    static soap::Guard guard(soap::contract(), limits);
    static soap::Skeleton skeleton;
    if (!message.text) return std::nullopt;
    CallRead call{guard.read(*message.text, message.routed), {}};
    if (call.reading.error || call.reading.operation == nullptr) return std::nullopt;
    call.request = skeleton.read(call.reading);
    call.request.call_log.open_content = std::move(call.reading.open_content);
    call.request.call_log.nil_elements = std::move(call.reading.nil_elements);
    return call;
}

}  // namespace customercare::fuzz
