// What `kv --help` tells.
#pragma once

#include "commands.hpp"
#include "options.hpp"

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace kv {

inline constexpr std::string_view demo_usage =
    R"(  kv demo [--protocol P]
      starts three nodes on this machine, kills the leader under load, and checks
      that nothing acknowledged is lost; takes under a minute. P is raft (unless
      said otherwise) or multi-paxos
)";

inline std::string serve_usage() {
  return R"(  kv serve --id N --cluster N=HOST:PORT,... --listen HOST:PORT --data DIR [options]
      runs one node until SIGTERM

What serve needs:
)" + needed_flags_help() +
         "\nOptions:\n" + optional_flags_help();
}

// From the table: a name and a summary a line, in the order of the alphabet.
inline std::string commands_usage() {
  std::vector<command const*> sorted;
  for (auto const& c : command_table) sorted.push_back(&c);
  std::sort(sorted.begin(), sorted.end(), [](auto* a, auto* b) { return a->name < b->name; });
  std::string out;
  for (auto const* c : sorted) {
    auto name = "  " + capital_letters(c->name) + " ";
    name.resize(std::max<std::size_t>(name.size(), 14), ' ');
    out.append(name).append(c->summary) += '\n';
  }
  return out;
}

inline std::string usage() {
  return R"(kv: a replicated key-value store that speaks the Redis protocol (RESP2)

  kv --help, kv --version
)" + std::string{demo_usage} +
         serve_usage() + R"(
Try it:
  redis-cli -p 6401 set a 1

Commands of clients:
)" + commands_usage();
}

} // namespace kv
