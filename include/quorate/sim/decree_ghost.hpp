// What is true of several Paxos nodes together, and across their restarts; checked after each action. It remembers
// what the nodes may forget: which ballots were used, what was proposed at each, and every vote that was durable.
#pragma once

#include "quorate/trace/trace.hpp"
#include "quorate/paxos/invariant.hpp"
#include "quorate/sim/action.hpp"
#include "quorate/sim/coverage.hpp"
#include "quorate/sim/decree_node.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <variant>
#include <vector>

namespace quorate::sim {

template <class Cluster>
class decree_ghost {
  using node_type = typename Cluster::node_type;
  using core_type = typename node_type::core_type;
  using options = typename core_type::options;
  using value_type = typename node_type::value_type;
  static constexpr bool rewrites = options::rewrites;

public:
  struct record {
    core_type before{};
    ballot promised{};          // as it told others
    std::uint64_t floor = 0;    // as its prepares told others
    bool waits = false;         // a client waits there,
    std::uint64_t number = 0;   // to append this (0: to read),
    std::uint64_t must_see = 0; // and knows of so long a list
    std::vector<typename node_type::outcome> heard{};
    bool stopped = false;
  };
  using host = typename Cluster::host;

  explicit decree_ghost(Cluster& c) : c_{c} {}

  // --- what the cluster tells
  void before(host& h) { h.seen.before = h.node->core(); }
  char const* after(host& h, bool restarted) {
    auto const& core = h.node->core();
    if (restarted) {
      auto& s = h.seen;
      auto const promised = s.promised;
      auto const floor = s.floor;
      s = {};
      s.promised = promised, s.floor = floor;
      ++lives_;
      life_[h.place()] = lives_;
      auto const& kept = h.disk.durable_image();
      if (kept.acceptor.promised < promised || kept.proposer.round < floor)
        return "what a node has said is on its disk, whatever happens";
    }
    if (h.wiped) return h.disk.take_votes(), h.seen.heard.clear(), h.node->take_attempts(), nullptr;
    for (auto const& made : h.node->take_attempts())
      if (auto const* sentence = propose(made)) return sentence;
    if (auto const* sentence = votes(h)) return sentence;
    if (h.node->stopped()) return h.disk.failure().empty() ? "a node stops only if its disk fails" : outcomes(h);
    if (!paxos::holds(core)) return "an invariant of one node's state";
    if (!restarted && !paxos::follows(h.seen.before, core)) return "an invariant of one node's steps";
    begins(h);
    return outcomes(h);
  }
  // Nothing leaves before its write is durable.
  void said(host& h, node_id, paxos::prepare const& m) {
    if (h.wiped) return;
    if (h.disk.durable_image().proposer.round < m.at.round()) c_.breaks("a ballot waits for its floor", h.place());
    auto const life = used_by_.emplace(m.at, life_[h.place()]).first->second;
    if (life != life_[h.place()]) c_.breaks("a ballot is not used again after a restart", h.place());
    h.seen.floor = std::max(h.seen.floor, m.at.round());
  }
  void said(host& h, node_id, paxos::promise<value_type> const& m) {
    auto const& kept = h.disk.durable_image().acceptor;
    if (kept.promised < m.at || kept.voted.at < m.voted.at) c_.breaks("a promise waits for its disk", h.place());
    h.seen.promised = std::max(h.seen.promised, m.at);
  }
  void said(host& h, node_id, paxos::accepted<value_type> const& m) {
    if (h.wiped) return;
    (void)votes(h);
    if (!voters_[m.at].contains(Cluster::index_of(h))) c_.breaks("a vote waits for its disk", h.place());
    h.seen.promised = std::max(h.seen.promised, m.at);
  }
  void said(host&, node_id, paxos::accept<value_type> const&) {}
  template <class Outcome>
  void hear(host& h, Outcome const& o) {
    h.seen.heard.push_back(o);
  }
  void request(host& h, action const& a) {
    auto& s = h.seen;
    bool const reads = a.what == act::read;
    if (s.waits && h.node->idle()) return; // its outcome is on its way
    if (!s.waits)
      s.waits = true, s.number = reads ? 0 : a.argument, s.must_see = acknowledged_;
    else
      ++c_.covered()[happening::proposals_refused]; // one at a time; asked all the same, for the core to refuse
    proposed_.insert(reads ? 0 : a.argument);
    if (reads)
      h.node->read();
    else
      h.node->propose(a.argument);
    c_.log().note({.node = h.id.value,
                   .kind = check::trace_kind::client,
                   .term = h.node->era(),
                   .name = std::string{name_of(a.what)},
                   .text = reads ? "" : std::to_string(a.argument)});
  }
  void compact(host&, std::uint64_t) {}
  void ends(host& h) { h.seen.waits = false, h.seen.heard.clear(); }
  void begin_anew() {
    attempts_.clear(), voters_.clear(), chosen_.clear(), used_by_.clear(), lengths_.clear(), numbers_.clear();
    acknowledged_ = 0;
  }

