// What is true of a Multi-Paxos core at all times, one sentence each: `holds` of its state and its log, `follows`
// of two moments with one step between them. The same predicates serve the assertions of debug builds, the tests,
// the model checker and the simulator. What breaks one is told (core/breach.hpp), or nothing, if nobody asks. What
// is true of several nodes together, and across restarts, can't be seen from here.
#pragma once

#include "quorate/log/invariant.hpp"
#include "quorate/multi_paxos/node.hpp"

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

// A ballot as people read it: its round and its owner.
constexpr ballot spoken(stamp s) { return ballot{s.value}; }

template <class Options, log_view Log, class Tell>
constexpr bool chosen_is_in_the_log(node_state<Options> const& s, Log const& log, Tell&& tell) {
  if (s.commit > log.last())
    return tell("what is chosen is in the log", "node ", s.self, " knows to be chosen up to ", s.commit,
                ", and its log ends at ", log.last());
  if (log.compacted() > s.commit)
    return tell("only what is chosen is compacted", "node ", s.self, " has compacted up to ", log.compacted(),
                ", and knows to be chosen up to ", s.commit);
  return all_runs(log_index{1}, s.commit, log, [&](entry_run const& r) {
    return r.kind != entry_kind::hole ||
           tell("what is chosen has no hole", "node ", s.self, " knows to be chosen up to ", s.commit,
                ", and lacks slot ", r.first);
  });
}

template <class Options, log_view Log, class Tell>
constexpr bool promise_covers_votes(node_state<Options> const& s, Log const& log, Tell&& tell) {
  if (s.promised > s.seen)
    return tell("nothing is promised that nobody spoke of", "node ", s.self, " has promised ballot ",
                spoken(s.promised), ", and seen up to ", spoken(s.seen));
  if (s.marked > s.commit)
    return tell("what was written to be chosen is", "node ", s.self, " has written that up to ", s.marked,
                " is chosen, and knows it up to ", s.commit);
  return all_runs(log_index{1}, log.last(), log, [&](entry_run const& r) {
    return r.written_at <= s.promised ||
           tell("no vote is above the promise", "node ", s.self, " has voted in slot ", r.first, " at ballot ",
                spoken(r.written_at), ", and promised ", spoken(s.promised));
  });
}

// The founding configuration alone needs no vote.
template <class Options, log_view Log, class Tell>
constexpr bool holes_are_no_votes(node_state<Options> const& s, Log const& log, Tell&& tell) {
  return all_runs(log_index{2}, log.last(), log, [&](entry_run const& r) {
    return (r.kind == entry_kind::hole) == (r.written_at == stamp{}) ||
           tell("a slot has a ballot if and only if somebody has voted there", "node ", s.self, " has in slot ",
                r.first, r.kind == entry_kind::hole ? " a hole of ballot " : " a vote at ballot ",
                spoken(r.written_at));
  });
}

template <class Options, class Tell>
constexpr bool roles_are_owned(node_state<Options> const& s, Tell&& tell) {
  if (s.is != role::follower && owner_of(s.promised) != s.member)
    return tell("who campaigns or leads owns the ballot that it has promised", "node ", s.self, " is ", s.is,
                ", and has promised ballot ", spoken(s.promised));
  if (s.is == role::candidate && s.leader.member != no_member)
    return tell("a candidate knows no leader of its ballot", "node ", s.self, " is candidate of ballot ",
                spoken(s.promised), ", and knows its leader: ", s.leader);
  if (s.leader.member != no_member && owner_of(s.promised) != s.leader.member)
    return tell("who leads a ballot owns it", "node ", s.self, " names ", s.leader, " as leader of ballot ",
                spoken(s.promised));
  return (s.is == role::leader) == (s.leader.member == s.member) ||
         tell("who leads names itself, and who does not never does", "node ", s.self, " is ", s.is, " of ballot ",
              spoken(s.promised), ", and names as leader ", s.leader);
}

