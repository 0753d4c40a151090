// What a leader makes of one peer's answers, fact by fact: the table of raft/progress.hpp.
#include "support/raft_world.hpp"

#include <doctest/doctest.h>

namespace quorate::test {
namespace {

using namespace raft;
using options = node<>::options;
using peer = progress<options>;

constexpr peer pipelined(std::uint64_t next, std::uint64_t match, std::uint8_t in_flight) {
  peer p{};
  p.next = at(next), p.match = at(match), p.in_flight = in_flight, p.is = sending::streaming;
  return p;
}

TEST_CASE("probing begins with nothing in flight, and at once") {
  auto p = pipelined(9, 4, 3);
  start_probing(p);
  CHECK(p.is == sending::probing);
  CHECK(p.poked);
  CHECK(p.in_flight == 0);
  CHECK(window_open(p));
  note_sent(p, 2);
  CHECK_FALSE(p.poked);
  CHECK_FALSE(window_open(p));
  CHECK(p.next == at(9)); // until that one is answered
}

TEST_CASE("an acknowledgement answers as many appends as it says, and no more than there are") {
  auto p = pipelined(9, 4, 3);
  p.asked = 1;
  note_match(p, at(5), 2);
  CHECK(p.in_flight == 1);
  CHECK(p.next == at(9));
  CHECK(p.asked == 0);
  note_match(p, at(6), 2);
  CHECK(p.in_flight == 0);
  note_sent(p, 1);
  note_match(p, at(9), 0); // all that was sent: whatever was lost, nothing is in flight
  CHECK(p.in_flight == 0);
  CHECK(p.next == at(10));
}

TEST_CASE("of a peer that owes something, one answer to a heartbeat without it tells that something may be lost") {
  for (bool const counted : {true, false}) { // it owes an answer, or entries
    auto p = counted ? pipelined(5, 4, 1) : pipelined(9, 4, 0);
    auto const all = counted ? at(4) : at(8);
    for (std::uint8_t beat = 1; beat < 4; ++beat) {
      note_contact(p, beat, all); // of a heartbeat before what is owed
      CHECK_FALSE(p.poked);
      note_beat(p, beat);
      note_contact(p, beat, all);
      CHECK(p.poked);
      p.poked = false;
      note_contact(p, beat, all); // once a heartbeat: others may have been sent for reads
      CHECK_FALSE(p.poked);
    }
    note_beat(p, 4);
    note_match(p, at(4), 0); // a word between the heartbeat and its answer
    note_contact(p, 4, all);
    CHECK_FALSE(p.poked);
  }
  auto all = pipelined(5, 4, 0);
  note_beat(all, 1);
  note_contact(all, 1, at(4));
  CHECK_FALSE(all.poked); // it owes nothing
}

TEST_CASE(
    "what had not come when a heartbeat was answered is sent again, from where the peer says that it stands") {
  auto const answered = [](log_index verified, std::uint32_t since) {
    auto p = pipelined(9, 4, 3);
    note_beat(p, 1);
    for (; since > 0; --since) note_sent(p, 1);
    note_contact(p, 1, verified);
    CHECK(p.is == sending::streaming);
    CHECK((p.next < at(9)) == (p.in_flight == 0));
    return p;
  };
  CHECK(answered(at(6), 0).next == at(7));
  CHECK_FALSE(answered(at(6), 0).poked);
  CHECK(answered(at(7), 2).next == at(8));  // with it goes what was sent since
  CHECK(answered(at(8), 2).next == at(11)); // what was sent since may be on its way
  CHECK(answered(at(8), 2).poked);
  CHECK(answered(at(1), 0).next == at(5)); // it has started again: what is acknowledged is on its disk
  CHECK(answered(log_index{~std::uint64_t{0}}, 0).next == at(9));
  auto searched = answered(at(6), 0);
  start_probing(searched);
  searched.in_flight = 1, searched.poked = false;
  note_beat(searched, 2);
  note_contact(searched, 2, at(5)); // the answer is no guess of where the logs agree
  CHECK(searched.next == at(7));
  CHECK(searched.poked);
}

TEST_CASE(
    "a probe is repeated without entries, and so is what the peer has: it says again what it holds or lacks") {
  for (bool const probing : {true, false}) {
    world<3> w;
    w.elect(A, node_set<64>::of(A).with(B));
    w.propose(A, 3);
    w.lose_everything();
    w.flush(A); // to C the first append: a probe, and to B one of a pipeline
    auto const to = probing ? C : B;
    REQUIRE((w.state(A).peer(to).is == sending::probing) == probing);
    w.lose_everything();
    auto const all = w.log(A).last();
    w.receive(A, to, heartbeat_answer{term(1), all, 0, w.state(A).beat}); // to a heartbeat of before
    w.flush(A);
    CHECK(w.count<append_entries>(to) == 0);
    w.expire(A, timer::heartbeat);
    w.flush(A);
    w.lose_everything();
    w.receive(A, to, heartbeat_answer{term(1), probing ? at(1) : all, 0, w.state(A).beat});
    w.flush(A);
    REQUIRE(w.count<append_entries>(to) == 1);
    auto const repeat = std::get<append_entries>(w.take<append_entries>(to).what);
    CHECK(repeat.count == 0);
    w.receive(A, to, rejected{term(1), repeat.prev_log_index, at(1), term(0)});
    w.flush(A);
    REQUIRE(w.count<append_entries>(to) == 1);
    CHECK(std::get<append_entries>(w.take<append_entries>(to).what).count > 0);
  }
}

// Answers that are older than the question tell of a time when what was sent was on its way: with a round trip
// that is longer than the time between two heartbeats everything would be sent again and again.
TEST_CASE("only an answer to the heartbeat that asked, or to a later one, tells what is lost") {
  auto p = pipelined(9, 4, 3);
  note_beat(p, 254);
  for (int const older : {253, 200, 128, 0}) note_contact(p, static_cast<std::uint8_t>(older), at(4));
  CHECK(p.asked == 254);
  CHECK(p.next == at(9));
  CHECK(next_beat(next_beat(p.asked)) == 1);
  note_sent(p, 2);
  note_beat(p, 255); // the question stays, and so does what it is about
  note_sent(p, 2);
  note_beat(p, 1);
  CHECK(p.asked == 254);
  note_contact(p, 1, at(8)); // all before the question has come, and what has come since is not asked for
  CHECK(p.next == at(13));
  CHECK(p.poked);
  CHECK(p.asked == 0);
  note_beat(p, 2);
  note_contact(p, 2, at(8));
  CHECK(p.next == at(9));
}
static_assert(next_beat(1) == 2 && next_beat(254) == 255 && next_beat(255) == 1 && next_beat(0) == 1);
static_assert(answers(7, 7) && answers(8, 7) && answers(3, 250) && answers(134, 7));
static_assert(!answers(6, 7) && !answers(250, 3) && !answers(135, 7) && !answers(0, 7) && !answers(7, 0));

TEST_CASE("one acknowledgement says what two say only in one term, and not less than the earlier one") {
  appended const early{term(2), at(5), 1};
  appended later{term(2), at(7), 2};
  REQUIRE(later.take_in(early));
  CHECK(later == appended{term(2), at(7), 3});
  for (auto other : {appended{term(3), at(7), 2}, appended{term(2), at(4), 2}, appended{term(2), at(7), 255}}) {
    auto const before = other;
    CHECK_FALSE(other.take_in(early));
    CHECK(other == before);
  }
}

TEST_CASE("a refusal is a word between a heartbeat and its answer, even a stale one") {
  world<3> w;
  w.elect(A);
  w.propose(A);
  w.flush(A);
  w.expire(A, timer::heartbeat);
  REQUIRE(w.state(A).peer(B).asked == w.state(A).beat);
  w.receive(A, B, rejected{term(1), at(1), at(1), term(0)});
  CHECK(w.state(A).peer(B).asked == 0);
}

TEST_CASE("a follower counts up to 255 appends in one turn") {
  world<3> w;
  auto const empty = append_entries{term(1), at(1), term(0), term_id{}, at(0), 0, entry_kind::command};
  for (int i = 0; i < 300; ++i) w.receive(B, A, empty);
  w.turn(B);
  CHECK(std::get<appended>(w.take<appended>().what).answered == 255);
}

TEST_CASE("what an append has told of the commit index no heartbeat tells again") {
  world<3> w;
  w.elect(A);
  w.settle();
  w.propose(A);
  w.settle();
  auto const known = w.state(A).commit;
  REQUIRE(known == w.log(A).last());
  w.propose(A);
  w.flush(A);
  w.receive(A, A, appended{term(1), known + 1, 0});
  w.receive(A, B, appended{term(1), known + 1, 1});
  REQUIRE(w.state(A).commit == known + 1);
  w.propose(A); // so B, which has all before, hears of it beside an entry
  w.lose_everything();
  w.flush(A);
  CHECK(w.count<append_entries>(B) == 1);
  CHECK(w.count<heartbeat>(B) == 0);
  w.flush(A);
  CHECK(w.count<heartbeat>(B) == 0);
}

TEST_CASE("a peer that needs what is compacted is not sent the next append at once") {
  world<3> w;
  auto const two = node_set<64>::of(A).with(B);
  w.elect(A, two);
  w.propose(A, 8);
  w.settle(two);
  w.compact(A, w.log(A).last());
  w.propose(A, 2);
  w.settle(two);
  w.lose_everything();
  w.expire(A, timer::heartbeat);
  w.receive(A, C, heartbeat_answer{term(1), {}, 0, w.state(A).beat});
  w.flush(A);
  REQUIRE(w.count<append_entries>(C) == 1);
  w.receive(A, C, rejected{term(1), w.log(A).compacted(), at(1), term(0)});
  w.flush(A);
  CHECK(w.count<append_entries>(C) == 1);
}

TEST_CASE("a leader says again once a heartbeat what its disk has not answered, and else nothing") {
  world<3> w;
  w.elect(A);
  w.turn(A);
  REQUIRE(w[A].held.empty());
  w.expire(A, timer::heartbeat);
  w.flush(A);
  CHECK(w[A].held.empty()); // all was answered
  w.propose(A);
  w.flush(A), w.flush(A);
  CHECK(w[A].held.size() == 1);
  w.expire(A, timer::heartbeat);
  w.flush(A), w.flush(A);
  CHECK(w[A].held.size() == 2);
}

TEST_CASE("what is owed to a leader that is not heard of any more is not said to nobody") {
  world<3> w;
  w.receive(B, A, append_entries{term(1), at(1), term(0), term(1), at(0), 2, entry_kind::command});
  w.expire(B, timer::contact);
  w.expire(B, timer::election);
  w.turn(B);
  CHECK(w.count<appended>() == 0);
}

} // namespace
} // namespace quorate::test