  // --- what a driver asks
  bool any_chosen() const { return !chosen_.empty(); }
  std::uint64_t done() const { return done_; } // appends of which a client was told
  std::uint64_t last_done() const { return last_done_; }

private:
  struct proposal {
    ballot best{};
    value_type value{};
    friend bool operator==(proposal const&, proposal const&) = default;
  };

  // A vote counts once it is durable; what a quorum has voted for at one ballot is chosen, then and for ever.
  char const* votes(host& h) {
    if (!h.disk.has_votes()) return nullptr;
    char const* sentence = nullptr;
    for (auto const& v : h.disk.take_votes())
      if (auto const* broken = vote(h, v)) sentence = broken;
    if (sentence != nullptr) c_.breaks(sentence, h.place());
    return sentence;
  }
  char const* vote(host& h, paxos::vote<value_type> const& v) {
    if (v.at.none()) return nullptr;
    auto const said = attempts_.find(v.at);
    if (said == attempts_.end() || !(said->second.value == v.value)) return "only what was proposed is accepted";
    auto& voters = voters_[v.at];
    voters.insert(Cluster::index_of(h));
    typename options::quorum_type const q{};
    if (!q.met(quorum_phase::commit, voters, {node_set<64>::first(c_.size())})) return nullptr;
    if (!chosen_.emplace(v.at, v.value).second) return nullptr;
    ++c_.covered()[happening::commits];
    for (auto a = attempts_.upper_bound(v.at); a != attempts_.end(); ++a)
      if (a->second.best < v.at) return "what is chosen is known to every higher ballot";
    return choice(v);
  }
  char const* choice(paxos::vote<value_type> const& v) {
    if constexpr (rewrites) { // one list: of one length there is one
      if (!(lengths_.emplace(v.value.length, v.value).first->second == v.value))
        return "the changes have one order";
      if (v.value.last == 0) return nullptr;
      auto const at = numbers_.emplace(v.value.last, v.value.length).first->second;
      return at == v.value.length ? nullptr : "a change is made once";
    } else {
      if (!proposed_.contains(v.value)) return "what is chosen was proposed";
      return chosen_.begin()->second == v.value ? nullptr : "one value is chosen";
    }
  }

