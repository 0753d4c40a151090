// What is true of a Multi-Paxos core at all times, one sentence each: `holds` of its state and its log, `follows`
// of two moments with one step between them. The same predicates serve the tests, the model checker and the
// simulator. What is true of several nodes together, and across restarts, can't be seen from here.
#pragma once

#include "quorate/multi_paxos/node.hpp"

#include <cstddef>

namespace quorate::multi_paxos {

namespace invariant {

// Calls f(run) for the runs of slots first..last, as long as it returns true; returns whether all did.
template <log_view Log, class F>
constexpr bool all_runs(log_index first, log_index last, Log const& log, F&& f) {
  if (first <= log.compacted()) first = log.compacted() + 1;
  while (first <= last && first <= log.last()) {
    auto const run = log.run_at(first, static_cast<std::uint32_t>(last - first + 1));
    if (!f(run)) return false;
    first = run.last() + 1;
  }
  return true;
}

// What is chosen is in the log, without a hole, and nothing else is ever compacted.
template <class Options, log_view Log>
constexpr bool chosen_is_in_the_log(node_state<Options> const& s, Log const& log) {
  return log.compacted() <= s.commit && s.commit <= log.last() &&
         all_runs(log_index{1}, s.commit, log, [](entry_run const& r) { return r.kind != entry_kind::hole; });
}

// No vote is above the promise, nobody has spoken of less than was promised, and what was written to be chosen is.
template <class Options, log_view Log>
constexpr bool promise_covers_votes(node_state<Options> const& s, Log const& log) {
  return s.promised <= s.seen && s.marked <= s.commit &&
         all_runs(log_index{1}, log.last(), log, [&](entry_run const& r) { return r.written_at <= s.promised; });
}

// A slot has a ballot if and only if somebody has voted there; the founding configuration alone needs no vote.
template <log_view Log>
constexpr bool holes_are_no_votes(Log const& log) {
  return all_runs(log_index{2}, log.last(), log, [](entry_run const& r) {
    return (r.kind == entry_kind::hole) == (r.written_at == stamp{});
  });
}

// Who campaigns or leads owns the ballot that it has promised; who leads names itself and nobody else, and who
// does not lead never names itself.
template <class Options>
constexpr bool roles_are_owned(node_state<Options> const& s) {
  if (s.is != role::follower && owner_of(s.promised) != s.self) return false;
  if (s.is == role::candidate && s.leader != no_node) return false;
  if (s.leader != no_node && owner_of(s.promised) != s.leader) return false;
  return (s.is == role::leader) == (s.leader == s.self);
}

// Only those who are neither candidate nor leader, and know none, canvass; contact is with a leader that is known;
// and what is owed is owed to one.
template <class Options>
constexpr bool roles_are_apart(node_state<Options> const& s) {
  bool const follows_one = s.is == role::follower && s.leader != no_node;
  if (s.canvassing && (s.is != role::follower || s.leader != no_node)) return false;
  return (!s.in_contact || follows_one) && (s.owed.empty() || follows_one);
}

// A node that does not lead has verified no more than it holds, and above what is chosen only votes of the ballot
// that it has promised.
template <class Options, log_view Log>
constexpr bool verified_is_voted(node_state<Options> const& s, Log const& log) {
  if (s.is == role::leader) return true;
  return s.commit <= s.verified && s.verified <= log.last() &&
         all_runs(s.commit + 1, s.verified, log, [&](entry_run const& r) { return r.written_at == s.promised; });
}

// What a candidate has settled, and all that a leader has above what is chosen, stands in its log at its ballot.
template <class Options, log_view Log>
constexpr bool settled_is_proposed(node_state<Options> const& s, Log const& log) {
  if (s.is == role::follower) return true;
  if (s.is == role::candidate && (s.unsettled <= s.commit || s.unsettled > log.last() + 1)) return false;
  if (s.is == role::leader && s.settled > log.last()) return false;
  auto const last = s.is == role::leader ? log.last() : s.unsettled - 1;
  return all_runs(s.commit + 1, last, log, [&](entry_run const& r) { return r.written_at == s.promised; });
}

// A leader counts on nothing above its own log, and has told no peer of more than is chosen.
template <class Options, log_view Log>
constexpr bool progress_is_sound(node_state<Options> const& s, Log const& log) {
  if (s.is != role::leader) return true;
  auto const& own = s.peer(s.self);
  bool sound = s.self_told <= log.last() && own.match <= log.last() && own.apart_last <= log.last();
  each_peer(s, log, [&](node_index n) {
    auto const& p = s.peer(n);
    sound = sound && p.match <= log.last() && p.apart_last <= log.last() && p.next <= log.last() + 1 &&
            p.told <= s.commit && p.in_flight <= Options::limit.window;
    if constexpr (Options::reads) sound = sound && p.round <= s.readers.last_round;
  });
  return sound;
}

// Rounds of reads are in order, about what is chosen, and about all that phase 1 found; nobody but a leader has
// any, or reads that wait.
template <class Options>
constexpr bool reads_are_in_order(node_state<Options> const& s) {
  if constexpr (Options::reads) {
    auto const& r = s.readers;
    if (r.placed > r.asked) return false;
    if (s.is != role::leader) return r.rounds.empty() && r.placed == r.asked;
    for (std::size_t i = 0; i < r.rounds.size(); ++i) {
      auto const& one = r.rounds[i];
      if (one.index > s.commit || one.index < s.settled || one.upto > r.placed || one.round > r.last_round)
        return false;
      if (i > 0 && (one.round <= r.rounds[i - 1].round || one.upto <= r.rounds[i - 1].upto)) return false;
    }
  }
  return true;
}

// The promise never falls.
template <class Options>
constexpr bool promise_rises(node_state<Options> const& before, node_state<Options> const& after) {
  return before.promised <= after.promised && before.seen <= after.seen;
}

// What is known to be chosen never shrinks.
template <class Options>
constexpr bool commit_rises(node_state<Options> const& before, node_state<Options> const& after) {
  return before.commit <= after.commit && before.marked <= after.marked;
}

// Only a candidate becomes leader, of the ballot that it campaigned for.
template <class Options>
constexpr bool leaders_were_candidates(node_state<Options> const& before, node_state<Options> const& after) {
  return after.is != role::leader || (before.is != role::follower && before.promised == after.promised);
}

// A candidacy begins with a ballot that is above all that was promised.
template <class Options>
constexpr bool candidates_are_new(node_state<Options> const& before, node_state<Options> const& after) {
  return after.is != role::candidate || before.promised < after.promised ||
         (before.is == role::candidate && before.promised == after.promised);
}

// A candidate settles slot by slot and never goes back.
template <class Options>
constexpr bool unsettled_rises(node_state<Options> const& before, node_state<Options> const& after) {
  return before.is != role::candidate || after.is != role::candidate || before.promised != after.promised ||
         before.unsettled <= after.unsettled;
}

// A match never falls while its ballot is led.
template <class Options, log_view Log>
constexpr bool match_rises(node_state<Options> const& before, node_state<Options> const& after, Log const& log) {
  if (before.is != role::leader || after.is != role::leader) return true;
  bool rises = before.peer(before.self).match <= after.peer(after.self).match;
  each_peer(after, log, [&](node_index n) { rises = rises && before.peer(n).match <= after.peer(n).match; });
  return rises;
}

// What was verified of a leader's log stays verified while it is followed.
template <class Options>
constexpr bool verified_rises(node_state<Options> const& before, node_state<Options> const& after) {
  return before.promised != after.promised || before.leader == no_node || before.leader != after.leader ||
         before.verified <= after.verified;
}

// A vote is replaced by votes of higher ballots only, and never removed.
template <log_view Before, log_view After>
constexpr bool votes_rise(Before const& before, After const& after) {
  if (after.last() < before.last()) return false;
  return all_runs(after.compacted() + 1, before.last(), before, [&](entry_run const& old) {
    return all_runs(old.first, old.last(), after, [&](entry_run const& now) {
      return now.written_at > old.written_at || (now.written_at == old.written_at && now.kind == old.kind);
    });
  });
}

// What is chosen is not written again.
template <class Options, log_view Before, log_view After>
constexpr bool chosen_stays(node_state<Options> const& state, Before const& before, After const& after) {
  return all_runs(after.compacted() + 1, state.commit, before, [&](entry_run const& old) {
    return all_runs(old.first, old.last(), after, [&](entry_run const& now) {
      return now.written_at == old.written_at && now.kind == old.kind;
    });
  });
}

// A leader only adds, behind what it has.
template <class Options, log_view Before, log_view After>
constexpr bool leader_adds(node_state<Options> const& before, node_state<Options> const& after,
                           Before const& log_before, After const& log_after) {
  if (before.is != role::leader || after.is != role::leader) return true;
  return all_runs(log_after.compacted() + 1, log_before.last(), log_before, [&](entry_run const& old) {
    return all_runs(old.first, old.last(), log_after, [&](entry_run const& now) {
      return now.written_at == old.written_at && now.kind == old.kind;
    });
  });
}

} // namespace invariant

// After every step.
template <class Options, log_view Log>
constexpr bool holds(node_state<Options> const& s, Log const& log) {
  using namespace invariant;
  return chosen_is_in_the_log(s, log) && promise_covers_votes(s, log) && holes_are_no_votes(log) &&
         roles_are_owned(s) && roles_are_apart(s) && verified_is_voted(s, log) && settled_is_proposed(s, log) &&
         progress_is_sound(s, log) && reads_are_in_order(s);
}

// Between two moments of one run of a core, without a restart.
template <class Options, log_view Before, log_view After>
constexpr bool follows(node_state<Options> const& before, Before const& log_before,
                       node_state<Options> const& after, After const& log_after) {
  using namespace invariant;
  return promise_rises(before, after) && commit_rises(before, after) && leaders_were_candidates(before, after) &&
         candidates_are_new(before, after) && unsettled_rises(before, after) &&
         match_rises(before, after, log_after) && verified_rises(before, after) &&
         votes_rise(log_before, log_after) && chosen_stays(before, log_before, log_after) &&
         leader_adds(before, after, log_before, log_after);
}

} // namespace quorate::multi_paxos
