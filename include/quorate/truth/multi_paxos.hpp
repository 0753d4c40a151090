// What is true of several Multi-Paxos nodes together, and across their restarts: one sentence and one function
// each (log.hpp says what a `node` and `tell` are; here a node's logs are of cells, world/slot_disk.hpp). What is
// true of one node at all times stands in multi_paxos/invariant.hpp, what one message may do to it in
// multi_paxos_steps.hpp.
#pragma once

#include "quorate/multi_paxos/invariant.hpp"
#include "quorate/truth/ballots.hpp"
#include "quorate/truth/log.hpp"

#include <cstddef>
#include <cstdint>
#include <type_traits>

namespace quorate::multi_paxos::truth {

// --- what has left a node, and so must never be untrue

constexpr quorate::ballot as_ballot(stamp s) { return quorate::ballot{s.value}; }

struct ballots_said {
  stamp prepared{}; // the highest for which it has asked
  stamp promised{}; // the highest that it has promised to anybody
  friend constexpr bool operator==(ballots_said const&, ballots_said const&) = default;
};

template <class Node, class Tell>
constexpr bool ballots_wait_for_the_disk(Node const& n, stamp ballot, Tell&& tell) {
  return n.durable.hard.promised >= ballot ||
         tell("no ballot leaves before it is durable", "node ", n.self, " speaks of ballot ", as_ballot(ballot),
              ", and its disk has promised ", as_ballot(n.durable.hard.promised));
}
template <class Log>
constexpr entry_kind kind_at(Log const& log, log_index i) {
  return log.run_at(i, 1).kind;
}
// It tells what was voted for when it was given. Since then there may be votes at that ballot, or above; and its
// leader may have taught the node what was chosen at lower ones. The node may have lost that leader again: then it
// canvasses, or is in a later ballot.
template <class Node, class Tell>
constexpr bool promises_tell_votes(Node const& n, promise const& m, Tell&& tell) {
  auto const& log = n.durable.log;
  bool const taught = n.core.state().leader != peer{} || n.core.era() > m.ballot || n.core.state().canvassing;
  auto const since = [&](log_index i) { return taught || log.stamp_at(i) >= m.ballot; };
  auto const wrong = [&](log_index i) {
    return tell("a promise tells what was voted for, durably", "node ", n.self, " promises ballot ",
                as_ballot(m.ballot), ", and tells something else of slot ", i, " than its disk has there");
  };
  if (m.first < m.kept) return true;
  auto const first = m.first > log.compacted() ? m.first : log.compacted() + 1;
  for (auto i = first; m.count == 0 && i <= log.last(); i = i + 1)
    if (kind_at(log, i) != entry_kind::hole && !since(i)) return wrong(i);
  for (auto i = first; i < m.first + m.count; i = i + 1)
    if (i > log.last() || (!since(i) && (log.stamp_at(i) != m.voted || kind_at(log, i) != m.kind)))
      return wrong(i);
  return true;
}
// Votes at that ballot, on disk; or at an older one, what its leader says is chosen: taught(slot) is called.
template <class Node, class Taught, class Tell>
constexpr bool votes_wait_for_the_disk(Node const& n, accepted const& m, Taught&& taught, Tell&& tell) {
  auto const& disk = n.durable;
  auto const& log = disk.log;
  for (auto i = m.first; i < m.first + m.count; i = i + 1) {
    if (i <= log.compacted()) continue;
    if (!quorate::truth::was_durable(disk, i, m.ballot) || i > log.last() || kind_at(log, i) == entry_kind::hole)
      return tell("no vote leaves before it is durable", "node ", n.self, " acknowledges slot ", i, " at ballot ",
                  as_ballot(m.ballot), ", and its disk has nothing there");
    if (log.stamp_at(i) < m.ballot && i > n.core.commit_index()) taught(i);
  }
  return true;
}
template <class Node, class Tell>
constexpr bool canvasses_respect_a_leader(Node const& n, Tell&& tell) {
  return !beside_a_leader(n.core.state()) ||
         tell("beside a living leader no canvass is granted", "node ", n.self, " grants one, and has heard of ",
              n.core.state().leader, " less than T ago");
}

// A message is about to leave: all of the above that are about its kind.
template <class Node, class M, class Taught, class Tell>
constexpr bool may_leave(Node const& n, ballots_said& said, M const& m, Taught&& taught, Tell&& tell) {
  constexpr bool asks = std::is_same_v<M, prepare>;
  if constexpr (asks || std::is_same_v<M, promise> || std::is_same_v<M, accepted>) {
    bool right = ballots_wait_for_the_disk(n, m.ballot, tell);
    auto& last = asks ? said.prepared : said.promised;
    if (last < m.ballot) last = m.ballot;
    if constexpr (std::is_same_v<M, promise>) right = promises_tell_votes(n, m, tell) && right;
    if constexpr (std::is_same_v<M, accepted>) right = votes_wait_for_the_disk(n, m, taught, tell) && right;
    return right;
  } else if constexpr (std::is_same_v<M, canvass_granted>) {
    return canvasses_respect_a_leader(n, tell);
  } else {
    return true;
  }
}

// Its leader said, with that accept, that all up to m.commit is chosen. `highest`: of the slots of which votes_...
// has called taught().
template <class M, class Tell>
constexpr bool only_what_is_chosen_is_taught(M const& m, node_index self, log_index highest, Tell&& tell) {
  log_index said{};
  if constexpr (std::is_same_v<M, accept>) said = m.commit;
  return highest <= said ||
         tell("below its ballot only what is chosen is acknowledged", "node ", self, " acknowledges slot ",
              highest, ", where it has voted at a lower ballot, and was told of what is chosen up to ", said);
}

// --- what a disk keeps

// After a restart, `hard` and a log that ends at `last` are what the disk has.
struct word_given {
  ballots_said ballots{};
  quorate::truth::match_said match{};
};
template <class M>
constexpr void note_word(word_given& g, M const& m) {
  if constexpr (std::is_same_v<M, accepted>) g.match.say(m.ballot, m.first + m.count - 1);
}
template <class Tell>
constexpr bool nothing_said_is_forgotten(node_index n, word_given const& g, promise_and_mark const& hard,
                                         log_index last, Tell&& tell) {
  auto const& b = g.ballots;
  return quorate::truth::nothing_said_is_forgotten(n, b.prepared < b.promised ? b.promised : b.prepared,
                                                   hard.promised, tell) &&
         (g.match.in == stamp{} || quorate::truth::no_entry_said_is_forgotten(n, g.match, last, tell));
}

template <class Node, class Tell>
constexpr bool promises_are_not_forgotten(Node const& n, ballots_said const& said, Tell&& tell) {
  return n.durable.hard.promised >= said.promised ||
         tell("what was promised is not forgotten", "node ", n.self, " has promised ballot ",
              as_ballot(said.promised), " to others, and its disk has ", as_ballot(n.durable.hard.promised));
}
template <class Node, class Tell>
constexpr bool disks_only_rise(Node const& before, Node const& after, Tell&& tell) {
  auto const &was = before.durable, &is = after.durable;
  if (is.hard.promised < was.hard.promised)
    return tell("on disk, promises only rise", "node ", after.self, " had ", as_ballot(was.hard.promised),
                ", and has ", as_ballot(is.hard.promised));
  return invariant::votes_rise(was.log, is.log) ||
         tell("on disk, votes only rise", "node ", after.self, " has one replaced by one that is not above it");
}

// --- leaders

template <class Core, class Tell>
constexpr bool a_ballot_is_campaigned_for_once(ballots_said const& said, Core const& before, Core const& after,
                                               Tell&& tell) {
  auto const& s = after.state();
  bool const goes_on = before.era() == s.promised && before.campaigns();
  return s.is != role::candidate || goes_on || s.promised > said.prepared ||
         tell("a ballot is campaigned for once", "node ", s.self, " campaigns for ballot ", as_ballot(s.promised),
              ", and has asked for ", as_ballot(said.prepared));
}
template <class Eras, class Core, class Tell>
constexpr bool a_ballot_is_led_once(Eras const& led, Core const& leader, Tell&& tell) {
  return !led.has(leader.era()) || tell("a ballot is led once", "node ", leader.self(), " begins to lead ballot ",
                                        as_ballot(leader.era()), ", which it has led before");
}
template <class Eras, class Others, class Tell>
constexpr bool one_leader_a_ballot(node_index a, Eras const& led_by_a, node_index b, Others const& led_by_b,
                                   Tell&& tell) {
  return !led_by_a.shares_one_with(led_by_b) ||
         tell("one leader a ballot", "nodes ", a, " and ", b, " have led the same ballot");
}
// What a leader takes for acknowledged is on that disk: at its ballot, or, as it was chosen, the same value.
template <class Node, class Tell>
constexpr bool a_match_is_true(Node const& leader, Node const& other, Tell&& tell) {
  auto const& s = leader.core.state();
  if (s.is != role::leader || other.durable.hard.promised > s.promised) return true;
  auto const& log = other.durable.log;
  auto const& own = leader.written.log;
  auto const least = log.compacted() < own.compacted() ? own.compacted() : log.compacted();
  auto const held = [&](log_index first, log_index last) {
    if (first <= s.commit) first = s.commit + 1;
    if (first <= least) first = least + 1;
    for (auto i = first; i <= last; i = i + 1)
      if (i > log.last() || i > own.last() || log[i].kind != own[i].kind || !(log[i].what == own[i].what))
        return tell("a match is true", "the leader ", leader.self, " takes ", other.self, " to hold its slot ", i,
                    ", and that disk has something else there, or nothing");
    return true;
  };
  auto const here = quorate::truth::known_to(leader, other.self);
  if (here.place == no_node) return true;
  auto const& p = s.peer(here);
  return held(s.commit + 1, p.match) && held(p.apart_first, p.apart_last);
}

// --- what is chosen

// What is voted for in a slot.
template <class Value>
struct slot_choice {
  entry_kind kind{};
  Value what{};
  using fields = field_list<field<"kind", &slot_choice::kind>, field<"what", &slot_choice::what>>;
  friend constexpr bool operator==(slot_choice const&, slot_choice const&) = default;
};
struct the_same {
  template <class T>
  constexpr bool operator()(T const& a, T const& b) const {
    return a == b;
  }
};

// Of each slot the ballots at which it was voted for, what anybody knows to be chosen, and what each node has
// promised. Slots is how many there are where memory is bounded; the first holds the founding configuration.
template <class Quorum, class Value, std::size_t Nodes, std::size_t Slots, class Memory>
class slots_ledger {
public:
  using choice = slot_choice<Value>;
  using of_slot = quorate::truth::ballot_ledger<Quorum, choice, Nodes, the_same, Memory>;

