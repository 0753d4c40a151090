// What is said before and after a restart, and leaders that follow one another: scenarios without an id.
#include "support/raft_world.hpp"

#include <doctest/doctest.h>

#include <utility>

namespace quorate::test {
namespace {

using namespace raft;

TEST_CASE("a duplicate append whose first copy's sync is in flight is not acknowledged before it") {
  world<3> w;
  append_entries const two{term(1), at(1), term(0), term(1), at(0), 2, entry_kind::command};
  auto before_all = w.start_sync(B);
  w.receive(B, A, two);
  w.flush(B);
  auto first_copy = w.start_sync(B);
  w.receive(B, A, two); // already in the log, not yet on the disk
  w.flush(B);
  w.finish_sync(B, std::move(before_all));
  CHECK(w.count<appended>(A) == 0);

  auto crashed = w; // between the two: nothing was claimed, and nothing is lost
  crashed.crash(B);
  CHECK(crashed.log(B).last() == at(1));
  CHECK(crashed.count<appended>(A) == 0);

  w.finish_sync(B, std::move(first_copy));
  CHECK(w.count<appended>(A) >= 1);
  CHECK(w[B].durable.log.last() == at(3));
}

TEST_CASE("a vote for a candidate's earlier incarnation does not elect the later one") {
  world<3> w;
  w.expire(A, timer::election);
  w.receive(A, B, pre_vote_granted{term(1)});
  w.sync(A);
  w.crash(A); // it campaigned in term 1, and remembers that
  REQUIRE(w.state(A).current_term == term(1));
  w.receive(A, B, vote_granted{term(1)});
  w.receive(A, C, vote_granted{term(1)});
  CHECK(w.state(A).is == role::follower);
  w.expire(A, timer::election);
  w.receive(A, B, pre_vote_granted{term(2)});
  w.receive(A, B, vote_granted{term(1)});
  w.receive(A, C, vote_granted{term(1)});
  w.sync(A);
  CHECK(!w.leads(A)); // a vote in term 1 is none in term 2
}

TEST_CASE("an answer to an append of a leader's earlier incarnation is not counted by the later one") {
  world<5> w;
  w.elect(A);
  w.propose(A, 3);
  w.flush(A); // entries 3 to 5 leave, and are not on A's disk
  w.lose_everything();
  w.receive(B, A, append_entries{term(1), at(2), term(1), term(1), at(2), 3, entry_kind::command});
  w.turn(B);
  auto const late = w.take<appended>();
  w.crash(A);
  REQUIRE(w.log(A).last() == at(2));
  w.elect_unheard(A, node_set<64>::first(5).without(B));
  REQUIRE(w.leads(A));
  w.propose(A, 4); // others in their places
  w.hand_over(late);
  CHECK(w.state(A).peer(B).match == at(0));
}

TEST_CASE("an acknowledgement of a follower's earlier incarnation is true of the later one") {
  world<3> w;
  w.elect(A);
  w.propose(A, 2);
  w.turn(A);
  w.receive(B, A, append_entries{term(1), at(2), term(1), term(1), at(2), 2, entry_kind::command});
  w.turn(B);
  auto const late = w.take<appended>();
  w.crash(B);
  CHECK(w.log(B).last() == at(4));
  w.hand_over(late);
  CHECK(w.state(A).commit == at(4));
  w.crash(B);
  CHECK(w.log(B).last() == at(4));
}

// A and B take turns at leading with C's help, and nothing that they say as leaders arrives: both logs fill
// with first entries of many terms, none committed.
TEST_CASE("dozens of leaders follow one another without a commit, and the last of them commits") {
  world<3> w;
  std::uint64_t terms = 0;
  for (int i = 0; i < 25; ++i)
    for (auto const n : {A, B}) {
      auto const pair = node_set<64>::of(n).with(C);
      for (int asked = 0; asked < 2 && !w.leads(n); ++asked)
        w.elect_unheard(n, pair); // first it may learn the term
      REQUIRE(w.leads(n));
      w.lose_everything();
      terms = w.state(n).current_term.value;
      w.crash(n);
    }
  CHECK(terms >= 50);
  CHECK(w.log(A).last() == at(26));
  for (auto const n : {A, B, C}) REQUIRE(w.state(n).commit == at(0));

  for (int asked = 0; asked < 2 && !w.leads(B); ++asked) w.elect(B);
  REQUIRE(w.leads(B));
  for (int beat = 0; beat < 2; ++beat) {
    w.expire(B, timer::heartbeat);
    w.settle();
  }
  for (auto const n : {A, C}) CHECK(w.log(n) == w.log(B));
  CHECK(w.state(B).commit == at(27));
  for (auto const n : {A, C}) CHECK(w.state(n).commit == at(27));
}

} // namespace
} // namespace quorate::test