template <class Options, class Tell>
constexpr bool roles_are_apart(node_state<Options> const& s, Tell&& tell) {
  bool const follows_one = s.is == role::follower && s.leader.member != no_member;
  auto const is_known = [&](char const* law, char const* does) {
    return tell(law, "node ", s.self, " is ", s.is, ", knows as leader ", s.leader, does);
  };
  if (s.canvassing && (s.is != role::follower || s.leader.member != no_member))
    return is_known("who canvasses neither campaigns nor leads, and knows no leader", ", and canvasses");
  if (s.in_contact && !follows_one)
    return is_known("contact is a follower's, with a leader that it knows", ", and is in contact");
  return s.owed.empty() || follows_one ||
         is_known("what is owed is owed to a leader that is known", ", and owes acknowledgements");
}

// Above what is chosen: what is chosen may have been voted for at any ballot.
template <class Options, log_view Log, class Tell>
constexpr bool verified_is_voted(node_state<Options> const& s, Log const& log, Tell&& tell) {
  if (s.is == role::leader) return true;
  if (s.commit > s.verified || s.verified > log.last())
    return tell("a node that does not lead has verified what is chosen, and no more than it holds", "node ",
                s.self, " has verified up to ", s.verified, ", knows to be chosen up to ", s.commit,
                ", and holds up to ", log.last());
  return all_runs(s.commit + 1, s.verified, log, [&](entry_run const& r) {
    return r.written_at == s.promised ||
           tell("what is verified is a vote of the ballot that is promised", "node ", s.self,
                " has verified up to ", s.verified, ", and in slot ", r.first, " a vote at ballot ",
                spoken(r.written_at), ", and promised ", spoken(s.promised));
  });
}

template <class Options, log_view Log, class Tell>
constexpr bool settled_is_proposed(node_state<Options> const& s, Log const& log, Tell&& tell) {
  if (s.is == role::follower) return true;
  if (s.is == role::candidate && (s.unsettled <= s.commit || s.unsettled > log.last() + 1))
    return tell("a candidate settles behind what is chosen, in its log", "candidate ", s.self, " settles slot ",
                s.unsettled, ", knows to be chosen up to ", s.commit, ", and its log ends at ", log.last());
  if (s.is == role::leader && s.settled > log.last())
    return tell("what phase 1 found is in the leader's log", "leader ", s.self, " has settled up to ", s.settled,
                ", and its log ends at ", log.last());
  auto const last = s.is == role::leader ? log.last() : s.unsettled - 1;
  return all_runs(s.commit + 1, last, log, [&](entry_run const& r) {
    return r.written_at == s.promised ||
           tell("what is settled and not chosen stands in the log at the ballot", s.is, " ", s.self, " of ballot ",
                spoken(s.promised), " has settled slot ", r.first, ", and holds it at ballot ",
                spoken(r.written_at));
  });
}

template <class Options, log_view Log, class Tell>
constexpr bool peer_is_sound(node_state<Options> const& s, node_index n, Log const& log, Tell&& tell) {
  auto const& p = s.peer(n);
  if (p.match > log.last() || p.apart_last > log.last() || p.next > log.last() + 1)
    return tell("a leader counts on nothing above its own log", "leader ", s.self, " has of ", n, " match ",
                p.match, ", apart ", p.apart_last, ", sends it ", p.next, " next, and its log ends at ",
                log.last());
  if (p.told > s.commit)
    return tell("a leader tells no peer of more than is chosen", "leader ", s.self, " has told ", n, " of ",
                p.told, ", and knows to be chosen up to ", s.commit);
  if (p.in_flight > Options::limit.window)
    return tell("a peer's window is not exceeded", "leader ", s.self, " has sent ", n, " ", p.in_flight,
                " accepts, and the window is ", Options::limit.window);
  return quorate::invariant::round_was_asked(s, n, tell);
}