  // A command stands in the slot for which it was made; nothing is voted for before it was.
  template <class Cell, class Tell>
  static constexpr bool what_is_accepted_was_proposed(node_index n, log_index i, Cell const& c, Tell&& tell) {
    bool const proposed = c.kind == entry_kind::no_op
                              ? c.what == Value{}
                              : c.kind == entry_kind::command && c.what.number == i.value && c.what.by <= c.voted;
    return proposed || tell("what is accepted was proposed, there", "node ", n, " has in slot ", i, ", at ballot ",
                            as_ballot(c.voted), ", what nobody has proposed for that slot");
  }
  // After a step of `n`: what its disk holds counts for ever.
  template <class Node, class Tell>
  constexpr bool votes_agree(Node const& n, Tell&& tell) {
    auto const& disk = n.durable;
    promised_[n.self.value] = disk.hard.promised;
    for (auto i = disk.log.compacted() + 1; i <= disk.log.last(); i = i + 1) {
      if (i == log_index{1}) continue;
      auto const& c = disk.log[i];
      bool const none = c.kind == entry_kind::hole;
      if (!none && !what_is_accepted_was_proposed(n.self, i, c, tell)) return false;
      if (!make_room(i)) return tell("(the bounds need more slots)");
      paxos::vote<choice> const vote{ballot{c.voted.value}, {c.kind, c.what}};
      bool const agrees = slots_[i.value - 2].votes_agree(n.self, ballot{disk.hard.promised.value},
                                                          none ? paxos::vote<choice>{} : vote, no_votes{}, tell);
      if (!agrees) return false;
    }
    if (n.core.commit_index() > known_) known_ = n.core.commit_index();
    return true;
  }
  // Who leads may; what a node takes to be chosen is, and it holds that value.
  template <class Node, class Tell>
  constexpr bool leaders_were_promised_their_ballot(Node const& n, Tell&& tell) const {
    return !n.core.leads() || is_promised(n.core.era()) ||
           tell("who leads was promised its ballot by a quorum", "node ", n.self, " leads ballot ",
                as_ballot(n.core.era()), ", which is on the disks of ", how_many_promised(n.core.era()), " nodes");
  }
  template <class Node, class Tell>
  constexpr bool what_is_taken_for_chosen_is(Node const& n, Tell&& tell) const {
    auto const& log = n.written.log;
    for (auto i = log.compacted() + 1; i <= n.core.commit_index(); i = i + 1)
      if (i > log_index{1} && (i.value - 2 >= slots_.size() || !of(i).is_chosen({log[i].kind, log[i].what})))
        return tell("what a node takes for chosen is", "node ", n.self, " takes its value in slot ", i,
                    " for chosen, and no quorum's disks have it at one ballot");
    return true;
  }

