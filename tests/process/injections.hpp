// What two tests share that let strace spoil the system calls of a process, one at a time: which calls, how, and
// what the process has to say of it.
#pragma once

#include <sys/wait.h>

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <stdexcept>
#include <string>
#include <system_error>
#include <vector>

namespace quorate::test {

inline constexpr char const* spoilt_calls[] = {"pwrite64",  "fdatasync", "fsync",   "rename",
                                               "renameat",  "renameat2", "unlink",  "unlinkat",
                                               "ftruncate", "fallocate", "truncate"};
struct harm {
  char const* name;
  char const* injection;
  char const* says; // by the process; nullptr: it is killed
};
inline constexpr harm harms[] = {{"KILL", "signal=KILL", nullptr},
                                 {"EIO", "error=EIO", "Input/output error"},
                                 {"ENOSPC", "error=ENOSPC", "No space left on device"}};

// A directory of its own, which goes with this.
class folder {
public:
  explicit folder(std::string const& name)
      : path_{(std::filesystem::temp_directory_path() / ("quorate-" + name + "-XXXXXX")).string()} {
    if (::mkdtemp(path_.data()) == nullptr) throw std::runtime_error{"cannot make a directory at " + path_};
  }
  folder(folder const&) = delete;
  folder& operator=(folder const&) = delete;
  ~folder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  std::string const& path() const { return path_; }

private:
  std::string path_;
};

inline std::string content(std::string const& path) {
  std::ifstream in{path, std::ios::binary};
  return {std::istreambuf_iterator<char>{in}, {}};
}

// The words before a program's own. With -D the process that is started is the program, and strace its grandchild.
inline std::vector<std::string> strace(std::string const& trace, std::string const& which) {
  return {"strace", "-D", "-f", "-qq", "-y", "-o", trace, "-e", "trace=" + which};
}
inline std::vector<std::string> strace_all(std::string const& trace) {
  std::string which;
  for (auto const* c : spoilt_calls) which += (which.empty() ? "?" : ",?") + std::string{c};
  return strace(trace, which);
}
inline std::vector<std::string> strace_one(std::string const& trace, std::string const& call, int nth,
                                           harm const& h) {
  auto words = strace(trace, call);
  words.emplace_back("-e");
  words.push_back("inject=" + call + ":" + h.injection + ":when=" + std::to_string(nth));
  return words;
}

// How often each call was made by the thread that made it most; none if strace could not trace. strace counts for
// each thread alone: harm at the third write comes to the third of each, the earliest first.
inline std::map<std::string, int> calls_in(std::string const& trace) {
  std::map<std::string, std::map<std::string, int>> found; // by call and by thread, which a line begins with
  for (std::string const c : spoilt_calls)
    for (auto at = trace.find(" " + c + "("); at != std::string::npos; at = trace.find(" " + c + "(", at + 1)) {
      auto const line = trace.rfind('\n', at) + 1; // 0 if it is the first
      ++found[c][trace.substr(line, trace.find(' ', line) - line)];
    }
  std::map<std::string, int> most;
  for (auto const& [call, threads] : found)
    for (auto const& [thread, times] : threads) most[call] = std::max(most[call], times);
  return most;
}

inline bool ended_well(int status) { return WIFEXITED(status) && WEXITSTATUS(status) == 0; }

// Did the harm come to a snapshot's file or folder? That ends no node that serves: it goes on with its log.
inline bool hit_a_snapshot(std::string const& trace) {
  auto const at = trace.find("(INJECTED)");
  if (at == std::string::npos) return false;
  auto const line = trace.rfind('\n', at) + 1; // 0 if it is the first
  return trace.substr(line, at - line).find("/snapshots") != std::string::npos;
}

// What is wrong with how a process ended, or "". `fired`: whether the harm came to it. `directory`: of its files.
inline std::string wrong_ending(harm const& h, int status, std::string const& trace, std::string const& log,
                                std::string const& directory, bool& fired) {
  fired = h.says == nullptr ? WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL
                            : trace.find("(INJECTED)") != std::string::npos;
  if (!fired) return ended_well(status) ? "" : "it ended by itself: " + log;
  if (h.says == nullptr) return "";
  // A SIGTERM that comes when it has stopped and does not listen any more ends it by itself.
  bool const stopped = WIFSIGNALED(status) ? WTERMSIG(status) == SIGTERM : WEXITSTATUS(status) != 0;
  if (!stopped && !hit_a_snapshot(trace)) return "it went on after an error: " + log;
  bool operation = false;
  for (char const* const what : {"write", "sync", "rename", "remove", "reserve space"})
    operation = operation || log.find(std::string{"can't "} + what) != std::string::npos;
  bool const named =
      operation && log.find(h.says) != std::string::npos && log.find(directory) != std::string::npos;
  return named ? "" : "it does not name file, operation and error: " + log;
}

// Calls spoil(call, nth, harm, fired) at every `every`th place; it gives what is wrong, or "". The exit status.
template <class Spoil>
int spoil_each(std::map<std::string, int> const& counts, int every, Spoil&& spoil) {
  int place = 0, tried = 0, came = 0, wrong = 0;
  for (auto const& [call, times] : counts) {
    for (int nth = 1; nth <= times; ++nth)
      for (auto const& h : harms) {
        if (place++ % every != 0) continue;
        bool fired = false;
        std::string const what = spoil(call, nth, h, fired);
        ++tried, came += fired ? 1 : 0, wrong += what.empty() ? 0 : 1;
        if (!what.empty()) std::printf("WRONG: %s at %s number %d: %s\n", h.name, call.c_str(), nth, what.c_str());
      }
    std::printf("%s: made %d times\n", call.c_str(), times);
    std::fflush(stdout);
  }
  std::printf("%d of %d places tried, the harm came to %d of them; %d wrong\n", tried, place, came, wrong);
  // How often a server writes differs a little from run to run, with its elections and groups of commits.
  return wrong == 0 && tried > 0 && came * 10 >= tried * 8 ? 0 : 1;
}

// Says so if strace could not trace, which is the end of a test: its status means "skipped", and tests/run.sh
// counts that as failed.
inline constexpr int skipped = 77;
inline bool traced(std::string const& trace, std::string const& log) {
  if (trace.empty())
    std::printf("strace can't trace here: is ptrace forbidden in this container? It says: %s\n", log.c_str());
  return !trace.empty();
}

} // namespace quorate::test
