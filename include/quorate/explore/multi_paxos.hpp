// Multi-Paxos under the checker: the shipped core on a log of slots whose values have names, with what must be
// true of several nodes together.
#pragma once

#include "quorate/explore/multi_paxos_core.hpp"
#include "quorate/explore/multi_paxos_dead.hpp"
#include "quorate/explore/replicated_events.hpp"
#include "quorate/explore/world.hpp"
#include "quorate/truth/multi_paxos.hpp"
#include "quorate/truth/multi_paxos_steps.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <stdexcept>
#include <type_traits>
#include <variant>
#include <vector>

namespace quorate::check {

// What is explored. Counts are at most 15; each slot beyond the first takes a command or a no-op.
struct multi_paxos_bounds {
  std::uint64_t ballots = 1;   // of each proposer: no campaign beyond this round
  std::uint32_t proposers = 2; // the first so many nodes campaign, the others only accept
  std::uint32_t commands = 1;  // proposed, by leaders
  std::uint32_t crashes = 0;
  // The next three need a system that is `Whole`. With no timeouts and no reads the network loses all heartbeats.
  std::uint32_t beats = 0;       // heartbeat timeouts, of leaders and candidates
  std::uint32_t checks = 0;      // quorum checks
  std::uint32_t reads = 0;       // asked, of leaders
  std::uint32_t compactions = 0; // a node forgets all that it knows to be chosen
  bool refusals = false;         // else the network loses them all
  // A sync takes its time: as in replicated_bounds.
  bool in_flight = false;
  std::uint32_t collected = 1;
  std::uint32_t slow = 15;
  bool keeps_dead = false; // messages that can change nothing any more are kept
  bool named = false;      // nodes that only accept are told apart
};

// What the world remembers: of each slot the ballots at which it was voted for, and what readers had to see.
template <class Quorum, class Memory, std::size_t Nodes>
struct multi_paxos_ghost {
  multi_paxos::truth::slots_ledger<Quorum, slot_value, Nodes, checked_slots, Memory> ledger{};
  truth::reads_ledger<Memory, Nodes> reads{};
  friend bool operator==(multi_paxos_ghost const&, multi_paxos_ghost const&) = default;
};

// `Whole`: all of a core's state counts, whether or not it can still have an effect (counted_core).
template <class Core, std::size_t Nodes, bool Whole = false, class Disk = slot_disk,
          class Memory = truth::bounded_memory>
class multi_paxos_system
    : public replicated_events<multi_paxos_system<Core, Nodes, Whole, Disk, Memory>,
                               replicated_node<counted_core<Core, Whole>, Disk, said_by_a_member<Memory>>> {
  using base = replicated_events<multi_paxos_system,
                                 replicated_node<counted_core<Core, Whole>, Disk, said_by_a_member<Memory>>>;
  using base::everybody, base::waits;
  using role = multi_paxos::role;

public:
  static constexpr std::size_t nodes = Nodes;
  using options = typename Core::options;
  using core_type = counted_core<Core, Whole>;
  using typename base::message, typename base::node;
  using ghost = multi_paxos_ghost<typename options::quorum_type, Memory, Nodes>;
  using base::beat, base::contact, base::election, base::proposal, base::quorum_check, base::reading;

  // Beside the others'.
  static constexpr std::size_t compaction = base::events;
  static constexpr std::size_t events = compaction + 1;
  static char const* name_of_event(std::size_t code) {
    return code == compaction ? "it forgets what it knows to be chosen" : base::name_of_event(code);
  }

  // Precondition: beats, checks and reads are zero unless `Whole`.
  explicit multi_paxos_system(multi_paxos_bounds const& b)
      : bounds{b}, budgets{b.commands, b.crashes, b.beats, b.checks, b.reads, b.compactions} {
    if (!Whole && b.beats + b.checks + b.reads > 0)
      throw std::invalid_argument(
          "quorate: check: heartbeats, quorum checks and reads need all of a core's state");
  }
  multi_paxos_bounds bounds;
  std::array<std::uint32_t, 6> budgets;

  std::vector<renaming> renamings() const {
    if (bounds.named) return {renaming::none()};
    auto const all = base::alike(renamings_of<typename options::quorum_type>(Nodes));
    return that_keep(node_set<64>::first(bounds.proposers), all);
  }
  ghost first_ghost() const { return ghost{}; }

  static int cost_of(std::size_t code) {
    if (base::is_crash(code)) return 1;
    return code == proposal       ? 0
           : code == beat         ? 2
           : code == quorum_check ? 3
           : code == reading      ? 4
           : code == compaction   ? 5
                                  : -1;
  }
  bool can(node const& n, std::size_t code) const {
    auto const& s = n.core.state();
    switch (code) {
    case election: return n.self.value < bounds.proposers && s.is != role::leader && round_of(s) < bounds.ballots;
    case contact: return s.in_contact;
    case beat: return s.is != role::follower;
    case quorum_check: return s.is == role::leader;
    case compaction: return n.settled() && s.commit > n.written.log.compacted();
    default: return base::can(n, code);
    }
  }
  template <class Out>
  void step(node& n, std::size_t code, Out& out) const {
    if (code != compaction) return base::step(n, code, out);
    for (auto* disk : {&n.written, &n.durable}) disk->log.compact(n.core.commit_index());
  }

  bool dead(node const& n, message const& m, std::uint64_t) const {
    bool const is_beat = std::holds_alternative<multi_paxos::heartbeat>(m.what);
    bool const refuses = std::holds_alternative<multi_paxos::refused>(m.what);
    if (is_beat && bounds.beats + bounds.reads == 0) return true; // the network loses them all
    if (refuses && !bounds.refusals) return true;
    if (bounds.keeps_dead) return false;
    return std::visit(multi_paxos_dead<node>{n, n.known_as(m.from), !bounds.refusals, !Whole}, m.what);
  }

  // Up to where every disk says that it is chosen.
  static log_index forgettable(std::span<node const> all) {
    auto upto = all[0].durable.hard.chosen;
    for (auto const& n : all) upto = (std::min)(upto, n.durable.hard.chosen);
    return upto;
  }

  // --- what must be true (truth/multi_paxos.hpp, multi_paxos/invariant.hpp)
  template <class Tell>
  static bool holds(node const& n, Tell&& tell) {
    return multi_paxos::holds(n.core.state(), n.written.log, tell) &&
           multi_paxos::truth::promises_are_not_forgotten(n, n.past.said, tell);
  }
  template <class Tell>
  bool follows(node const& before, std::size_t code, node const& after, Tell&& tell) const {
    if (code == quorum_check && !truth::leaders_check_their_quorum(before.core, everybody(), after.core, tell))
      return false;
    return steps_on(before, after, base::is_crash(code), tell);
  }
  template <class Tell>
  bool follows(node const& before, message const& m, node const& after, step_notes const& notes,
               Tell&& tell) const {
    if (waits(before)) return true;
    bool const may = std::visit(
        [&](auto const& x) {
          return multi_paxos::truth::only_what_is_chosen_is_taught(x, after.self, notes.taught, tell) &&
                 multi_paxos::truth::may_do(before.core, x, before.known_as(m.from), after.core, notes.armed,
                                            tell);
        },
        m.what);
    return may && steps_on(before, after, false, tell);
  }
  template <class Tell>
  static bool agree(node const& a, node const& b, Tell&& tell) {
    return multi_paxos::truth::one_leader_a_ballot(a.self, a.past.led, b.self, b.past.led, tell) &&
           multi_paxos::truth::a_match_is_true(a, b, tell) && multi_paxos::truth::a_match_is_true(b, a, tell);
  }
  template <class Tell>
  static bool observe(ghost& g, node const& n, Tell&& tell) {
    return g.ledger.votes_agree(n, tell) &&
           g.reads.read_sees_what_was_committed(n.self, n.past.reads, g.ledger.known(), tell);
  }
  template <class Tell>
  static bool holds_beside(ghost const& g, node const& n, Tell&& tell) {
    return g.ledger.leaders_were_promised_their_ballot(n, tell) && g.ledger.what_is_taken_for_chosen_is(n, tell);
  }
  // Something is chosen; or it can't be any more, for want of commands or of ballots.
  template <class World>
  bool goal(World const& w, row r) const {
    if (w.ghost_of(r).ledger.any_chosen() || w.left(r, 0) == 0) return true;
    for (std::size_t i = 0; i < bounds.proposers; ++i)
      if (round_of(w.node_of(r, i).core.state()) < bounds.ballots) return false;
    return true;
  }

  static constexpr char const* mark_names[]{"a leader",
                                            "a slot chosen",
                                            "a second leader's ballot",
                                            "a value proposed again",
                                            "a gap",
                                            "a no-op in a gap",
                                            "a value fetched",
                                            "votes that are left unsettled",
                                            "a slot acknowledged apart",
                                            "a read answered",
                                            "a sync in flight",
                                            "two ballots acknowledged after one sync"};
  static std::uint64_t marks(node const& n) {
    auto const& s = n.core.state();
    auto const& log = n.written.log;
    std::uint64_t m = 0;
    if (s.is == role::leader) m |= 1;
    if (s.commit > log_index{1}) m |= 2;
    if (s.is == role::leader && round_of(s) > 1) m |= 4;
    for (auto i = log_index{2}; i <= log.last(); i = i + 1) {
      auto const& c = log[i];
      if (c.kind == entry_kind::command && c.what.by != c.voted) m |= 8;
      if (c.kind == entry_kind::hole) m |= 16;
      if (c.kind == entry_kind::no_op) m |= 32;
    }
    if (s.asked != peer{}) m |= 64;
    if (s.commit == log_index{1} && s.leader == peer{} && log.last() > s.commit && s.is == role::follower)
      m |= 128;
    for (auto const& p : s.peers)
      if (s.is == role::leader && p.apart_last > s.commit) m |= 256;
    if (!n.past.reads.answers.empty()) m |= 512;
    if (n.syncing) m |= 1024;
    if (acknowledges_two_eras<multi_paxos::accepted>(n)) m |= 2048;
    return m;
  }

  static void digest(node const& n, renaming const& p, digester& h) {
    digest_state<Nodes, Whole>(n.core.state(), p, h);
    digest_surroundings(n, p, h);
  }
  static void digest(message const& m, renaming const& p, digester& h) {
    digest_value(m.what, p, h);
    for (auto const& v : m.payload.what) digest_value(v, p, h);
  }
  static void digest(ghost const& g, renaming const& p, digester& h) {
    h.add(g.ledger.all().size());
    for (auto const& s : g.ledger.all()) digest_ballots<Nodes>(s, p, h);
    digest_reads<Nodes>(g.reads, p, h);
    h.add(g.ledger.known());
    for (std::uint8_t i = 0; i < Nodes; ++i) h.add(g.ledger.promised(p.before(node_index{i})));
  }

  // --- what becomes of a node, what may leave it, and what it is told: called by replicated_turn and its ears
  template <class Out>
  static void stepped(node& n, core_type const& before, Out& out) {
    (void)multi_paxos::truth::a_ballot_is_campaigned_for_once(n.past.said, before, n.core, out.tell);
    if (!truth::begins_to_lead(before, n.core)) return;
    (void)multi_paxos::truth::a_ballot_is_led_once(n.past.led, n.core, out.tell);
    n.past.led.add(n.core.era());
  }
  template <class M, class Out>
  static void leaves(node& n, node_index, M const& m, Out& out) {
    auto const taught = [&](log_index i) { out.note(i); };
    (void)multi_paxos::truth::may_leave(n, n.past.said, m, taught, out.tell);
  }

protected:
  using base::whole;

private:
  template <class State>
  static std::uint64_t round_of(State const& s) {
    return ballot{(s.seen > s.promised ? s.seen : s.promised).value}.round_number();
  }
  template <class Tell>
  bool steps_on(node const& a, node const& b, bool restarts, Tell&& tell) const {
    if (!multi_paxos::truth::disks_only_rise(a, b, tell)) return false;
    if (restarts) return true;
    return truth::new_leaders_know_no_match(a.core, b.core, whole(a), tell) &&
           multi_paxos::follows(a.core.state(), a.written.log, b.core.state(), b.written.log, tell);
  }
};

} // namespace quorate::check
