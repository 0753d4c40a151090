// What is true of several Paxos nodes together, and across their restarts; checked after each action. It remembers
// what the nodes may forget: which ballots were used, what was proposed at each, and every vote that was durable.
#pragma once

#include "quorate/sim/action.hpp"
#include "quorate/sim/coverage.hpp"
#include "quorate/sim/decree_node.hpp"
#include "quorate/trace/trace.hpp"
#include "quorate/truth/paxos.hpp"

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
    paxos::truth::ballots_said said{}; // to others
    bool waits = false;                // a client waits there,
    std::uint64_t number = 0;          // to append this (0: to read),
    std::uint64_t must_see = 0;        // and knows of so long a list
    std::vector<typename node_type::outcome> heard{};
    bool stopped = false;
  };
  using host = typename Cluster::host;

  explicit decree_ghost(Cluster& c) : c_{c} {}

  // --- what the cluster tells
  void before(host& h) { h.seen.before = h.node->core(); }
  bool after(host& h, bool restarted, breach& tell) {
    auto const& core = h.node->core();
    if (restarted) {
      auto& s = h.seen;
      auto const said = s.said;
      s = {};
      s.said = said;
      ++lives_;
      life_[h.place()] = lives_;
      if (!paxos::truth::nothing_said_is_forgotten(member_of(h), said, tell)) return false;
    }
    if (h.wiped) return h.disk.take_votes(), h.seen.heard.clear(), h.node->take_attempts(), true;
    for (auto const& made : h.node->take_attempts())
      if (!propose(h, made, tell)) return false;
    if (!votes(h, tell)) return false;
    if (h.node->stopped())
      return h.disk.failure().empty()
                 ? tell("a node stops only if its disk fails", "node ", Cluster::index_of(h), " has stopped")
                 : outcomes(h, tell);
    if (!paxos::holds(core, tell)) return false;
    if (!restarted && !paxos::follows(h.seen.before, core, tell)) return false;
    begins(h);
    return outcomes(h, tell);
  }
  // Nothing leaves before its write is durable.
  template <class M>
  void said(host& h, node_id, M const& m) {
    auto& b = c_.teller();
    if (h.wiped || std::is_same_v<M, paxos::accept<value_type>>) return;
    if constexpr (std::is_same_v<M, paxos::accepted<value_type>>) {
      (void)votes(h, b);
      if (!voters_[m.at].contains(Cluster::index_of(h)))
        (void)paxos::truth::votes_wait_for_the_disk(member_of(h), m.at, false, b);
      if (h.seen.said.promised < m.at) h.seen.said.promised = m.at;
    } else {
      (void)paxos::truth::may_leave(member_of(h), h.seen.said, m, b);
    }
    if constexpr (std::is_same_v<M, paxos::prepare>) {
      auto const life = used_by_.emplace(m.at, life_[h.place()]).first->second;
      if (life != life_[h.place()]) (void)paxos::truth::ballots_are_not_used_again(member_of(h), m.at, b);
    }
    if (b) c_.breaks(b, h.place());
  }
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

  struct member {
    using core_type = typename node_type::core_type;
    node_index self;
    paxos::recovered<value_type> const& durable;
  };
  static member member_of(host const& h) { return {Cluster::index_of(h), h.disk.durable_image()}; }

  // A vote counts once it is durable; what a quorum has voted for at one ballot is chosen, then and for ever.
  bool votes(host& h, breach& tell) {
    if (!h.disk.has_votes()) return true;
    bool right = true;
    for (auto const& v : h.disk.take_votes()) right = vote(h, v, tell) && right;
    return right;
  }
  bool vote(host& h, paxos::vote<value_type> const& v, breach& tell) {
    if (v.at.none()) return true;
    auto const n = Cluster::index_of(h);
    auto const said = attempts_.find(v.at);
    if (said == attempts_.end() || !(said->second.value == v.value))
      return paxos::truth::what_is_accepted_was_proposed(n, v.at, false, tell);
    auto& voters = voters_[v.at];
    voters.insert(n);
    typename options::quorum_type const q{};
    if (!q.met(quorum_phase::commit, voters, {node_set<64>::first(c_.size())})) return true;
    if (!chosen_.emplace(v.at, v.value).second) return true;
    ++c_.covered()[happening::commits];
    for (auto a = attempts_.upper_bound(v.at); a != attempts_.end(); ++a)
      if (a->second.best < v.at)
        return paxos::truth::higher_ballots_know_what_is_chosen(v.at, a->first, false, tell);
    return choice(v, tell);
  }
  bool choice(paxos::vote<value_type> const& v, breach& tell) {
    if constexpr (rewrites) { // one list: of one length there is one
      if (!(lengths_.emplace(v.value.length, v.value).first->second == v.value))
        return tell("the changes have one order", "two lists have length ", v.value.length, ", one at ballot ",
                    v.at);
      if (v.value.last == 0) return true;
      auto const at = numbers_.emplace(v.value.last, v.value.length).first->second;
      return at == v.value.length ||
             tell("a change is made once", "number ", v.value.last, " stands at ", at, " and at ", v.value.length);
    } else {
      if (!proposed_.contains(v.value)) return tell("what is chosen was proposed", "at ballot ", v.at);
      return chosen_.begin()->second == v.value || truth::one_value_is_chosen(chosen_.begin()->first, v.at, tell);
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
  bool propose(host const& h, Attempt const& now, breach& tell) {
    proposal const mine{now.best.at, now.value};
    auto const [it, fresh] = attempts_.emplace(now.at, mine);
    if (!truth::one_value_a_ballot(Cluster::index_of(h), now.at, it->second == mine, tell)) return false;
    if (!fresh) return true;
    ++c_.covered()[happening::leaders];
    auto const below = chosen_.lower_bound(now.at);
    bool const knows = below == chosen_.begin() || !(mine.best < std::prev(below)->first);
    return knows || paxos::truth::higher_ballots_know_what_is_chosen(std::prev(below)->first, now.at, false, tell);
  }

  // --- what clients are told
  bool outcomes(host& h, breach& tell) {
    bool right = true;
    for (auto const& o : h.seen.heard)
      right = std::visit([&](auto const& x) { return this->told(h, x, tell); }, o) && right;
    h.seen.heard.clear();
    return right;
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
  bool told(host& h, paxos::decided<value_type> const& d, breach& tell) {
    answered(h, happening::proposals_done, "decided");
    ++done_;
    return known(h, d.value, tell);
  }
  bool told(host& h, paxos::learned<value_type> const& l, breach& tell) { return known(h, l.value, tell); }
  bool known(host& h, value_type const& v, breach& tell) const {
    if (chosen_.empty()) return tell("nothing is learned before it is chosen", "by node ", Cluster::index_of(h));
    return paxos::truth::what_is_learned_was_chosen(Cluster::index_of(h), chosen_.begin()->first,
                                                    chosen_.begin()->second == v, tell);
  }
  bool told(host& h, paxos::rewritten<value_type> const& r, breach& tell) {
    if constexpr (rewrites) {
      bool const reads = h.seen.number == 0;
      auto const must_see = h.seen.must_see;
      bool const asked = h.seen.waits;
      auto const n = Cluster::index_of(h);
      answered(h, reads ? happening::reads_done : happening::proposals_done, reads ? "read" : "appended");
      if (!asked) return tell("an outcome has been asked for", "node ", n, " tells one, and nobody waits");
      auto const it = chosen_.find(r.at);
      if (!paxos::truth::what_was_rewritten_was_chosen(n, r.at, it != chosen_.end() && it->second == r.value,
                                                       tell))
        return false;
      if (reads ? r.value.length < must_see : r.value.length <= must_see)
        return tell("a change comes after all that had ended before it began", "node ", n, " tells of length ",
                    r.value.length, ", and one of ", must_see, " had been told");
      if (!reads && r.value.last != h.seen.number)
        return tell("a change is what was asked for", "node ", n, " tells of number ", r.value.last,
                    ", and was asked for ", h.seen.number);
      if (!reads) ++done_, last_done_ = (std::max)(last_done_, h.seen.number);
      acknowledged_ = (std::max)(acknowledged_, r.value.length);
    }
    return true;
  }
  bool told(host& h, paxos::unsettled<value_type> const&, breach&) {
    return answered(h, happening::proposals_unknown, "unsettled"), true;
  }
  bool told(host& h, paxos::withdrawn, breach&) {
    return answered(h, happening::reads_refused, "withdrawn"), true;
  }
  bool told(host&, proposal_refused, breach&) { return true; } // busy: the one before it has an outcome to come
  bool told(host& h, paxos::exhausted, breach& tell) {
    return paxos::truth::ballots_last(Cluster::index_of(h), tell);
  }
  bool told(host& h, paxos::conflict c, breach& tell) {
    return paxos::truth::no_conflict(Cluster::index_of(h), c.at, tell);
  }

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
