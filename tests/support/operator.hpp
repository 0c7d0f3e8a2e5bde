#pragma once

#include <string>
#include <vector>

#include "support/http_client.hpp"
#include "support/server_process.hpp"

namespace customercare::test {

/// What operators and their tools ask a server's admin address for.
[[nodiscard]] HttpReply ask_admin(const ServerProcess& server, const std::string& target);

/// The names of the checks that keep the server from being ready; empty if it is.
[[nodiscard]] std::vector<std::string> failed_checks(const ServerProcess& server);

/// Asks /readyz until it answers so; throws std::runtime_error after a minute.
void wait_until_ready(const ServerProcess& server, bool is_ready);

/// A metric's value by its series, as in `name{label="value"}`; throws std::runtime_error if there
/// is none.
[[nodiscard]] double metric(const ServerProcess& server, const std::string& series);

/// Waits until a metric has that value: a request is counted once its reply is sent. Throws
/// std::runtime_error after a minute.
void wait_for_metric(const ServerProcess& server, const std::string& series, double value);

}  // namespace customercare::test
