// What is true of several Multi-Paxos nodes together, and across their restarts. A ghost sees every step of a
// world and remembers what the nodes may forget: every vote that was ever durable, and so what is chosen; who led
// which ballot; what was ever promised. It asks no core what is chosen.
#pragma once

#include "support/multi_paxos_world.hpp"

#include "quorate/multi_paxos/invariant.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
#include <set>
#include <utility>
#include <vector>

namespace quorate::test::inline on_multi_paxos {

template <class World>
class ghost {
public:
  // How often something happened: a walk that reaches nothing proves nothing.
  struct counts {
    std::size_t leaders = 0, chosen = 0, adopted = 0, taught = 0, fetched = 0, holes = 0, restarts = 0, reads = 0,
                compactions = 0, most_effects = 0;
  };
  counts seen{};

  ghost() {
    each([&](node_index n) { known_[n.value] = 1; }); // the founding configuration
  }
  // Before a step of node n.
  void before(World const& w, node_index n) {
    state_ = w.state(n);
    log_ = w.log(n);
    waiting_ = w.in_flight();
    writes_ = w[n].writes;
  }
  // After it: what is broken, or nullptr. A restart is no step of a core; only what outlives it must hold.
  char const* after(World const& w, node_index n, bool restarted) {
    auto const& s = w.state(n);
    if (w[n].lost_track) return "a write that a storage can carry out";
    if (w[n].overwrote) return "what is chosen is not written again";
    if (w[n].fell) return "what is promised, and what is known to be chosen, never fall";
    if (w[n].committed_fell) return "commits are reported in order, each once";
    seen.most_effects = std::max(seen.most_effects, w[n].most_effects);
    if (w[n].most_effects > World::core_type::effects_bound) return "the effects of a step are bounded";
    if (!multi_paxos::holds(s, w.log(n))) return "an invariant of one node's state";
    if (restarted) {
      ++seen.restarts;
      known_[n.value] = std::max<std::uint64_t>(1, w.log(n).compacted().value);
      required_[n.value].clear(), answered_[n.value] = 0;
    } else if (!multi_paxos::follows(state_, log_, s, w.log(n))) {
      return "an invariant of one node's steps";
    }
    if (w[n].writes != writes_)
      if (auto const* broken = wrote(w, n)) return broken;
    if (auto const* broken = voted(w, n)) return broken;
    if (auto const* broken = what_left(w, n)) return broken;
    if (auto const* broken = knows(w, n)) return broken;
    if (auto const* broken = leads(w, n, restarted)) return broken;
    return reads(w, n);
  }
  // Up to where every disk says that it is chosen: a log may be compacted so far, and nobody will miss it.
  log_index chosen_on_every_disk(World const& w) const {
    auto least = ~std::uint64_t{0};
    each([&](node_index j) { least = std::min(least, w[j].durable.hard.chosen.value); });
    return log_index{least};
  }

private:
  using place = std::pair<std::uint64_t, stamp>; // a slot and a ballot
  struct proposal {
    entry_kind kind{};
    value what{};
    node_set<64> voters{}; // whose disk has ever held it
    friend bool operator==(proposal const& a, proposal const& b) { return a.kind == b.kind && a.what == b.what; }
  };
  struct choice {
    stamp ballot{}; // the lowest one at which it is
    proposal what{};
  };
  static void each(auto&& f) { World::everybody().voters.for_each(f); }
  static proposal of(cell const& c) { return {c.kind, c.what, {}}; }

