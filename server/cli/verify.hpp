#pragma once

#include <string>

#include "settings.hpp"
#include "store/verification.hpp"

namespace customercare::cli {

/// Looks at everything in the database `path`, and says on standard output what it looks at and
/// finds, unless `is_quiet`. `with_key`: asks also whether the installation's key file opens what
/// is encrypted; that it is missing is a problem like others.
[[nodiscard]] store::Verification verify(const Settings& settings, const std::string& path,
                                         bool with_key, bool is_quiet);

/// The problems, as lines for standard error.
[[nodiscard]] std::string problem_lines(const std::string& path, const store::Verification& found);

}  // namespace customercare::cli
