// The proposer (Paxos Made Simple §2.2, §2.4): one ballot at a time, through both phases, until a value is
// chosen. As a CASPaxos proposer it asks, between the phases, for a change, and may be asked for the next one
// after it.
#pragma once

#include "quorate/paxos/event.hpp"

#include <cstdint>

namespace quorate::paxos {

enum class phase : std::uint8_t {
  idle,
  preparing, // gathers promises
  changing,  // a register: waits for what the value is to become
  accepting, // gathers votes
  done,      // a value is chosen; a register is idle instead
};
constexpr char const* name_of(phase p) {
  constexpr char const* names[] = {"idle", "preparing", "changing", "accepting", "done"};
  return names[static_cast<std::uint8_t>(p)];
}

// What is known of one ballot. Begun afresh as a whole, so that nothing of an earlier one is left
// (scenarios P20, P21).
template <class Options>
struct attempt {
  ballot at{};
  phase is = phase::idle;
  typename Options::nodes answered{}; // who has promised, then who has accepted: sets, not counts (scenario P23)
  typename Options::nodes refused{};
  vote<typename Options::value_type> best{}; // the highest vote among the promises
  typename Options::value_type value{};      // what is proposed at this ballot, once it is accepting
  friend constexpr bool operator==(attempt const&, attempt const&) = default;
};

template <class Options>
struct proposer_state {
  using options = Options;
  using nodes = typename Options::nodes;
  using value_type = typename Options::value_type;

  std::uint64_t floor{}; // as it was written last: no round up to it will be used in another life
  std::uint64_t used{};  // the last round used
  std::uint64_t heard{}; // the highest round heard of
  value_type wanted{};   // what was proposed to it
  attempt<Options> now{};
  node_index self = no_node;
  nodes acceptors{};
  nodes learners{}; // whose word on what was chosen counts

