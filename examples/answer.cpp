// A client is answered from the state machine: it learns what its command did, and that once.
//
// Each entry carries who asked, as extra fields: the node, its incarnation, and a number of that node's. So the
// node whose client waits knows its own command when it is applied, and tells the client what the machine has
// answered. A restarted node applies its log again, but under another incarnation: then nobody waits.
#include "quorate/message/hana.hpp"
#include "quorate/message/messages.hpp"
#include "quorate/raft.hpp"
#include "quorate/storage/memory.hpp"
#include "quorate/timer/manual.hpp"
#include "quorate/transport/loopback.hpp"
#include <algorithm>
#include <cstdio>
#include <deque>
#include <functional>
#include <map>
#include <string>
using namespace quorate;

struct take {
  int pieces;
};
struct asked_by {
  node_id node;
  incarnation_id incarnation;
  std::uint64_t number;
};
BOOST_HANA_ADAPT_STRUCT(take, pieces);
BOOST_HANA_ADAPT_STRUCT(asked_by, node, incarnation, number);
using wares = messages<take, asked_by>;
using node = raft::replica<wares, memory, manual_timer>;

struct shop { // the state machine of one node, and the clients of that node
  node& raft;
  int stock = 10;
  std::uint64_t asked = 0;
  std::map<std::uint64_t, std::function<void(std::string)>> waiting{};

  void ask(take what, std::function<void(std::string)> answer) {
    auto const token = raft.propose(what, {raft.status().self, raft.storage().identity().incarnation, asked + 1});
    if (!token) return answer(std::string{"refused: "} + name_of(token.reason()));
    waiting[++asked] = std::move(answer); // tokens are numbered as these are: from 1 on, those that were given
  }
  void operator()(applied<wares> const& e) { // on every node: the same commands in the same order
    auto const given = std::min(stock, e.command.pieces);
    stock -= given;
    if (e.extra.node == raft.status().self && e.extra.incarnation == raft.storage().identity().incarnation)
      tell(e.extra.number, "you get " + std::to_string(given) + ", left: " + std::to_string(stock));
  }
  void operator()(proposal_outcome const& o) {
    for (auto n = o.first.value; n < o.first.value + o.count; ++n) {
      if (o.what == fate::refused) tell(n, std::string{"nothing has happened: "} + name_of(o.reason));
      if (o.what == fate::unknown) tell(n, std::string{"it may have happened: "} + name_of(o.reason));
    } // done: it is committed, and answered when it is applied
  }
  void operator()(read_outcome const&) {}
  void tell(std::uint64_t number, std::string const& what) {
    if (auto const client = waiting.extract(number)) client.mapped()(what); // else it has been answered
  }
};

int main() {
  std::vector<node_id> const ids{node_id{1}, node_id{2}, node_id{3}};
  std::deque<memory> disks;
  std::deque<node> nodes;
  std::deque<shop> shops;
  loopback<node> net;
  for (auto id : ids) {
    net.attach(id, nodes.emplace_back(replica_config{id, ids}, disks.emplace_back(),
                                      manual_timer{{10, 3, 99}, id.value}));
    shops.push_back({nodes.back()});
  }
  std::string answers[3];
  for (std::uint64_t now = 0; now < 200; ++now, net.deliver_all())
    for (std::size_t i = 0; i < 3; ++i) {
      if (now == 100 + i) shops[i].ask({4}, [&, i](std::string const& said) { answers[i] += said; });
      nodes[i].turn(now, net.sender(ids[i]), shops[i]);
    }
  for (auto const& a : answers) std::printf("%s\n", a.c_str());
  std::sort(answers, answers + 3); // whoever came first
  return answers[0] == "you get 2, left: 0" && answers[1] == "you get 4, left: 2" &&
                 answers[2] == "you get 4, left: 6"
             ? 0
             : 1;
}
