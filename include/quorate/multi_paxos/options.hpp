// Multi-Paxos' options by keyword.
#pragma once

#include "quorate/policy/keyword.hpp"

#include <type_traits>

namespace quorate::multi_paxos {

template <bool On> // linearizable reads by a quorum round; off leaves no state
struct quorum_reads : switched<struct quorum_reads_axis, On> {};
template <bool On> // who needs what is compacted is offered a snapshot
struct snapshots : switched<::quorate::snapshots_axis, On> {};

namespace keywords_detail {
using axes = ::quorate::detail::axes<quorum_axis, limits_axis, quorum_reads_axis, snapshots_axis>;
// Says what is wrong with the keywords, by itself: a class with an error in it would bring others.
template <class... Keywords>
constexpr auto say_what_keywords() {
  (void)(sizeof(Keywords) + ... + 0); // what a keyword says of itself comes first
  static_assert(axes::know<Keywords...>,
                "quorate: multi_paxos: not one of its keywords, which are quorum, limits, quorum_reads and "
                "snapshots");
  static_assert(axes::answered_once<Keywords...>,
                "quorate: multi_paxos: the same keyword is given twice; keep one of them");
  return std::true_type{};
}
} // namespace keywords_detail

template <class... Keywords>
struct options {
  using said = decltype(keywords_detail::say_what_keywords<Keywords...>());

  using quorum_type = typename pick<quorum_axis, quorum<majority>, Keywords...>::type;
  static constexpr limit_values limit = pick<limits_axis, limits<limit_values{}>, Keywords...>::value;
  static constexpr bool reads = pick<quorum_reads_axis, quorum_reads<on>, Keywords...>::value;
  static constexpr bool snapshots = pick<snapshots_axis, multi_paxos::snapshots<off>, Keywords...>::value;
  static constexpr bool keeps_contact = true; // which are options of Raft's, and always on here
  static constexpr bool checks_quorum = true;

  using nodes = node_set<limit.nodes>;
  static constexpr node_set<64> nodes_wide = node_set<64>::first(limit.nodes);
};

} // namespace quorate::multi_paxos
