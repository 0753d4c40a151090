// Instructions for each decision of single-decree Paxos: three nodes with every role, both phases, each write
// durable before what waits for it leaves, until all three have learned. Arguments as for the others; BATCH is
// always 1.
#include "quorate/effect/outbox.hpp"
#include "quorate/paxos.hpp"

#include "heap_calls.hpp"

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <type_traits>
#include <utility>
#include <variant>

namespace {

using namespace quorate;
using value = std::uint64_t;
using core = paxos::full_node<value>;

struct letter {
  peer sender{};
  peer to{};
  any_message<core::messages> what{};
};
bounded_queue<letter, 64> network;

struct host : sink<host> {
  core node{};
  node_index self{};
  box_for<outbox, 32, core::messages> waiting{};
  paxos::recovered<value> disk{};
  value learned = 0;

  void accept(paxos::acceptor_record<value> const& r) { disk.acceptor = r; }
  void accept(paxos::ballot_floor f) { disk.proposer = f; }
  template <class M>
  void advise(peer to, M const& m) {
    auto& l = network.add();
    l.sender = self;
    l.to = to;
    l.what.template emplace<M>(m);
  }
  template <class M>
  void bind(peer to, M const& m, written after) {
    waiting.hold(to, m, after);
  }
  static void arm(paxos::timer) {}
  static void disarm(paxos::timer) {}
  template <class Outcome>
  void report(Outcome const& o) {
    if constexpr (std::is_same_v<Outcome, paxos::learned<value>>) learned = o.value;
  }
  void turn() {
    while (!waiting.empty())
      waiting.release(order().succeeded(), [&](peer to, auto const& m) {
        if (to == self)
          node.step(from{self, m}, *this);
        else
          advise(to, m);
      });
  }
};
host hosts[3];

value decide(value wanted) {
  for (std::uint8_t i = 0; i < 3; ++i) {
    hosts[i].self = node_index{i};
    hosts[i].node = core{node_index{i}, paxos::roster::of(3)};
    hosts[i].learned = 0;
  }
  hosts[0].node.step(paxos::propose_value<value>{wanted}, hosts[0]);
  hosts[0].turn();
  while (!network.empty()) {
    auto const l = network.front();
    network.pop();
    auto& h = hosts[l.to.place.value];
    std::visit([&](auto const& m) { h.node.step(from{l.sender, m}, h); }, l.what);
    h.turn();
  }
  for (auto const& h : hosts)
    if (h.learned != wanted) return 0;
  return wanted;
}

} // namespace

int main(int argc, char** argv) {
  auto const decisions = argc == 3 ? std::atoll(argv[1]) : 0;
  if (decisions < 1) {
    std::fprintf(stderr, "usage: %s DECISIONS 1   (at least 1)\n", argv[0]);
    return 2;
  }
  for (long long i = 1; i <= decisions; ++i)
    if (decide(static_cast<value>(i)) == 0) {
      std::fprintf(stderr, "decision %lld was not learned by all\n", i);
      return 1;
    }
  std::printf("decisions %lld heap calls once warm %llu\n", decisions,
              static_cast<unsigned long long>(heap_calls));
}
