// Child processes: started, stopped, continued, killed by their pid, and never left behind.
#pragma once

#include <fcntl.h>
#include <netinet/in.h>
#include <spawn.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdint>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

extern char** environ;

namespace kv {

// Called by a child at its start: it is killed when the thread that started it ends, however that comes
// about. False: the parent is gone already.
inline bool die_with_parent(pid_t parent) {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  return ::getppid() == parent;
}

// One child, killed and waited for when this ends.
class process {
public:
  process() = default;
  process(process&& other) noexcept : pid_{std::exchange(other.pid_, 0)} {}
  process& operator=(process&& other) noexcept {
    std::swap(pid_, other.pid_);
    return *this;
  }
  ~process() {
    if (!running()) return;
    signal(SIGKILL);
    wait();
  }

  // Runs words[0] with its output and errors at the end of the file `log`, in a process group of its own so
  // that a Ctrl-C in the terminal is its parent's to handle. False: it could not be started.
  bool start(std::vector<std::string> words, std::string const& log) {
    posix_spawn_file_actions_t files;
    ::posix_spawn_file_actions_init(&files);
    ::posix_spawn_file_actions_addopen(&files, 0, "/dev/null", O_RDONLY, 0);
    ::posix_spawn_file_actions_addopen(&files, 1, log.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0644);
    ::posix_spawn_file_actions_adddup2(&files, 1, 2);
    posix_spawnattr_t attributes;
    ::posix_spawnattr_init(&attributes);
    ::posix_spawnattr_setpgroup(&attributes, 0);
    ::posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP);
    std::vector<char*> argv;
    for (auto& w : words) argv.push_back(w.data());
    argv.push_back(nullptr);
    auto const failed = ::posix_spawnp(&pid_, argv[0], &files, &attributes, argv.data(), environ);
    ::posix_spawnattr_destroy(&attributes);
    ::posix_spawn_file_actions_destroy(&files);
    if (failed != 0) pid_ = 0;
    return failed == 0;
  }

  bool running() const { return pid_ > 0; }
  pid_t pid() const { return pid_; }
  void signal(int number) const {
    if (running()) ::kill(pid_, number);
  }

  // What it ended with, as waitpid tells it; waits for that.
  int wait() {
    int status = 0;
    while (::waitpid(pid_, &status, 0) < 0 && errno == EINTR) {}
    pid_ = 0;
    return status;
  }
  // The same if it ends in time.
  std::optional<int> wait_for(std::chrono::milliseconds patience) {
    auto const until = std::chrono::steady_clock::now() + patience;
    for (;;) {
      int status = 0;
      auto const n = ::waitpid(pid_, &status, WNOHANG);
      if (n == pid_) {
        pid_ = 0;
        return status;
      }
      if (std::chrono::steady_clock::now() >= until) return std::nullopt;
      std::this_thread::sleep_for(std::chrono::milliseconds{5});
    }
  }

private:
  pid_t pid_ = 0;
};

inline bool ended_well(std::optional<int> status) {
  return status && WIFEXITED(*status) && WEXITSTATUS(*status) == 0;
}

// The path of the program that runs.
inline std::string own_path() {
  char path[4096];
  auto const n = ::readlink("/proc/self/exe", path, sizeof path);
  return n > 0 ? std::string(path, static_cast<std::size_t>(n)) : std::string{};
}

// Ports of this machine that nobody else uses, and that nobody is given by chance as long as this lives: they
// stay bound here, which a server that sets SO_REUSEADDR does not mind. Without that, a port whose server is
// down for a moment may go to any program that asks for a free one.
class reserved_ports {
public:
  explicit reserved_ports(std::size_t count) {
    for (std::size_t i = 0; i < count; ++i) reserve();
  }
  reserved_ports(reserved_ports const&) = delete;
  reserved_ports& operator=(reserved_ports const&) = delete;
  ~reserved_ports() {
    for (auto const fd : held_) ::close(fd);
  }
  // Fewer than asked for if the machine has no more.
  std::size_t size() const { return ports_.size(); }
  std::uint16_t operator[](std::size_t i) const { return ports_[i]; }

private:
  void reserve() {
    auto const fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0) return;
    held_.push_back(fd);
    sockaddr_in at{};
    at.sin_family = AF_INET;
    at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof at;
    int const on = 1;
    auto* const address = reinterpret_cast<sockaddr*>(&at);
    if (::bind(fd, address, size) == 0 && ::setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) == 0 &&
        ::getsockname(fd, address, &size) == 0)
      ports_.push_back(ntohs(at.sin_port));
  }
  std::vector<int> held_;
  std::vector<std::uint16_t> ports_;
};

} // namespace kv
