// The same nodes (udp_node.hpp) driven by C++20 coroutines: one serves each, and a client awaits its outcomes.
#include "udp_node.hpp"
#include <algorithm>
#include <coroutine>
#include <exception>
using namespace quorate;
using namespace std::chrono_literals;

struct task { // runs at once until it first waits; its frame goes when it ends
  struct promise_type {
    task get_return_object() { return {}; }
    std::suspend_never initial_suspend() { return {}; }
    std::suspend_never final_suspend() noexcept { return {}; }
    void return_void() {}
    void unhandled_exception() { std::terminate(); }
  };
};
struct wake_up { // co_await it: until somebody calls resume
  std::coroutine_handle<> sleeper{};
  bool await_ready() { return false; }
  void await_suspend(std::coroutine_handle<> h) { sleeper = h; }
  void await_resume() {}
  void resume() { std::exchange(sleeper, {}).resume(); }
};
struct served : udp_node {
  using udp_node::udp_node;
  wake_up event{}, outcome{};
  steady::time_point until{}; // if there is no event before
  std::optional<fate> told{};
  int sum = 0;
};

task serve(served& n, bool const& over) {
  while (!over) {
    while (n.hear()) {}
    n.until = n.turn([&](auto const& event) {
      if constexpr (requires { event.command; }) n.sum += event.command;
      if constexpr (std::is_same_v<decltype(event), proposal_outcome const&>) n.told = event.what;
    });
    if (n.told) n.outcome.resume(), n.until = {};
    co_await n.event;
  }
}
task add(served& n, int most) { // 1, 2 and so on, one after the other
  for (int amount = 1; amount <= most && n.raft.propose(amount);) {
    co_await n.outcome;
    if (std::exchange(n.told, {}) != fate::refused) ++amount; // else it has not happened: again
  }
}

int main() {
  udp_sockets at;
  served nodes[]{{1, at}, {2, at}, {3, at}};
  bool over = false;
  for (auto& n : nodes) serve(n, over);
  add(nodes[2], 8);
  for (auto const end = steady::now() + 20s; !over;) {
    wait_for_any(at, std::min({end, nodes[0].until, nodes[1].until, nodes[2].until}));
    over = steady::now() > end || (nodes[0].sum == 36 && nodes[1].sum == 36 && nodes[2].sum == 36);
    for (auto& n : nodes) n.event.resume();
  }
  return nodes[0].sum == 36 && nodes[1].sum == 36 && nodes[2].sum == 36 ? 0 : 1;
}
