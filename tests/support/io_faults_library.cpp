// Loaded into a server by LD_PRELOAD: the calls of these names are made here first. See IoFaults.

#include <dlfcn.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdlib>
#include <string>
#include <string_view>

#include "support/io_faults.hpp"

namespace {

using customercare::test::IoFault;
using customercare::test::IoFaultControl;

IoFaultControl& control() {
    static IoFaultControl& instance = []() -> IoFaultControl& {
        const int file = open(std::getenv("IO_FAULTS_FILE"), O_RDWR | O_CLOEXEC);
        void* shared =
            mmap(nullptr, sizeof(IoFaultControl), PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
        if (shared == MAP_FAILED) abort();
        close(file);
        return *static_cast<IoFaultControl*>(shared);
    }();
    return instance;
}

bool is_affected(int file, IoFault fault) {
    std::array<char, 4096> path{};
    const std::string link = "/proc/self/fd/" + std::to_string(file);
    const ssize_t size = readlink(link.c_str(), path.data(), path.size());
    if (size <= 0) return false;
    const std::string_view name(path.data(), static_cast<std::size_t>(size));
    return fault == IoFault::database_write ? name.ends_with("customercare.db")
                                            : name.find("customercare.db") != name.npos;
}

/// Whether this call, which `wanted` would let fail, is to fail; then errno is set.
bool fails(IoFault wanted, int file, int error) {
    IoFaultControl& faults = control();
    if (faults.fault != wanted || !is_affected(file, wanted)) return false;
    if (faults.calls_before-- > 0) return false;
    if (faults.failures_left-- == 0) {
        faults.failures_left = 0;
        return false;
    }
    ++faults.failures;
    errno = error;
    return true;
}

template <typename Function>
Function* next(const char* name) {
    return reinterpret_cast<Function*>(dlsym(RTLD_NEXT, name));
}

}  // namespace

extern "C" {

ssize_t pwrite64(int file, const void* data, size_t size, off64_t offset) {
    static auto* const usual = next<decltype(pwrite64)>("pwrite64");
    if (fails(IoFault::write, file, EIO) || fails(IoFault::disk_full, file, ENOSPC) ||
        fails(IoFault::read_only, file, EROFS) || fails(IoFault::database_write, file, EIO)) {
        return -1;
    }
    if (fails(IoFault::short_write, file, EIO)) {
        // SQLite then writes the rest by another call.
        return size > 1 ? usual(file, data, size / 2, offset) : -1;
    }
    return usual(file, data, size, offset);
}

int fdatasync(int file) {
    static auto* const usual = next<decltype(fdatasync)>("fdatasync");
    return fails(IoFault::sync, file, EIO) ? -1 : usual(file);
}
}
