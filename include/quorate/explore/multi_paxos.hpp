// Multi-Paxos under the checker: the shipped core on a log of slots whose values have names, with what must be
// true of several nodes together.
#pragma once

#include "quorate/explore/leader_receipts.hpp"
#include "quorate/explore/multi_paxos_core.hpp"
#include "quorate/explore/multi_paxos_dead.hpp"
#include "quorate/explore/multi_paxos_receipts.hpp"
#include "quorate/explore/paxos_ledger.hpp"
#include "quorate/explore/replicated_events.hpp"
#include "quorate/explore/world.hpp"
#include "quorate/multi_paxos/invariant.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
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

// What is voted for in a slot.
struct slot_choice {
  entry_kind kind{};
  slot_value what{};
  using fields = field_list<field<"kind", &slot_choice::kind>, field<"what", &slot_choice::what>>;
  friend constexpr bool operator==(slot_choice const&, slot_choice const&) = default;
};

// What the world remembers: of each slot the ballots at which it was voted for, and what readers had to see.
template <class Quorum, std::size_t Nodes>
struct slots_ledger {
  using slot_ledger = ballot_ledger<Quorum, slot_choice, Nodes, 9, std::equal_to<>>;
  std::array<slot_ledger, checked_slots - 1> slots{}; // from slot 2 on
  reads_ledger reads{};
  std::uint8_t known = 1;              // to be chosen, by anybody
  std::array<stamp, Nodes> promised{}; // by each node, durably

  slot_ledger& of(log_index i) { return slots[i.value - 2]; }
  slot_ledger const& of(log_index i) const { return slots[i.value - 2]; }
  bool is_promised(stamp ballot) const { // by a quorum
    node_set<64> by{};
    for (std::uint8_t i = 0; i < Nodes; ++i)
      if (promised[i] >= ballot) by.insert(node_index{i});
    return Quorum{}.met(quorum_phase::election, by, configuration{node_set<64>::first(Nodes)});
  }
  bool any_chosen() const {
    for (auto const& s : slots)
      if (s.any_chosen()) return true;
    return false;
  }
  friend bool operator==(slots_ledger const&, slots_ledger const&) = default;
};

