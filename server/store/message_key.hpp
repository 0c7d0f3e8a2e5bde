#pragma once

#include <cstdint>
#include <optional>

#include "model/call_log.hpp"

namespace customercare::store {

/// What a MessageId is looked up by; nullopt without one. Short, 48 bits, for an index that is
/// mostly written at random places; but MessageIds that differ in their last two bytes alone, as
/// counted ones do, lie side by side. Others with the same key are rare, and have to be told apart.
///
/// 32 bits of the BLAKE2b-128 of what comes before the last two bytes, then these. Thread-safe.
[[nodiscard]] std::optional<std::int64_t> message_key(const model::Text& message_id);

}  // namespace customercare::store
