// The laws of the Quorum policy (policy/quorum.hpp), tried on all sets of a few nodes and on random sets of 64.
#pragma once

#include "quorate/conform/report.hpp"
#include "quorate/core/enumerators.hpp"
#include "quorate/policy/quorum_proof.hpp"
#include "quorate/sim/random.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace quorate::check {

enum class quorum_law : std::uint8_t {
  the_empty_set_decides_nothing,   // whatever the configuration
  supersets_of_quorums_decide,     // a further ack never undoes a decision
  strangers_do_not_count,          // acks of nodes that are no voters change nothing
  all_voters_together_decide,      // else nothing ever would
  elections_meet_commits,          // every election quorum and every commit quorum have a voter in common
  elections_meet_elections,        // tried when asked for: what Raft needs besides
  values_made_from_nothing_agree,  // the core makes one whenever it asks
  constant_systems_mind_only_acks, // of a system with `nodes`: to be no voter means never to ack
  misses_are_told_truly,           // of a system with `miss`: two quorums it names are quorums and do miss
};
constexpr std::string_view name_of(quorum_law l) { return detail::name_among(l); }

struct quorum_trials {
  std::size_t nodes = 6;       // configurations of so many, at most 64; a constant system has its own number
  bool elections_meet = false; // whether two election quorums must meet: for Raft they must
  std::uint64_t random_sets =
      2000; // all sets are tried of up to 7 nodes, and for having some in common of up to 10
};

namespace conform_detail {

template <quorum_system Q>
class quorum_suite {
public:
  explicit quorum_suite(quorum_trials const& t) : trials_{t} {
    result_.policy = "quorum system";
    if constexpr (constant_quorum_system<Q>)
      nodes_ = Q::nodes;
    else
      nodes_ = t.nodes;
    few_ = nodes_ < 7 ? nodes_ : 7;
  }
  conformance run() {
    for (auto const phase : detail::quorum_phases) all_decide(phase);
    for (std::uint64_t voters = 0; voters < std::uint64_t{1} << few_; ++voters)
      for (std::uint64_t acks = 0; acks < std::uint64_t{1} << few_; ++acks)
        for (auto const phase : detail::quorum_phases) one_set(phase, acks, voters);
    if (nodes_ <= detail::enumerable_nodes)
      for (std::uint64_t voters = 0; voters < std::uint64_t{1} << nodes_; ++voters) meet({{voters}});
    random_sets();
    if constexpr (detail::knows_its_miss<Q>)
      told_misses();
    else
      result_.untried.emplace_back(name_of(quorum_law::misses_are_told_truly));
    if (!constant_quorum_system<Q>)
      result_.untried.emplace_back(name_of(quorum_law::constant_systems_mind_only_acks));
    if (!trials_.elections_meet) result_.untried.emplace_back(name_of(quorum_law::elections_meet_elections));
    return result_;
  }

private:
  static char const* name(quorum_phase p) { return p == quorum_phase::election ? "elect" : "commit"; }
  bool met(quorum_phase phase, std::uint64_t acks, std::uint64_t voters) const {
    return q_.met(phase, {acks}, {{voters}});
  }
  void breach(quorum_law law, std::string expected, std::string came) {
    result_.note(name_of(law), std::move(expected), std::move(came));
  }
  static std::string asked(quorum_phase phase, std::uint64_t acks, std::uint64_t voters) {
    return text_of_set(acks) + " of the voters " + text_of_set(voters) + " to " + name(phase);
  }

  void all_decide(quorum_phase phase) {
    auto const all = node_set<64>::first(nodes_).bits;
    if (!met(phase, all, all))
      breach(quorum_law::all_voters_together_decide, asked(phase, all, all), "that they do not");
  }

