#include "cli/command_line.hpp"

int main(int argc, char** argv) { return customercare::cli::run(argc, argv); }
