#pragma once

#include <string>

namespace customercare::cli {

/// From now on there is no core file of this process, and other processes of its user can't look
/// into it: its memory holds tokens, keys and personal data.
void keep_memory_secret();

/// True if users who are neither the file's owner nor of its group may read it.
[[nodiscard]] bool can_others_read(const std::string& path);

}  // namespace customercare::cli
