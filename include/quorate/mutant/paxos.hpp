// Paxos without one of its rules (mutant/paxos_rules.hpp). Each function here is called in place of the function
// of the same name in paxos/. It changes the arguments or the effects of that function, and calls it for the rest:
// f<options<Value, K...>>(...) is the protocol's own function.
#pragma once

#include "quorate/mutant/careless_core.hpp"
#include "quorate/mutant/paxos_rules.hpp"
#include "quorate/mutant/relay.hpp"
#include "quorate/mutant/without.hpp"
#include "quorate/paxos/node.hpp"

namespace quorate::paxos {

// --- what a careless disk forgets, and what does not wait for it

template <class Value, class... K>
constexpr recovered<Value> recovered_of(options<Value, K...>, recovered<Value> kept, roster const&) {
  if (lacks<K...>(rule::promises_outlive_crashes)) kept.acceptor.promised = kept.acceptor.voted.at;
  if (lacks<K...>(rule::votes_outlive_crashes)) kept.acceptor.voted = {};
  if (lacks<K...>(rule::ballots_outlive_crashes)) kept.proposer = {};
  return kept;
}
template <class Value, class... K>
constexpr bool leaves_at_once(options<Value, K...>, prepare const&, bool) {
  return lacks<K...>(rule::floors_wait_for_the_disk);
}
template <class Value, class... K>
constexpr bool leaves_at_once(options<Value, K...>, promise<Value> const&, bool) {
  return lacks<K...>(rule::promises_wait_for_the_disk);
}
template <class Value, class... K>
constexpr bool leaves_at_once(options<Value, K...>, accepted<Value> const&, bool) {
  return lacks<K...>(rule::votes_wait_for_the_disk);
}

// --- the acceptor

template <class Value, class... K>
requires bent<K...>
constexpr bool from_owner(acceptor_state<options<Value, K...>> const& s, node_index sender, ballot at) {
  if (lacks<K...>(rule::ballots_have_owners)) return s.proposers.contains(sender);
  return from_owner<options<Value, K...>>(s, sender, at);
}

template <class... K>
constexpr bool ranks_below(ballot at, ballot promised) {
  bool const by_owner = lacks<K...>(rule::ballots_are_ordered_by_round) && !promised.none();
  return by_owner && at.owner() != promised.owner() ? at.owner() < promised.owner() : at < promised;
}
// Has `step` done with an acceptor that takes that ballot or not, as `takes` says, whatever it has promised.
template <class Value, class... K, class Out, class Step>
constexpr void judged(acceptor_state<options<Value, K...>>& s, peer sender, ballot at, bool takes, Out& out,
                      Step&& step) {
  auto const promised = s.kept.promised;
  if (takes == (at >= promised)) return step();
  if (!from_owner(s, sender.place, at)) return;
  if (!takes) return out.send(sender, refused{at, promised});
  s.kept.promised = {};
  step();
  if (s.kept.promised.none()) s.kept.promised = promised; // a conflict
}

template <class Out, class Value>
struct votes_untold : relay<Out> {
  bool untold;
  using relay<Out>::send;
  constexpr void send(peer n, promise<Value> m, written after) {
    if (untold) m.voted = {};
    this->to.send(n, m, after);
  }
};
template <class Value, class... K, class Out>
requires bent<K...>
constexpr void on(acceptor_state<options<Value, K...>>& s, from<prepare> const& e, Out& out) {
  auto const at = e.message.at;
  bool const takes = lacks<K...>(rule::promises_never_fall) || !ranks_below<K...>(at, s.kept.promised);
  votes_untold<Out, Value> sink{{out}, lacks<K...>(rule::promises_tell_votes)};
  judged(s, e.node, at, takes, out, [&] { on<options<Value, K...>>(s, e, sink); });
}

template <class Out, class Value>
struct promise_unmoved : relay<Out> {
  bool moves;
  ballot promised;
  using relay<Out>::write;
  constexpr written write(acceptor_record<Value> r) {
    if (!moves) r.promised = promised;
    return this->to.write(r);
  }
};
template <class Value, class... K, class Out>
requires bent<K...>
constexpr void on(acceptor_state<options<Value, K...>>& s, from<accept<Value>> const& e, Out& out) {
  auto const at = e.message.at;
  auto const promised = s.kept.promised;
  bool const always = lacks<K...>(rule::accepts_respect_promises);
  bool const moves = !lacks<K...>(rule::accepting_is_promising) && !(always && at <= promised);
  promise_unmoved<Out, Value> sink{{out}, moves, promised};
  judged(s, e.node, at, always || !ranks_below<K...>(at, promised), out,
         [&] { on<options<Value, K...>>(s, e, sink); });
  if (!moves) s.kept.promised = promised;
}

// --- the proposer

template <class Value, class... K>
requires bent<K...>
constexpr void rise_above(proposer_state<options<Value, K...>>& s, ballot at) {
  if (!lacks<K...>(rule::ballots_rise_above_refusals)) rise_above<options<Value, K...>>(s, at);
}

template <class Value, class... K, class Out>
requires bent<K...>
constexpr void begin(proposer_state<options<Value, K...>>& s, Out& out) {
  auto const self = s.self;
  auto const heard = s.heard;
  if (lacks<K...>(rule::ballots_have_owners)) s.self = node_index{0};
  if (lacks<K...>(rule::attempts_have_ballots_of_their_own) && !s.now.at.none()) --s.used, s.heard = 0;
  begin<options<Value, K...>>(s, out);
  s.self = self, s.heard = heard;
}

template <class Value, class... K, class Out>
requires bent<K...>
constexpr void on(proposer_state<options<Value, K...>>& s, from<promise<Value>> const& e, Out& out) {
  auto m = e.message;
  auto n = e.node;
  auto const best = s.now.best;
  if (lacks<K...>(rule::past_promises_do_not_count) && m.at < s.now.at) m.at = s.now.at;
  if (lacks<K...>(rule::promises_count_once)) n = peer{counted_again(n.place, s.now.answered, {s.acceptors.bits})};
  if (m.voted.at < s.now.at) { // or it is a conflict
    bool const lower = lacks<K...>(rule::proposals_adopt_the_highest) && !best.at.none() && !m.voted.at.none();
    if (lower && m.voted.at < best.at) s.now.best = {}; // so that it is the first
    if ((lower && m.voted.at > best.at) || lacks<K...>(rule::proposals_adopt_votes)) m.voted = {};
  }
  on<options<Value, K...>>(s, from<promise<Value>>{n, m}, out);
  if (s.now.best.at.none()) s.now.best = best; // it was not heard
}

template <class Value, class... K, class Out>
requires(bent<K...>&& options<Value, K...>::rewrites) constexpr void on(proposer_state<options<Value, K...>>& s,
                                                                        changed<Value> const& e, Out& out) {
  bool const asked = s.now.is == phase::changing && e.at == s.now.at;
  if (!asked || !lacks<K...>(rule::reads_take_a_round) || !(e.value == s.now.best.value))
    return on<options<Value, K...>>(s, e, out);
  rest(s, phase::idle, out);
  out.report(rewritten<Value>{e.at, e.value, e.value});
}

template <class Value, class... K, class Out>
requires bent<K...>
constexpr void on(proposer_state<options<Value, K...>>& s, from<accepted<Value>> const& e, Out& out) {
  auto m = e.message;
  auto n = e.node;
  if (lacks<K...>(rule::past_votes_do_not_count) && m.at < s.now.at) m.at = s.now.at, m.value = s.now.value;
  if (lacks<K...>(rule::votes_count_once)) n = peer{counted_again(n.place, s.now.answered, {s.acceptors.bits})};
  on<options<Value, K...>>(s, from<accepted<Value>>{n, m}, out);
}

template <class Value, class... K, class Out>
requires bent<K...>
constexpr void on_backoff_timeout(proposer_state<options<Value, K...>>& s, Out& out) {
  auto const before = s.now;
  if (lacks<K...>(rule::changes_are_made_once) && s.now.is == phase::accepting) s.now.best.value = s.now.value;
  on_backoff_timeout<options<Value, K...>>(s, out);
  if (s.now.is == phase::accepting) s.now = before; // a late timer
  bool const begins = before.is == phase::accepting && s.now.is == phase::preparing;
  if (begins && lacks<K...>(rule::retries_ask_first)) {
    s.now.best = before.best;
    enter_phase_2(s, before.value, out);
  }
}

// --- the learner

template <class Value, class... K>
requires bent<K...>
constexpr tally<options<Value, K...>>* tally_of(learner_state<options<Value, K...>>& s, vote<Value> const& v) {
  if (lacks<K...>(rule::tallies_are_of_one_ballot))
    for (auto& t : s.tallies)
      if (t.of.at == v.at || t.of.value == v.value) return &t;
  return tally_of<options<Value, K...>>(s, v);
}

template <class Value, class... K, class Out>
requires bent<K...>
constexpr void on(learner_state<options<Value, K...>>& s, from<accepted<Value>> const& e, Out& out) {
  auto const& m = e.message;
  auto n = e.node;
  bool const counts = s.known.at.none() && !m.at.none() && s.acceptors.contains(n.place);
  if (counts && lacks<K...>(rule::votes_count_once))
    for (auto const& t : s.tallies)
      if (t.of.at == m.at) n = counted_again(e.node.place, t.voters, {s.acceptors.bits});
  if (counts && lacks<K...>(rule::learners_count_a_quorum))
    if (auto* const t = tally_of(s, {m.at, m.value}); t != nullptr && t->of.value == m.value)
      t->voters = s.acceptors;
  on<options<Value, K...>>(s, from<accepted<Value>>{n, m}, out);
}

} // namespace quorate::paxos
