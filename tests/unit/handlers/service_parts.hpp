#pragma once

#include "handlers/audit.hpp"
#include "handlers/throttle.hpp"
#include "store/call_log_store.hpp"
#include "store/credential_store.hpp"
#include "store/keys.hpp"
#include "support/temporary_directory.hpp"

namespace customercare::test {

/// What calls are handled with, on a database of its own.
struct ServiceParts {
    TemporaryDirectory directory;
    store::Keys keys{directory.path("key")};
    store::CallLogStore call_logs{store::Options{.path = directory.path("test.db")}, keys};
    store::CredentialRegistry credentials{directory.path("test.db")};
    handlers::AuditQueue audit{1000};
    handlers::Throttle throttle{{}, audit};
};

}  // namespace customercare::test
