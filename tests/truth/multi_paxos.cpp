// Each property of several Multi-Paxos nodes: a view in which it holds, and one in which it does not.
#include "quorate/truth/multi_paxos.hpp"

#include "quorate/truth/multi_paxos_steps.hpp"
#include "quorate/world/slot_disk.hpp"
#include "truth/view.hpp"

#include <doctest/doctest.h>

#include <cstdint>

namespace quorate::test {
namespace {

namespace law = multi_paxos::truth;
using core = multi_paxos::node<limits<limit_values{.nodes = 3}>>;
using slots = world::slot_log<8>;
using node = node_made<core, slots>;
using face = core_made<core>;
using multi_paxos::role;
constexpr stamp ballot(std::uint64_t round, node_index owner) { return multi_paxos::make_ballot(round, owner); }
constexpr auto quiet_about = [](log_index) {};
#define TOLD(property, ...) told([&](auto& tell) { return property(__VA_ARGS__, tell); })

// Slots from 2 on: a command of each of these ballots, made for its slot; no ballot: a hole.
slots voted(std::initializer_list<stamp> ballots) {
  slots log{configuration{node_set<64>::first(3)}};
  for (auto const b : ballots) {
    auto const i = log.last() + 1;
    world::slot_offer o{i, {}};
    (void)o.what.push_back({b, i.value});
    (void)log.put({i, 1, b, b == stamp{} ? entry_kind::hole : entry_kind::command}, o);
  }
  return log;
}

TEST_CASE("no ballot leaves before it is durable") {
  node n{B};
  n.durable.hard.promised = ballot(1, A);
  CHECK(TOLD(law::ballots_wait_for_the_disk, n, ballot(1, A)) == "nothing");
  CHECK(TOLD(law::ballots_wait_for_the_disk, n, ballot(2, A)) ==
        "no ballot leaves before it is durable: node B speaks of ballot 2.A, and its disk has promised 1.A");
}

TEST_CASE("a promise tells what was voted for, durably") {
  node n{B};
  n.durable.log = voted({ballot(1, A), ballot(1, A)});
  multi_paxos::promise p{ballot(2, C), at(2), at(1), at(1), ballot(1, A), 2, entry_kind::command, 7};
  CHECK(TOLD(law::promises_tell_votes, n, p) == "nothing");
  p.voted = ballot(1, C);
  CHECK(
      TOLD(law::promises_tell_votes, n, p) ==
      "a promise tells what was voted for, durably: node B promises ballot 2.C, and tells something else of slot "
      "2 than its disk has there");
  p.count = 0; // "for nothing from there on"
  CHECK(TOLD(law::promises_tell_votes, n, p) != "nothing");
  p.first = at(4);
  CHECK(TOLD(law::promises_tell_votes, n, p) == "nothing");
  n.durable.log = voted({ballot(2, C)}); // voted for since
  p = {ballot(2, C), at(2), at(1), at(1), {}, 0, {}, 7};
  CHECK(TOLD(law::promises_tell_votes, n, p) == "nothing");
  n.durable.log = voted({ballot(1, A)}); // taught since
  CHECK(TOLD(law::promises_tell_votes, n, p) != "nothing");
  for (auto const since : {0, 1, 2}) { // that leader is known, or was lost again
    auto m = n;
    if (since == 0) m.core.s.leader = C;
    if (since == 1) m.core.s.canvassing = true;
    if (since == 2) m.core.s.promised = ballot(3, B);
    CHECK(TOLD(law::promises_tell_votes, m, p) == "nothing");
  }
}

TEST_CASE("no vote leaves before it is durable; what was taught is noted") {
  node n{B};
  n.durable.hard.promised = ballot(2, A);
  n.durable.log = voted({ballot(2, A), ballot(1, C), {}});
  log_index taught{};
  auto const note = [&](log_index i) { taught = i; };
  CHECK(TOLD(law::votes_wait_for_the_disk, n, multi_paxos::accepted{ballot(2, A), at(2), 7, 1, 1}, note) ==
        "nothing");
  CHECK(taught == at(0));
  CHECK(TOLD(law::votes_wait_for_the_disk, n, multi_paxos::accepted{ballot(2, A), at(2), 7, 2, 1}, note) ==
        "nothing");
  CHECK(taught == at(3));
  for (std::uint32_t const count : {3U, 4U}) // a hole, and nothing at all
    CHECK(
        TOLD(law::votes_wait_for_the_disk, n, multi_paxos::accepted{ballot(2, A), at(2), 7, count, 1}, note) ==
        "no vote leaves before it is durable: node B acknowledges slot 4 at ballot 2.A, and its disk has nothing "
        "there");
  multi_paxos::accept said{};
  said.commit = at(3);
  CHECK(TOLD(law::only_what_is_chosen_is_taught, said, B, at(3)) == "nothing");
  CHECK(
      TOLD(law::only_what_is_chosen_is_taught, said, B, at(4)) ==
      "below its ballot only what is chosen is acknowledged: node B acknowledges slot 4, where it has voted at a "
      "lower ballot, and was told of what is chosen up to 3");
  CHECK(TOLD(law::only_what_is_chosen_is_taught, multi_paxos::heartbeat{}, B, at(0)) == "nothing");
  CHECK(TOLD(law::only_what_is_chosen_is_taught, multi_paxos::heartbeat{}, B, at(2)) != "nothing");
}

TEST_CASE("beside a living leader no canvass is granted, and what may leave is asked of each kind") {
  node n{B};
  law::ballots_said said{};
  CHECK(TOLD(law::canvasses_respect_a_leader, n) == "nothing");
  n.core.s.in_contact = true, n.core.s.leader = A;
  CHECK(TOLD(law::canvasses_respect_a_leader, n) ==
        "beside a living leader no canvass is granted: node B grants one, and has heard of A less than T ago");
  CHECK(TOLD(law::may_leave, n, said, multi_paxos::canvass_granted{}, quiet_about) != "nothing");
  CHECK(TOLD(law::may_leave, n, said, multi_paxos::heartbeat{}, quiet_about) == "nothing");
  CHECK(TOLD(law::may_leave, n, said, multi_paxos::prepare{ballot(1, B), at(2), 7}, quiet_about) != "nothing");
  CHECK(said.prepared == ballot(1, B));
  CHECK(TOLD(law::may_leave, n, said, multi_paxos::promise{ballot(3, B)}, quiet_about) != "nothing");
  CHECK(said.promised == ballot(3, B));
  CHECK(TOLD(law::may_leave, n, said, multi_paxos::accepted{ballot(4, B), at(2), 7, 1, 1}, quiet_about) !=
        "nothing");
}

TEST_CASE("what a node has said is on its disk, whatever happens") {
  law::word_given g{};
  g.ballots = {ballot(1, B), ballot(2, A)};
  law::note_word(g, multi_paxos::accepted{ballot(2, A), at(2), 7, 3, 1});
  CHECK(TOLD(law::nothing_said_is_forgotten, B, g, multi_paxos::promise_and_mark{ballot(2, A)}, at(4)) ==
        "nothing");
  CHECK(TOLD(law::nothing_said_is_forgotten, B, g, multi_paxos::promise_and_mark{ballot(1, B)}, at(4)) !=
        "nothing");
  CHECK(TOLD(law::nothing_said_is_forgotten, B, g, multi_paxos::promise_and_mark{ballot(2, A)}, at(3)) !=
        "nothing");
  node n{B};
  n.durable.hard.promised = ballot(2, A);
  CHECK(TOLD(law::promises_are_not_forgotten, n, g.ballots) == "nothing");
  n.durable.hard.promised = ballot(1, A);
  CHECK(TOLD(law::promises_are_not_forgotten, n, g.ballots) ==
        "what was promised is not forgotten: node B has promised ballot 2.A to others, and its disk has 1.A");
}

TEST_CASE("on disk, promises and votes only rise") {
  node before{B}, after{B};
  before.durable.hard.promised = after.durable.hard.promised = ballot(2, A);
  before.durable.log = voted({ballot(1, A)}), after.durable.log = voted({ballot(2, A)});
  CHECK(TOLD(law::disks_only_rise, before, after) == "nothing");
  CHECK(TOLD(law::disks_only_rise, after, before) ==
        "on disk, votes only rise: node B has one replaced by one that is not above it");
  after.durable.hard.promised = ballot(1, A);
  CHECK(TOLD(law::disks_only_rise, before, after) == "on disk, promises only rise: node B had 2.A, and has 1.A");
}

TEST_CASE("a ballot is campaigned for once, led once, and by one") {
  face before{}, after{};
  after.s.self = A, after.s.is = role::candidate, after.s.promised = ballot(2, A);
  CHECK(TOLD(law::a_ballot_is_campaigned_for_once, law::ballots_said{}, before, after) == "nothing");
  CHECK(TOLD(law::a_ballot_is_campaigned_for_once, (law::ballots_said{ballot(2, A), {}}), after, after) ==
        "nothing"); // it goes on
  CHECK(TOLD(law::a_ballot_is_campaigned_for_once, (law::ballots_said{ballot(2, A), {}}), before, after) ==
        "a ballot is campaigned for once: node A campaigns for ballot 2.A, and has asked for 2.A");
  truth::few_eras a{}, b{};
  a.add(ballot(2, A)), b.add(ballot(2, B));
  after.s.is = role::leader;
  CHECK(TOLD(law::a_ballot_is_led_once, b, after) == "nothing");
  CHECK(TOLD(law::a_ballot_is_led_once, a, after) ==
        "a ballot is led once: node A begins to lead ballot 2.A, which it has led before");
  CHECK(TOLD(law::one_leader_a_ballot, A, a, B, b) == "nothing");
  b.add(ballot(2, A));
  CHECK(TOLD(law::one_leader_a_ballot, A, a, B, b) ==
        "one leader a ballot: nodes A and B have led the same ballot");
}

TEST_CASE("a match is true") {
  node leader{A}, other{B};
  leader.core.s.is = role::leader, leader.core.s.promised = ballot(2, A), leader.core.s.commit = at(1);
  leader.core.s.peer(B).match = at(2);
  leader.written.log = voted({ballot(2, A), ballot(2, A), ballot(2, A)});
  other.durable.log = voted({ballot(2, A)});
  CHECK(TOLD(law::a_match_is_true, leader, other) == "nothing");
  leader.core.s.peer(B).match = at(3);
  CHECK(TOLD(law::a_match_is_true, leader, other) ==
        "a match is true: the leader A takes B to hold its slot 3, and that disk has something else there, or "
        "nothing");
  leader.core.s.peer(B).match = at(2);
  leader.core.s.peer(B).apart_first = leader.core.s.peer(B).apart_last = at(4);
  CHECK(TOLD(law::a_match_is_true, leader, other) != "nothing");
  other.durable.log = voted({ballot(2, A), {}, ballot(2, A)});
  CHECK(TOLD(law::a_match_is_true, leader, other) == "nothing");
  other.durable.log = voted({ballot(1, B)});
  CHECK(TOLD(law::a_match_is_true, leader, other) != "nothing");
  other.durable.hard.promised = ballot(3, B); // it has moved on
  CHECK(TOLD(law::a_match_is_true, leader, other) == "nothing");
}

using ledger = law::slots_ledger<majority, world::slot_value, 3, 5, truth::bounded_memory>;

TEST_CASE("what is accepted was proposed, for that slot") {
  world::slot const made{ballot(2, A), entry_kind::command, {ballot(1, B), 3}};
  CHECK(TOLD(ledger::what_is_accepted_was_proposed, B, at(3), made) == "nothing");
  CHECK(TOLD(ledger::what_is_accepted_was_proposed, B, at(4), made) ==
        "what is accepted was proposed, there: node B has in slot 4, at ballot 2.A, what nobody has proposed for "
        "that slot");
  world::slot const early{ballot(1, A), entry_kind::command, {ballot(1, B), 3}}; // before it was proposed
  CHECK(TOLD(ledger::what_is_accepted_was_proposed, B, at(3), early) != "nothing");
  world::slot const no_op{ballot(1, A), entry_kind::no_op, {}};
  CHECK(TOLD(ledger::what_is_accepted_was_proposed, B, at(3), no_op) == "nothing");
}

TEST_CASE("who leads was promised its ballot, and what a node takes for chosen is") {
  ledger all{};
  node a{A}, b{B};
  a.durable.hard.promised = b.durable.hard.promised = ballot(1, A);
  a.durable.log = a.written.log = voted({ballot(1, A)});
  a.core.s.is = role::leader, a.core.s.promised = ballot(1, A), a.core.s.commit = at(1);
  CHECK(TOLD(all.votes_agree, a) == "nothing");
  CHECK(
      TOLD(all.leaders_were_promised_their_ballot, a) ==
      "who leads was promised its ballot by a quorum: node A leads ballot 1.A, which is on the disks of 1 nodes");
  a.core.s.commit = at(2);
  CHECK(TOLD(all.what_is_taken_for_chosen_is, a) ==
        "what a node takes for chosen is: node A takes its value in slot 2 for chosen, and no quorum's disks have "
        "it at one ballot");
  b.durable.log = voted({ballot(1, A)});
  CHECK(TOLD(all.votes_agree, b) == "nothing");
  CHECK(all.any_chosen());
  CHECK(TOLD(all.leaders_were_promised_their_ballot, a) == "nothing");
  CHECK(TOLD(all.what_is_taken_for_chosen_is, a) == "nothing");
  b.durable.log = voted({ballot(1, A), ballot(1, A), ballot(1, A), ballot(1, A), ballot(1, A)});
  CHECK(TOLD(all.votes_agree, b) == "(the bounds need more slots): ");
}

// --- what one message may do

face at_ballot(stamp b) {
  face f{};
  f.s.self = B, f.s.promised = f.s.seen = b;
  return f;
}

TEST_CASE("answers are for their ballot, and a canvass promises nothing") {
  auto const before = at_ballot(ballot(2, B)), after = at_ballot(ballot(3, B));
  CHECK(TOLD(law::answers_are_for_their_ballot, before, multi_paxos::accepted{ballot(2, B)}, after) == "nothing");
  CHECK(TOLD(law::answers_are_for_their_ballot, before, multi_paxos::accepted{ballot(1, B)}, before) == "nothing");
  CHECK(TOLD(law::answers_are_for_their_ballot, before, multi_paxos::accepted{ballot(1, B)}, after) ==
        "an answer at another ballot changes nothing: node B at ballot 2.B heeds an answer at ballot 1.B");
  CHECK(TOLD(law::canvasses_promise_nothing, before, before) == "nothing");
  CHECK(TOLD(law::canvasses_promise_nothing, before, after) ==
        "to be canvassed changes nothing: node B of ballot 2.B is canvassed, and is at ballot 3.B now");
}

TEST_CASE("beside a living leader no ballot is promised") {
  auto before = at_ballot(ballot(2, A));
  auto const after = at_ballot(ballot(3, C));
  multi_paxos::prepare const asked{ballot(3, C), at(2), 7};
  CHECK(TOLD(law::promises_respect_a_leader, before, asked, after) == "nothing");
  before.s.in_contact = true, before.s.leader = A;
  CHECK(TOLD(law::promises_respect_a_leader, before, asked, before) == "nothing");
  CHECK(
      TOLD(law::promises_respect_a_leader, before, asked, after) ==
      "beside a living leader no ballot is promised: node B is asked for ballot 3.C, and has heard of A less than "
      "T ago");
}

TEST_CASE("a refusal is remembered, and ends what was refused") {
  auto before = at_ballot(ballot(2, B));
  before.s.is = role::candidate;
  auto after = before;
  multi_paxos::refused const m{ballot(2, B), ballot(3, A), 7};
  CHECK(
      TOLD(law::ballots_rise_above_refusals, before, m, after) ==
      "the next ballot is above what was refused for: node B hears of ballot 3.A, and goes on as if nothing were "
      "above 2.B");
  CHECK(TOLD(law::refusals_depose, before, m, after) ==
        "who hears of a higher promise gives way: node B hears that 3.A was promised, and goes on at ballot 2.B");
  after.s.seen = ballot(3, A), after.s.is = role::follower;
  CHECK(TOLD(law::ballots_rise_above_refusals, before, m, after) == "nothing");
  CHECK(TOLD(law::refusals_depose, before, m, after) == "nothing");
}

TEST_CASE("to hear of the leader puts an election off; an answer confirms no later round than its own") {
  auto before = at_ballot(ballot(2, A)), after = before;
  after.s.leader = A;
  multi_paxos::heartbeat const beat{ballot(2, A), at(1), 0, 7};
  constexpr std::uint64_t put_off = 1U << static_cast<unsigned>(multi_paxos::timer::election);
  CHECK(TOLD(law::leaders_put_off_elections, before, beat, A, after, put_off) == "nothing");
  CHECK(
      TOLD(law::leaders_put_off_elections, before, beat, A, after, std::uint64_t{0}) ==
      "to hear of the leader puts an election off: node B hears of its leader A, and does not start its election "
      "timer anew");
  before.s.is = after.s.is = role::leader;
  after.s.peer(A).round = 3;
  CHECK(TOLD(law::answers_confirm_no_later_round, before, (multi_paxos::heartbeat_answer{{}, {}, 3, 7}), A,
             after) == "nothing");
  CHECK(
      TOLD(law::answers_confirm_no_later_round, before, (multi_paxos::heartbeat_answer{{}, {}, 2, 7}), A, after) ==
      "an answer confirms no later round than its own: node A answers round 2, and B counts it for round 3");
}

} // namespace
} // namespace quorate::test
