// What is true of several Paxos nodes together, and across their restarts. A ghost sees every step of a world and
// remembers what the nodes may forget: which ballots were used, what was said at each, which votes became durable.
#pragma once

#include "support/paxos_world.hpp"

#include "quorate/paxos/invariant.hpp"

#include <cstddef>
#include <map>
#include <optional>
#include <set>
#include <type_traits>
#include <variant>

namespace quorate::test {

template <class World>
class paxos_ghost {
  using core = typename World::core_type;
  using options = typename core::options;
  using value_type = typename World::value_type;
  using record = paxos::acceptor_record<value_type>;
  using promise = paxos::promise<value_type>;
  using accepted = paxos::accepted<value_type>;

public:
  // How often something happened: a walk that reaches nothing proves nothing.
  struct counts {
    std::size_t chosen = 0, adopted = 0, refusals = 0, restarts = 0, outcomes = 0;
  };
  counts seen{};

  void proposed(value_type const& v) { proposed_.insert(v); }
  std::map<ballot, value_type> const& chosen() const { return chosen_; }

  // Before a step of node n.
  void before(World const& w, node_index n) {
    core_ = w[n].core;
    waiting_ = w.in_flight();
    unsynced_ = w[n].unsynced;
    synced_ = w[n].synced;
  }
  // After it: what is broken, or nullptr. A restart is no step of a core; only what outlives it must hold.
  char const* after(World const& w, node_index n, bool restarted) {
    if (!paxos::holds(w[n].core)) return "an invariant of one node's state";
    if (restarted) ++seen.restarts, ++life_[n.value];
    else if (!paxos::follows(core_, w[n].core)) return "an invariant of one node's steps";
    if (w[n].conflicts > 0) return "a conflict, and yet no disk has lost anything";
    if (w[n].exhaustions > 0) return "ballots are not used up so soon";
    if (auto const* broken = votes(w, n, restarted)) return broken;
    if (auto const* broken = attempts(w, n)) return broken;
    if (auto const* broken = what_left(w, n)) return broken;
    if constexpr (options::rewrites) return changes(w, n);
    else return lessons(w, n);
  }

private:
  struct attempt {
    ballot best{};
    value_type before{};
    value_type value{};
    friend bool operator==(attempt const&, attempt const&) = default;
  };

  bool has_quorum(World const& w, node_set<64> voters) const {
    return typename options::quorum_type{}.met(quorum_phase::commit, voters, {w.who().acceptors});
  }

  // A vote counts once it is durable; what a quorum has voted for at one ballot is chosen, then and for ever.
  char const* votes(World const& w, node_index n, bool restarted) {
    for (auto done = synced_; !restarted && done < w[n].synced; ++done, unsynced_.pop())
      if (auto const* r = std::get_if<record>(&unsynced_.front().what))
        if (auto const* broken = vote(w, n, r->voted)) return broken;
    return vote(w, n, w[n].durable.acceptor.voted);
  }
  char const* vote(World const& w, node_index n, paxos::vote<value_type> const& v) {
    if (v.at.none()) return nullptr;
    if (auto const said = attempts_.find(v.at); said == attempts_.end() || !(said->second.value == v.value))
      return "only what was proposed is accepted";
    auto& voters = voters_[v.at];
    voters.insert(n);
    if (!has_quorum(w, voters) || chosen_.contains(v.at)) return nullptr;
    ++seen.chosen;
    chosen_.emplace(v.at, v.value);
    for (auto const& [at, value] : chosen_)
      if (!options::rewrites && !(value == v.value)) return "one value is chosen";
    if (!options::rewrites && !proposed_.contains(v.value)) return "what is chosen was proposed";
    for (auto const& [at, a] : attempts_)
      if (at > v.at && a.best < v.at) return "what is chosen is known to every higher ballot";
    return nullptr;
  }