  // One value a slot and ballot, and above the ballot at which a value was chosen no other.
  char const* propose(std::uint64_t i, cell const& c) {
    auto const& p = proposals_.emplace(place{i, c.voted}, of(c)).first->second;
    if (!(p == of(c))) return "one value a slot and ballot";
    auto const k = chosen_.find(i);
    if (k != chosen_.end() && c.voted >= k->second.ballot && !(k->second.what == p))
      return "no other value is proposed above a ballot at which one was chosen";
    return nullptr;
  }
  char const* wrote(World const& w, node_index n) {
    auto const& log = w.log(n);
    auto const& s = w.state(n);
    for (auto i = log.compacted() + 1; i <= log.last(); i = i + 1) {
      auto const& c = log[i];
      bool const had = i <= log_.last();
      if (had && i > log_.compacted() && log_[i] == c) continue;
      if (c.kind == entry_kind::hole) {
        ++seen.holes;
        continue;
      }
      if ((c.kind == entry_kind::no_op) != (c.what == value{})) return "only what was proposed, or a no-op";
      if (c.what.by > c.voted) return "nothing is voted for before it is proposed";
      // Below what it has promised, a node writes only what is chosen.
      if (c.voted < s.promised) {
        ++seen.taught;
        if (!chosen_.contains(i.value)) return "nothing is accepted below the promise";
      }
      if (multi_paxos::owner_of(c.voted) == n && c.kind == entry_kind::command && c.what.by != c.voted)
        ++seen.adopted;
      if (auto const* broken = propose(i.value, c)) return broken;
    }
    return nullptr;
  }

  // Every vote that is on a disk counts for ever; a commit quorum of them at one ballot has chosen.
  char const* voted(World const& w, node_index n) {
    auto const& log = w[n].durable.log;
    auto& old = voted_[n.value];
    for (auto i = log.compacted() + 1; i <= log.last(); i = i + 1) {
      auto const& c = log[i];
      if (i <= old.last() && i > old.compacted() && old[i] == c) continue;
      if (c.kind == entry_kind::hole || i == at(1)) continue;
      auto& p = proposals_.emplace(place{i.value, c.voted}, of(c)).first->second;
      if (!(p == of(c))) return "one value a slot and ballot";
      p.voters.insert(n);
      typename World::options::quorum_type const quorums{};
      if (!quorums.met(quorum_phase::commit, p.voters, World::everybody())) continue;
      auto const [k, fresh] = chosen_.emplace(i.value, choice{c.voted, p});
      if (!(k->second.what == p)) return "one value a slot is ever chosen";
      if (fresh) ++seen.chosen;
      k->second.ballot = std::min(k->second.ballot, c.voted);
      auto q = proposals_.lower_bound({i.value, c.voted});
      for (; q != proposals_.end() && q->first.first == i.value; ++q)
        if (!(q->second == p)) return "no other value is proposed above a ballot at which one was chosen";
    }
    old = log;
    return nullptr;
  }

  // Nothing leaves before its write is durable, and what has left stays true.
  char const* what_left(World const& w, node_index n) {
    auto const& disk = w[n].durable;
    auto& promised = promised_[n.value];
    for (auto i = waiting_; i < w.in_flight(); ++i) {
      auto const& p = w.waiting(i);
      if (p.from != n) continue;
      if (auto const* m = std::get_if<multi_paxos::prepare>(&p.what)) {
        if (disk.hard.promised < m->ballot) return "a new ballot waits for its disk";
        promised = std::max(promised, m->ballot);
        left_.insert(m->ballot);
      } else if (auto const* r = std::get_if<multi_paxos::promise>(&p.what)) {
        if (disk.hard.promised < r->ballot) return "a promise waits for its disk";
        promised = std::max(promised, r->ballot);
        if (disk.hard.promised == r->ballot)
          for (auto k = r->first; k < r->first + r->count; k = k + 1)
            if (k > disk.log.compacted() && (k > disk.log.last() || disk.log[k].voted < r->voted))
              return "a promise tells of votes that are durable";
      } else if (auto const* a = std::get_if<multi_paxos::accepted>(&p.what)) {
        if (disk.hard.promised < a->ballot) return "an acknowledgement's ballot waits for its disk";
        promised = std::max(promised, a->ballot);
        for (auto k = a->first; k < a->first + a->count; k = k + 1) {
          if (k <= disk.log.compacted()) continue;
          if (k > disk.log.last()) return "an acknowledgement waits for its disk";
          if (disk.log[k].voted < a->ballot && !is_chosen(k, disk.log[k]))
            return "an acknowledgement waits for its disk";
        }
      } else if (std::holds_alternative<multi_paxos::fetched>(p.what)) {
        ++seen.fetched;
      }
    }
    if (disk.hard.promised < promised) return "what was promised to anybody is never forgotten";
    return nullptr;
  }
  bool is_chosen(log_index i, cell const& c) const {
    auto const k = chosen_.find(i.value);
    return i == at(1) || (k != chosen_.end() && k->second.what == of(c));
  }

