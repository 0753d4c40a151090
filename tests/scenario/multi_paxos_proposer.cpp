// Scenarios P20 to P40 on a log of slots, and P58: the proposer and the learner.
//
// Where the others stand: scenarios P31 to P33, P36 multi_paxos_recovery.cpp; scenarios P26, P27 (one outcome for
// each proposal) multi_paxos_replica.cpp; scenario P29 multi_paxos_duel.cpp.
#include "support/multi_paxos_world.hpp"

#include "quorate/multi_paxos/invariant.hpp"

#include <doctest/doctest.h>

#include <cstdint>

namespace quorate::test {
namespace {

using namespace multi_paxos;

constexpr std::uint64_t all3 = world<3>::config;
constexpr std::uint64_t all5 = world<5>::config;
constexpr std::uint64_t another = all3 + 1; // of whatever voters

// Makes A candidate for its first ballot; its own promise is durable if `own`.
template <class World>
void campaigns(World& w, node_index n, bool own = true) {
  w.expire(n, timer::contact);
  w.expire(n, timer::election);
  World::everybody().voters.without(n).for_each([&](node_index v) {
    if (w.state(n).is == role::follower)
      w.receive(n, v, canvass_granted{*ballot_above(w.state(n).seen, n), World::config});
  });
  if (own) w.turn(n);
}
// "I have voted for nothing from slot 2 on."
template <class World>
constexpr promise nothing_from(World const& w, node_index candidate, std::uint64_t slot = 2) {
  return {w.state(candidate).promised, at(slot), at(1), at(1), stamp{}, 0, {}, World::config};
}
template <class World>
constexpr promise vote_at(World const& w, node_index candidate, stamp voted, std::uint64_t slot,
                          std::uint32_t count) {
  return {w.state(candidate).promised, at(slot), at(1), at(1), voted, count, entry_kind::command, World::config};
}

TEST_CASE("P20: a promise of another ballot, or of slots that are settled, counts for nothing") {
  world<5> w;
  campaigns(w, A);
  auto const old = nothing_from(w, A);
  campaigns(w, A);
  REQUIRE(w.state(A).is == role::candidate);
  auto const before = w.state(A);
  for (auto const n : {B, C, D, E}) w.receive(A, n, old);
  for (auto const n : {B, C, D, E}) w.receive(A, n, nothing_from(w, A, 3));
  CHECK(w.state(A) == before);
  for (auto const n : {B, C}) w.receive(A, n, nothing_from(w, A));
  CHECK(w.leads(A));
}

TEST_CASE("P20, P40: an acknowledgement of an older ballot of the same leader counts for nothing") {
  world<3> w;
  w.elect(A);
  w.propose(A);
  w.turn(A);
  auto const old = w.state(A).promised;
  w.lose_everything();
  w.elect_unheard(C, node_set<64>::of(B).with(C)); // who saw nothing of it
  w.propose(C);                                    // the same slot
  w.turn(C);
  auto const said = w.take<accept>(A);
  w.lose_everything();
  w.lose_contact(A);
  w.hand_over(said);
  w.turn(A);
  w.lose_everything();
  w.elect_unheard(A, node_set<64>::of(A).with(B));
  REQUIRE(w.leads(A));
  w.turn(A); // proposes C's command again, and accepts it
  w.lose_everything();
  w.receive(A, B, accepted{old, at(2), all3, 1, 1});
  CHECK(w.state(A).commit == at(1));
  w.receive(A, B, accepted{w.state(A).promised, at(2), all3, 1, 1});
  CHECK(w.state(A).commit == at(2));
}

TEST_CASE("P21: a second attempt begins with nothing of the first") {
  world<3> w;
  campaigns(w, A);
  w.receive(A, B, vote_at(w, A, ballot(3, B), 2, 1)); // and is asked for it, but answers nothing
  w.receive(A, C, refused{w.state(A).promised, ballot(9, C), all3});
  REQUIRE(w.state(A).is == role::follower);
  campaigns(w, A);
  REQUIRE(w.state(A).promised == ballot(10, A));
  w.receive(A, B, vote_at(w, A, ballot(3, B), 2, 1)); // the same vote again
  CHECK(w.count<fetch>(B) > 0);
  CHECK(!w.leads(A));
  w.receive_new(A, B, fetched{ballot(10, A), at(2), 1, ballot(3, B), entry_kind::command, all3}, 42);
  CHECK(w.log(A)[at(2)].what.number == 42);
  CHECK(w.log(A)[at(2)].voted == ballot(10, A));
}

TEST_CASE("P22: the vote at the highest ballot wins, in whatever order they are told") {
  node_index const orders[][2] = {{B, C}, {C, B}};
  for (auto const& [first, second] : orders) {
    world<5> w;
    campaigns(w, A);
    auto const vote_of = [](node_index n) { return n == B ? ballot(3, D) : ballot(2, E); };
    w.receive(A, first, vote_at(w, A, vote_of(first), 2, 1));
    w.receive(A, second, vote_at(w, A, vote_of(second), 2, 1));
    w.lose_everything();
    w.expire(A, timer::heartbeat); // asks again
    CHECK(w.count<fetch>(B) == 1);
    CHECK(w.count<fetch>(C) == 0);
    w.receive_new(A, C, fetched{w.state(A).promised, at(2), 1, ballot(2, E), entry_kind::command, all5}, 22);
    CHECK(w.log(A).last() == at(1)); // not what was asked, and not by whom
    w.receive_new(A, B, fetched{w.state(A).promised, at(2), 1, ballot(2, E), entry_kind::command, all5}, 22);
    CHECK(w.log(A).last() == at(1));
    w.receive_new(A, B, fetched{w.state(A).promised, at(2), 1, ballot(3, D), entry_kind::command, all5}, 33);
    CHECK(w.log(A)[at(2)].what.number == 33);
  }
}

TEST_CASE("P22: one vote makes nothing chosen: it is proposed again at the own ballot") {
  world<5> w;
  campaigns(w, A);
  w.receive(A, B, vote_at(w, A, ballot(3, D), 2, 1));
  w.receive(A, C, nothing_from(w, A));
  w.receive_new(A, B, fetched{w.state(A).promised, at(2), 1, ballot(3, D), entry_kind::command, all5}, 33);
  CHECK(w.state(A).commit == at(1));
  CHECK(w.log(A)[at(2)].voted == w.state(A).promised);
}

TEST_CASE("P23: what is told twice counts once") {
  world<5> w;
  campaigns(w, A);
  for (int i = 0; i < 4; ++i) w.receive(A, B, nothing_from(w, A));
  CHECK(!w.leads(A));
  w.receive(A, C, nothing_from(w, A));
  REQUIRE(w.leads(A));
  w.propose(A);
  w.turn(A);
  for (int i = 0; i < 4; ++i) w.receive(A, B, accepted{w.state(A).promised, at(2), all5, 1, 1});
  CHECK(w.state(A).commit == at(1));
  w.receive(A, D, accepted{w.state(A).promised, at(2), all5, 1, 1});
  CHECK(w.state(A).commit == at(2));
}

TEST_CASE("P58: a candidate asks those who have not answered again, and in the same ballot") {
  world<5> w;
  campaigns(w, A);
  w.receive(A, B, nothing_from(w, A));
  w.lose_everything();
  w.expire(A, timer::heartbeat);
  w.sync(A);
  CHECK(w.count<prepare>(B) == 0);
  for (auto const n : {C, D, E}) CHECK(w.count<prepare>(n) == 1);
  CHECK(std::get<prepare>(w.take<prepare>(C).what).ballot == w.state(A).promised);
}

TEST_CASE("P24: a leader's own promise and its own vote wait for its own disk") {
  world<5> w;
  campaigns(w, A, false);
  for (auto const n : {B, C, D, E}) w.receive(A, n, nothing_from(w, A)); // who can't even have been asked
  CHECK(!w.leads(A));
  w.sync(A);
  REQUIRE(w.leads(A));
  w.propose(A);
  w.flush(A);
  for (auto const n : {B, C}) {
    CHECK(w.state(A).commit == at(1));
    w.receive(A, n, accepted{w.state(A).promised, at(2), all5, 1, 1});
  }
  CHECK(w.state(A).commit == at(1)); // two and itself, unsynced
  w.sync(A);
  CHECK(w.state(A).commit == at(2));
}

TEST_CASE("P25: what is owed to a leader is not said to the next") {
  world<3> w;
  w.receive_new(A, B, accept{ballot(1, B), ballot(1, B), at(2), at(1), all3, 1, entry_kind::command}, 1);
  w.expire(A, timer::contact);
  w.receive(A, C, prepare{ballot(2, C), at(2), all3});
  w.receive(A, C, heartbeat{ballot(2, C), at(1), 0, all3});
  w.turn(A);
  CHECK(w.count<accepted>() == 0);
}

TEST_CASE("P28: a refusal of another ballot, or with a promise not above, changes only what was heard of") {
  world<3> w;
  campaigns(w, A);
  campaigns(w, A);
  auto const mine = w.state(A).promised;
  for (auto const& r :
       {refused{ballot(1, A), ballot(5, B), all3}, refused{mine, ballot(1, B), all3}, refused{mine, mine, all3}}) {
    w.receive(A, B, r);
    CHECK(w.state(A).is == role::candidate);
    CHECK(w.state(A).promised == mine);
  }
  w.receive(A, B, refused{mine, ballot(7, B), all3});
  CHECK(w.state(A).is == role::follower);
  campaigns(w, A);
  CHECK(w.state(A).promised == ballot(8, A));
}

TEST_CASE("P30: with the rounds used up nobody campaigns, and nothing wraps") {
  world<3> w;
  auto const last = ballot(quorate::ballot::last_round, B);
  w.receive(A, B, refused{stamp{}, last, all3});
  w.expire(A, timer::election);
  CHECK(w.count<canvass>() == 0);
  CHECK(w.state(A).promised == stamp{});
}

TEST_CASE("P34: a leader that hears of a higher promise, or of no quorum, gives way") {
  world<5> w;
  w.elect(A);
  auto told = w;
  told.receive(A, B, refused{told.state(A).promised, ballot(9, B), all5});
  CHECK(!told.leads(A));
  w.expire(A, timer::quorum_check); // heard of all
  REQUIRE(w.leads(A));
  w.receive(A, B, heartbeat_answer{w.state(A).promised, at(1), 0, all5});
  w.expire(A, timer::quorum_check); // of one only
  CHECK(!w.leads(A));
}

// v@1 at A, w@2 at C, v@3 at B: v is on two disks of three, and not chosen.
TEST_CASE("P35: votes at different ballots do not add up") {
  world<3> w;
  auto const at_ballot = [](stamp b) { return accept{b, b, at(2), at(1), all3, 1, entry_kind::command}; };
  w.receive_new(A, B, at_ballot(ballot(1, B)), 1);
  w.receive_new(C, A, at_ballot(ballot(2, A)), 2);
  w.receive(B, C, at_ballot(ballot(3, C)), offer{at(2), [] {
                                                   values v{};
                                                   (void)v.push_back({ballot(1, B), 1});
                                                   return v;
                                                 }()});
  for (auto const n : {A, B, C}) w.turn(n);
  w.lose_everything();
  campaigns(w, A);
  w.receive(A, C, vote_at(w, A, ballot(2, A), 2, 1));
  CHECK(w.state(A).commit == at(1));
  w.receive_new(A, C, fetched{w.state(A).promised, at(2), 1, ballot(2, A), entry_kind::command, all3}, 2);
  CHECK(w.state(A).commit == at(1));
  CHECK(w.log(A)[at(2)].what.number == 2);
}

TEST_CASE("P37: who is no voter, or speaks under another configuration, counts for nothing") {
  world<3> w;
  campaigns(w, A);
  auto const before = w.state(A);
  for (auto const n : {D, E, node_index{6}}) w.receive(A, n, nothing_from(w, A));
  auto other = nothing_from(w, A);
  other.config = another;
  w.receive(A, B, other);
  CHECK(w.state(A) == before);
  w.receive(A, B, nothing_from(w, A));
  REQUIRE(w.leads(A));
  w.propose(A);
  w.turn(A);
  for (auto const n : {D, E, node_index{6}}) w.receive(A, n, accepted{w.state(A).promised, at(2), all3, 1, 1});
  w.receive(A, B, accepted{w.state(A).promised, at(2), another, 1, 1});
  CHECK(w.state(A).commit == at(1));
}

TEST_CASE("P38: a commit index covers only what is verified at its ballot") {
  world<3> w;
  w.receive_new(A, B, accept{ballot(1, B), ballot(1, B), at(2), at(1), all3, 3, entry_kind::command}, 1);
  w.turn(A);
  w.expire(A, timer::contact);
  w.receive(A, C, heartbeat{ballot(2, C), at(4), 0, all3}); // 2 to 4 are chosen, but are they these?
  CHECK(w.state(A).commit == at(1));
  w.receive_new(A, C, accept{ballot(2, C), ballot(2, C), at(2), at(4), all3, 1, entry_kind::command}, 11);
  CHECK(w.state(A).commit == at(2));
  CHECK(w.log(A)[at(2)].what.number == 11);
}

TEST_CASE("P39: what lies behind a gap is acknowledged as that, and is not all before it") {
  world<3> w;
  w.elect(A);
  auto const b = w.state(A).promised;
  w.propose(A, 6);
  w.turn(A);
  w.lose_everything();
  w.receive_new(B, A, accept{b, b, at(6), at(1), all3, 2, entry_kind::command}, 60);
  w.turn(B);
  auto const said = w.take<accepted>(A);
  CHECK(std::get<accepted>(said.what).first == at(6));
  w.hand_over(said);
  CHECK(w.state(A).commit == at(1));
  CHECK(w.state(B).verified == at(1));
  w.crash(B);
  CHECK(w.log(B)[at(5)].kind == entry_kind::hole);
  // As candidate it proposes no-ops where it holds nothing.
  w.elect_unheard(B, node_set<64>::of(B).with(C));
  REQUIRE(w.leads(B));
  CHECK(w.log(B)[at(5)].kind == entry_kind::no_op);
  CHECK(w.log(B)[at(6)].what.number == 60);
}

} // namespace
} // namespace quorate::test