  // One ballot has one owner's one life and one value, which stands on what was chosen below it (P2c).
  char const* attempts(World const& w, node_index n) {
    seen.refusals += w.proposer(n).now.refused.empty() ? 0 : 1;
    auto const& last = w[n].asked_to_accept;
    if (last.at.none()) return nullptr;
    if (!in_this_life(n, last.at)) return "a ballot is not used again after a restart";
    attempt const mine{last.best.at, last.best.value, last.value};
    auto const [it, fresh] = attempts_.emplace(last.at, mine);
    if (!(it->second == mine)) return "one value a ballot";
    if (!fresh) return nullptr;
    seen.adopted += mine.best.none() ? 0 : 1;
    if (!mine.best.none() && !(attempts_.at(mine.best).value == mine.before))
      return "a vote is reported as it was";
    for (auto const& [at, value] : chosen_)
      if (at < last.at && mine.best < at) return "what is chosen is known to every higher ballot";
    return nullptr;
  }

  // A ballot that nobody has heard of may be used again: its floor was not durable, so its prepare has not left.
  bool in_this_life(node_index n, ballot at) {
    return lives_.emplace(at, life_[n.value]).first->second == life_[n.value];
  }

  // Nothing leaves before its write is durable, and what has left is never forgotten.
  char const* what_left(World const& w, node_index n) {
    auto const& disk = w[n].durable;
    for (auto i = waiting_; i < w.in_flight(); ++i) {
      auto const& p = w.waiting(i);
      if (p.from != n) continue;
      if (auto const* a = std::get_if<paxos::prepare>(&p.what)) {
        if (disk.proposer.round < a->at.round()) return "a ballot waits for its floor";
        if (!in_this_life(n, a->at)) return "a ballot is not used again after a restart";
      } else if (auto const* b = std::get_if<promise>(&p.what)) {
        if (disk.acceptor.promised < b->at || disk.acceptor.voted.at < b->voted.at) return "a promise waits";
        if (told_[n.value] < b->at) told_[n.value] = b->at;
      } else if (auto const* c = std::get_if<accepted>(&p.what)) {
        if (!voters_[c->at].contains(n)) return "a vote waits for its disk";
        if (told_[n.value] < c->at) told_[n.value] = c->at;
      }
    }
    return w.acceptor(n).kept.promised < told_[n.value] ? "a promise that was told is kept" : nullptr;
  }

  // Whoever learns or is told of a decision is told what was chosen.
  char const* lessons(World const& w, node_index n) {
    if (chosen_.empty())
      return w[n].lessons + w[n].decisions > 0 ? "nothing is learned before it is chosen" : nullptr;
    auto const& value = chosen_.begin()->second;
    if (w[n].lessons > 0 && !(w[n].learned.value == value)) return "what is learned was chosen";
    if (w[n].decisions > 0 && !(w[n].decided.value == value)) return "what is decided was chosen";
    if (w[n].lessons > 1) return "a learner learns once";
    seen.outcomes += w[n].lessons;
    return nullptr;
  }
  char const* changes(World const& w, node_index n) {
    for (auto const& r : w[n].rewritten) {
      auto const it = chosen_.find(r.at);
      if (it == chosen_.end() || !(it->second == r.value)) return "what was rewritten was chosen";
    }
    seen.outcomes += w[n].rewritten.size();
    return nullptr;
  }

  core core_{};
  std::size_t waiting_ = 0;
  std::uint64_t synced_ = 0;
  std::remove_cvref_t<decltype(std::declval<World const&>()[A].unsynced)> unsynced_{};

  std::set<value_type> proposed_{};
  std::map<ballot, unsigned> lives_{};
  std::map<ballot, attempt> attempts_{};
  std::map<ballot, node_set<64>> voters_{};
  std::map<ballot, value_type> chosen_{};
  unsigned life_[World::nodes]{};
  ballot told_[World::nodes]{};
};

} // namespace quorate::test