  // One ballot has one value, which stands on what was chosen below it (P2c).
  void begins(host& h) {
    auto const& now = h.node->proposer().now;
    auto const& was = h.seen.before.template as<paxos::proposer>().state().now;
    if (now.at != was.at && now.is == paxos::phase::preparing) ++c_.covered()[happening::elections];
    if (c_.log().traces() && now.is != was.is)
      c_.log().note({.node = h.id.value,
                     .kind = check::trace_kind::role,
                     .term = now.at.value,
                     .name = paxos::name_of(now.is),
                     .text = ""});
  }
  template <class Attempt>
  char const* propose(Attempt const& now) {
    proposal const mine{now.best.at, now.value};
    auto const [it, fresh] = attempts_.emplace(now.at, mine);
    if (!(it->second == mine)) return "one value a ballot";
    if (!fresh) return nullptr;
    ++c_.covered()[happening::leaders];
    auto const below = chosen_.lower_bound(now.at);
    if (below != chosen_.begin() && mine.best < std::prev(below)->first)
      return "what is chosen is known to every higher ballot";
    return nullptr;
  }

  // --- what clients are told
  char const* outcomes(host& h) {
    char const* sentence = nullptr;
    for (auto const& o : h.seen.heard)
      if (auto const* broken = std::visit([&](auto const& x) { return this->told(h, x); }, o)) sentence = broken;
    h.seen.heard.clear();
    return sentence;
  }
  void answered(host& h, happening what, std::string text) {
    ++c_.covered()[what];
    h.seen.waits = false;
    c_.log().mix(static_cast<std::uint64_t>(what));
    c_.log().note({.node = h.id.value,
                   .kind = check::trace_kind::outcome,
                   .term = h.node->era(),
                   .name = "",
                   .text = std::move(text)});
  }
  char const* told(host& h, paxos::decided<value_type> const& d) {
    answered(h, happening::proposals_done, "decided");
    ++done_;
    return known(d.value);
  }
  char const* told(host&, paxos::learned<value_type> const& l) { return known(l.value); }
  char const* known(value_type const& v) const {
    if (chosen_.empty()) return "nothing is learned before it is chosen";
    return chosen_.begin()->second == v ? nullptr : "what is learned was chosen";
  }
  char const* told(host& h, paxos::rewritten<value_type> const& r) {
    if constexpr (rewrites) {
      bool const reads = h.seen.number == 0;
      auto const must_see = h.seen.must_see;
      bool const asked = h.seen.waits;
      answered(h, reads ? happening::reads_done : happening::proposals_done, reads ? "read" : "appended");
      if (!asked) return "an outcome has been asked for";
      auto const it = chosen_.find(r.at);
      if (it == chosen_.end() || !(it->second == r.value)) return "what was rewritten was chosen";
      if (reads ? r.value.length < must_see : r.value.length <= must_see)
        return "a change comes after all that had ended before it began";
      if (!reads && r.value.last != h.seen.number) return "a change is what was asked for";
      if (!reads) ++done_, last_done_ = std::max(last_done_, h.seen.number);
      acknowledged_ = std::max(acknowledged_, r.value.length);
    }
    return nullptr;
  }
  char const* told(host& h, paxos::unsettled<value_type> const&) {
    return answered(h, happening::proposals_unknown, "unsettled"), nullptr;
  }
  char const* told(host& h, paxos::withdrawn) {
    return answered(h, happening::reads_refused, "withdrawn"), nullptr;
  }
  char const* told(host&, proposal_refused) { return nullptr; } // busy: the one before it has an outcome to come
  char const* told(host&, paxos::exhausted) { return "ballots are not used up so soon"; }
  char const* told(host&, paxos::conflict) { return "no disk has lost anything, and yet there is a conflict"; }

  Cluster& c_;
  std::map<ballot, proposal> attempts_{};
  std::map<ballot, node_set<64>> voters_{};
  std::map<ballot, value_type> chosen_{};
  std::map<ballot, std::uint64_t> used_by_{}; // which life
  std::map<std::uint64_t, value_type> lengths_{};
  std::map<std::uint64_t, std::uint64_t> numbers_{};
  std::set<std::uint64_t> proposed_{};
  std::uint64_t acknowledged_ = 0;
  std::uint64_t done_ = 0, last_done_ = 0;
  std::uint64_t lives_ = 0;
  std::uint64_t life_[64]{};
};

} // namespace quorate::sim
