// Votes name members, and what is known of a place is known of its member: a place that is given again is
// another's.
#include "quorate/core/log_shape.hpp"
#include "quorate/effect/batch.hpp"
#include "quorate/raft/node.hpp"

#include <doctest/doctest.h>

#include <cstddef>
#include <variant>

namespace quorate::test {
namespace {

using raft::term_and_vote;
using core = raft::node<raft::check_quorum<off>, raft::pre_vote<off>>;

constexpr node_index A{0}, B{1}, C{2};
constexpr member_id first{1}, second{2}, third{3}, fourth{4};

// A node of a log with these configurations, in term 5.
struct node_of {
  log_shape<8, 4> log{};
  core it{};
  batch<core> out{};

  node_of(peer self, member_id vote, std::initializer_list<configuration> all) {
    for (auto const& c : all)
      REQUIRE(log.put({log.last() + 1, 1, stamp{log.last().value}, entry_kind::configuration}, c));
    it = core{self, term_and_vote{term_id{5}, vote}, log};
  }
  template <class M>
  void hear(peer sender, M const& m) {
    out.clear();
    it.step(from<M>{sender, m}, log, out);
  }
  void expire(timer t) {
    out.clear();
    it.step(t, log, out);
  }
  void flush() {
    out.clear();
    it.step(quorate::flush{}, log, out);
  }
  std::size_t said_to(peer to) const {
    std::size_t n = 0;
    for (auto const& e : out.effects())
      if (auto const* m = std::get_if<batch<core>::message>(&e)) n += m->to == to;
    return n;
  }
  template <class M>
  std::size_t said(peer to) const {
    std::size_t n = 0;
    for (auto const& e : out.effects())
      if (auto const* m = std::get_if<batch<core>::message>(&e))
        n += m->to == to && std::holds_alternative<M>(m->message);
    return n;
  }
};

constexpr configuration founders{node_set<64>::first(3)};
// The first member is gone.
constexpr configuration without_first() {
  auto c = founders;
  c.voters = c.voters.without(A);
  c.members[0] = no_member;
  return c;
}
// And the fourth has its place.
constexpr configuration with_fourth() {
  auto c = without_first();
  c.voters = c.voters.with(A);
  c.members[0] = c.last_member = fourth;
  return c;
}

TEST_CASE("M14: a vote for a member that is gone is no vote for who has its place now") {
  node_of n{{B, second}, first, {founders, without_first(), with_fourth()}};
  raft::request_vote const m{term_id{5}, log_index{9}, term_id{4}};
  n.hear(peer{A, fourth}, m);
  CHECK(n.said<raft::vote_granted>(peer{A, fourth}) == 0);
  CHECK(n.said<raft::vote_refused>(peer{A, fourth}) == 1);
  n.hear(peer{no_node, first}, m); // whom it voted for: its answer was lost, perhaps
  CHECK(n.said<raft::vote_granted>(peer{no_node, first}) == 1);
}

// With the ids 1, 2, 3 a vote for 2 was a vote for the place B; without 1 that was the place of 3.
TEST_CASE("a member keeps its place when one before it goes, and its delayed request gets no second vote") {
  node_of n{{A, first}, second, {founders, without_first()}};
  n.hear(peer{C, third}, raft::request_vote{term_id{5}, log_index{9}, term_id{4}});
  CHECK(n.said<raft::vote_granted>(peer{C, third}) == 0);
}

TEST_CASE("M15: a member that the log does not name gets one vote a term, as anybody's, by the log comparison") {
  node_of n{{B, second}, no_member, {founders}};
  peer const stranger{no_node, member_id{9}};
  n.hear(stranger, raft::request_vote{term_id{6}, log_index{}, term_id{}}); // its log is behind
  CHECK(n.said<raft::vote_granted>(stranger) == 0);
  n.hear(stranger, raft::request_vote{term_id{6}, log_index{1}, term_id{}});
  CHECK(n.said<raft::vote_granted>(stranger) == 1);
  CHECK(n.it.state().voted_for == member_id{9});
  n.hear(peer{C, third}, raft::request_vote{term_id{6}, log_index{9}, term_id{5}});
  CHECK(n.said<raft::vote_granted>(peer{C, third}) == 0);
}

TEST_CASE("beside a living leader a stranger gets neither vote nor pre-vote; without one both") {
  using full = raft::node<>;
  log_shape<8> log;
  REQUIRE(log.put({log_index{1}, 1, stamp{}, entry_kind::configuration}, founders));
  peer const stranger{no_node, member_id{9}};
  for (bool const leader : {true, false}) {
    full it{peer{B}, term_and_vote{term_id{5}, no_member}, log};
    batch<full> out;
    raft::heartbeat const beat{term_id{5}, log_index{}, 0, 1};
    if (leader) it.step(from<raft::heartbeat>{A, beat}, log, out);
    out.clear();
    raft::request_pre_vote const ask{term_id{6}, log_index{1}, term_id{}};
    it.step(from<raft::request_pre_vote>{stranger, ask}, log, out);
    raft::request_vote const request{term_id{6}, log_index{1}, term_id{}};
    it.step(from<raft::request_vote>{stranger, request}, log, out);
    std::size_t granted = 0;
    for (auto const& e : out.effects())
      if (auto const* m = std::get_if<batch<full>::message>(&e)) {
        CHECK(m->to == stranger);
        granted += std::holds_alternative<raft::pre_vote_granted>(m->message);
        granted += std::holds_alternative<raft::vote_granted>(m->message);
      }
    CHECK(granted == (leader ? 0U : 2U));
  }
}

TEST_CASE("an answer counts only from the member that the configuration has at that place") {
  node_of n{{B, second}, no_member, {founders, without_first(), with_fourth()}};
  n.expire(timer::election);
  CHECK(n.said<raft::request_vote>(peer{A, fourth}) == 1);
  CHECK(n.it.campaigns());
  n.hear(peer{B, second}, raft::vote_granted{term_id{6}});
  n.hear(peer{A, first}, raft::vote_granted{term_id{6}});
  n.hear(peer{no_node, third}, raft::vote_granted{term_id{6}});
  CHECK(!n.it.leads());
  n.hear(peer{A, fourth}, raft::vote_granted{term_id{6}});
  CHECK(n.it.leads());
  auto const before = n.it;
  for (auto const who : {peer{A, first}, peer{no_node, fourth}, peer{node_index{200}, third}}) {
    n.hear(who, raft::appended{term_id{6}, log_index{3}, 1});
    n.hear(who, raft::rejected{term_id{6}, log_index{3}, log_index{1}, term_id{}});
    n.hear(who, raft::heartbeat_answer{term_id{6}, log_index{3}, 0, 1});
    CHECK(n.it == before);
  }
  n.hear(peer{A, fourth}, raft::appended{term_id{6}, log_index{3}, 1});
  CHECK(n.it != before);
}

TEST_CASE("a leader forgets what it knew of a place with the member that had it") {
  node_of n{{B, second}, no_member, {founders}};
  n.expire(timer::election);
  n.hear(peer{B, second}, raft::vote_granted{term_id{6}});
  n.hear(peer{C, third}, raft::vote_granted{term_id{6}});
  REQUIRE(n.it.leads());
  REQUIRE(n.log.put({log_index{2}, 1, stamp{6}, entry_kind::no_op}));
  n.flush();
  n.hear(peer{A, first}, raft::appended{term_id{6}, log_index{2}, 1});
  n.hear(peer{B, second}, raft::appended{term_id{6}, log_index{2}, 0});
  CHECK(n.it.commit_index() == log_index{2});

  auto const append = [&](configuration const& c, node_set<64> fresh) {
    n.out.clear();
    auto const last = n.log.last();
    n.it.step(configure{fresh}, n.log, n.out);
    entry_run const run{last + 1, 1, stamp{6}, entry_kind::configuration};
    CHECK(n.out.effects()[0] == batch<core>::effect{run});
    CHECK(n.out.effects()[1] == batch<core>::effect{proposed{run}});
    REQUIRE(n.log.put(run, c));
  };
  append(without_first(), {});
  n.flush();
  CHECK(n.said_to(peer{A, first}) == 0);
  append(with_fourth(), node_set<64>::of(A));
  CHECK(n.it.state().peer(A).match == log_index{});
  n.it.step(timer::heartbeat, n.log, n.out);
  n.flush();
  CHECK(n.said_to(peer{A, first}) == 0);
  for (auto const& e : n.out.effects())
    if (auto const* m = std::get_if<batch<core>::message>(&e); m != nullptr && m->to == peer{A, fourth}) {
      if (auto const* beat = std::get_if<raft::heartbeat>(&m->message)) CHECK(beat->leader_commit == log_index{});
      if (auto const* ask = std::get_if<raft::append_entries>(&m->message))
        CHECK(ask->prev_log_index == log_index{3});
    }
  CHECK(n.said_to(peer{A, fourth}) == 2);
  n.hear(peer{A, first}, raft::appended{term_id{6}, log_index{4}, 1}); // of the member that is gone
  CHECK(n.it.state().peer(A).match == log_index{});
  n.hear(peer{A, fourth}, raft::rejected{term_id{6}, log_index{3}, log_index{}, term_id{}});
  CHECK(n.it.state().peer(A).next == log_index{1}); // from the beginning: its log is empty
}

TEST_CASE("nobody gets no vote: who asks without a number is not heard") {
  node_of n{{B, second}, no_member, {founders}};
  auto const before = n.it;
  n.hear(peer{}, raft::request_vote{term_id{6}, log_index{9}, term_id{5}});
  n.hear(peer{}, raft::request_pre_vote{term_id{6}, log_index{9}, term_id{5}});
  CHECK(n.out.effects().empty());
  CHECK(n.it == before);
}

TEST_CASE("the leader's own number from another place, or from none, is no answer of its own") {
  node_of n{{B, second}, no_member, {founders}};
  n.expire(timer::election);
  n.hear(peer{B, second}, raft::vote_granted{term_id{6}});
  n.hear(peer{C, third}, raft::vote_granted{term_id{6}});
  REQUIRE(n.it.leads());
  auto const before = n.it;
  for (auto const from : {peer{no_node, second}, peer{A, second}, peer{node_index{9}, second}})
    n.hear(from, raft::appended{term_id{6}, log_index{1}, 0});
  CHECK(n.it == before);
}

TEST_CASE("who does not lead appends no configuration") {
  node_of n{{B, second}, no_member, {founders}};
  n.it.step(configure{}, n.log, n.out);
  CHECK(n.out.effects().size() == 1);
  CHECK(n.out.effects()[0] == batch<core>::effect{proposal_refused{refusal::not_leader}});
}

} // namespace
} // namespace quorate::test
