// Raft under the checker: the shipped core on a shape of a log, with what must be true of several nodes together.
#pragma once

#include "quorate/explore/leader_receipts.hpp"
#include "quorate/explore/raft_digest.hpp"
#include "quorate/explore/raft_receipts.hpp"
#include "quorate/explore/replicated_events.hpp"
#include "quorate/explore/world.hpp"
#include "quorate/raft/invariant.hpp"
#include "quorate/raft/node.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>

namespace quorate::check {

// What the world remembers of commits: one entry an index, and the lowest term in which it was known.
struct commit_known {
  stamp written_at{};
  stamp known_in{};
  friend bool operator==(commit_known const&, commit_known const&) = default;
};
struct commit_ledger {
  std::uint8_t length = 0;
  commit_known entries[8]{};
  reads_ledger reads{};
  friend bool operator==(commit_ledger const&, commit_ledger const&) = default;
};

template <class Core, std::size_t Nodes, class Disk = shape_disk>
class raft_system : public replicated_events<raft_system<Core, Nodes, Disk>, replicated_node<Core, Disk>> {
  using base = replicated_events<raft_system, replicated_node<Core, Disk>>;
  using base::waits, base::whole;

public:
  using base::beat, base::contact, base::crash, base::crash_kept, base::election, base::proposal,
      base::quorum_check, base::reading;
  static constexpr std::size_t nodes = Nodes;
  using options = typename Core::options;
  using node = replicated_node<Core, Disk>;
  using message = typename node::packet;
  using ghost = commit_ledger;

  explicit raft_system(replicated_bounds const& b) : bounds{b}, budgets{b.commands, b.crashes, b.beats, b.reads} {}
  replicated_bounds bounds;
  std::array<std::uint32_t, 4> budgets;

  std::vector<renaming> renamings() const {
    if (bounds.named) return {renaming::none()};
    auto const all = base::alike(renamings_of<typename options::quorum_type>(Nodes));
    return that_keep_among(node_set<64>::first(bounds.candidates), all);
  }
  node first(node_index self) const {
    node n;
    n.self = self;
    (void)n.written.log.put({log_index{1}, 1, stamp{0}, entry_kind::configuration}, {node_set<64>::first(Nodes)});
    n.durable = n.written;
    n.core = Core{self, {}, n.written.log};
    return n;
  }
  ghost first_ghost() const { return ghost{}; }

  static int cost_of(std::size_t code) {
    switch (code) {
    case proposal:
      return 0;
    case crash:
    case crash_kept:
      return 1;
    case beat:
      return 2;
    case reading:
      return 3;
    default:
      return -1;
    }
  }
  bool can(node const& n, std::size_t code) const {
    auto const& s = n.core.state();
    switch (code) {
    case election:
      return n.self.value < bounds.candidates && s.is != raft::role::leader && s.current_term.value < bounds.terms;
    case contact:
      if constexpr (options::keeps_contact)
        return s.in_contact;
      else
        return false;
    case quorum_check:
      return options::checks_quorum && s.is == raft::role::leader;
    case beat:
    case proposal:
      return s.is == raft::role::leader;
    case reading:
      return options::reads && s.is == raft::role::leader && n.past.reads.room();
    default:
      return base::may(n, code);
    }
  }
  // 1: no crash is left, so what a node has verified and committed in its term it does not forget.
  static std::uint64_t spent(std::uint32_t left) { return (left >> 4 & 15) == 0 ? 1 : 0; }
  // Exact only when requests of an old term are dropped in silence. What is durable counts: a term that a crash
  // may take back is not behind one.
  bool dead(node const& n, message const& m, std::uint64_t no_more_crashes) const {
    bool const is_beat = std::holds_alternative<raft::heartbeat>(m.what);
    if (is_beat && bounds.beats == 0) return true; // the network loses them all
    if (bounds.keeps_dead || options::answers_stale) return false;
    return std::visit([&](auto const& x) { return is_dead(n, m.from, x, no_more_crashes != 0); }, m.what);
  }