// `Whole`: all of a core's state counts, whether or not it can still have an effect (counted_core).
template <class Core, std::size_t Nodes, bool Whole = false, class Disk = slot_disk>
class multi_paxos_system
    : public replicated_events<multi_paxos_system<Core, Nodes, Whole, Disk>,
                               replicated_node<counted_core<Core, Whole>, Disk, said_by_a_member>> {
  using base =
      replicated_events<multi_paxos_system, replicated_node<counted_core<Core, Whole>, Disk, said_by_a_member>>;
  using base::waits, base::whole;
  using role = multi_paxos::role;

public:
  static constexpr std::size_t nodes = Nodes;
  using options = typename Core::options;
  using core_type = counted_core<Core, Whole>;
  using node = replicated_node<core_type, Disk, said_by_a_member>;
  using message = typename node::packet;
  using ghost = slots_ledger<typename options::quorum_type, Nodes>;
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
  node first(node_index self) const {
    node n;
    n.self = self;
    n.written.log = slot_disk::log_type{everybody()};
    n.durable = n.written;
    n.core = core_type{self, {}, n.written.log};
    return n;
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
    case election:
      return n.self.value < bounds.proposers && s.is != role::leader && round_of(s) < bounds.ballots;
    case contact:
      return s.in_contact;
    case beat:
      return s.is != role::follower;
    case quorum_check:
    case proposal:
      return s.is == role::leader;
    case reading:
      return options::reads && s.is == role::leader && n.past.reads.room();
    case compaction:
      return n.settled() && s.commit > n.written.log.compacted();
    default:
      return base::may(n, code);
    }
  }
  template <class Out>
  void step(node& n, std::size_t code, Out& out) const {
    if (code != compaction) return base::step(n, code, out);
    for (auto* disk : {&n.written, &n.durable}) disk->log.compact(n.core.commit_index());
  }

  static std::uint64_t spent(std::uint32_t) { return 0; } // nothing becomes dead by what can't happen any more
  bool dead(node const& n, message const& m, std::uint64_t) const {
    bool const is_beat = std::holds_alternative<multi_paxos::heartbeat>(m.what);
    bool const refuses = std::holds_alternative<multi_paxos::refused>(m.what);
    if (is_beat && bounds.beats + bounds.reads == 0) return true; // the network loses them all
    if (refuses && !bounds.refusals) return true;
    if (bounds.keeps_dead) return false;
    return std::visit(multi_paxos_dead<node>{n, m.from, !bounds.refusals, !Whole}, m.what);
  }

  static char const* broken(node const& n) {
    if (!multi_paxos::holds(n.core.state(), n.written.log)) return "an invariant of one node's state";
    if (n.durable.hard.promised < n.past.promised) return "what was promised is not forgotten";
    return nullptr;
  }
  char const* broken(node const& before, std::size_t code, node const& after) const {
    if (code == quorum_check)
      if (auto const* what = leader_receipts::quorum_check(before.core, everybody(), after.core)) return what;
    return step_broken(before, after, base::is_crash(code));
  }
  char const* broken(node const& before, message const& m, node const& after, std::uint64_t notes) const {
    if (waits(before)) return nullptr;
    auto const* what = std::visit(
        [&](auto const& x) {
          if (auto const* taught_wrongly = taught(x, notes)) return taught_wrongly;
          return multi_paxos_receipts::broken(before.core, x, m.from, after.core, notes);
        },
        m.what);
    return what != nullptr ? what : step_broken(before, after, false);
  }
  static char const* broken(node const& a, node const& b) {
    if ((a.past.led & b.past.led) != 0) return "one leader a ballot";
    if (!match_is_true(a, b) || !match_is_true(b, a)) return "a match is true";
    return nullptr;
  }
  static char const* observe(ghost& g, node const& n) {
    auto const& disk = n.durable;
    g.promised[n.self.value] = disk.hard.promised;
    for (auto i = log_index{2}; i <= disk.log.last(); i = i + 1) {
      auto const& c = disk.log[i];
      if (c.kind != entry_kind::hole && !was_proposed(i, c)) return "what is accepted was proposed, there";
      ballot const promised{disk.hard.promised.value}, voted{c.voted.value};
      bool const none = c.kind == entry_kind::hole;
      auto const* what = g.of(i).observe(
          n.self,
          {promised, none ? paxos::vote<slot_choice>{} : paxos::vote<slot_choice>{voted, {c.kind, c.what}}},
          bounded<paxos::vote<slot_choice>, 1>{});
      if (what != nullptr) return what;
    }
    auto const known = static_cast<std::uint8_t>(n.core.commit_index().value);
    if (known > g.known) g.known = known;
    return g.reads.observe(n.self, n.past.reads, g.known);
  }
  // Who leads may; what a node takes to be chosen is, and it holds that value.
  static char const* broken_ghost(ghost const& g, node const& n) {
    if (n.core.leads() && !g.is_promised(n.core.era())) return "who leads was promised its ballot by a quorum";
    auto const& log = n.written.log;
    for (auto i = log_index{2}; i <= n.core.commit_index(); i = i + 1)
      if (!g.of(i).is_chosen({log[i].kind, log[i].what})) return "what a node takes for chosen is";
    return nullptr;
  }
  // Something is chosen; or it can't be any more, for want of commands or of ballots.
  template <class World>
  bool goal(World const& w, row r) const {
    if (w.ghost_of(r).any_chosen() || w.left(r, 0) == 0) return true;
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
    if (s.asked != no_node) m |= 64;
    if (s.commit == log_index{1} && s.leader == no_node && log.last() > s.commit && s.is == role::follower)
      m |= 128;
    for (auto const& p : s.peers)
      if (s.is == role::leader && p.apart_last > s.commit) m |= 256;
    if (n.past.reads.answered > 0) m |= 512;
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
    for (auto const& s : g.slots) s.digest(p, h);
    g.reads.digest(Nodes, p, h);
    h.add(g.known);
    for (std::uint8_t i = 0; i < Nodes; ++i) h.add(g.promised[p.before(node_index{i}).value]);
  }

  // --- what becomes of a node, what may leave it, and what it is told: called by replicated_turn and its hands
  template <class Out>
  static void stepped(node& n, core_type const& before, Out& out) {
    auto const& s = n.core.state();
    bool const same_ballot = before.era() == s.promised;
    if (s.is == role::candidate && !(same_ballot && before.campaigns()) && s.promised <= n.past.prepared)
      out.broken("a ballot is campaigned for once");
    if (!n.core.leads() || (before.leads() && same_ballot)) return;
    auto const bit = 1U << ((round_of(s) * 4 + multi_paxos::owner_of(s.promised).value) & 31);
    if ((n.past.led & bit) != 0) out.broken("a ballot is led once");
    n.past.led |= bit;
  }
  template <class M, class Out>
  static void leaves(node& n, node_index, M const& m, Out& out) {
    constexpr bool binds = std::is_same_v<M, multi_paxos::prepare> || std::is_same_v<M, multi_paxos::promise> ||
                           std::is_same_v<M, multi_paxos::accepted>;
    if constexpr (binds) {
      if (n.durable.hard.promised < m.ballot) out.broken("no ballot leaves before it is durable");
      auto& said = std::is_same_v<M, multi_paxos::prepare> ? n.past.prepared : n.past.promised;
      if (said < m.ballot) said = m.ballot;
    }
    if constexpr (std::is_same_v<M, multi_paxos::promise>) {
      if (!tells_votes(m, n.durable.log)) out.broken("a promise tells what was voted for, durably");
    } else if constexpr (std::is_same_v<M, multi_paxos::accepted>) {
      acknowledges(m, n, out);
    } else if constexpr (std::is_same_v<M, multi_paxos::canvass_granted>) {
      if (multi_paxos::beside_a_leader(n.core.state())) out.broken("beside a living leader no canvass is granted");
    }
  }
  template <class Outcome, class Out>
  static void told(node& n, Outcome const& o, Out&) {
    if constexpr (std::is_same_v<Outcome, readable>) n.past.reads.told(o);
  }

