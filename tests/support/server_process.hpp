#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "support/temporary_directory.hpp"

namespace customercare::test {

/// How much more time than usual a test may take: sanitizers slow the program down.
inline constexpr int patience = CUSTOMERCARE_SANITIZED ? 20 : 1;

/// The program under test: $TEST_PROGRAM, else the one of this build.
[[nodiscard]] std::string program();

struct ProgramResult {
    int exit_code = 0;  ///< 128 + the signal's number if one ended it.
    std::string output;
    std::string errors;
};

/// Runs the program to its end; `input` is its standard input.
[[nodiscard]] ProgramResult run_program(std::vector<std::string> arguments,
                                        const std::string& input = "");

/// The same for any other program, looked for in PATH.
[[nodiscard]] ProgramResult run_command(const std::vector<std::string>& command,
                                        const std::string& input = "");

/// A server in stand-in mode on free ports of 127.0.0.1, killed at the latest with the object. Its
/// database and its log are files in the given directory, so that a second server there goes on
/// where the first one ended.
class ServerProcess {
public:
    /// Returns once the server is ready. Throws if it ends before, with its log.
    /// `launcher` is a command that runs the program, such as {"/usr/bin/prlimit", "--core=0"}.
    explicit ServerProcess(const std::filesystem::path& directory,
                           const std::vector<std::string>& arguments = {},
                           const std::vector<std::string>& launcher = {});
    ~ServerProcess();
    ServerProcess(const ServerProcess&) = delete;
    ServerProcess& operator=(const ServerProcess&) = delete;

    [[nodiscard]] const std::string& url() const { return url_; }  ///< Of the service.
    [[nodiscard]] std::uint16_t port() const { return port_; }
    [[nodiscard]] int pid() const { return pid_; }
    [[nodiscard]] std::uint16_t admin_port() const { return admin_port_; }
    [[nodiscard]] std::string database() const;
    [[nodiscard]] std::string log() const;  ///< Standard error so far.

    void send_signal(int signal) const;
    int wait();   ///< The exit code, as in ProgramResult.
    int stop();   ///< SIGTERM, then wait().
    void kill();  ///< SIGKILL, then wait().

    /// What all threads of the process have used so far.
    [[nodiscard]] std::chrono::nanoseconds cpu_time() const;
    [[nodiscard]] std::size_t resident_kb() const;       ///< Memory at present,
    [[nodiscard]] std::size_t peak_resident_kb() const;  ///< and at most so far.
    [[nodiscard]] std::size_t open_files() const;

private:
    [[nodiscard]] std::size_t status_kb(const std::string& name) const;

    std::filesystem::path directory_;
    int pid_ = 0;
    std::string url_;
    std::uint16_t port_ = 0;
    std::uint16_t admin_port_ = 0;
};

[[nodiscard]] std::string read_file(const std::filesystem::path& path);

}  // namespace customercare::test
