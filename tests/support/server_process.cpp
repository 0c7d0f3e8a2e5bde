#include "support/server_process.hpp"

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdlib>
#include <fstream>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <system_error>

namespace customercare::test {
namespace {

[[noreturn]] void throw_errno(const char* what) {
    throw std::system_error(errno, std::generic_category(), what);
}

/// A file descriptor that is closed with the object.
class Descriptor {
public:
    explicit Descriptor(int fd) : fd_(fd) {
        if (fd < 0) throw_errno("open");
    }
    ~Descriptor() { ::close(fd_); }
    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;
    [[nodiscard]] int get() const { return fd_; }

private:
    int fd_;
};

/// `command`: a program, looked for in PATH, and its arguments.
int spawn(std::vector<std::string> command, int input, int output, int errors) {
    std::vector<char*> argv;
    for (std::string& argument : command) argv.push_back(argument.data());
    argv.push_back(nullptr);

    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, input, STDIN_FILENO);
    posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO);
    posix_spawn_file_actions_adddup2(&actions, errors, STDERR_FILENO);
    pid_t pid = 0;
    const int error = posix_spawnp(&pid, argv[0], &actions, nullptr, argv.data(), environ);
    posix_spawn_file_actions_destroy(&actions);
    if (error != 0) throw std::system_error(error, std::generic_category(), argv[0]);
    return pid;
}

int wait_for(int pid) {
    int status = 0;
    while (waitpid(pid, &status, 0) < 0) {
        if (errno != EINTR) throw_errno("waitpid");
    }
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

int open_file(const std::filesystem::path& path, int flags) {
    return ::open(path.c_str(), flags | O_CLOEXEC, 0600);
}

/// Up to the first line end, or the end of the stream.
std::string read_line(int fd) {
    std::string line;
    for (char next = 0; ::read(fd, &next, 1) == 1 && next != '\n';) line += next;
    return line;
}

std::uint16_t port_of(const std::string& url) {
    return static_cast<std::uint16_t>(std::stoul(url.substr(url.rfind(':') + 1)));
}

}  // namespace

std::string program() {
    const char* chosen = std::getenv("TEST_PROGRAM");
    return chosen != nullptr ? chosen : CUSTOMERCARE_PROGRAM;
}

ProgramResult run_program(std::vector<std::string> arguments, const std::string& input) {
    arguments.insert(arguments.begin(), program());
    return run_command(arguments, input);
}

ProgramResult run_command(const std::vector<std::string>& command, const std::string& input) {
    const TemporaryDirectory directory;
    const auto input_path = directory.path() / "input";
    std::ofstream(input_path) << input;
    int pid = 0;
    {
        const Descriptor in(open_file(input_path, O_RDONLY));
        const Descriptor out(open_file(directory.path() / "output", O_WRONLY | O_CREAT));
        const Descriptor err(open_file(directory.path() / "errors", O_WRONLY | O_CREAT));
        pid = spawn(command, in.get(), out.get(), err.get());
    }
    const int exit_code = wait_for(pid);
    return {exit_code, read_file(directory.path() / "output"),
            read_file(directory.path() / "errors")};
}

ServerProcess::ServerProcess(const std::filesystem::path& directory,
                             const std::vector<std::string>& arguments,
                             const std::vector<std::string>& launcher)
    : directory_(directory) {
    std::vector<std::string> command = launcher;
    command.insert(command.end(),
                   {program(), "serve", "--mode", "stand-in", "--listen", "127.0.0.1:0",
                    "--admin-listen", "127.0.0.1:0", "--database", database()});
    command.insert(command.end(), arguments.begin(), arguments.end());

    std::array<int, 2> pipe_ends{};
    if (pipe2(pipe_ends.data(), O_CLOEXEC) != 0) throw_errno("pipe");
    const Descriptor read_end(pipe_ends[0]);
    {
        const Descriptor write_end(pipe_ends[1]);
        const Descriptor nothing(open_file("/dev/null", O_RDONLY));
        const Descriptor log_file(
            open_file(directory_ / "server.log", O_WRONLY | O_CREAT | O_APPEND));
        pid_ = spawn(command, nothing.get(), write_end.get(), log_file.get());
    }

    const std::string line = read_line(read_end.get());
    if (!line.starts_with("READY ")) {
        kill();
        throw std::runtime_error("The server did not start: " + line + "\n" + log());
    }
    const auto ready = nlohmann::json::parse(line.substr(6));
    url_ = ready.at("service");
    port_ = port_of(url_);
    admin_port_ = port_of(ready.at("admin"));
}

ServerProcess::~ServerProcess() { kill(); }

std::string ServerProcess::database() const { return (directory_ / "customercare.db").string(); }

std::string ServerProcess::log() const { return read_file(directory_ / "server.log"); }

void ServerProcess::send_signal(int signal) const {
    if (::kill(pid_, signal) != 0) throw_errno("kill");
}

int ServerProcess::wait() {
    const int exit_code = wait_for(pid_);
    pid_ = 0;
    return exit_code;
}

int ServerProcess::stop() {
    send_signal(SIGTERM);
    return wait();
}

void ServerProcess::kill() {
    if (pid_ == 0) return;
    send_signal(SIGKILL);
    wait();
}

std::chrono::nanoseconds ServerProcess::cpu_time() const {
    clockid_t clock{};
    timespec time{};
    if (clock_getcpuclockid(pid_, &clock) != 0 || clock_gettime(clock, &time) != 0) {
        throw_errno("clock_getcpuclockid");
    }
    return std::chrono::seconds(time.tv_sec) + std::chrono::nanoseconds(time.tv_nsec);
}

std::size_t ServerProcess::status_kb(const std::string& name) const {
    const std::string status = read_file("/proc/" + std::to_string(pid_) + "/status");
    return std::stoul(status.substr(status.find(name) + name.size()));
}

std::size_t ServerProcess::resident_kb() const { return status_kb("VmRSS:"); }

std::size_t ServerProcess::peak_resident_kb() const { return status_kb("VmHWM:"); }

std::size_t ServerProcess::open_files() const {
    const std::filesystem::directory_iterator files("/proc/" + std::to_string(pid_) + "/fd");
    return static_cast<std::size_t>(std::distance(begin(files), end(files)));
}

std::string read_file(const std::filesystem::path& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

}  // namespace customercare::test
