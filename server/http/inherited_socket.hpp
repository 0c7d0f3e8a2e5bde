#pragma once

#include "http/server.hpp"

namespace customercare::http {

/// Lets a server listen on `socket`, which whoever started the process has opened, so that it stays
/// open while the process is replaced by another: options.socket, address and port. Throws
/// ServiceError{usage} naming options.setting if it does not listen for TCP.
void take_listener(Options& options, int socket);

}  // namespace customercare::http
