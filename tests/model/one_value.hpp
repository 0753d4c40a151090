// Of a world of Multi-Paxos nodes one thing is asked: that slot 3 has one value. What is true of one node by
// itself is not asked: without a rule it breaks at once, long before a slot has two.
#pragma once

#include "quorate/explore/multi_paxos.hpp"

namespace quorate::check {

template <class System>
struct one_value : System {
  using System::System, System::digest;
  using typename System::node;
  struct ghost { // what is chosen there
    bool known = false;
    slot_value what{};
    friend bool operator==(ghost const&, ghost const&) = default;
  };
  static ghost first_ghost() { return {}; }
  static void digest(ghost const& g, renaming const& p, digester& h) {
    h.add(g.known), digest_value(g.what, p, h);
  }

  template <class Tell>
  static bool holds(node const&, Tell&&) {
    return true;
  }
  template <class... Args>
  static bool follows(Args const&...) {
    return true;
  }
  template <class Tell>
  static bool observe(ghost& g, node const& n, Tell&& tell) {
    log_index const third{3};
    if (n.core.commit_index() < third || n.written.log.compacted() >= third) return true;
    auto const& what = n.written.log[third].what;
    if (g.known && !(g.what == what))
      return tell("of a slot one value is chosen", "node ", n.self, " has another");
    g = {true, what};
    return true;
  }
  template <class Tell>
  static bool holds_beside(ghost const&, node const&, Tell&&) {
    return true;
  }
  template <class World>
  bool goal(World const&, row) const {
    return true;
  }
};

} // namespace quorate::check
