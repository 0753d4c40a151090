// A world of Paxos nodes that a test moves by hand (quorate/world/world.hpp).
#pragma once

#include "support/paxos_names.hpp"

#include "quorate/paxos/node.hpp"
#include "quorate/world/roles_disk.hpp"
#include "quorate/world/world.hpp"

#include <cstddef>
#include <cstdint>

namespace quorate::test {

using paxos::timer;

// What a core has reported, since it was started.
template <class Core>
struct decree_reports : quorate::world::recollection {
  using value_type = typename Core::value_type;
  paxos::attempt<typename Core::options> asked_to_accept{}; // the last ballot that came to its second phase
  std::size_t decisions = 0, lessons = 0, refusals = 0, conflicts = 0, exhaustions = 0;
  paxos::vote<value_type> decided{}, learned{};
  bool asked = false; // a register: for a change of `current`
  ballot asked_at{};
  value_type current{};
  bounded<paxos::rewritten<value_type>, 16> rewritten{};
  bounded<paxos::unsettled<value_type>, 16> unsettled{};
  std::size_t withdrawals = 0;

  template <class Host, class What>
  constexpr void note(Host const&, What const&) {}
  template <class Host>
  constexpr void note(Host const& h, paxos::accept<value_type> const&) {
    asked_to_accept = h.core.template as<paxos::proposer>().state().now;
  }
  constexpr void restart() { *this = {}; }

  constexpr void report(paxos::decided<value_type> const& d) { ++decisions, decided = {d.at, d.value}; }
  constexpr void report(paxos::learned<value_type> const& l) { ++lessons, learned = {l.at, l.value}; }
  constexpr void report(paxos::change<value_type> const& c) { asked = true, asked_at = c.at, current = c.current; }
  constexpr void report(paxos::rewritten<value_type> const& r) { (void)rewritten.push_back(r); }
  constexpr void report(paxos::unsettled<value_type> const& u) { (void)unsettled.push_back(u); }
  constexpr void report(paxos::withdrawn) { ++withdrawals; }
  constexpr void report(proposal_refused) { ++refusals; }
  constexpr void report(paxos::exhausted) { ++exhaustions; }
  constexpr void report(paxos::conflict) { ++conflicts; }
};

template <class Core>
struct decree_play {
  using core_type = Core;
  using disk_type = quorate::world::roles_disk<typename Core::value_type>;
  using remembered = decree_reports<Core>;

  paxos::roster who{};
  static constexpr disk_type founded() { return {}; }
  constexpr Core recovered(node_index self, disk_type const& d) const { return Core{self, who, d}; }
  // Syncs until nothing waits any more: what a node says to itself may make it say more.
  template <class World>
  static constexpr void turn(World& w, node_index n) {
    do w.sync(n);
    while (!w[n].held.empty());
  }
};

template <std::size_t Nodes, class Core = paxos::full_node<number>>
class paxos_world : public quorate::world::by_hand<decree_play<Core>, Nodes> {
  using base = quorate::world::by_hand<decree_play<Core>, Nodes>;

public:
  using value_type = typename Core::value_type;

  constexpr paxos_world() : paxos_world{paxos::roster::of(Nodes)} {}
  constexpr explicit paxos_world(paxos::roster const& who) : base{decree_play<Core>{who}} {}
  static constexpr node_set<64> everybody() { return base::all(); }

  constexpr paxos::roster const& who() const { return this->play().who; }
  constexpr auto const& acceptor(node_index n) const { return role<paxos::acceptor>(n); }
  constexpr auto const& proposer(node_index n) const { return role<paxos::proposer>(n); }
  constexpr auto const& learner(node_index n) const { return role<paxos::learner>(n); }

  constexpr void propose(node_index n, value_type const& v) { this->step(n, paxos::propose_value<value_type>{v}); }
  constexpr void edit(node_index n) { this->step(n, paxos::edit{}); }
  constexpr void withdraw(node_index n) { this->step(n, paxos::withdraw{}); }
  // Answers the change that n has asked for, if it has, with f(its current value).
  template <class F>
  constexpr bool answer(node_index n, F&& f) {
    auto& h = (*this)[n];
    if (!h.asked) return false;
    h.asked = false;
    this->step(n, paxos::changed<value_type>{h.asked_at, f(h.current)});
    return true;
  }
  constexpr void sync_all(node_index n) { this->turn(n); }

private:
  template <template <class, class...> class Role>
  constexpr auto const& role(node_index n) const {
    return (*this)[n].core.template as<Role>().state();
  }
};

} // namespace quorate::test