  // What holds of one set of acks, and of it with a node more.
  void one_set(quorum_phase phase, std::uint64_t acks, std::uint64_t voters) {
    ++result_.cases;
    bool const decides = met(phase, acks, voters);
    if (acks == 0 && decides)
      breach(quorum_law::the_empty_set_decides_nothing, "nobody's ack not to " + std::string{name(phase)},
             "that it does, of the voters " + text_of_set(voters));
    if (Q{}.met(phase, {acks}, {{voters}}) != decides)
      breach(quorum_law::values_made_from_nothing_agree,
             "two systems to say the same of " + asked(phase, acks, voters),
             text(decides) + " of one and " + text(!decides) + " of the other");
    if ((acks & ~voters) != 0 && met(phase, acks & voters, voters) != decides)
      breach(quorum_law::strangers_do_not_count,
             asked(phase, acks, voters) + " as " + text_of_set(acks & voters) + " do",
             std::string{"that "} + (decides ? "only the former do" : "only the latter do"));
    if constexpr (constant_quorum_system<Q>) {
      auto const all = node_set<64>::first(nodes_).bits;
      if ((acks & ~voters) == 0 && voters <= all && met(phase, acks, all) != decides)
        breach(quorum_law::constant_systems_mind_only_acks,
               asked(phase, acks, voters) + " just if they do when all are voters",
               text(decides) + " of the first");
    }
    if (decides)
      for (auto left = voters & ~acks; left != 0; left &= left - 1)
        if (auto const more = acks | (left & -left); !met(phase, more, voters))
          breach(quorum_law::supersets_of_quorums_decide,
                 asked(phase, more, voters) + ", since " + text_of_set(acks) + " do", "that they do not");
  }

  bool nobody_decides(std::uint64_t voters) const {
    return !met(quorum_phase::election, 0, voters) && !met(quorum_phase::commit, 0, voters);
  }
  void missed(quorum_law law, quorum_miss const& m, quorum_phase other, std::uint64_t voters) {
    breach(law,
           "those who elect and those who " + std::string{name(other)} + " to have a voter of " +
               text_of_set(voters) + " in common",
           text_of_set(m.one.bits) + " and " + text_of_set(m.other.bits));
  }
  void meet(configuration const& c) {
    if (!nobody_decides(c.voters.bits)) return; // which has been told
    ++result_.cases;
    if (auto const m = find_miss(q_, c))
      missed(quorum_law::elections_meet_commits, *m, quorum_phase::commit, c.voters.bits);
    if (!trials_.elections_meet) return;
    if (auto const m = find_miss(q_, c, quorum_phase::election, quorum_phase::election))
      missed(quorum_law::elections_meet_elections, *m, quorum_phase::election, c.voters.bits);
  }

  // Sets anywhere among the 64. Two quorums miss each other just if a set is one and all outside it another.
  void random_sets() {
    sim::stream any{41, 0};
    for (std::uint64_t i = 0; i < trials_.random_sets; ++i) {
      auto const voters = i % 2 == 0 ? any() : node_set<64>::first(nodes_).bits;
      auto const acks = i % 3 == 0 ? any() | any() : any();
      for (auto const phase : detail::quorum_phases) one_set(phase, acks, voters);
      if (!constant_quorum_system<Q> && (voters & ~node_set<64>::first(nodes_).bits) != 0) continue;
      if (!nobody_decides(voters) || !met(quorum_phase::election, acks & voters, voters)) continue;
      quorum_miss const m{{acks & voters}, {voters & ~acks}};
      if (met(quorum_phase::commit, m.other.bits, voters))
        missed(quorum_law::elections_meet_commits, m, quorum_phase::commit, voters);
      if (trials_.elections_meet && met(quorum_phase::election, m.other.bits, voters))
        missed(quorum_law::elections_meet_elections, m, quorum_phase::election, voters);
    }
  }

  void told_misses() {
    auto const all = node_set<64>::first(nodes_).bits;
    for (auto const one : detail::quorum_phases)
      for (auto const other : detail::quorum_phases)
        if (auto const m = Q::miss(one, other))
          if (!(m->one & m->other).empty() || !met(one, m->one.bits, all) || !met(other, m->other.bits, all))
            breach(quorum_law::misses_are_told_truly,
                   "the quorums that `miss` names to " + std::string{name(one)} + " and to " + name(other) +
                       " and to have nobody in common",
                   text_of_set(m->one.bits) + " and " + text_of_set(m->other.bits));
  }

  Q q_{};
  quorum_trials trials_;
  std::size_t nodes_ = 0; // that take part
  std::size_t few_ = 0;   // of which all sets of acks are tried
  conformance result_{};
};

} // namespace conform_detail

// Tries a quorum system. One that has no `nodes` is held to its laws for configurations of `nodes` nodes.
template <quorum_system Q>
conformance check_quorum(quorum_trials const& trials = {}) {
  return conform_detail::quorum_suite<Q>{trials}.run();
}

} // namespace quorate::check
