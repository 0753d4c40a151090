// Three nodes (udp_node.hpp) in an event loop written by hand: wait, hear, take a turn.
#include "udp_node.hpp"
#include <algorithm>
#include <cstdio>
using namespace std::chrono_literals;

int main() {
  udp_sockets at;
  udp_node nodes[]{{1, at}, {2, at}, {3, at}};
  int sum[3]{};
  for (auto& n : nodes) (void)n.raft.propose(14); // which waits until there is a leader
  for (auto const end = steady::now() + 20s; steady::now() < end && std::ranges::count(sum, 42) < 3;) {
    auto wake = end;
    for (std::size_t i = 0; i < 3; ++i) {
      while (nodes[i].hear()) {} // all of it, before the timers that ran out meanwhile
      auto const next = nodes[i].turn([&](auto const& event) {
        if constexpr (requires { event.command; }) sum[i] += event.command;
      });
      wake = std::min(wake, next);
    }
    wait_for_any(at, wake);
  }
  std::printf("sums by UDP: %d %d %d\n", sum[0], sum[1], sum[2]);
  return std::ranges::count(sum, 42) == 3 ? 0 : 1;
}
