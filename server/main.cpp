#include "cli/command_line.hpp"

/// Read by jemalloc (jemalloc(3), "TUNING"): as many arenas as HTTP threads instead of four for
/// each core, and what is free goes back to the system within a second instead of ten.
extern "C" {
extern const char* const malloc_conf;
const char* const malloc_conf = "narenas:2,dirty_decay_ms:1000";
}

int main(int argc, char** argv) { return customercare::cli::run(argc, argv); }
