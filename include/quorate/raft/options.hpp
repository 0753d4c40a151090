// Raft's options by keyword. Each can be switched off, and what is off leaves no state and no code.
#pragma once

#include "quorate/message/set.hpp"
#include "quorate/policy/keyword.hpp"
#include "quorate/raft/message.hpp"

#include <type_traits>

namespace quorate::raft {

template <bool On> // ask before raising the term (§9.6)
struct pre_vote : switched<struct pre_vote_axis, On> {};
// A leader without a majority steps down; votes are refused beside a living leader (§6.2, §4.2.3).
template <bool On>
struct check_quorum : switched<struct check_quorum_axis, On> {};
template <bool On> // a new leader appends a no-op (§6.4)
struct first_entry : switched<struct first_entry_axis, On> {};
template <bool On> // appends in flight before the first is acknowledged (§10.2.1)
struct pipelining : switched<struct pipelining_axis, On> {};
template <bool On> // a request of an old term is answered with the current one, not dropped
struct answer_stale : switched<struct answer_stale_axis, On> {};
template <bool On> // an idle peer is told at once that the commit index has moved
struct eager_commit : switched<struct eager_commit_axis, On> {};
template <bool On> // linearizable reads by ReadIndex (§6.4)
struct read_index : switched<struct read_index_axis, On> {};
template <bool On> // who needs what is compacted is offered a snapshot (§5)
struct snapshots : switched<::quorate::snapshots_axis, On> {};

namespace keywords_detail {
using axes = ::quorate::detail::axes<quorum_axis, limits_axis, pre_vote_axis, check_quorum_axis, first_entry_axis,
                                     pipelining_axis, answer_stale_axis, eager_commit_axis, read_index_axis,
                                     snapshots_axis>;
// Says what is wrong with the keywords, by itself: a class with an error in it would bring others.
template <class... Keywords>
constexpr auto say_what_keywords() {
  (void)(sizeof(Keywords) + ... + 0); // what a keyword says of itself comes first
  static_assert(axes::know<Keywords...>, "quorate: raft: not one of its keywords, which are quorum, limits, "
                                         "pre_vote, check_quorum, first_entry, pipelining, answer_stale, "
                                         "eager_commit, read_index and snapshots");
  static_assert(axes::answered_once<Keywords...>,
                "quorate: raft: the same keyword is given twice; keep one of them");
  if constexpr (axes::know<Keywords...>) {
    using quorum_type = typename pick<quorum_axis, quorum<majority>, Keywords...>::type;
    static_assert(::quorate::detail::nodes_within<quorum_type>(
                      pick<limits_axis, limits<limit_values{}>, Keywords...>::value.nodes),
                  "quorate: raft: the quorum system has more nodes than a configuration may: raise limits' nodes");
    // A term belongs to no node, as a ballot does: only voters that two candidates have in common keep it from
    // having two leaders (§3.4). So Raft asks of a quorum system more than Paxos.
    static_assert(::quorate::detail::elects_one<quorum_type>);
  }
  return std::true_type{};
}
} // namespace keywords_detail

template <class... Keywords>
struct options {
  using said = decltype(keywords_detail::say_what_keywords<Keywords...>());

  using quorum_type = typename pick<quorum_axis, quorum<majority>, Keywords...>::type;
  static constexpr limit_values limit = pick<limits_axis, limits<limit_values{}>, Keywords...>::value;
  static constexpr bool pre_votes = pick<pre_vote_axis, pre_vote<on>, Keywords...>::value;
  static constexpr bool checks_quorum = pick<check_quorum_axis, check_quorum<on>, Keywords...>::value;
  static constexpr bool appends_first_entry = pick<first_entry_axis, first_entry<on>, Keywords...>::value;
  static constexpr bool pipelines = pick<pipelining_axis, pipelining<on>, Keywords...>::value;
  static constexpr bool answers_stale = pick<answer_stale_axis, answer_stale<on>, Keywords...>::value;
  static constexpr bool tells_commit = pick<eager_commit_axis, eager_commit<on>, Keywords...>::value;
  static constexpr bool reads = pick<read_index_axis, read_index<on>, Keywords...>::value;
  static constexpr bool snapshots = pick<snapshots_axis, raft::snapshots<off>, Keywords...>::value;
  // Contact with a leader is remembered when anything asks for it.
  static constexpr bool keeps_contact = pre_votes || checks_quorum;

  using nodes = node_set<limit.nodes>;
  static constexpr node_set<64> nodes_wide = node_set<64>::first(limit.nodes);
};

} // namespace quorate::raft
