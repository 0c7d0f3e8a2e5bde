#pragma once

#include <cstddef>
#include <string>

#include "support/server_process.hpp"

namespace customercare::test {

/// Returns once the server's log has `text` so often; throws, with the log, if that takes too long.
void wait_for_log(const ServerProcess& server, const std::string& text, std::size_t count = 1);

}  // namespace customercare::test
