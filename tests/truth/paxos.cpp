// Each property of several nodes of Paxos: a view in which it holds, and one in which it does not.
#include "quorate/truth/paxos.hpp"

#include "truth/view.hpp"

#include <doctest/doctest.h>

namespace quorate::test {
namespace {

namespace law = paxos::truth;
using core = paxos::full_node<int>;
using options = core::options;
struct node {
  using core_type = core;
  node_index self = B;
  paxos::recovered<int> durable{};
};
constexpr ballot first = ballot_at(1, A), second = ballot_at(2, B);
#define TOLD(property, ...) told([&](auto& tell) { return property(__VA_ARGS__, tell); })

TEST_CASE("nothing leaves before it is durable") {
  node n;
  n.durable.proposer.round = 1;
  n.durable.acceptor = {first, {first, 7}};
  CHECK(TOLD(law::ballots_wait_for_their_floor, n, ballot_at(1, B)) == "nothing");
  CHECK(
      TOLD(law::ballots_wait_for_their_floor, n, second) ==
      "no ballot leaves before its floor is durable: node B speaks of its ballot in round 2, and the floor on its "
      "disk is 1");
  CHECK(TOLD(law::promises_wait_for_the_disk, n, (paxos::promise<int>{first, {first, 7}})) == "nothing");
  CHECK(TOLD(law::promises_wait_for_the_disk, n, (paxos::promise<int>{second, {first, 7}})) ==
        "no promise leaves before it is durable: node B promises ballot 2.B, and its disk has ballot 1.A");
  CHECK(TOLD(law::votes_wait_for_the_disk, n, first, true) == "nothing");
  CHECK(TOLD(law::votes_wait_for_the_disk, n, second, false) ==
        "no vote leaves before it is durable: node B says that it has accepted at ballot 2.B, and its disk has a "
        "vote at ballot 1.A");

  law::ballots_said said{};
  CHECK(TOLD(law::may_leave, n, said, paxos::prepare{second}) != "nothing");
  CHECK(TOLD(law::may_leave, n, said, (paxos::accept<int>{second, 7})) != "nothing");
  CHECK(TOLD(law::may_leave, n, said, (paxos::promise<int>{second, {}})) != "nothing");
  CHECK(TOLD(law::may_leave, n, said, (paxos::accepted<int>{second, 7})) != "nothing");
  CHECK(TOLD(law::may_leave, n, said, (paxos::accepted<int>{first, 7})) == "nothing");
  CHECK(TOLD(law::may_leave, n, said, paxos::inquiry{}) == "nothing");
  CHECK(said == law::ballots_said{second, second, second});
}

TEST_CASE("what was said is kept, and disks only rise") {
  node was, is;
  was.durable = {{first, {first, 7}}, {1}};
  is.durable = {{second, {second, 7}}, {2}};
  CHECK(TOLD(law::nothing_said_is_forgotten, is, (law::ballots_said{second, second, second})) == "nothing");
  CHECK(TOLD(law::nothing_said_is_forgotten, was, (law::ballots_said{{}, second, first})) ==
        "what was promised and accepted is not forgotten: node B has promised ballot 2.B and accepted at 1.A, and "
        "its disk has 1.A and 1.A");
  CHECK(TOLD(law::disks_only_rise, was, is) == "nothing");
  CHECK(TOLD(law::disks_only_rise, is, was) ==
        "on disk, promises and floors only rise: node B had promised ballot 2.B with floor 2, and has 1.A and 1");
  CHECK(TOLD(law::votes_keep_promises, was, is) == "nothing");
  CHECK(TOLD(law::votes_keep_promises, is, was) ==
        "what is accepted is not below the promise: node B had promised ballot 2.B, and accepts at ballot 1.A");
}

TEST_CASE("a ballot is used once, and the next one is above what was refused for") {
  paxos::proposer_state<options> idle{}, begins{};
  idle.self = begins.self = B;
  begins.now = {second, paxos::phase::preparing, {}, {}, {}, {}};
  CHECK(TOLD(law::a_ballot_is_used_once, law::ballots_said{}, idle, begins) == "nothing");
  CHECK(TOLD(law::a_ballot_is_used_once, (law::ballots_said{second, {}, {}}), begins, begins) == "nothing");
  CHECK(TOLD(law::a_ballot_is_used_once, (law::ballots_said{second, {}, {}}), idle, begins) ==
        "a ballot that was used is used again: node B begins with ballot 2.B, and has asked for 2.B");
  paxos::refused const m{second, ballot_at(5, C)};
  CHECK(TOLD(law::ballots_rise_above_refusals, begins, m, begins) ==
        "the next ballot is above what was refused for: node B hears of ballot 5.C, and has heard of round 0");
  auto heard = begins;
  heard.heard = 5;
  CHECK(TOLD(law::ballots_rise_above_refusals, begins, m, heard) == "nothing");
  CHECK(TOLD(law::ballots_rise_above_refusals, idle, m, idle) == "nothing");
  node n;
  CHECK(TOLD(law::ballots_are_not_used_again, n, second) ==
        "a ballot is not used again after a restart: node B speaks of ballot 2.B, which it has used before it "
        "started again");
  CHECK(TOLD(law::ballots_last, B) == "ballots are not used up so soon: node B has none left");
  CHECK(TOLD(law::no_conflict, B, second) ==
        "a conflict, and yet no disk has lost anything: node B reports one at ballot 2.B");
}

TEST_CASE("what is accepted was proposed, and higher ballots know of what is chosen") {
  CHECK(TOLD(law::what_is_accepted_was_proposed, B, first, true) == "nothing");
  CHECK(TOLD(law::what_is_accepted_was_proposed, B, first, false) ==
        "what is accepted was proposed: node B has accepted at ballot 1.A what nobody has proposed there");
  CHECK(TOLD(law::higher_ballots_know_what_is_chosen, first, second, true) == "nothing");
  CHECK(
      TOLD(law::higher_ballots_know_what_is_chosen, first, second, false) ==
      "what is chosen is known to every higher ballot: a value was chosen at ballot 1.A, and ballot 2.B does not "
      "know of it");
}

struct all_chosen { // a ledger by hand
  bool yes;
  constexpr bool is_chosen(ballot, int) const { return yes; }
};
TEST_CASE("what is decided, rewritten and learned was chosen") {
  paxos::proposer_state<options> proposer{};
  paxos::learner_state<options> learner{};
  proposer.self = learner.self = B;
  paxos::vote<int> rewritten{};
  for (bool const chosen : {true, false}) { // nothing is known
    CHECK(TOLD(law::decisions_were_chosen, all_chosen{chosen}, proposer) == "nothing");
    CHECK(TOLD(law::changes_were_chosen, all_chosen{chosen}, B, rewritten) == "nothing");
    CHECK(TOLD(law::lessons_were_chosen, all_chosen{chosen}, learner) == "nothing");
  }
  proposer.now.at = learner.known.at = rewritten.at = first;
  proposer.now.is = paxos::phase::done;
  CHECK(TOLD(law::decisions_were_chosen, all_chosen{true}, proposer) == "nothing");
  CHECK(TOLD(law::changes_were_chosen, all_chosen{true}, B, rewritten) == "nothing");
  CHECK(TOLD(law::lessons_were_chosen, all_chosen{true}, learner) == "nothing");
  CHECK(TOLD(law::decisions_were_chosen, all_chosen{false}, proposer) ==
        "what is decided was chosen: node B takes it for decided at ballot 1.A, and no quorum's disks have it "
        "there");
  CHECK(TOLD(law::changes_were_chosen, all_chosen{false}, B, rewritten) ==
        "what was rewritten was chosen: node B says so of ballot 1.A, and no quorum's disks have it there");
  CHECK(TOLD(law::lessons_were_chosen, all_chosen{false}, learner) ==
        "what is learned was chosen: node B has learned it of ballot 1.A, and no quorum's disks have it there");
}

} // namespace
} // namespace quorate::test
