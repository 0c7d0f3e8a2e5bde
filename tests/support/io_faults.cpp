#include "support/io_faults.hpp"

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <system_error>

namespace customercare::test {

IoFaults::IoFaults(const std::filesystem::path& directory) {
    const std::string path = (directory / "io-faults").string();
    const int file = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    void* shared = MAP_FAILED;
    if (file >= 0 && ftruncate(file, sizeof(IoFaultControl)) == 0) {
        shared = mmap(nullptr, sizeof(IoFaultControl), PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    }
    const int error = errno;
    ::close(file);
    if (shared == MAP_FAILED) throw std::system_error(error, std::generic_category(), path);
    control_ = new (shared) IoFaultControl{};

    setenv("LD_PRELOAD", CUSTOMERCARE_IO_FAULTS_LIBRARY, 1);
    setenv("IO_FAULTS_FILE", path.c_str(), 1);
    setenv("ASAN_OPTIONS", "verify_asan_link_order=0", 1);  // It wants to be loaded first.
}

IoFaults::~IoFaults() {
    for (const char* name : {"LD_PRELOAD", "IO_FAULTS_FILE", "ASAN_OPTIONS"}) unsetenv(name);
    munmap(control_, sizeof(IoFaultControl));
}

void IoFaults::fail(IoFault fault, int at, int count) {
    heal();
    control_->calls_before = at - 1;
    control_->failures_left = count;
    control_->failures = 0;
    control_->fault = fault;
}

void IoFaults::heal() { control_->fault = IoFault::none; }

int IoFaults::failures() const { return control_->failures; }

}  // namespace customercare::test
