// Three nodes decide one value, though two of them propose: at compile time, and at run time again.
#include "quorate/core/bounded.hpp"
#include "quorate/effect/batch.hpp"
#include "quorate/paxos.hpp"
#include <cstdio>
using namespace quorate;
using node = paxos::full_node<int>; // acceptor, proposer and learner of an int

struct letter {
  node_index sender{};
  batch<node>::message content{};
};

constexpr int decide(int one_value, int another) {
  node_index const ids[]{node_index{0}, node_index{1}, node_index{2}};
  auto const who = paxos::roster::of(3);
  node nodes[]{{ids[0], who}, {ids[1], who}, {ids[2], who}};
  batch<node> out;                // what a step wants to be done ...
  bounded_queue<letter, 64> post; // ... which here, where no write is ever lost, is to take messages to each other
  int chosen[3]{};
  auto const carry_out = [&](node_index by) {
    for (auto const& effect : out.effects()) {
      if (auto const* m = std::get_if<batch<node>::message>(&effect)) (void)post.push({by, *m});
      if (auto const* l = std::get_if<paxos::learned<int>>(&effect)) chosen[by.value] = l->value;
    }
    out.clear();
  };
  nodes[0].step(paxos::propose_value<int>{one_value}, out), carry_out(ids[0]);
  nodes[1].step(paxos::propose_value<int>{another}, out), carry_out(ids[1]);
  while (!post.empty()) { // to oneself as to others
    auto const [sender, content] = post.front();
    post.pop();
    std::visit(
        [&, by = sender, to = content.to](auto const& m) {
          nodes[to.place.value].step(from{by, m}, out);
        },
        content.message);
    carry_out(content.to.place);
  }
  return chosen[0] == chosen[1] && chosen[1] == chosen[2] ? chosen[0] : 0;
}
static_assert(decide(42, 17) == 17); // of two ballots of one round, the second node's is the higher

int main() {
  std::printf("three nodes have decided on %d\n", decide(42, 17));
  return decide(42, 17) == 17 ? 0 : 1;
}