  static char const* broken(node const& n) {
    return raft::holds(n.core.state(), n.written.log) ? nullptr : "an invariant of one node's state";
  }
  char const* broken(node const& before, std::size_t code, node const& after) const {
    if (base::is_crash(code)) return nullptr;
    if (code == quorum_check)
      if (auto const* what =
              leader_receipts::quorum_check(before.core, configuration{node_set<64>::first(Nodes)}, after.core))
        return what;
    return step_broken(before, after);
  }
  char const* broken(node const& before, message const& m, node const& after, std::uint64_t armed) const {
    // A whole turn: what follows from the message may have done more than the message.
    if (waits(before)) return nullptr;
    auto const* what = std::visit(
        [&](auto const& x) { return raft_receipts::broken(before.core, x, m.from, after.core, armed); }, m.what);
    return what != nullptr ? what : step_broken(before, after);
  }
  static char const* broken(node const& a, node const& b) {
    if ((a.past.led & b.past.led) != 0) return "one leader a term";
    if (!matches(a.written.log, b.written.log)) return "logs match up to the last entry that they share";
    if (!match_is_true(a, b) || !match_is_true(b, a)) return "a match is true";
    return nullptr;
  }
  static char const* observe(ghost& g, node const& n) {
    auto const& s = n.core.state();
    auto const& log = n.written.log;
    for (auto i = std::uint8_t{1}; i <= s.commit.value; ++i) {
      auto const written_at = log.stamp_at(log_index{i});
      auto& e = g.entries[i - 1];
      if (i > g.length)
        e = {written_at, s.current_term}, g.length = i;
      else if (e.written_at != written_at)
        return "one entry an index is ever committed";
      else if (s.current_term < e.known_in)
        e.known_in = s.current_term;
    }
    return g.reads.observe(n.self, n.past.reads, g.length);
  }
  static char const* broken_ghost(ghost const& g, node const& n) {
    if (n.core.state().is != raft::role::leader) return nullptr;
    auto const& log = n.written.log;
    for (std::uint8_t i = 1; i <= g.length; ++i)
      if (auto const& e = g.entries[i - 1]; e.known_in < n.core.state().current_term)
        if (log_index{i} > log.last() || log.stamp_at(log_index{i}) != e.written_at)
          return "a leader has what was committed before its term";
    return nullptr;
  }

  static constexpr char const* mark_names[]{"a leader",
                                            "a commit",
                                            "an uncommitted tail",
                                            "a read answered",
                                            "a pre-vote",
                                            "a second leader of one node",
                                            "a sync in flight",
                                            "two terms acknowledged after one sync"};
  static std::uint64_t marks(node const& n) {
    auto const& s = n.core.state();
    std::uint64_t m = 0;
    if (s.is == raft::role::leader) m |= 1;
    if (s.commit.value > 0) m |= 2;
    if (n.written.log.last() > s.commit) m |= 4;
    if (n.past.reads.answered > 0) m |= 8;
    if constexpr (options::pre_votes) m |= s.pre.under_way ? 16 : 0;
    if ((n.past.led & (n.past.led - 1)) != 0) m |= 32;
    if (n.syncing) m |= 64;
    if (acknowledges_two_eras<raft::appended>(n)) m |= 128;
    return m;
  }

  static void digest(node const& n, renaming const& p, digester& h) {
    digest_state<Nodes>(n.core.state(), p, h);
    digest_surroundings(n, p, h);
  }
  static void digest(message const& m, renaming const& p, digester& h) { digest_value(m.what, p, h); }
  static void digest(ghost const& g, renaming const& p, digester& h) {
    h.add(g.length);
    for (auto const& e : g.entries) h.add(e.written_at), h.add(e.known_in);
    g.reads.digest(Nodes, p, h);
  }

