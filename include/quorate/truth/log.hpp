// What is true of several nodes of a replicated log, whatever its protocol: one sentence and one function each. A
// `node` here is whatever has the members of a host (world/host.hpp): `self`, `core`, `written` and `durable`,
// both with a `log` and a `hard`. Nodes are called by their hosts' numbers, which are founders' places. `tell`
// hears the sentence that is broken, and the values that break it.
#pragma once

#include "quorate/core/ballot.hpp"
#include "quorate/core/entry.hpp"
#include "quorate/effect/event.hpp"
#include "quorate/log/voters.hpp"
#include "quorate/truth/memory.hpp"

#include <cstddef>
#include <cstdint>
#include <type_traits>

namespace quorate::truth {

// --- eras: terms, or ballots

// Which era a node's hard state has it in, whatever its protocol calls that.
template <class Hard>
constexpr stamp era_kept(Hard const& h) {
  if constexpr (requires { h.promised; })
    return h.promised;
  else if constexpr (requires { h.term; })
    return h.term;
  else
    return h.era;
}

// Tells it with the stamps among its parts spoken as what they are: terms as numbers; ballots by their round and
// their owner, as soon as one of them is a ballot.
template <class Part>
constexpr bool is_ballot(Part const& part) {
  if constexpr (std::is_same_v<Part, stamp>)
    return (part.value & ballot::names_member) != 0;
  else
    return false;
}
template <class Part>
constexpr decltype(auto) with_ballot(Part const& part) {
  if constexpr (std::is_same_v<Part, stamp>)
    return ballot{part.value};
  else
    return (part);
}
template <class Tell, class... Parts>
constexpr bool tell_eras(Tell&& tell, char const* law, Parts const&... parts) {
  return (is_ballot(parts) || ...) ? tell(law, with_ballot(parts)...) : tell(law, parts...);
}

// --- members

// As whom a node knows another one.
template <class Node>
constexpr peer known_to([[maybe_unused]] Node const& n, node_index other) {
  if constexpr (requires { n.known_as(other); })
    return n.known_as(other);
  else
    return other;
}

// --- what is durable

// Does a disk hold entry i as it stood when its node left `era`, or what has taken its place since? Of a disk that
// can't tell, this much: that it has an entry there. (effect/outbox.hpp says why that is what must be durable.)
template <class Disk>
constexpr bool was_durable(Disk const& disk, log_index i, stamp era) {
  if constexpr (requires { disk.was_durable(i, era); })
    return disk.was_durable(i, era);
  else
    return era_kept(disk.hard) > era || i <= disk.log.last();
}

// What a node has said, of the era that it last acknowledged entries in.
struct match_said {
  stamp in{};
  log_index upto{};
  constexpr void say(stamp era, log_index last) {
    if (era > in || (era == in && last > upto)) in = era, upto = last;
  }
  friend constexpr bool operator==(match_said const&, match_said const&) = default;
};
template <class Tell>
constexpr bool nothing_said_is_forgotten(node_index n, stamp promised, stamp on_disk, Tell&& tell) {
  return on_disk >= promised ||
         tell_eras(tell, "what a node has said is on its disk, whatever happens", "node ", n,
                   " has said that it is at ", promised, ", and its disk says ", on_disk);
}
template <class Tell>
constexpr bool no_entry_said_is_forgotten(node_index n, match_said const& said, log_index last, Tell&& tell) {
  return last >= said.upto ||
         tell_eras(tell, "what a node has said is on its disk, whatever happens", "node ", n,
                   " has acknowledged all up to ", said.upto, " at ", said.in, ", and its disk ends at ", last);
}

// --- leaders. An era is a term or a ballot; `led` remembers those that a node has led, whatever it forgets.

// Is the node now leading an era that it did not lead before the step?
template <class Core>
constexpr bool begins_to_lead(Core const& before, Core const& after) {
  return after.leads() && !(before.leads() && before.era() == after.era());
}

// An era alone, beside those that another node has led.
struct one_era {
  stamp era{};
  template <class Eras>
  constexpr bool shares_one_with(Eras const& others) const {
    return others.has(era);
  }
};

// --- what is committed. `now`: what node `n` takes for committed at index i, `known`: what was taken first.
template <class Tell>
constexpr bool one_entry_an_index_is_committed(node_index n, log_index i, stamp now, stamp known, bool same,
                                               Tell&& tell) {
  return same || tell_eras(tell, "one entry an index is ever committed", "node ", n, " takes entry ", i, " of ",
                           now, " for committed, and that of ", known, " was");
}
// `i` was known to be committed in `known_in`, which is below the era that `n` leads.
template <class Tell>
constexpr bool a_leader_has_what_was_committed(node_index n, stamp leads, log_index i, stamp known_in, bool has,
                                               Tell&& tell) {
  return has || tell_eras(tell, "a leader has what was committed before its term", "node ", n, " leads ", leads,
                          ", and lacks entry ", i, ", which was committed in ", known_in);
}
// `holders`: whose disks have it, or may have had it when it was committed.
template <class Quorum, class Tell>
constexpr bool what_is_committed_is_on_a_quorum(node_index n, log_index i, node_set<64> holders,
                                                configuration const& everybody, Tell&& tell) {
  return Quorum{}.met(quorum_phase::commit, holders, everybody) ||
         tell("what is committed is on a quorum's disks", "node ", n, " takes entry ", i,
              " for committed, and it is on the disks of ", holders.size(), " nodes");
}

// --- reads

// Of one node: the reads asked since it began, and of each that was answered, up to where it saw.
template <class Memory>
struct reads_told {
  static constexpr std::size_t most = 4; // where memory is bounded
  std::uint64_t asked = 0;
  typename Memory::template list<log_index, most> answers{};

