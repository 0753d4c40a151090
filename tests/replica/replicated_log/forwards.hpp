// A proposal handed to the leader: what is lost, repeated, late or misdirected on the way must not make two
// of one, nor a refusal of what happened.
#pragma once

#include "replica/replicated_log/names.hpp"

namespace quorate {
namespace {

// A follower's proposal whose forward has left and waits in the network, alone.
struct under_way {
  cluster c{};
  std::uint32_t l = c.elect();
  std::uint32_t f = c.other_than(l);
  std::uint64_t token{};
  cluster::packet copy{};

  explicit under_way(std::uint64_t command) {
    c.net.clear();
    token = c.propose(f, command);
    c.turn(f);
    auto p = c.take_out<forward>();
    REQUIRE(p);
    copy = *p;
    CHECK(!c.take_out<forward>()); // one forward for one turn's proposals
  }
};

TEST_CASE("a forward that is lost is unknown at the deadline, and nothing is sent again") {
  under_way u{1};
  auto& c = u.c;
  std::size_t forwards = 0;
  c.run(c.settings.request - 1, [&](auto const& p) { return forwards += p.template holds<forward>(), true; });
  CHECK(!c[u.f].told.contains(u.token));
  c.run(2, [&](auto const& p) { return forwards += p.template holds<forward>(), true; });
  CHECK(c.fate_of(u.f, u.token) == fate::unknown);
  CHECK(c.reason_of(u.f, u.token) == refusal::late);
  CHECK(forwards == 0); // it may have been sent: never again
  c.hand_over(u.copy);  // so late, it still may come
  c.run(50);
  CHECK(c.book.where.contains(1));
  CHECK(c[u.f].told.size() == 1);
  c.book.check();
}

TEST_CASE("a forward lost with its leader is unknown, for that reason, once the next leader's entry is applied") {
  under_way u{12};
  auto& c = u.c;
  auto const next = c.succeed(u.l, cut_off(u.l));
  (void)c.propose(next, 13);
  for (int i = 0; i < 1000 && !c[u.f].told.contains(u.token); ++i) c.run(1, cut_off(u.l));
  CHECK(c.fate_of(u.f, u.token) == fate::unknown);
  CHECK(c.reason_of(u.f, u.token) == refusal::superseded);
}

TEST_CASE("a lost answer makes the outcome unknown, never refused: the command was committed") {
  under_way u{2};
  auto& c = u.c;
  c.hand_over(u.copy);
  c.run(c.settings.request + 5, [](auto const& p) { return !p.template holds<forward_placed>(); });
  CHECK(c.book.where.contains(2));
  CHECK(c.fate_of(u.f, u.token) == fate::unknown);
  c.book.check();
}

TEST_CASE("a forward that the network repeats is placed once") {
  under_way u{3};
  auto& c = u.c;
  c.hand_over(u.copy);
  c.hand_over(u.copy);
  c.run(5);
  c.hand_over(u.copy);
  c.run(50);
  CHECK(c.fate_of(u.f, u.token) == fate::done);
  CHECK(c[u.l].applied.size() == 1);
  CHECK(c[u.l]->status().counters.dropped_in >= 2);
  c.book.check();
}

TEST_CASE("an answer that the network repeats counts once, also after its proposal was told") {
  under_way u{4};
  auto& c = u.c;
  c.hand_over(u.copy);
  c.turn(u.l);
  auto const answer = c.take_out<forward_placed>();
  REQUIRE(answer);
  c.hand_over(*answer);
  c.hand_over(*answer);
  c.run(20);
  c.hand_over(*answer);
  c.run(20);
  CHECK(c.fate_of(u.f, u.token) == fate::done);
  c.book.check();
}

TEST_CASE("a forward overtaken by a later one is not placed after it: it stays unknown") {
  under_way u{5};
  auto& c = u.c;
  auto const later = c.propose(u.f, 6);
  c.run(20);
  CHECK(c.fate_of(u.f, later) == fate::done);
  c.hand_over(u.copy);
  c.run(c.settings.request + 5);
  CHECK(!c.book.where.contains(5));
  CHECK(c.fate_of(u.f, u.token) == fate::unknown);
  c.book.check();
}

TEST_CASE("a forward of an old era is refused by a leader of a later one, and told so at once") {
  under_way u{7};
  auto& c = u.c;
  // The leader loses its place and wins it back, in a later era; the forward is still on its way.
  auto const era = c[u.l]->core().era();
  auto const only_its_candidacies = [&](auto const& p) {
    return p.from.value == u.l || !protocol::is_candidacy(p);
  };
  while (c[u.l]->core().leads())
    c.run(1, [&](auto const& p) { return cut_off(u.l)(p) && only_its_candidacies(p); });
  for (int i = 0; i < 300 && c.leader() != u.l; ++i) c.run(1, only_its_candidacies);
  REQUIRE(c.leader() == u.l);
  REQUIRE(c[u.l]->core().era() > era);
  REQUIRE(!c[u.f].told.contains(u.token));
  c.hand_over(u.copy);
  c.run(5);
  CHECK(c.fate_of(u.f, u.token) == fate::refused);
  CHECK(c.reason_of(u.f, u.token) == refusal::not_leader);
  c.run(200);
  CHECK(!c.book.where.contains(7));
  c.book.check();
}

// A leader that restarts has forgotten what it placed. A copy of the forward that comes then must not be
// refused: the command may have been replicated before the crash.
TEST_CASE("a restarted leader does not refuse a copy of a forward that it placed before its crash") {
  under_way u{8};
  auto& c = u.c;
  auto const other = c.other_than(u.l, u.f);
  c.hand_over(u.copy);
  c.turn(u.l);
  // The entry reaches `other`; forward_placed and all else is lost with the leader.
  c.deliver([&](auto const& p) { return p.to.value == other; });
  c.turn(other);
  c.net.clear();
  c.crash(u.l);
  c.restart(u.l);
  c.hand_over(u.copy); // the copy that the network kept
  c.run(1000);
  CHECK(c.book.where.contains(8)); // `other` or the old leader had it, and one of them leads
  CHECK(c.fate_of(u.f, u.token) != fate::refused);
  c.book.check();
}

// What numbers mean ends with the incarnation that gave them.
TEST_CASE("an answer to a forward of an earlier incarnation is dropped") {
  under_way u{9};
  auto& c = u.c;
  c.hand_over(u.copy);
  c.turn(u.l);
  auto const placed = c.take_out<forward_placed>();
  REQUIRE(placed);
  c.crash(u.f);
  c.restart(u.f);
  for (int i = 0; i < 200 && c[u.f]->core().leader() == no_node; ++i) c.run(1);
  c.net.clear();
  auto const token = c.propose(u.f, 10); // the same number as the one before the crash
  REQUIRE(token == u.token);
  c.turn(u.f);
  REQUIRE(c.take_out<forward>()); // and it is lost
  SUBCASE("placed") { c.hand_over(*placed); }
  SUBCASE("refused") {
    auto const& m = std::get<forward_placed>(placed->what);
    c.hand_over({placed->from, placed->to, forward_refused{m.asker, m.number, m.count, refusal::not_leader}});
  }
  c.run(50);
  CHECK(!c[u.f].told.contains(token)); // it is neither done nor refused
  c.run(c.settings.request);
  CHECK(c.fate_of(u.f, token) == fate::unknown);
  CHECK(!c.book.where.contains(10));
}

TEST_CASE("an answer of this incarnation about something never asked changes nothing") {
  under_way u{12};
  auto& c = u.c;
  auto const me = c[u.f].disk.identity().incarnation;
  auto const from = node_id{u.l}, to = node_id{u.f};
  c.hand_over({from, to, forward_placed{me, u.token + 1, 1, log_index{2}, stamp{1}}});
  c.hand_over({from, to, forward_placed{me, u.token, 2, log_index{2}, stamp{1}}});
  c.hand_over({from, to, forward_refused{me, u.token, 7, refusal::busy}});
  c.hand_over({from, to, forward_refused{me, 0, 1, refusal::busy}});
  c.hand_over({from, to, read_answer{me, 99, log_index{99}}});
  c.turn(u.f);
  CHECK(c[u.f].told.empty());
  c.hand_over(u.copy);
  c.run(20);
  CHECK(c.fate_of(u.f, u.token) == fate::done);
  c.book.check();
}

TEST_CASE("a forward whose asker restarts keeps its number apart from those of the new incarnation") {
  under_way u{13};
  auto& c = u.c;
  c.hand_over(u.copy);
  c.run(20);
  c.crash(u.f);
  c.restart(u.f);
  for (int i = 0; i < 200 && c[u.f]->core().leader() == no_node; ++i) c.run(1);
  auto const token = c.propose(u.f, 14);
  REQUIRE(token == u.token); // numbers begin anew
  c.run(20);
  CHECK(c.fate_of(u.f, token) == fate::done);
  c.hand_over(u.copy); // and a copy from the earlier life is still known for one
  c.run(20);
  CHECK(c.book.where.size() == 2);
  c.book.check();
}

} // namespace
} // namespace quorate
