// Each property of several Raft nodes: a view in which it holds, and one in which it does not.
#include "quorate/truth/raft.hpp"

#include "quorate/truth/raft_steps.hpp"
#include "truth/view.hpp"

#include <doctest/doctest.h>

namespace quorate::test {
namespace {

namespace law = raft::truth;
using core = raft::node<limits<limit_values{.nodes = 3}>>;
using node = node_made<core, log_shape<16>>;
using face = core_made<core>;
using raft::role;
constexpr term_id term(std::uint64_t n) { return term_id{n}; }

// What the property tells, called with a tell as its last argument.
#define TOLD(property, ...) told([&](auto& tell) { return property(__VA_ARGS__, tell); })

TEST_CASE("no vote leaves before it is durable") {
  node n{B};
  n.durable.hard = {term(1), founder_at(A)};
  CHECK(TOLD(law::votes_wait_for_the_disk, n, term(1), founder_at(A)) == "nothing");
  CHECK(TOLD(law::votes_wait_for_the_disk, n, term(1), founder_at(C)) ==
        "no vote leaves before it is durable: node B says a vote in term 1 for C, and its disk has term 1 and a "
        "vote for A");
  CHECK(TOLD(law::votes_wait_for_the_disk, n, term(2), founder_at(A)) ==
        "no vote leaves before it is durable: node B says a vote in term 2 for A, and its disk has term 1 and a "
        "vote for A");
  n.durable.hard = {term(3), no_member}; // it has moved on, and the vote was on disk before
  CHECK(TOLD(law::votes_wait_for_the_disk, n, term(1), founder_at(C)) == "nothing");
}

TEST_CASE("of one node one vote a term ever leaves") {
  law::vote_said said{};
  CHECK(TOLD(law::one_vote_a_term_leaves, said, B, term(1), founder_at(A)) == "nothing");
  CHECK(TOLD(law::one_vote_a_term_leaves, said, B, term(1), founder_at(A)) == "nothing"); // once more
  CHECK(TOLD(law::one_vote_a_term_leaves, said, B, term(2), founder_at(B)) == "nothing");
  auto const before = said;
  CHECK(
      TOLD(law::one_vote_a_term_leaves, said, B, term(2), founder_at(C)) ==
      "of one node one vote a term ever leaves, and none of an earlier term: node B says a vote in term 2 for C, "
      "and has said one in term 2 for B");
  said = before;
  CHECK(
      TOLD(law::one_vote_a_term_leaves, said, B, term(1), founder_at(A)) ==
      "of one node one vote a term ever leaves, and none of an earlier term: node B says a vote in term 1 for A, "
      "and has said one in term 2 for B");
}

TEST_CASE("no acknowledgement leaves before it is durable") {
  node n{B};
  n.durable.hard = {term(2), no_member};
  n.durable.log = log_of({1, 2});
  CHECK(TOLD(law::acknowledgements_wait_for_the_disk, n, raft::appended{term(2), at(3), 1}) == "nothing");
  CHECK(TOLD(law::acknowledgements_wait_for_the_disk, n, raft::appended{term(1), at(9), 1}) == "nothing");
  CHECK(TOLD(law::acknowledgements_wait_for_the_disk, n, raft::appended{term(2), at(4), 1}) ==
        "no acknowledgement leaves before it is durable: node B acknowledges all up to 4 in term 2, and its disk "
        "has term 2 and entries up to 3");
  CHECK(TOLD(law::acknowledgements_wait_for_the_disk, n, raft::appended{term(3), at(3), 1}) ==
        "no acknowledgement leaves before it is durable: node B acknowledges all up to 3 in term 3, and its disk "
        "has term 2 and entries up to 3");
}

TEST_CASE("beside a living leader no pre-vote is given") {
  node n{B};
  CHECK(TOLD(law::pre_votes_respect_a_leader, n) == "nothing");
  n.core.s.in_contact = true, n.core.s.leader = A;
  CHECK(TOLD(law::pre_votes_respect_a_leader, n) ==
        "beside a living leader no pre-vote is given: node B gives one, and has heard of A less than T ago");
}

TEST_CASE("what may leave is asked of each kind of message") {
  node n{B};
  law::vote_said said{};
  CHECK(TOLD(law::may_leave, n, said, A, raft::heartbeat{term(7), at(1), 0}) == "nothing");
  CHECK(TOLD(law::may_leave, n, said, A, raft::vote_granted{term(1)}) != "nothing");
  CHECK(TOLD(law::may_leave, n, said, A, raft::request_vote{term(1), at(1), term(0)}) != "nothing");
  CHECK(TOLD(law::may_leave, n, said, A, raft::appended{term(1), at(1), 1}) != "nothing");
  CHECK(TOLD(law::may_leave, n, said, A, raft::pre_vote_granted{term(1)}) == "nothing");
}

TEST_CASE("what a node has said is on its disk, whatever happens") {
  law::word_given g{};
  law::note_word(g, raft::appended{term(2), at(5), 1});
  law::note_word(g, raft::appended{term(2), at(4), 1}); // older news
  g.vote = {term(2), founder_at(A)};
  raft::term_and_vote const kept{term(2), founder_at(A)};
  CHECK(TOLD(law::nothing_said_is_forgotten, B, g, kept, at(5)) == "nothing");
  CHECK(TOLD(law::nothing_said_is_forgotten, B, g, kept, at(4)) ==
        "what a node has said is on its disk, whatever happens: node B has acknowledged all up to 5 at 2, and its "
        "disk ends at 4");
  CHECK(
      TOLD(law::nothing_said_is_forgotten, B, g, raft::term_and_vote{term(1), founder_at(A)}, at(5)) ==
      "what a node has said is on its disk, whatever happens: node B has said that it is at 2, and its disk says "
      "1");
  CHECK(
      TOLD(law::nothing_said_is_forgotten, B, g, raft::term_and_vote{term(2), no_member}, at(5)) ==
      "what a node has said is on its disk, whatever happens: node B has voted in term 2 for A, and its disk has "
      "a vote for nobody");
  CHECK(TOLD(law::nothing_said_is_forgotten, B, g, raft::term_and_vote{term(3), founder_at(C)}, at(1)) ==
        "nothing"); // truncated since
}

TEST_CASE("a term has one leader, and is led once") {
  truth::few_eras a{}, b{};
  a.add(term(1)), b.add(term(2));
  face leader{};
  leader.s.is = role::leader, leader.s.current_term = term(1);
  CHECK(TOLD(law::one_leader_a_term, A, a, B, b) == "nothing");
  CHECK(TOLD(law::a_term_is_led_once, b, leader) == "nothing");
  CHECK(TOLD(law::a_term_is_led_once, a, leader) ==
        "a term is led once: node A begins to lead term 1, which it has led before");
  b.add(term(1));
  CHECK(TOLD(law::one_leader_a_term, A, a, B, b) == "one leader a term: nodes A and B have led the same term");
  truth::all_eras many{};
  many.add(term(400));
  CHECK(TOLD(law::one_leader_a_term, A, truth::one_era{term(399)}, B, many) == "nothing");
  CHECK(TOLD(law::one_leader_a_term, A, truth::one_era{term(400)}, B, many) != "nothing");
}

TEST_CASE("a match is true") {
  node leader{A}, other{B};
  leader.core.s.is = role::leader, leader.core.s.current_term = term(2);
  leader.core.s.peer(B).match = at(3);
  leader.written.log = log_of({1, 2});
  other.durable.log = log_of({1, 2});
  CHECK(TOLD(law::a_match_is_true, leader, other) == "nothing");
  other.durable.log = log_of({1});
  CHECK(
      TOLD(law::a_match_is_true, leader, other) ==
      "a match is true: the leader A takes B to hold its entries up to 3, and the disk of B has its own, or none: "
      "it ends at 2");
  other.durable.log = log_of({1, 1});
  CHECK(TOLD(law::a_match_is_true, leader, other) != "nothing");
  other.core.s.current_term = term(3); // it has moved on
  CHECK(TOLD(law::a_match_is_true, leader, other) == "nothing");
}

TEST_CASE("logs match up to the last entry that they share") {
  CHECK(TOLD(law::logs_match, A, log_of({1, 1, 2}), B, log_of({1, 1, 3})) == "nothing");
  CHECK(TOLD(law::logs_match, A, log_of({1, 1, 2}), B, log_of({1})) == "nothing");
  CHECK(TOLD(law::logs_match, A, log_of({1, 2, 3}), B, log_of({1, 1, 3})) ==
        "logs match up to the last entry that they share: nodes A and B share an entry behind entry 3, and differ "
        "there: of term 2 and of term 1");
}

TEST_CASE("one entry an index is ever committed, and each later leader has it") {
  law::commit_ledger<truth::growing_memory> ledger{};
  node a{A}, b{B};
  a.core.s.commit = at(3), a.core.s.current_term = term(2);
  a.written.log = log_of({1, 2});
  CHECK(TOLD(law::one_entry_an_index_is_committed, ledger, a) == "nothing");
  b.core.s.commit = at(2), b.written.log = log_of({1, 1}), b.core.s.current_term = term(3);
  CHECK(TOLD(law::one_entry_an_index_is_committed, ledger, b) == "nothing");
  CHECK(TOLD(law::a_leader_has_what_was_committed, ledger, b) == "nothing"); // it leads nothing
  b.core.s.is = role::leader;
  CHECK(TOLD(law::a_leader_has_what_was_committed, ledger, b) ==
        "a leader has what was committed before its term: node B leads 3, and lacks entry 3, which was committed "
        "in 2");
  b.written.log = log_of({1, 2, 3});
  CHECK(TOLD(law::a_leader_has_what_was_committed, ledger, b) == "nothing");
  b.core.s.commit = at(3), b.written.log = log_of({1, 1});
  CHECK(TOLD(law::one_entry_an_index_is_committed, ledger, b) ==
        "one entry an index is ever committed: node B takes entry 3 of 1 for committed, and that of 2 was");
}

// --- what one message may do

face in_term(std::uint64_t n) {
  face f{};
  f.s.self = B, f.s.current_term = term(n);
  return f;
}
constexpr std::uint64_t put_off = 1U << static_cast<unsigned>(raft::timer::election);

TEST_CASE("a message of an earlier term changes nothing") {
  CHECK(TOLD(law::past_terms_change_nothing, in_term(2), raft::vote_granted{term(1)}, in_term(2)) == "nothing");
  auto after = in_term(2);
  after.s.granted.insert(A);
  CHECK(TOLD(law::past_terms_change_nothing, in_term(2), raft::vote_granted{term(1)}, after) ==
        "a message of an earlier term changes nothing: node B hears one of term 1 in term 2, and heeds it");
  CHECK(TOLD(law::past_terms_change_nothing, in_term(2), raft::vote_granted{term(2)}, after) == "nothing");
}

TEST_CASE("pre-votes change nothing, elect nobody, and are for one term") {
  CHECK(TOLD(law::asking_for_a_pre_vote_changes_nothing, in_term(1), in_term(1)) == "nothing");
  CHECK(TOLD(law::asking_for_a_pre_vote_changes_nothing, in_term(1), in_term(2)) ==
        "to be asked for a pre-vote changes nothing: node B of term 1 is asked for one, and is in term 2 now");
  auto leads = in_term(2);
  leads.s.is = role::leader;
  CHECK(TOLD(law::only_votes_make_a_leader, leads, leads) == "nothing");
  CHECK(TOLD(law::only_votes_make_a_leader, in_term(1), leads) ==
        "only votes make a leader: node B leads term 2 by a pre-vote");
  raft::pre_vote_granted const for_two{term(2)};
  CHECK(TOLD(law::pre_votes_are_for_one_term, in_term(1), for_two, in_term(2)) == "nothing");
  CHECK(TOLD(law::pre_votes_are_for_one_term, in_term(2), for_two, in_term(3)) ==
        "a pre-vote counts for the term that it was asked for: node B of term 2 counts one for term 2");
}

TEST_CASE("beside a living leader no vote is given") {
  auto before = in_term(1);
  raft::request_vote const asked{term(2), at(1), term(0)};
  CHECK(TOLD(law::votes_respect_a_leader, before, asked, in_term(2)) == "nothing");
  before.s.in_contact = true, before.s.leader = A;
  CHECK(TOLD(law::votes_respect_a_leader, before, asked, before) == "nothing");
  CHECK(TOLD(law::votes_respect_a_leader, before, asked, in_term(2)) ==
        "beside a living leader no vote is given: node B is asked in term 2, and has heard of A less than T ago");
}

TEST_CASE("each leader verifies anew, and what is verified is what is committed") {
  raft::append_entries const m{term(2), at(1), term(0), term(2), at(9), 1, entry_kind::command};
  auto after = in_term(2);
  after.s.verified = at(2);
  CHECK(TOLD(law::each_leader_verifies_anew, in_term(1), m, after) == "nothing");
  after.s.commit = at(2);
  CHECK(TOLD(law::followers_commit_what_is_verified, in_term(1), after) == "nothing");
  after.s.commit = at(3);
  CHECK(TOLD(law::followers_commit_what_is_verified, in_term(1), after) ==
        "a follower commits only what its leader has verified: node B commits up to 3, and has verified up to 2");
  after.s.verified = at(3);
  CHECK(TOLD(law::each_leader_verifies_anew, in_term(1), m, after) ==
        "what one leader has verified says nothing of the next one: node B takes entries up to 3 for those of the "
        "leader of term 2, which has sent them up to 2");
}

TEST_CASE("a refusal makes the leader look further back") {
  auto before = in_term(2);
  before.s.is = role::leader;
  before.s.peer(A).next = at(5);
  auto after = before;
  raft::rejected const m{term(2), at(4), at(2), term(1)};
  after.s.peer(A).next = at(3);
  CHECK(TOLD(law::refusals_move_next_back, before, m, A, after, at(0)) == "nothing");
  CHECK(TOLD(law::refusals_move_next_back, before, m, A, before, at(4)) == "nothing"); // nothing to look at
  CHECK(TOLD(law::refusals_move_next_back, before, m, A, before, at(3)) ==
        "a refusal makes the leader look further back: node A refuses what follows on entry 4, and B goes on from "
        "entry 5");
}

TEST_CASE("to hear of the leader puts an election off, to refuse a vote does not") {
  auto after = in_term(2);
  after.s.leader = A;
  raft::heartbeat const beat{term(2), at(0), 0};
  CHECK(TOLD(law::leaders_put_off_elections, in_term(2), beat, A, after, put_off) == "nothing");
  CHECK(TOLD(law::leaders_put_off_elections, in_term(2), beat, C, after, std::uint64_t{0}) == "nothing");
  CHECK(
      TOLD(law::leaders_put_off_elections, in_term(2), beat, A, after, std::uint64_t{0}) ==
      "to hear of the leader puts an election off: node B hears of its leader A, and does not start its election "
      "timer anew");
  raft::request_vote const asked{term(2), at(1), term(0)};
  after.s.voted_for = founder_at(A);
  CHECK(TOLD(law::refusals_put_off_nothing, in_term(2), asked, A, after, put_off) == "nothing");
  CHECK(TOLD(law::refusals_put_off_nothing, in_term(2), asked, C, after, std::uint64_t{0}) == "nothing");
  CHECK(TOLD(law::refusals_put_off_nothing, in_term(2), asked, C, after, put_off) ==
        "to refuse a vote puts no election off: node B refuses C in term 2, and starts its election timer anew");
}

TEST_CASE("what a message may do is asked of each kind") {
  auto const before = in_term(2);
  auto other = in_term(3);
  other.s.commit = at(1);
  CHECK(TOLD(law::may_do, before, raft::request_pre_vote{term(3), at(1), term(0)}, A, other, at(0),
             std::uint64_t{0}) != "nothing");
  CHECK(TOLD(law::may_do, before, raft::pre_vote_granted{term(2)}, A, other, at(0), std::uint64_t{0}) !=
        "nothing");
  CHECK(TOLD(law::may_do, before, raft::request_vote{term(1), at(1), term(0)}, A, other, at(0), put_off) !=
        "nothing");
  CHECK(TOLD(law::may_do, before, raft::append_entries{term(3), {}, {}, {}, {}, 0, {}}, A, other, at(0),
             std::uint64_t{0}) != "nothing");
  CHECK(TOLD(law::may_do, before, raft::vote_refused{term(3)}, A, other, at(0), std::uint64_t{0}) == "nothing");
}

} // namespace
} // namespace quorate::test
