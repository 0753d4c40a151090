// Runs a command as a shell would.
#pragma once

#include <sys/wait.h>

#include <array>
#include <cstdio>
#include <string>

namespace quorate::test {

struct shell_result {
  int status = -1;  // its exit status; -1: it did not exit by itself
  std::string text; // output and errors
};

inline shell_result shell(std::string const& command) {
  shell_result r;
  std::FILE* const pipe = ::popen(("{ " + command + "; } 2>&1").c_str(), "r");
  if (pipe == nullptr) return r;
  std::array<char, 4096> piece{};
  while (auto const n = std::fread(piece.data(), 1, piece.size(), pipe)) r.text.append(piece.data(), n);
  int const ended = ::pclose(pipe);
  if (WIFEXITED(ended)) r.status = WEXITSTATUS(ended);
  return r;
}

} // namespace quorate::test
