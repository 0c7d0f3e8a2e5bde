#pragma once

#include <CLI/CLI.hpp>

#include "store/call_log_eraser.hpp"

namespace customercare::cli {

/// What all commands that remove call logs ask.
struct ErasureRequest {
    store::ErasureOptions options;
    bool as_json = false;
};

inline void add_erasure_flags(CLI::App& command, ErasureRequest& request) {
    command.add_flag("--dry-run", request.options.dry_run, "Count them only");
    command.add_flag("--vacuum", request.options.vacuum,
                     "Write the database anew afterwards; not while a server runs");
    command.add_flag("--json", request.as_json, "As a JSON object");
}

}  // namespace customercare::cli
