#include "cli/command_line.hpp"

/// Read by jemalloc (jemalloc(3), "TUNING"): two arenas instead of four for each core, and what is
/// free goes back to the system after one second of further work instead of ten, for less memory.
extern "C" {
extern const char* const malloc_conf;
const char* const malloc_conf = "narenas:2,dirty_decay_ms:1000";
}

int main(int argc, char** argv) { return customercare::cli::run(argc, argv); }