template <class Options, log_view Log, class Tell>
constexpr bool progress_is_sound(node_state<Options> const& s, Log const& log, Tell&& tell) {
  if (s.is != role::leader) return true;
  auto const& own = s.peer(s.self);
  bool sound =
      (s.self_told <= log.last() && own.match <= log.last() && own.apart_last <= log.last()) ||
      tell("a leader counts on nothing above its own log", "leader ", s.self, " has of itself match ", own.match,
           ", apart ", own.apart_last, ", told itself ", s.self_told, ", and its log ends at ", log.last());
  each_peer(s, log, [&](peer n) { sound = sound && peer_is_sound(s, n.place, log, tell); });
  return sound;
}

template <class Options, class Tell>
constexpr bool reads_are_in_order(node_state<Options> const& s, Tell&& tell) {
  auto const is_sound = [&](auto const& round) {
    return (round.index <= s.commit && round.index >= s.settled) ||
           tell("reads are of what is chosen, and of all that phase 1 found", "leader ", s.self, " has round ",
                round.round, " of reads at slot ", round.index, ", knows to be chosen up to ", s.commit,
                ", and has settled up to ", s.settled);
  };
  return quorate::invariant::reads_are_in_order(s, is_sound, tell);
}

template <class Options, class Tell>
constexpr bool promise_rises(node_state<Options> const& before, node_state<Options> const& after, Tell&& tell) {
  return (before.promised <= after.promised && before.seen <= after.seen) ||
         tell("the promise never falls, nor what was seen", "node ", after.self, " has promised ballot ",
              spoken(after.promised), " and seen ", spoken(after.seen), ", and had promised ",
              spoken(before.promised), " and seen ", spoken(before.seen));
}

template <class Options, class Tell>
constexpr bool commit_rises(node_state<Options> const& before, node_state<Options> const& after, Tell&& tell) {
  return (before.commit <= after.commit && before.marked <= after.marked) ||
         tell("what is known to be chosen never shrinks", "node ", after.self, " knows it up to ", after.commit,
              " and has written ", after.marked, ", and knew it up to ", before.commit, " and had written ",
              before.marked);
}

template <class Options, class Tell>
constexpr bool leaders_were_candidates(node_state<Options> const& before, node_state<Options> const& after,
                                       Tell&& tell) {
  return after.is != role::leader || (before.is != role::follower && before.promised == after.promised) ||
         tell("only a candidate becomes leader, of the ballot that it campaigned for", "node ", after.self,
              " leads ballot ", spoken(after.promised), ", and was ", before.is, " of ballot ",
              spoken(before.promised));
}

template <class Options, class Tell>
constexpr bool candidates_are_new(node_state<Options> const& before, node_state<Options> const& after,
                                  Tell&& tell) {
  return after.is != role::candidate || before.promised < after.promised ||
         (before.is == role::candidate && before.promised == after.promised) ||
         tell("a candidacy begins with a ballot that is above all that was promised", "node ", after.self,
              " is candidate of ballot ", spoken(after.promised), ", and was ", before.is, " of ballot ",
              spoken(before.promised));
}

template <class Options, class Tell>
constexpr bool unsettled_rises(node_state<Options> const& before, node_state<Options> const& after, Tell&& tell) {
  return before.is != role::candidate || after.is != role::candidate || before.promised != after.promised ||
         before.unsettled <= after.unsettled ||
         tell("a candidate settles slot by slot and never goes back", "candidate ", after.self, " settles slot ",
              after.unsettled, ", and was at ", before.unsettled);
}

template <class Options, log_view Before, log_view After, class Tell>
constexpr bool match_rises(node_state<Options> const& before, Before const& log_before,
                           node_state<Options> const& after, After const& log_after, Tell&& tell) {
  return quorate::invariant::match_rises("a match never falls while its ballot is led", before, log_before, after,
                                         log_after, tell);
}

template <class Options, class Tell>
constexpr bool verified_rises(node_state<Options> const& before, node_state<Options> const& after, Tell&& tell) {
  return before.promised != after.promised || before.leader.member == no_member ||
         before.leader.member != after.leader.member || before.verified <= after.verified ||
         tell("what was verified of a leader's log stays verified while it is followed", "node ", after.self,
              " has verified up to ", after.verified, " of the log of ", after.leader, ", and had up to ",
              before.verified);
}

