#pragma once

#include <string>

#include "settings.hpp"

namespace customercare::cli {

/// True if `path` is, or leads to, a file that this installation uses, there or not: the database
/// and what lies beside it, keys, certificates, the log, the settings' `config_file`. Nothing may
/// be written in their places.
[[nodiscard]] bool is_own_file(const std::string& path, const Settings& settings,
                               const std::string& config_file);

}  // namespace customercare::cli