  constexpr of_slot const& of(log_index i) const { return slots_[i.value - 2]; }
  constexpr auto const& all() const { return slots_; }
  constexpr log_index known() const { return known_; }
  constexpr stamp promised(node_index n) const { return promised_[n.value]; }
  constexpr bool any_chosen() const {
    for (auto const& s : slots_)
      if (s.any_chosen()) return true;
    return false;
  }
  friend constexpr bool operator==(slots_ledger const&, slots_ledger const&) = default;

private:
  struct no_votes {
    constexpr paxos::vote<choice> const* begin() const { return nullptr; }
    constexpr paxos::vote<choice> const* end() const { return nullptr; }
  };
  constexpr bool make_room(log_index i) {
    while (slots_.size() + 1 < i.value)
      if (!quorate::truth::append(slots_, of_slot{})) return false;
    return true;
  }
  constexpr node_set<64> who_promised(stamp ballot) const {
    node_set<64> by{};
    for (std::uint8_t i = 0; i < Nodes; ++i)
      if (promised_[i] >= ballot) by.insert(node_index{i});
    return by;
  }
  constexpr std::size_t how_many_promised(stamp ballot) const { return who_promised(ballot).size(); }
  constexpr bool is_promised(stamp ballot) const {
    return Quorum{}.met(quorum_phase::election, who_promised(ballot), configuration{node_set<64>::first(Nodes)});
  }

  typename Memory::template list<of_slot, Slots - 1> slots_{}; // from slot 2 on
  log_index known_{1};
  stamp promised_[Nodes]{};
};

} // namespace quorate::multi_paxos::truth
