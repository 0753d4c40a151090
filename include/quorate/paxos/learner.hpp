// The learner (Paxos Made Simple §2.3): finds out that a value is chosen.
#pragma once

#include "quorate/core/bounded.hpp"
#include "quorate/paxos/event.hpp"

#include <cstddef>

namespace quorate::paxos {

// Who has voted at one ballot. Votes of two ballots are never counted together, not even for the same value, and
// one at a higher ballot takes none back at a lower one (scenario P35).
template <class Options>
struct tally {
  vote<typename Options::value_type> of{};
  typename Options::nodes voters{};
  friend constexpr bool operator==(tally const&, tally const&) = default;
};

template <class Options>
struct learner_state {
  using options = Options;
  using nodes = typename Options::nodes;
  using value_type = typename Options::value_type;

  vote<value_type> known{}; // what is chosen; `at` is zero as long as it is not known
  // At most one for each acceptor: when there are more, the lowest goes. The votes that acceptors hold when
  // nothing moves any more have room in it.
  bounded<tally<Options>, Options::limit.nodes> tallies{};
  node_index self = no_node;
  nodes acceptors{};
  nodes learners{}; // whose word on what was chosen counts
  nodes asked{};    // of whom it inquires
  nodes informed{}; // whom it tells

  friend constexpr bool operator==(learner_state const&, learner_state const&) = default;
};

template <class Options, class Out>
constexpr void settle_on(learner_state<Options>& s, vote<typename Options::value_type> const& what, Out& out) {
  using value_type = typename Options::value_type;
  s.known = what;
  s.tallies.clear();
  out.disarm(timer::inquiry);
  out.report(learned<value_type>{what.at, what.value});
  s.informed.for_each([&](node_index n) { out.send(peer{n}, chosen<value_type>{what.at, what.value}); });
}

// The tally of that ballot; none when there is no room for one so low.
template <class Options>
constexpr tally<Options>* tally_of(learner_state<Options>& s, vote<typename Options::value_type> const& v) {
  for (auto& t : s.tallies)
    if (t.of.at == v.at) return &t;
  if (s.tallies.push_back({v, {}})) return &s.tallies.back();
  auto* lowest = &s.tallies[0];
  for (auto& t : s.tallies)
    if (t.of.at < lowest->of.at) lowest = &t;
  if (v.at < lowest->of.at) return nullptr;
  *lowest = {v, {}};
  return lowest;
}

template <class Options, class Out>
constexpr void on(learner_state<Options>& s, from<accepted<typename Options::value_type>> const& e, Out& out) {
  auto const& m = e.message;
  if (!s.known.at.none() || m.at.none() || !s.acceptors.contains(e.node.place)) return; // scenario P37
  auto* const t = tally_of(s, {m.at, m.value});
  if (t == nullptr) return;
  if (!(t->of.value == m.value)) return out.report(conflict{m.at});

  t->voters.insert(e.node.place);
  if (met<Options>(quorum_phase::commit, t->voters, s.acceptors)) settle_on(s, {m.at, m.value}, out);
}

// Taken at its word, as a fact: no votes are made up from it (scenario P36).
template <class Options, class Out>
constexpr void on(learner_state<Options>& s, from<chosen<typename Options::value_type>> const& e, Out& out) {
  auto const& m = e.message;
  if (!s.learners.contains(e.node.place) || m.at.none()) return;
  if (s.known.at.none()) return settle_on(s, {m.at, m.value}, out);
  if (!(m.value == s.known.value)) out.report(conflict{m.at});
}

template <class Options, class Out>
constexpr void on(learner_state<Options>& s, from<inquiry> const& e, Out& out) {
  using value_type = typename Options::value_type;
  if (s.known.at.none() || !s.learners.contains(e.node.place)) return;
  out.send(e.node, chosen<value_type>{s.known.at, s.known.value});
}

// §2.3: what was lost on the way to it is asked for. Should acceptors have failed, even all that is left may not
// tell whether a value was chosen; then only a proposal finds out.
template <class Options, class Out>
constexpr void on(learner_state<Options>& s, timer expired, Out& out) {
  if (expired != timer::inquiry || !s.known.at.none()) return;
  s.asked.for_each([&](node_index n) { out.send(peer{n}, inquiry{}); });
  out.arm(timer::inquiry);
}

template <class Options, class Out>
constexpr void on(learner_state<Options>& s, start, Out& out) {
  if (s.known.at.none()) out.arm(timer::inquiry);
}

// A learner: a value that a user may place where no other role is. It keeps nothing on disk: what is chosen can be
// learned again.
template <class Value, class... Keywords>
class learner {
public:
  using options = paxos::options<Value, Keywords...>;
  static_assert(!options::rewrites,
                "quorate: paxos: a rewritable register is never decided, so there is nothing to learn; leave the "
                "learner out, and read by an edit that changes nothing");

  constexpr learner() = default;
  constexpr learner(node_index self, roster const& who) {
    using nodes = typename options::nodes;
    s_.self = self;
    s_.acceptors = narrow<nodes>(who.acceptors);
    s_.learners = narrow<nodes>(who.learners);
    if constexpr (options::tells == broadcast) {
      s_.asked = (s_.acceptors | s_.learners).without(self);
    } else {
      auto const first = s_.learners & narrow<nodes>(who.distinguished);
      s_.asked = (first.contains(self) ? s_.acceptors | first : first).without(self);
      if (first.contains(self)) s_.informed = (s_.learners | narrow<nodes>(who.proposers)).without(self);
    }
  }

  constexpr learner_state<options> const& state() const { return s_; }
  constexpr bool knows() const { return !s_.known.at.none(); }

  template <class Event, effect_sink<Value> Out>
  requires requires(learner_state<options>& s, Event const& e, Out& out) { on(s, e, out); }
  constexpr void step(Event const& e, Out& out) { on(s_, e, out); }

  friend constexpr bool operator==(learner const&, learner const&) = default;

private:
  learner_state<options> s_{};
};

} // namespace quorate::paxos