  friend constexpr bool operator==(proposer_state const&, proposer_state const&) = default;
};

template <class Options>
constexpr bool at_work(proposer_state<Options> const& s) {
  return s.now.is != phase::idle && s.now.is != phase::done;
}

// A ballot somebody else uses: the next one of ours will be above it.
template <class Options>
constexpr void rise_above(proposer_state<Options>& s, ballot at) {
  if (at.round_number() > s.heard) s.heard = at.round_number();
}

template <class Options, class Out>
constexpr void rest(proposer_state<Options>& s, phase in, Out& out) {
  s.now.is = in;
  out.disarm(timer::resend);
  out.disarm(timer::backoff);
}

// --- phase 1

// A ballot that was never used, in this life or in another: the floor is on disk before the prepare leaves (§2.5;
// scenario P18). Whatever became of an earlier ballot, it is not used again (scenario P19).
template <class Options, class Out>
constexpr void begin(proposer_state<Options>& s, Out& out) {
  auto const at = ballot_after(s.used > s.heard ? s.used : s.heard, s.self);
  if (!at) {
    rest(s, phase::idle, out);
    return out.report(exhausted{});
  }
  s.now = {};
  s.now.at = *at;
  s.now.is = phase::preparing;
  s.used = at->round_number();

  auto ticket = out.latest();
  if (s.used > s.floor) {
    auto const left = ballot::last_round - s.used;
    s.floor = s.used + (Options::rounds_ahead - 1 < left ? Options::rounds_ahead - 1 : left);
    ticket = out.write(ballot_floor{s.floor});
  }
  s.acceptors.for_each([&](node_index n) { out.send(peer{n}, prepare{*at}, ticket); });
  out.arm(timer::resend);
}

// --- phase 2

// Whom to ask first: all who have not refused; a thrifty proposer, of those who promised, no more than decide.
template <class Options>
constexpr typename Options::nodes first_asked(proposer_state<Options> const& s) {
  auto const willing = s.acceptors.without(s.now.refused);
  if constexpr (Options::is_thrifty) {
    auto few = s.now.answered.without(s.now.refused);
    if (!met<Options>(quorum_phase::commit, few, s.acceptors)) return willing;
    few.for_each([&](node_index n) {
      if (met<Options>(quorum_phase::commit, few.without(n), s.acceptors)) few.erase(n);
    });
    return few;
  } else {
    return willing;
  }
}

template <class Options, class Out>
constexpr void ask_to_accept(proposer_state<Options> const& s, typename Options::nodes whom, Out& out) {
  using value_type = typename Options::value_type;
  whom.for_each([&](node_index n) { out.send(peer{n}, accept<value_type>{s.now.at, s.now.value}, out.latest()); });
}

template <class Options, class Out>
constexpr void enter_phase_2(proposer_state<Options>& s, typename Options::value_type const& value, Out& out) {
  s.now.is = phase::accepting;
  s.now.value = value;
  auto const whom = first_asked(s);
  s.now.answered = {};
  ask_to_accept(s, whom, out);
  out.arm(timer::resend);
}

template <class Options, class Out>
constexpr void on(proposer_state<Options>& s, from<promise<typename Options::value_type>> const& e, Out& out) {
  auto const& m = e.message;
  auto& now = s.now;
  if (now.is != phase::preparing || m.at != now.at) return; // scenario P20
  if (!s.acceptors.contains(e.node.place)) return;
  if (m.voted.at >= now.at) return out.report(conflict{now.at}); // this ballot was used before: a floor was lost

  now.answered.insert(e.node.place);
  if (m.voted.at > now.best.at) now.best = m.voted; // P2c: of several, the highest binds (scenarios P4, P22)
  if (!met<Options>(quorum_phase::election, now.answered, s.acceptors)) return;
  if constexpr (Options::rewrites) {
    now.is = phase::changing;
    out.disarm(timer::resend);
    out.report(change<typename Options::value_type>{now.at, now.best.value});
  } else {
    enter_phase_2(s, now.best.at.none() ? s.wanted : now.best.value, out);
  }
}

template <class Options, class Out>
requires(Options::rewrites) constexpr void on(proposer_state<Options>& s,
                                              changed<typename Options::value_type> const& e, Out& out) {
  if (s.now.is != phase::changing || e.at != s.now.at) return; // the answer to an earlier attempt
  // A change that changes nothing (a read, a condition that was not met) takes its round like any other: only that
  // settles what earlier ballots have left open (scenario P32).
  enter_phase_2(s, e.value, out);
}

template <class Options, class Out>
constexpr void on(proposer_state<Options>& s, from<accepted<typename Options::value_type>> const& e, Out& out) {
  using value_type = typename Options::value_type;
  auto const& m = e.message;
  auto& now = s.now;
  if (now.is != phase::accepting || m.at != now.at) return; // scenario P35
  if (!s.acceptors.contains(e.node.place)) return;
  if (!(m.value == now.value)) return out.report(conflict{now.at});

  now.answered.insert(e.node.place);
  if (!met<Options>(quorum_phase::commit, now.answered, s.acceptors)) return;
  if constexpr (Options::rewrites) {
    rest(s, phase::idle, out);
    out.report(rewritten<value_type>{now.at, now.best.value, now.value});
  } else {
    rest(s, phase::done, out);
    out.report(decided<value_type>{now.at, now.value});
  }
}

// --- when another is in the way

template <class Options, class Out>
constexpr void on(proposer_state<Options>& s, from<refused> const& e, Out& out) {
  auto const& m = e.message;
  // A stale refusal changes nothing, nor one that names nothing higher (scenario P28).
  if (!at_work(s) || m.at != s.now.at || m.promised <= s.now.at || !s.acceptors.contains(e.node.place)) return;
  rise_above(s, m.promised);
  // The others may still be enough. If they are not, it waits for a while of its own before it tries again, or two
  // that wait alike would be in each other's way for ever (§2.4; scenario P29).
  if (s.now.refused.empty()) out.arm(timer::backoff);
  s.now.refused.insert(e.node.place);
}

template <class Options, class Out>
constexpr void on_backoff_timeout(proposer_state<Options>& s, Out& out) {
  if (!at_work(s) || s.now.refused.empty()) return; // a late timer
  if constexpr (Options::rewrites) {
    auto const& now = s.now;
    // It may have been made all the same, or be made yet, by whoever finds it: to make it again could make it
    // twice (scenario P26). What changes nothing may be tried again.
    bool const made = now.is == phase::accepting && !(now.value == now.best.value);
    if (made) {
      rest(s, phase::idle, out);
      return out.report(unsettled<typename Options::value_type>{now.at, now.best.value, now.value});
    }
  }
  begin(s, out);
}

// What was not answered is said again, and by a thrifty proposer to everybody (scenario P70).
template <class Options, class Out>
constexpr void on_resend_timeout(proposer_state<Options>& s, Out& out) {
  auto const silent = s.acceptors.without(s.now.answered).without(s.now.refused);
  if (s.now.is == phase::preparing)
    silent.for_each([&](node_index n) { out.send(peer{n}, prepare{s.now.at}, out.latest()); });
  else if (s.now.is == phase::accepting)
    ask_to_accept(s, silent, out);
  else
    return;
  out.arm(timer::resend);
}

template <class Options, class Out>
constexpr void on(proposer_state<Options>& s, timer expired, Out& out) {
  if (expired == timer::resend) on_resend_timeout(s, out);
  if (expired == timer::backoff) on_backoff_timeout(s, out);
}

// --- the user

template <class Options, class Out>
requires(!Options::rewrites) constexpr void on(proposer_state<Options>& s,
                                               propose_value<typename Options::value_type> const& e, Out& out) {
  if (s.now.is == phase::done) return out.report(decided<typename Options::value_type>{s.now.at, s.now.value});
  if (at_work(s)) return out.report(proposal_refused{refusal::busy}); // scenario P62
  s.wanted = e.value;
  begin(s, out);
}

// What a learner knows needs no proposal any more, whoever proposed it.
template <class Options, class Out>
requires(!Options::rewrites) constexpr void on(proposer_state<Options>& s,
                                               from<chosen<typename Options::value_type>> const& e, Out& out) {
  auto const& m = e.message;
  if (!s.learners.contains(e.node.place)) return;
  if (s.now.is == phase::done) {
    if (!(m.value == s.now.value)) out.report(conflict{m.at});
    return;
  }
  bool const waiting = at_work(s);
  rest(s, phase::done, out);
  s.now.at = m.at;
  s.now.value = m.value;
  if (waiting) out.report(decided<typename Options::value_type>{m.at, m.value});
}

template <class Options, class Out>
requires(Options::rewrites) constexpr void on(proposer_state<Options>& s, edit, Out& out) {
  if (at_work(s)) return out.report(proposal_refused{refusal::busy}); // scenario P62
  begin(s, out);
}

template <class Options, class Out>
requires(Options::rewrites) constexpr void on(proposer_state<Options>& s, withdraw, Out& out) {
  if (!at_work(s)) return;
  auto const now = s.now;
  rest(s, phase::idle, out);
  if (now.is == phase::accepting)
    out.report(unsettled<typename Options::value_type>{now.at, now.best.value, now.value});
  else
    out.report(withdrawn{});
}

// A proposer: a value that a user may place where no other role is.
template <class Value, class... Keywords>
class proposer {
public:
  using options = paxos::options<Value, Keywords...>;

  constexpr proposer() = default;
  // As recovered: `kept` is what was written last. What it was proposing is forgotten; what it may have
  // used is not.
  constexpr proposer(node_index self, roster const& who, ballot_floor kept = {}) {
    using nodes = typename options::nodes;
    s_.self = self;
    s_.floor = s_.used = kept.round;
    s_.acceptors = narrow<nodes>(who.acceptors);
    s_.learners = narrow<nodes>(who.learners);
  }

  constexpr proposer_state<options> const& state() const { return s_; }
  constexpr void hear_of(ballot at) { rise_above(s_, at); }

  template <class Event, effect_sink<Value> Out>
  requires requires(proposer_state<options>& s, Event const& e, Out& out) { on(s, e, out); }
  constexpr void step(Event const& e, Out& out) { on(s_, e, out); }

  friend constexpr bool operator==(proposer const&, proposer const&) = default;

private:
  proposer_state<options> s_{};
};

} // namespace quorate::paxos
