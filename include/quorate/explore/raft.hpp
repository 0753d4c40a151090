// Raft under the checker: the shipped core on a shape of a log, with what must be true of several nodes together.
#pragma once

#include "quorate/explore/raft_digest.hpp"
#include "quorate/explore/replicated_events.hpp"
#include "quorate/explore/world.hpp"
#include "quorate/truth/raft.hpp"
#include "quorate/truth/raft_steps.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

namespace quorate::check {

// What the world remembers: what was committed, and what readers had to see.
template <class Memory, std::size_t Nodes>
struct raft_ghost {
  raft::truth::commit_ledger<Memory> commits{};
  truth::reads_ledger<Memory, Nodes> reads{};
  friend bool operator==(raft_ghost const&, raft_ghost const&) = default;
};

template <class Core, std::size_t Nodes, class Disk = shape_disk, class Memory = truth::bounded_memory>
class raft_system : public replicated_events<raft_system<Core, Nodes, Disk, Memory>,
                                             replicated_node<Core, Disk, said_by_a_voter<Memory>>> {
  using base = replicated_events<raft_system, replicated_node<Core, Disk, said_by_a_voter<Memory>>>;
  using base::everybody, base::waits;

public:
  using base::beat, base::contact, base::crash, base::crash_kept, base::election, base::proposal,
      base::quorum_check, base::reading;
  static constexpr std::size_t nodes = Nodes;
  using options = typename Core::options;
  using base::digest;
  using typename base::message, typename base::node;
  using ghost = raft_ghost<Memory, Nodes>;

  explicit raft_system(replicated_bounds const& b) : bounds{b}, budgets{b.commands, b.crashes, b.beats, b.reads} {}
  replicated_bounds bounds;
  std::array<std::uint32_t, 4> budgets;

  std::vector<renaming> renamings() const {
    if (bounds.named) return {renaming::none()};
    auto const all = base::alike(renamings_of<typename options::quorum_type>(Nodes));
    return that_keep_among(node_set<64>::first(bounds.candidates), all);
  }
  ghost first_ghost() const { return ghost{}; }

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
    case quorum_check: return options::checks_quorum && s.is == raft::role::leader;
    default: return base::can(n, code);
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
    return std::visit([&](auto const& x) { return is_dead(n, n.known_as(m.from), x, no_more_crashes != 0); },
                      m.what);
  }

  // All well, up to where every disk holds what every node knows to be committed.
  static log_index forgettable(std::span<node const> all) {
    auto upto = all[0].core.commit_index();
    auto const keeps = [&](node const& n) {
      auto const& disk = n.durable.log;
      return upto <= disk.compacted() ||
             (upto <= disk.last() && disk.stamp_at(upto) == n.written.log.stamp_at(upto));
    };
    for (auto const& n : all) upto = (std::min)(upto, n.core.commit_index());
    for (bool kept = false; !kept && upto > log_index{}; upto = kept ? upto : upto - 1)
      kept = std::all_of(all.begin(), all.end(), keeps);
    return upto;
  }

  // --- what must be true (truth/raft.hpp, raft/invariant.hpp)
  template <class Tell>
  static bool holds(node const& n, Tell&& tell) {
    return raft::holds(n.core.state(), n.written.log, tell);
  }
  template <class Tell>
  bool follows(node const& before, std::size_t code, node const& after, Tell&& tell) const {
    if (base::is_crash(code)) return true;
    if (code == quorum_check && !truth::leaders_check_their_quorum(before.core, everybody(), after.core, tell))
      return false;
    return steps_on(before, after, tell);
  }
  template <class Tell>
  bool follows(node const& before, message const& m, node const& after, step_notes const& notes,
               Tell&& tell) const {
    // A whole turn: what follows from the message may have done more than the message.
    if (waits(before)) return true;
    bool const may = std::visit(
        [&](auto const& x) {
          return raft::truth::may_do(before.core, x, before.known_as(m.from), after.core,
                                     after.written.log.compacted(), notes.armed, tell);
        },
        m.what);
    return may && steps_on(before, after, tell);
  }
  template <class Tell>
  static bool agree(node const& a, node const& b, Tell&& tell) {
    return raft::truth::one_leader_a_term(a.self, a.past.led, b.self, b.past.led, tell) &&
           raft::truth::logs_match(a.self, a.written.log, b.self, b.written.log, tell) &&
           raft::truth::a_match_is_true(a, b, tell) && raft::truth::a_match_is_true(b, a, tell);
  }
  template <class Tell>
  static bool observe(ghost& g, node const& n, Tell&& tell) {
    if (!raft::truth::one_entry_an_index_is_committed(g.commits, n, tell)) return false;
    log_index const known{g.commits.entries.size()};
    return g.reads.read_sees_what_was_committed(n.self, n.past.reads, known, tell);
  }
  template <class Tell>
  static bool holds_beside(ghost const& g, node const& n, Tell&& tell) {
    return raft::truth::a_leader_has_what_was_committed(g.commits, n, tell);
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
    if (!n.past.reads.answers.empty()) m |= 8;
    if constexpr (options::pre_votes) m |= s.pre.under_way ? 16 : 0;
    if (n.past.led.several()) m |= 32;
    if (n.syncing) m |= 64;
    if (acknowledges_two_eras<raft::appended>(n)) m |= 128;
    return m;
  }