template <class Tell>
constexpr bool tell_slot(char const* law, node_index self, entry_run const& old, entry_run const& now,
                         Tell&& tell) {
  auto const name = [](entry_kind k) {
    constexpr char const* names[] = {"a command", "a no-op", "a configuration", "a hole"};
    return names[static_cast<std::uint8_t>(k)];
  };
  return tell(law, "node ", self, " has in slot ", now.first, " ", name(now.kind), " of ballot ",
              spoken(now.written_at), ", and had ", name(old.kind), " of ballot ", spoken(old.written_at));
}

// Also of what is on disk, where nobody's word is asked for.
template <log_view Before, log_view After, class Tell = quiet>
constexpr bool votes_rise(Before const& before, After const& after, node_index self = no_node, Tell&& tell = {}) {
  if (after.last() < before.last())
    return tell("a vote is never removed", "node ", self, " has a log that ends at ", after.last(),
                ", and it ended at ", before.last());
  return all_runs(after.compacted() + 1, before.last(), before, [&](entry_run const& old) {
    return all_runs(old.first, old.last(), after, [&](entry_run const& now) {
      return now.written_at > old.written_at || (now.written_at == old.written_at && now.kind == old.kind) ||
             tell_slot("a vote is replaced by votes of higher ballots only", self, old, now, tell);
    });
  });
}

// Whether all that `before` has up to `last` stands in `after` too; else the first that does not is told.
template <log_view Before, log_view After, class Tell>
constexpr bool stays(char const* law, node_index self, log_index last, Before const& before, After const& after,
                     Tell&& tell) {
  return all_runs(after.compacted() + 1, last, before, [&](entry_run const& old) {
    return all_runs(old.first, old.last(), after, [&](entry_run const& now) {
      return (now.written_at == old.written_at && now.kind == old.kind) || tell_slot(law, self, old, now, tell);
    });
  });
}

template <class Options, log_view Before, log_view After, class Tell>
constexpr bool chosen_stays(node_state<Options> const& s, Before const& before, After const& after, Tell&& tell) {
  return stays("what is chosen is not written again", s.self, s.commit, before, after, tell);
}

template <class Options, log_view Before, log_view After, class Tell>
constexpr bool leader_adds(node_state<Options> const& before, node_state<Options> const& after,
                           Before const& log_before, After const& log_after, Tell&& tell) {
  return before.is != role::leader || after.is != role::leader ||
         stays("a leader only adds, behind what it has", after.self, log_before.last(), log_before, log_after,
               tell);
}

} // namespace invariant

// After every step.
template <class Options, log_view Log, class Tell = quiet>
constexpr bool holds(node_state<Options> const& s, Log const& log, Tell&& tell = {}) {
  using namespace invariant;
  return chosen_is_in_the_log(s, log, tell) && promise_covers_votes(s, log, tell) &&
         holes_are_no_votes(s, log, tell) && roles_are_owned(s, tell) && roles_are_apart(s, tell) &&
         verified_is_voted(s, log, tell) && settled_is_proposed(s, log, tell) && progress_is_sound(s, log, tell) &&
         reads_are_in_order(s, tell);
}

// Between two moments of one run of a core, without a restart.
template <class Options, log_view Before, log_view After, class Tell = quiet>
constexpr bool follows(node_state<Options> const& before, Before const& log_before,
                       node_state<Options> const& after, After const& log_after, Tell&& tell = {}) {
  using namespace invariant;
  return promise_rises(before, after, tell) && commit_rises(before, after, tell) &&
         leaders_were_candidates(before, after, tell) && candidates_are_new(before, after, tell) &&
         unsettled_rises(before, after, tell) && match_rises(before, log_before, after, log_after, tell) &&
         verified_rises(before, after, tell) && votes_rise(log_before, log_after, after.self, tell) &&
         chosen_stays(before, log_before, log_after, tell) &&
         leader_adds(before, after, log_before, log_after, tell);
}

} // namespace quorate::multi_paxos
