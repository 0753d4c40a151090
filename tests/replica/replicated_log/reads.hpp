// Linearizable reads: what a read may be answered with, when, and that it is answered once. (Each `done` is
// checked against everything that was acknowledged before the read was asked: see cluster.hpp.)
#pragma once

#include "replica/replicated_log/names.hpp"

namespace quorate {
namespace {

bool told(cluster& c, std::uint32_t id, std::uint64_t token) { return c[id].read.contains(token); }
fate read_fate(cluster& c, std::uint32_t id, std::uint64_t token) {
  REQUIRE(told(c, id, token));
  return c[id].read.at(token).what;
}

TEST_CASE("a read on the leader and on a follower is done once, at or above what was acknowledged") {
  cluster c;
  auto const l = c.elect();
  auto const f = c.other_than(l);
  auto const w = c.propose(f, 1);
  c.run(20);
  REQUIRE(c.fate_of(f, w) == fate::done);
  auto const a = c.read(l), b = c.read(f), d = c.read(f);
  c.run(20);
  CHECK(read_fate(c, l, a) == fate::done);
  CHECK(read_fate(c, f, b) == fate::done);
  CHECK(c[f].read.at(b) == c[f].read.at(d)); // one record for one turn's
  CHECK(c[f].read.at(b).count == 2);
  c.run(1000);
}

TEST_CASE("R1: a leader answers no read, its own or a follower's, before it has committed what it found") {
  cluster c;
  auto const before = c.elect();
  auto const w = c.propose(before, 1);
  c.run(20);
  REQUIRE(c.fate_of(before, w) == fate::done);
  // The leader falls silent with a command that one of the others has, so that it may have been committed. The
  // next leader proposes it again, but no acknowledgement gets through.
  c.net.clear();
  (void)c.propose(before, 2);
  c.turn(before);
  c.deliver([&](auto const& p) { return p.to.value == c.other_than(before); });
  auto const no_commit = [&](auto const& p) {
    return cut_off(before)(p) && !p.template holds<protocol::acknowledgement>();
  };
  auto const l = c.succeed(before, no_commit), f = c.other_than(l, before);
  REQUIRE(!protocol::settled(c[l]->core(), c[l].disk.log()));
  auto const a = c.read(l), b = c.read(f);
  c.run(90, no_commit); // its heartbeats are answered
  REQUIRE(c[l]->core().leads());
  CHECK(!told(c, l, a));
  CHECK(!told(c, f, b));
  c.run(70, cut_off(before)); // scenario R6: they wait for it, and are not refused
  CHECK(read_fate(c, l, a) == fate::done);
  CHECK(read_fate(c, f, b) == fate::done);
}

TEST_CASE("R5: a sole node that restarts answers no read before it has applied what it had acknowledged") {
  cluster c{1, {.entries = 1U << 14, .bytes = 1U << 18}};
  c.elect();
  std::uint64_t made = 0;
  for (int batch = 0; batch < 10; ++batch) { // more than one turn applies
    for (int i = 0; i < 1000; ++i) c.propose(1, ++made);
    c.run(3);
  }
  REQUIRE(c.book.acknowledged > 10000);
  c.crash(1);
  c.restart(1);
  auto const token = c.read(1);
  bool waited = false;
  for (int i = 0; i < 400 && !told(c, 1, token); ++i) {
    c.run(1);
    waited = waited || (c[1]->core().commit_index().value >= c.book.acknowledged && !told(c, 1, token));
  }
  CHECK(read_fate(c, 1, token) == fate::done);
  CHECK(c[1].applied.size() == made);
  CHECK(waited); // committed is not applied
}

TEST_CASE("a deposed leader that does not know it answers no read") {
  cluster c;
  auto const l = c.elect();
  auto const cut = cut_off(l);
  auto const token = c.read(l); // asked with the last breath: its heartbeats go nowhere
  c.turn(l);
  c.net.clear();
  auto const next = c.succeed(l, cut);
  c.run(20, cut);
  (void)c.propose(next, 5);
  c.run(10, cut);
  CHECK(!told(c, l, token));
  SUBCASE("R6: it asks the next leader once it knows one") {
    c.run(100);
    CHECK(read_fate(c, l, token) == fate::done);
    CHECK(c[l].read.at(token).index.value >= c.book.where.at(5)); // that leader's
  }
  SUBCASE("R6: or refuses at the deadline, if it never does") {
    c.run(c.settings.request, cut);
    CHECK(read_fate(c, l, token) == fate::refused);
    CHECK(c[l].read.at(token).reason == refusal::late);
  }
  c.run(1000);
  CHECK(c[l].read.size() == 1);
}

// A follower asks for a read, and its request is lost. The read's token.
std::uint64_t ask_in_vain(cluster& c, std::uint32_t follower) {
  c.net.clear();
  auto const token = c.read(follower);
  c.turn(follower);
  REQUIRE(c.take_out<read_request>());
  return token;
}

TEST_CASE("a follower's read is asked anew of the next leader, and done once") {
  cluster c;
  auto const l = c.elect();
  auto const f = c.other_than(l);
  auto const token = ask_in_vain(c, f); // the request is lost with the leader
  c.crash(l);
  c.run(330);
  CHECK(c.leader() != 0);
  CHECK(read_fate(c, f, token) == fate::done);
}

// A filter for run(): answers to reads do not come, and may be handed over later.
auto keeping_answers_in(std::vector<cluster::packet>& held) {
  return [&held](auto const& p) {
    if (!p.template holds<read_answer>()) return true;
    held.push_back(p);
    return false;
  };
}

TEST_CASE("K6: a read whose request or answer is lost is asked again within a heartbeat interval") {
  cluster c;
  auto const l = c.elect();
  auto const f = c.other_than(l);
  auto const token = ask_in_vain(c, f);
  c.run(c.settings.heartbeat + 5);
  CHECK(read_fate(c, f, token) == fate::done);

  auto const second = c.read(f);
  bool lost = false;
  c.run(c.settings.heartbeat + 10,
        [&](auto const& p) { return !p.template holds<read_answer>() || std::exchange(lost, true); });
  CHECK(lost);
  CHECK(read_fate(c, f, second) == fate::done);
}

TEST_CASE("K6: a read that waits for its quorum is asked once a heartbeat interval, and not answered for each") {
  cluster c;
  auto const l = c.elect();
  auto const f = c.other_than(l);
  c.net.clear();
  auto const token = c.read(f);
  std::uint64_t asked = 0, answered = 0;
  auto const unconfirmed = [&](auto const& p) { // the quorum's answers do not get through
    asked += p.template holds<read_request>() ? 1 : 0;
    answered += p.template holds<read_answer>() ? 1 : 0;
    return p.to.value != l || p.template holds<read_request>();
  };
  auto const intervals = 2U;
  c.run(intervals * c.settings.heartbeat, unconfirmed);
  CHECK(asked >= 2);
  CHECK(asked <= intervals + 1);
  CHECK(answered == 0);
  c.run(c.settings.heartbeat + 5, [&](auto const& p) { return unconfirmed(p) || true; });
  CHECK(read_fate(c, f, token) == fate::done);
  CHECK(answered > 0);
  CHECK(answered < asked);
}

TEST_CASE("lost answers refuse the read at the deadline; a late or repeated one changes nothing") {
  cluster c;
  auto const l = c.elect();
  auto const f = c.other_than(l);
  std::vector<cluster::packet> held;
  auto const hold = keeping_answers_in(held);
  auto const token = c.read(f);
  c.run(c.settings.request + 3, hold);
  REQUIRE(!held.empty());
  CHECK(held.size() <= c.settings.request / c.settings.heartbeat + 1); // asked again, and no oftener
  CHECK(read_fate(c, f, token) == fate::refused);
  c.hand_over(held[0]);
  auto const second = c.read(f);
  c.run(20);
  CHECK(read_fate(c, f, second) == fate::done);
  c.hand_over(held[0]);
  c.run(20);
  CHECK(c[f].read.size() == 2);
}

TEST_CASE("an answer to a read of an earlier incarnation is dropped") {
  cluster c;
  auto const l = c.elect();
  auto const f = c.other_than(l);
  std::vector<cluster::packet> held;
  auto const hold = keeping_answers_in(held);
  (void)c.read(f);
  c.run(20, hold);
  REQUIRE(held.size() == 1);
  c.crash(f);
  c.restart(f);
  auto const w = c.propose(l, 9); // acknowledged after that answer was true
  c.run(20, cut_off(f));
  REQUIRE(c.fate_of(l, w) == fate::done);
  auto const token = c.read(f); // the same number
  REQUIRE(std::get<read_answer>(held[0].what).number == token);
  c.turn(f);
  c.net.clear();
  c.hand_over(held[0]);
  c.turn(f);
  CHECK(!told(c, f, token));
  c.run(300);
  CHECK(read_fate(c, f, token) == fate::done);
}

TEST_CASE("a read asked before the turn that places a write need not see it; one asked after its outcome must") {
  cluster c;
  auto const l = c.elect();
  for (std::uint64_t i = 0; i < 30; ++i) {
    (void)c.propose(l, 100 + i);
    (void)c.read(1 + static_cast<std::uint32_t>(i % 3));
    c.run(i % 4);
  }
  c.run(100);
  std::size_t done = 0;
  for (std::uint32_t id = 1; id <= 3; ++id)
    for (auto const& [token, o] : c[id].read) done += o.what == fate::done;
  CHECK(done == 30);
}

TEST_CASE("reads are refused at once by a replica that has stopped, and those that wait when it stops, once") {
  cluster c;
  c.elect();
  auto const seen = c.read(1);
  c.collect(c[1]);
  auto const unseen = c.read(1);
  c[1]->stop();
  CHECK(!c[1]->read());
  c.release(c[1]);
  for (auto const token : {seen, unseen}) {
    REQUIRE(c[1].read.contains(token));
    CHECK(c[1].read.at(token).what == fate::refused);
    CHECK(c[1].read.at(token).reason == refusal::stopped);
  }
  c.run(5);
}

TEST_CASE("a replica whose core has no reads still replicates") {
  combination::cluster<numbers, protocol::no_reads> c;
  auto const l = c.elect();
  auto const token = c.propose(l, 1);
  c.run(20);
  CHECK(c.fate_of(l, token) == fate::done);
}

} // namespace
} // namespace quorate
