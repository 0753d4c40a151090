// What is true of several Raft nodes together, and across their restarts. A ghost sees every step of a world and
// remembers what the nodes may forget: who led which term, what was ever committed, which votes ever left.
#pragma once

#include "support/raft_world.hpp"

#include "quorate/raft/invariant.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
#include <utility>
#include <vector>

namespace quorate::test::inline on_raft {

template <class World>
class ghost {
public:
  // How often something happened: a walk that reaches nothing proves nothing.
  struct counts {
    std::size_t leaders = 0, commits = 0, truncations = 0, restarts = 0, reads = 0, compactions = 0;
  };
  counts seen{};

  // Before a step of node n.
  void before(World const& w, node_index n) {
    state_ = w.state(n);
    log_ = w.log(n);
    waiting_ = w.in_flight();
    truncated_ = w[n].truncations;
    asked_ = w.state(n).readers.asked;
  }
  // After it: what is broken, or nullptr. A restart is no step of a core; only what outlives it must hold.
  char const* after(World const& w, node_index n, bool restarted) {
    auto const& s = w.state(n);
    if (!raft::holds(s, w.log(n))) return "an invariant of one node's state";
    if (restarted) {
      ++seen.restarts;
      known_[n.value] = w.log(n).compacted().value;
      required_[n.value].clear(), answered_[n.value] = 0;
    } else if (!raft::follows(state_, log_, s, w.log(n))) {
      return "an invariant of one node's steps";
    }
    if (w[n].contradictions > 0) return "a contradiction, and yet no disk has lost anything";
    if (w[n].committed_fell) return "commits are reported in order, each once";
    if (w[n].lost_track) return "(the walk is too long for its log)";
    seen.truncations += w[n].truncations - truncated_;
    if (auto const* broken = what_left(w, n)) return broken;
    if (auto const* broken = logs_match(w, n)) return broken;
    if (auto const* broken = committed(w, n)) return broken;
    if (auto const* broken = leaders(w, n, restarted)) return broken;
    return reads(w, n);
  }
  // A read of `count` was asked of n.
  log_index last_committed() const { return log_index{ledger_.size()}; }
  // Up to where every disk holds what is committed: a log may be compacted so far, and nobody will miss it.
  log_index on_every_disk(World const& w) const {
    auto i = ledger_.size();
    while (i > 0 && holders(w, i) != World::everybody().voters) --i;
    return log_index{i};
  }

private:
  struct commit {
    term_id entry{}; // the term of the entry
    term_id at{};    // the lowest term in which a node knew it to be committed
  };

  static bool held(auto const& log, std::uint64_t i, term_id entry) {
    return at(i) <= log.compacted() || (at(i) <= log.last() && log.stamp_at(at(i)) == entry);
  }
  node_set<64> holders(World const& w, std::uint64_t i) const {
    node_set<64> s{};
    each([&](node_index j) {
      if (held(w[j].durable.log, i, ledger_[i - 1].entry)) s.insert(j);
    });
    return s;
  }
  bool on_a_quorum(World const& w, std::uint64_t i) const {
    return typename World::options::quorum_type{}.met(quorum_phase::commit, holders(w, i), World::everybody());
  }
  static void each(auto&& f) { World::everybody().voters.for_each(f); }

  // Nothing leaves before its write is durable; of each node one vote a term ever leaves.
  char const* what_left(World const& w, node_index n) {
    auto const& disk = w[n].durable;
    for (auto i = waiting_; i < w.in_flight(); ++i) {
      auto const& p = w.waiting(i);
      if (auto const* v = std::get_if<raft::vote_granted>(&p.what)) {
        if (disk.hard.promised < v->term) return "a vote waits for its disk";
        if (disk.hard.promised == v->term && disk.hard.vote != p.to) return "a vote waits for its disk";
        if (votes_.emplace(std::pair{v->term, n}, p.to).first->second != p.to)
          return "one vote a term ever leaves";
      } else if (auto const* r = std::get_if<raft::request_vote>(&p.what)) {
        if (disk.hard.promised < r->term) return "a new term waits for its disk";
        if (votes_.emplace(std::pair{r->term, n}, n).first->second != n) return "one vote a term ever leaves";
      } else if (auto const* a = std::get_if<raft::appended>(&p.what)) {
        if (disk.hard.promised < a->term) return "an acknowledgement's term waits for its disk";
        if (disk.hard.promised == a->term && disk.log.last() < a->match_index)
          return "an acknowledgement waits for its disk";
      }
    }
    return nullptr;
  }

