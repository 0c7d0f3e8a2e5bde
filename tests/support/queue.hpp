#pragma once

#include <cstddef>

#include "support/server_process.hpp"

namespace customercare::test {

/// Call logs that wait for the server's writer, without those that it has in hand.
[[nodiscard]] std::size_t queue_length(const ServerProcess& server);

/// Throws std::runtime_error after a minute.
void wait_until_queued(const ServerProcess& server, std::size_t count);

}  // namespace customercare::test
