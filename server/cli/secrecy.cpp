#include "cli/secrecy.hpp"

#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include <cerrno>
#include <system_error>

namespace customercare::cli {

void keep_memory_secret() {
    const rlimit none{};
    if (prctl(PR_SET_DUMPABLE, 0) != 0 || setrlimit(RLIMIT_CORE, &none) != 0) {
        throw std::system_error(errno, std::generic_category(), "core files can't be switched off");
    }
}

bool can_others_read(const std::string& path) {
    struct stat status {};
    return stat(path.c_str(), &status) == 0 && (status.st_mode & S_IROTH) != 0;
}

}  // namespace customercare::cli