  // Two logs that hold one entry hold the same before it (§3.5).
  char const* logs_match(World const& w, node_index n) const {
    char const* broken = nullptr;
    each([&](node_index j) {
      auto const& a = w.log(n);
      auto const& b = w.log(j);
      auto i = std::min(a.last(), b.last()).value;
      auto const least = std::max(a.compacted(), b.compacted()).value;
      while (i > least && a.stamp_at(at(i)) != b.stamp_at(at(i))) --i;
      for (; i > least; --i)
        if (a.stamp_at(at(i)) != b.stamp_at(at(i)))
          broken = "logs match up to the last entry that they share";
    });
    return broken;
  }

  // What one node knows to be committed is the same on all, was on a quorum's disks by then, and stays there.
  char const* committed(World const& w, node_index n) {
    auto const commit_index = w.state(n).commit.value;
    for (auto i = known_[n.value] + 1; i <= commit_index; ++i) {
      if (at(i) <= w.log(n).compacted()) continue;
      auto const entry = w.log(n).stamp_at(at(i));
      auto const term_now = w.state(n).current_term;
      if (i > ledger_.size()) {
        ledger_.push_back({entry, term_now});
        ++seen.commits;
        if (!on_a_quorum(w, i)) return "what is committed is on a quorum's disks";
      }
      auto& known = ledger_[i - 1];
      if (known.entry != entry) return "one entry an index is ever committed";
      known.at = std::min(known.at, term_now);
    }
    if (known_[n.value] < commit_index) {
      known_[n.value] = commit_index;
      if (auto const* broken = complete(w)) return broken;
    }
    if (!ledger_.empty() && !on_a_quorum(w, ledger_.size())) return "what is committed stays on a quorum's disks";
    return nullptr;
  }

  // A leader's log has all that was committed in earlier terms (§3.6.3).
  char const* complete(World const& w) const {
    char const* broken = nullptr;
    each([&](node_index j) {
      if (!w.leads(j)) return;
      for (std::size_t i = 1; i <= ledger_.size(); ++i)
        if (ledger_[i - 1].at < w.state(j).current_term && !held(w.log(j), i, ledger_[i - 1].entry))
          broken = "a leader has what was committed before its term";
    });
    return broken;
  }

  // One leader a term; what it takes for acknowledged is on that disk, unless that node has moved on to a
  // later term.
  char const* leaders(World const& w, node_index n, bool restarted) {
    if (w.leads(n)) {
      auto const term_now = w.state(n).current_term;
      auto const [who, fresh] = leader_of_.emplace(term_now, n);
      if (who->second != n) return "one leader a term";
      if (restarted || (!fresh && state_.is != raft::role::leader)) return "a term is led once";
      if (fresh) {
        ++seen.leaders;
        if (auto const* broken = complete(w)) return broken;
      }
    }
    char const* broken = nullptr;
    each([&](node_index l) {
      if (!w.leads(l)) return;
      each([&](node_index j) {
        auto const match = w.state(l).peer(j).match;
        if (w.state(j).current_term > w.state(l).current_term || match <= w.log(l).compacted()) return;
        if (!held(w[j].durable.log, match.value, w.log(l).stamp_at(match))) broken = "a match is true";
      });
    });
    return broken;
  }

  // A read sees all that anybody knew to be committed when it was asked.
  char const* reads(World const& w, node_index n) {
    auto& required = required_[n.value];
    auto const asked = w.state(n).readers.asked;
    for (auto i = required.size(); i < asked; ++i) required.push_back(ledger_.size());
    auto& answered = answered_[n.value];
    for (; answered < w[n].readable; ++answered, ++seen.reads)
      if (w[n].read_index.value < required[answered]) return "a read sees what was committed before it";
    return nullptr;
  }

  typename World::state_type state_{};
  typename World::log_type log_{};
  std::size_t waiting_ = 0, truncated_ = 0;
  std::uint64_t asked_ = 0;

  std::vector<commit> ledger_{};
  std::map<term_id, node_index> leader_of_{};
  std::map<std::pair<term_id, node_index>, node_index> votes_{};
  std::uint64_t known_[World::nodes]{};
  std::vector<std::uint64_t> required_[World::nodes]{};
  std::uint64_t answered_[World::nodes]{};
};

} // namespace quorate::test::inline on_raft
