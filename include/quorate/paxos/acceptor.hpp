// The acceptor (Paxos Made Simple §2.2, §2.5): what it promised and what it accepted, and when it says so.
#pragma once

#include "quorate/paxos/event.hpp"

namespace quorate::paxos {

template <class Options>
struct acceptor_state {
  using options = Options;
  using nodes = typename Options::nodes;
  using value_type = typename Options::value_type;

  acceptor_record<value_type> kept{}; // as it was written last
  nodes proposers{};
  nodes told{};     // whom it tells of each vote, beside the ballot's owner
  nodes learners{}; // who may ask

  friend constexpr bool operator==(acceptor_state const&, acceptor_state const&) = default;
};

// Only its owner speaks for a ballot (scenarios P31, P37).
template <class Options>
constexpr bool from_owner(acceptor_state<Options> const& s, node_index sender, ballot at) {
  return at.owner() == founder_at(sender) && s.proposers.contains(sender);
}

template <class Options, class Out>
constexpr void on(acceptor_state<Options>& s, from<prepare> const& e, Out& out) {
  using value_type = typename Options::value_type;
  auto const at = e.message.at;
  if (!from_owner(s, e.node.place, at)) return;
  if (at < s.kept.promised) return out.send(e.node, refused{at, s.kept.promised});

  // P1b. At the ballot that it has promised already it says so again: the answer was lost (scenario P3).
  bool const again = at == s.kept.promised;
  s.kept.promised = at;
  auto const ticket = again ? out.latest() : out.write(s.kept);
  out.send(e.node, promise<value_type>{at, s.kept.voted}, ticket);
}

template <class Options, class Out>
constexpr void tell(acceptor_state<Options> const& s, typename Options::nodes to, written ticket, Out& out) {
  accepted<typename Options::value_type> const m{s.kept.voted.at, s.kept.voted.value};
  to.for_each([&](node_index n) { out.send(peer{n}, m, ticket); });
}

template <class Options, class Out>
constexpr void on(acceptor_state<Options>& s, from<accept<typename Options::value_type>> const& e, Out& out) {
  auto const& m = e.message;
  if (!from_owner(s, e.node.place, m.at)) return;
  if (m.at < s.kept.promised) return out.send(e.node, refused{m.at, s.kept.promised}); // P1a; scenario P9
  bool const again = m.at == s.kept.voted.at;
  if (again && !(m.value == s.kept.voted.value)) return out.report(conflict{m.at}); // scenario P6

  // To accept is to promise as well, or a lower ballot could be accepted after this one (scenario P2).
  s.kept = {m.at, {m.at, m.value}};
  auto const ticket = again ? out.latest() : out.write(s.kept);
  tell(s, s.told.with(e.node.place), ticket, out);
}

template <class Options, class Out>
constexpr void on(acceptor_state<Options>& s, from<inquiry> const& e, Out& out) {
  if (!s.learners.contains(e.node.place) || s.kept.voted.at.none()) return;
  tell(s, Options::nodes::of(e.node.place), out.latest(), out);
}

// An acceptor: a value that a user may place where no other role is. It has no timers and nothing to begin with.
template <class Value, class... Keywords>
class acceptor {
public:
  using options = paxos::options<Value, Keywords...>;

  constexpr acceptor() = default;
  // As recovered: `kept` is what was written last.
  constexpr acceptor(node_index, roster const& who, acceptor_record<Value> const& kept = {}) {
    using nodes = typename options::nodes;
    s_.kept = kept;
    s_.proposers = narrow<nodes>(who.proposers);
    if constexpr (!options::rewrites) { // a register has nothing to learn: each change has its own proposer
      s_.learners = narrow<nodes>(who.learners);
      s_.told = options::tells == broadcast ? s_.learners : s_.learners & narrow<nodes>(who.distinguished);
    }
  }

  constexpr acceptor_state<options> const& state() const { return s_; }
  constexpr ballot promised() const { return s_.kept.promised; }

  template <class Event, effect_sink<Value> Out>
  requires requires(acceptor_state<options>& s, Event const& e, Out& out) { on(s, e, out); }
  constexpr void step(Event const& e, Out& out) { on(s_, e, out); }

  friend constexpr bool operator==(acceptor const&, acceptor const&) = default;

private:
  acceptor_state<options> s_{};
};

} // namespace quorate::paxos