  constexpr void told(readable const& r) {
    while (answers.size() < r.upto && append<log_index>(answers, r.index)) {}
  }
  friend constexpr bool operator==(reads_told const&, reads_told const&) = default;
};

// Of all nodes: how much was known to be committed when each read was asked.
template <class Memory, std::size_t Nodes>
class reads_ledger {
public:
  // After a step of node `n`; `known`: how much anybody knows to be committed.
  template <class Tell>
  constexpr bool read_sees_what_was_committed(node_index n, reads_told<Memory> const& told, log_index known,
                                              Tell&& tell) {
    auto& must = must_see_[n.value];
    if (must.size() > told.asked) must.clear(); // it began anew
    while (must.size() < std::size_t{told.asked} && append<log_index>(must, known)) {}
    for (std::size_t i = 0; i < told.answers.size(); ++i)
      if (told.answers[i] < must[i])
        return tell("a read sees what was committed before it was asked", "node ", n, " answers its read number ",
                    i + 1, " as of index ", told.answers[i], ", and ", must[i], " was known to be committed");
    return true;
  }
  constexpr auto const& of(node_index n) const { return must_see_[n.value]; }
  friend constexpr bool operator==(reads_ledger const&, reads_ledger const&) = default;

private:
  typename Memory::template list<log_index, reads_told<Memory>::most> must_see_[Nodes]{};
};

// --- what a leader's steps may be, seen from outside

// A new leader knows of no match of any peer. It knows its own match only once its own disk has answered. In a
// whole turn the disk has answered (Ongaro's figure 3.1; scenario P24).
template <class Core, class Tell>
constexpr bool new_leaders_know_no_match(Core const& before, Core const& after, bool whole_turn, Tell&& tell) {
  if (before.leads() || !after.leads()) return true;
  auto const& s = after.state();
  for (std::uint8_t i = 0; i < Core::options::limit.nodes; ++i) {
    node_index const n{i};
    if (s.peer(n).match > log_index{} && !(n == after.self() && whole_turn))
      return tell("a new leader knows of no match", "node ", after.self(), " becomes leader, and takes ", n,
                  " to hold all up to ", s.peer(n).match);
  }
  return true;
}

// A leader that hears of no quorum gives way at its quorum check (Ongaro §6.2; scenarios E15, P59).
template <class Core, class Tell>
constexpr bool leaders_check_their_quorum(Core const& before, configuration const& everybody, Core const& after,
                                          Tell&& tell) {
  if constexpr (requires { before.state().active.bits; }) {
    auto const& s = before.state();
    auto const heard = widen(s.active.with(s.self));
    if (before.leads() && after.leads() && !met<typename Core::options>(quorum_phase::commit, heard, everybody))
      return tell("a leader that hears of no quorum gives way", "node ", s.self, " has heard of ", heard.size(),
                  " nodes, itself among them, and leads on");
  }
  return true;
}

} // namespace quorate::truth