  // What a node takes to be chosen is, and it holds that value.
  char const* knows(World const& w, node_index n) {
    auto& known = known_[n.value];
    auto const commit = w.state(n).commit.value;
    for (auto i = known + 1; i <= commit; ++i)
      if (at(i) > w.log(n).compacted() && !is_chosen(at(i), w.log(n)[at(i)]))
        return "a node takes for chosen only what is, and holds its value";
    known = std::max(known, commit);
    told_ = std::max(told_, known);
    return nullptr;
  }

  // One leader a ballot, once; what it takes for acknowledged is on that disk, at its ballot or chosen already,
  // unless that node has moved on.
  char const* leads(World const& w, node_index n, bool restarted) {
    auto const& s = w.state(n);
    if (!restarted && s.is == multi_paxos::role::candidate && state_.promised != s.promised &&
        left_.contains(s.promised))
      return "a ballot is campaigned for once";
    if (w.leads(n)) {
      auto const [who, fresh] = leader_of_.emplace(s.promised, n);
      if (who->second != n) return "one leader a ballot";
      if (restarted || (!fresh && state_.is != multi_paxos::role::leader)) return "a ballot is led once";
      if (fresh) ++seen.leaders;
      if (w[n].durable.hard.promised < s.promised) return "who leads has its own promise on its disk";
    }
    char const* broken = nullptr;
    each([&](node_index l) {
      if (!w.leads(l)) return;
      auto const& leader = w.state(l);
      each([&](node_index j) {
        if (w[j].durable.hard.promised > leader.promised) return;
        auto const& p = leader.peer(j);
        auto const& log = w[j].durable.log;
        auto const check = [&](log_index first, log_index last) {
          for (auto i = std::max(first, leader.commit + 1); i <= last; i = i + 1)
            if (i > log.compacted() &&
                (i > log.last() || (log[i].voted != leader.promised && !is_chosen(i, log[i]))))
              broken = "a match is true";
        };
        check(leader.commit + 1, p.match);
        check(p.apart_first, p.apart_last);
      });
    });
    return broken;
  }

  // A read sees all that anybody knew to be chosen when it was asked.
  char const* reads(World const& w, node_index n) {
    auto& required = required_[n.value];
    auto const asked = w.state(n).readers.asked;
    for (auto i = required.size(); i < asked; ++i) required.push_back(told_);
    auto& answered = answered_[n.value];
    for (; answered < w[n].readable; ++answered, ++seen.reads)
      if (w[n].read_index.value < required[answered]) return "a read sees what was chosen before it";
    return nullptr;
  }

  typename World::state_type state_{};
  typename World::log_type log_{};
  std::size_t waiting_ = 0, writes_ = 0;

  std::map<place, proposal> proposals_{};
  std::map<std::uint64_t, choice> chosen_{};
  std::map<stamp, node_index> leader_of_{};
  std::set<stamp> left_{}; // ballots of prepares that ever left
  std::uint64_t told_ = 1; // the highest commit index that anybody knew
  typename World::log_type voted_[World::nodes]{};
  stamp promised_[World::nodes]{};
  std::uint64_t known_[World::nodes]{};
  std::vector<std::uint64_t> required_[World::nodes]{};
  std::uint64_t answered_[World::nodes]{};
};

} // namespace quorate::test::inline on_multi_paxos
