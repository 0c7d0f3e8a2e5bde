#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace customercare::store {

/// What a MessageId is looked up by; nullopt if it is empty. Short, 48 bits, for an index that is
/// mostly written at random places; but MessageIds that differ in their last two bytes alone, as
/// counted ones do, lie side by side. Others with the same key are rare, and have to be told apart,
/// as have the senders that use one MessageId, each in the time that it takes to read a call log.
///
/// 32 bits of the BLAKE2b-128 of what comes before the last two bytes, then these. Thread-safe.
[[nodiscard]] std::optional<std::int64_t> message_key(std::string_view message_id);

}  // namespace customercare::store
