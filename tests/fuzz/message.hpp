#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "fuzz/input.hpp"
#include "model/create_call_log.hpp"
#include "soap/guard.hpp"

namespace customercare::fuzz {

/// What the endpoint makes of a request before it looks into the body. An input's choices are the
/// Content-Type header ("text/xml; charset=utf-16"); an action in it names the operation.
struct Message {
    std::string buffer;
    std::optional<std::string_view> text;     ///< nullopt: not of its encoding.
    const soap::Operation* routed = nullptr;  ///< nullptr: the body is to name the operation.

    explicit Message(const Input& input);
    Message(const Message&) = delete;
    Message& operator=(const Message&) = delete;
};

/// Guard, gSOAP and the conversion to the model, one after the other, as in the endpoint. nullopt:
/// the guard refuses the message. What the guard passes must not make gSOAP throw. The reading's
/// views hold until the next call; open content and nil elements are moved into the call log.
struct CallRead {
    soap::Reading reading;
    model::CreateCallLogRequest request;
};
[[nodiscard]] std::optional<CallRead> read_call(const Message& message);

}  // namespace customercare::fuzz
