#pragma once

#include <memory>

#include "settings.hpp"
#include "store/keys.hpp"

namespace customercare::cli {

/// The installation's keys. Throws ServiceError{usage} naming the setting and the file if the file
/// is not there or can't be used.
[[nodiscard]] std::unique_ptr<store::Keys> open_keys(const Settings& settings);

/// The same for the commands that may create the database: a new database gets new keys. An
/// existing one does not, since its hashes and encrypted values would be lost without a word.
[[nodiscard]] std::unique_ptr<store::Keys> open_or_create_keys(const Settings& settings);

}  // namespace customercare::cli