  static void digest(node const& n, renaming const& p, digester& h) {
    digest_state<Nodes>(n.core.state(), p, h);
    digest_surroundings(n, p, h);
  }
  static void digest(ghost const& g, renaming const& p, digester& h) {
    h.add(g.commits.entries.size());
    for (auto const& e : g.commits.entries) h.add(e.written_at), h.add(e.known_in);
    digest_reads<Nodes>(g.reads, p, h);
  }

  // --- what becomes of a node, what may leave it, and what it is told: called by replicated_turn and its ears
  template <class Out>
  static void stepped(node& n, Core const& before, Out& out) {
    if (!truth::begins_to_lead(before, n.core)) return;
    (void)raft::truth::a_term_is_led_once(n.past.led, n.core, out.tell);
    n.past.led.add(n.core.era());
  }
  template <class M, class Out>
  static void leaves(node& n, node_index to, M const& m, Out& out) {
    (void)raft::truth::may_leave(n, n.past.vote, to, m, out.tell);
  }

protected:
  using base::whole;

private:
  template <class Tell>
  bool steps_on(node const& a, node const& b, Tell&& tell) const {
    return truth::new_leaders_know_no_match(a.core, b.core, whole(a), tell) &&
           raft::follows(a.core.state(), a.written.log, b.core.state(), b.written.log, tell);
  }

  template <class M>
  bool is_dead(node const& n, peer sender, M const& m, bool no_more_crashes) const {
    auto const& s = n.core.state();
    auto const promised = n.durable.hard.term;
    if constexpr (std::is_same_v<M, raft::request_pre_vote>) {
      return m.next_term < promised;
    } else if constexpr (std::is_same_v<M, raft::pre_vote_granted>) {
      return m.next_term <= promised;
    } else if constexpr (std::is_same_v<M, raft::pre_vote_refused> || std::is_same_v<M, raft::vote_refused>) {
      return m.term <= promised; // all that a refusal does is to raise the term
    } else {
      if (m.term < promised) return true;
      if (m.term != promised || m.term != s.current_term) return false;
      if (sender.place == no_node) return false; // it may be given one
      return says_nothing_new(n, sender, m, no_more_crashes);
    }
  }
  // Of messages of the term that the node is in, durably.
  bool says_nothing_new(node const& n, peer sender, raft::request_vote const&, bool) const {
    auto const vote = n.durable.hard.vote;
    if (vote == sender.member)
      return !options::pre_votes && whole(n); // its answer was sent when the vote was given
    return vote != no_member;                 // and a refusal in one's own term changes nothing
  }
  static bool says_nothing_new(node const& n, peer sender, raft::vote_granted const&, bool) {
    return n.core.state().is != raft::role::candidate || n.core.state().granted.contains(sender.place);
  }
  static bool says_nothing_new(node const& n, peer sender, raft::append_entries const& m, bool no_more_crashes) {
    auto const& s = n.core.state();
    if (s.is == raft::role::leader) return true;
    return no_more_crashes && !options::keeps_contact && s.leader == sender && m.last_index() <= s.verified &&
           (m.leader_commit <= s.commit || s.verified <= s.commit);
  }
  bool says_nothing_new(node const& n, peer sender, raft::appended const& m, bool) const {
    auto const& s = n.core.state();
    if (s.is != raft::role::leader) return true;
    return !options::pipelines && no_use_of_contact() && m.match_index <= s.peer(sender).match;
  }
  bool says_nothing_new(node const& n, peer sender, raft::rejected const& m, bool) const {
    auto const& s = n.core.state();
    return s.is != raft::role::leader || (no_use_of_contact() && m.prev_log_index <= s.peer(sender).match);
  }
  static bool says_nothing_new(node const& n, peer, raft::offer_snapshot const&, bool) {
    return n.core.state().is == raft::role::leader;
  }
  static bool says_nothing_new(node const& n, peer, raft::heartbeat const&, bool) {
    return n.core.state().is == raft::role::leader;
  }
  static bool says_nothing_new(node const& n, peer, raft::heartbeat_answer const&, bool) {
    return n.core.state().is != raft::role::leader;
  }
  // That its sender lives is of no use to the leader.
  bool no_use_of_contact() const { return !options::checks_quorum && bounds.beats == 0; }
};

} // namespace quorate::check