private:
  static configuration everybody() { return {node_set<64>::first(Nodes)}; }
  template <class State>
  static std::uint64_t round_of(State const& s) {
    return ballot{(s.seen > s.promised ? s.seen : s.promised).value}.round();
  }
  // A command stands in the slot for which it was made; nothing is voted for before it was.
  static bool was_proposed(log_index i, slot const& c) {
    if (c.kind == entry_kind::no_op) return c.what == slot_value{};
    return c.kind == entry_kind::command && c.what.number == i.value && c.what.by <= c.voted;
  }
  // It tells what was voted for when it was given. Since then there may be votes at that ballot, or above.
  static bool tells_votes(multi_paxos::promise const& m, slot_disk::log_type const& log) {
    if (m.first < m.kept) return true;
    auto const since = [&](log_index i) { return log[i].voted >= m.ballot; };
    for (auto i = m.first; m.count == 0 && i <= log.last(); i = i + 1)
      if (log[i].kind != entry_kind::hole && !since(i)) return false;
    for (auto i = m.first; i < m.first + m.count; i = i + 1)
      if (i > log.last() || (!since(i) && (log[i].voted != m.voted || log[i].kind != m.kind))) return false;
    return true;
  }
  // Votes at that ballot, on disk; or, and that is noted, at an older one what its leader says is chosen.
  template <class Out>
  static void acknowledges(multi_paxos::accepted const& m, node const& n, Out& out) {
    auto const& log = n.durable.log;
    for (auto i = m.first; i < m.first + m.count; i = i + 1)
      if (i > log.last() || log[i].kind == entry_kind::hole)
        out.broken("no vote leaves before it is durable");
      else if (log[i].voted < m.ballot && i > n.core.commit_index())
        out.note(static_cast<unsigned>(first_taught + i.value));
  }
  static constexpr unsigned first_taught = 32; // of the bits noted
  template <class M>
  static char const* taught(M const& m, std::uint64_t notes) {
    std::uint64_t said = 0;
    if constexpr (std::is_same_v<M, multi_paxos::accept>) said = m.commit.value;
    return notes >> (first_taught + said + 1) != 0 ? "below its ballot only what is chosen is acknowledged"
                                                   : nullptr;
  }
  char const* step_broken(node const& a, node const& b, bool restarts) const {
    if (b.durable.hard.promised < a.durable.hard.promised) return "on disk, promises only rise";
    if (!multi_paxos::invariant::votes_rise(a.durable.log, b.durable.log)) return "on disk, votes only rise";
    if (restarts) return nullptr;
    if (auto const* what = leader_receipts::matches(a.core, whole(a), b.core)) return what;
    return multi_paxos::follows(a.core.state(), a.written.log, b.core.state(), b.written.log)
               ? nullptr
               : "an invariant of one node's steps";
  }
  // What a leader takes for acknowledged is on that disk: at its ballot, or, as it was chosen, the same value.
  static bool match_is_true(node const& leader, node const& other) {
    auto const& s = leader.core.state();
    if (s.is != role::leader || other.durable.hard.promised > s.promised) return true;
    auto const& log = other.durable.log;
    auto const& own = leader.written.log;
    auto const held = [&](log_index first, log_index last) {
      for (auto i = first > s.commit ? first : s.commit + 1; i <= last; i = i + 1)
        if (i > log.last() || i > own.last() || log[i].kind != own[i].kind || !(log[i].what == own[i].what))
          return false;
      return true;
    };
    auto const& p = s.peer(other.self);
    return held(s.commit + 1, p.match) && held(p.apart_first, p.apart_last);
  }
};

} // namespace quorate::check