  // --- what becomes of a node, what may leave it, and what it is told: called by replicated_turn and its hands
  template <class Out>
  static void stepped(node& n, Core const& before, Out& out) {
    if (!n.core.leads() || (before.leads() && before.era() == n.core.era())) return;
    auto const bit = 1U << n.core.era().value;
    if ((n.past.led & bit) != 0) out.broken("a term is led once");
    n.past.led |= bit;
  }
  template <class M, class Out>
  static void leaves(node& n, node_index to, M const& m, Out& out) {
    auto const& disk = n.durable;
    if constexpr (std::is_same_v<M, raft::vote_granted> || std::is_same_v<M, raft::request_vote>) {
      auto const vote = std::is_same_v<M, raft::request_vote> ? n.self : to;
      if (disk.hard.promised < m.term || (disk.hard.promised == m.term && disk.hard.vote != vote))
        out.broken("no vote leaves before it is durable");
      if (m.term < n.past.voted_in || (m.term == n.past.voted_in && n.past.voted_for != vote))
        out.broken("of one node one vote a term ever leaves, and none of an earlier term");
      n.past.voted_in = m.term;
      n.past.voted_for = vote;
    } else if constexpr (std::is_same_v<M, raft::pre_vote_granted>) {
      if (raft::beside_a_leader(n.core.state())) out.broken("beside a living leader no pre-vote is given");
    } else if constexpr (std::is_same_v<M, raft::appended>) {
      if (disk.hard.promised < m.term || (disk.hard.promised == m.term && disk.log.last() < m.match_index))
        out.broken("no acknowledgement leaves before it is durable");
    }
  }
  template <class Outcome, class Out>
  static void told(node& n, Outcome const& o, Out&) {
    if constexpr (std::is_same_v<Outcome, readable>) n.past.reads.told(o);
  }

private:
  char const* step_broken(node const& a, node const& b) const {
    if (auto const* what = leader_receipts::matches(a.core, whole(a), b.core)) return what;
    return raft::follows(a.core.state(), a.written.log, b.core.state(), b.written.log)
               ? nullptr
               : "an invariant of one node's steps";
  }
  static bool matches(shape_disk::log_type const& a, shape_disk::log_type const& b) {
    auto i = a.last() < b.last() ? a.last() : b.last();
    while (a.stamp_at(i) != b.stamp_at(i)) i = i - 1;
    for (; i.value > 0; i = i - 1)
      if (a.stamp_at(i) != b.stamp_at(i)) return false;
    return true;
  }
  static bool match_is_true(node const& leader, node const& other) {
    auto const& s = leader.core.state();
    if (s.is != raft::role::leader || other.core.state().current_term > s.current_term) return true;
    auto const match = s.peer(other.self).match;
    auto const& log = other.durable.log;
    return match <= log.last() && log.stamp_at(match) == leader.written.log.stamp_at(match);
  }

  template <class M>
  bool is_dead(node const& n, node_index sender, M const& m, bool no_more_crashes) const {
    auto const& s = n.core.state();
    auto const promised = n.durable.hard.promised;
    if constexpr (std::is_same_v<M, raft::request_pre_vote>) {
      return m.next_term < promised;
    } else if constexpr (std::is_same_v<M, raft::pre_vote_granted>) {
      return m.next_term <= promised;
    } else if constexpr (std::is_same_v<M, raft::pre_vote_refused> || std::is_same_v<M, raft::vote_refused>) {
      return m.term <= promised; // all that a refusal does is to raise the term
    } else {
      if (m.term < promised) return true;
      if (m.term != promised || m.term != s.current_term) return false;
      return says_nothing_new(n, sender, m, no_more_crashes);
    }
  }
  // Of messages of the term that the node is in, durably.
  bool says_nothing_new(node const& n, node_index sender, raft::request_vote const&, bool) const {
    auto const vote = n.durable.hard.vote;
    if (vote == sender) return !options::pre_votes && whole(n); // its answer was sent when the vote was given
    return vote != no_node;                                     // and a refusal in one's own term changes nothing
  }
  static bool says_nothing_new(node const& n, node_index sender, raft::vote_granted const&, bool) {
    return n.core.state().is != raft::role::candidate || n.core.state().granted.contains(sender);
  }
  static bool says_nothing_new(node const& n, node_index sender, raft::append_entries const& m,
                               bool no_more_crashes) {
    auto const& s = n.core.state();
    if (s.is == raft::role::leader) return true;
    return no_more_crashes && !options::keeps_contact && s.leader == sender && m.last_index() <= s.verified &&
           (m.leader_commit <= s.commit || s.verified <= s.commit);
  }
  bool says_nothing_new(node const& n, node_index sender, raft::appended const& m, bool) const {
    auto const& s = n.core.state();
    if (s.is != raft::role::leader) return true;
    return !options::pipelines && no_use_of_contact() && m.match_index <= s.peer(sender).match;
  }
  bool says_nothing_new(node const& n, node_index sender, raft::rejected const& m, bool) const {
    auto const& s = n.core.state();
    return s.is != raft::role::leader || (no_use_of_contact() && m.prev_log_index <= s.peer(sender).match);
  }
  static bool says_nothing_new(node const& n, node_index, raft::heartbeat const&, bool) {
    return n.core.state().is == raft::role::leader;
  }
  static bool says_nothing_new(node const& n, node_index, raft::heartbeat_answer const&, bool) {
    return n.core.state().is != raft::role::leader;
  }
  // That its sender lives is of no use to the leader.
  bool no_use_of_contact() const { return !options::checks_quorum && bounds.beats == 0; }
};

} // namespace quorate::check
