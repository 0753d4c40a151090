// Each proposal has exactly one outcome, and what it says is true, whatever happens to leaders and messages.
#pragma once

#include "replica/replicated_log/names.hpp"

namespace quorate {
namespace {

TEST_CASE("what the leader is proposed is committed, applied everywhere, and told once") {
  cluster c;
  auto const l = c.elect();
  auto const first = c.propose(l, 11), second = c.propose(l, 12);
  c.run(20);
  CHECK(c.fate_of(l, first) == fate::done);
  CHECK(c.fate_of(l, second) == fate::done);
  CHECK(c[l].told.at(first) == c[l].told.at(second)); // one turn's proposals share one record
  for (std::uint32_t i = 1; i <= 3; ++i) {
    REQUIRE(c[i].applied.size() == 2);
    CHECK(c[i].applied[0].second == 11);
    CHECK(c[i].applied[1].second == 12);
    CHECK(c[i].applied[1].first == c[i].applied[0].first + 1);
  }
  c.book.check();
  CHECK(c.book.promised_at.at(11) == c[l].applied[0].first.value);
}

TEST_CASE("what a follower is proposed is forwarded, committed, and told by the follower once") {
  cluster c;
  auto const f = c.other_than(c.elect());
  auto const a = c.propose(f, 21), b = c.propose(f, 22);
  c.run(20);
  CHECK(c.fate_of(f, a) == fate::done);
  CHECK(c.fate_of(f, b) == fate::done);
  CHECK(c.book.where.size() == 2);
  c.run(1000);
  c.book.check();
}

TEST_CASE("without a leader a proposal waits for the request time, is refused, and leaves no trace") {
  cluster c;
  auto const nobody = [](auto const&) { return false; };
  c.run(1, nobody);
  auto const token = c.propose(1, 31);
  c.run(c.settings.request, nobody); // set at the first turn that sees it
  CHECK(!c[1].told.contains(token));
  c.run(1, nobody);
  CHECK(c.fate_of(1, token) == fate::refused);
  CHECK(c.reason_of(1, token) == refusal::not_leader);

  auto const later = c.propose(1, 32); // and one that a leader comes in time for
  c.elect();
  c.run(50);
  CHECK(c.fate_of(1, later) == fate::done);
  CHECK(c.book.where.contains(32));
  CHECK(!c.book.where.contains(31));
  c.book.check();
}

TEST_CASE("a leader that crashes before its proposal is anywhere else: the command may vanish, the log goes on") {
  cluster c;
  auto const l = c.elect();
  c.net.clear();
  (void)c.propose(l, 41);
  c.turn(l); // placed and synced here; the appends wait
  c.net.clear();
  c.crash(l);
  auto const l2 = c.elect();
  (void)c.propose(l2, 42);
  c.run(50);
  c.restart(l);
  c.run(300);
  CHECK(c.book.where.contains(42));
  CHECK(!c.book.where.contains(41)); // another leader's entry stands there
  for (std::uint32_t i = 1; i <= 3; ++i) CHECK(c[i].applied.size() == 1);
  c.book.check();
}

TEST_CASE("T4: a deposed leader's proposal whose place another leader's entry has taken is never told done") {
  cluster c;
  auto const l = c.elect();
  auto const cut = cut_off(l);
  c.net.clear();
  auto const token = c.propose(l, 51);
  c.run(60, cut); // placed on the old leader alone
  CHECK(!c[l].told.contains(token));
  auto const l2 = c.succeed(l, cut);
  c.run(20, cut);
  auto const kept = c.propose(l2, 52);
  c.run(10, cut);
  CHECK(c.fate_of(l2, kept) == fate::done);
  CHECK(!c[l].told.contains(token));
  c.run(60); // the old leader hears of it in time
  check_superseded(c, l, token);
  CHECK(!c.book.where.contains(51));
  c.book.check();
}

TEST_CASE(
    "T4: a deposed leader that hears nothing in time says unknown, once, and it may be committed after all") {
  cluster c;
  auto const l = c.elect();
  auto const f = c.other_than(l);
  c.net.clear();
  auto const token = c.propose(l, 61);
  c.turn(l);
  // The append reaches one follower; from then on the leader is alone.
  c.deliver([&](auto const& p) { return p.to.value == f; });
  c.run(c.settings.request - 1, cut_off(l));
  CHECK(!c[l].told.contains(token));
  c.run(2, cut_off(l));
  CHECK(c.fate_of(l, token) == fate::unknown);
  CHECK(c.reason_of(l, token) == refusal::late);
  c.run(500);
  CHECK(c.book.where.contains(61)); // f had it, so whoever led was up to date with it
  CHECK(c[l].told.size() == 1);
  c.book.check();
}

TEST_CASE("T4: an entry that was compacted before its proposer heard where it stands is unknown, not done") {
  cluster c;
  auto const l = c.elect();
  auto const f = c.other_than(l);
  auto const token = c.propose(f, 71);
  std::optional<cluster::packet> answer;
  for (int i = 0; i < 30; ++i) {
    c.run(1, [&](auto const& p) {
      if (!p.template holds<forward_placed>()) return true;
      answer = p;
      return false;
    });
  }
  REQUIRE(answer);
  REQUIRE(c.book.where.contains(71));
  CHECK(c[f].applied.size() == 1); // applied before the answer came
  CHECK(!c[f].told.contains(token));
  SUBCASE("still in the log") {
    c.hand_over(*answer);
    c.turn(f);
    CHECK(c.fate_of(f, token) == fate::done);
  }
  SUBCASE("compacted") {
    c[f]->compact(c[f]->applied_index());
    c.hand_over(*answer);
    c.turn(f);
    CHECK(c.fate_of(f, token) == fate::unknown);
  }
  c.run(1000);
  CHECK(c[f].told.size() == 1);
  c.book.check();
}

TEST_CASE("proposals beyond what may be staged are refused at once, and have no token") {
  cluster c{1};
  c.staged_bytes = 24;
  c.crash(1);
  c.restart(1);
  auto const first = c.propose(1, 1), second = c.propose(1, 2); // 12 bytes each
  CHECK(!c[1]->propose(3));
  c.elect();
  c.run(20);
  CHECK(c.fate_of(1, first) == fate::done);
  CHECK(c.fate_of(1, second) == fate::done);
  CHECK(c.propose(1, 4) == second + 1); // a refused one used up no number
}

TEST_CASE("of two batches the next leader takes over the one that it has, and the other is superseded") {
  cluster c;
  auto const l = c.elect();
  auto const cut = cut_off(l);
  c.net.clear();
  auto const kept = c.propose(l, 81);
  c.turn(l); // 81 goes to one of the others: no majority has it ...
  c.deliver([&](auto const& p) { return p.to.value == c.other_than(l); });
  auto const lost = c.propose(l, 82);
  c.turn(l); // ... 82 to nobody
  c.net.clear();
  auto const l2 = c.succeed(l, cut);
  c.run(20, cut);
  (void)c.propose(l2, 83);
  c.run(10, cut);
  c.run(60);
  CHECK(c.fate_of(l, kept) == protocol::of_adopted);
  CHECK(c.book.where.contains(81));
  check_superseded(c, l, lost);
  CHECK(!c.book.where.contains(82));
  c.book.check();
}

TEST_CASE("a batch of one turn, cut by an append, is told in two parts, each true") {
  using small = combination::cluster<numbers, limits<limit_values{.nodes = 3, .append_entries = 2}>>;
  small c;
  auto const l = c.elect();
  c.net.clear();
  std::vector<std::uint64_t> tokens;
  for (std::uint64_t i = 0; i < 5; ++i) tokens.push_back(c.propose(l, 90 + i));
  c.turn(l);
  // One append of two entries reaches the others; the rest is lost, and so is the leader's voice.
  c.deliver([&](auto const& p) { return p.to.value != l; });
  auto const l2 = c.succeed(l, cut_off(l));
  c.run(20, cut_off(l));
  for (std::uint64_t i = 0; i < 3; ++i) (void)c.propose(l2, 97 + i); // in the place of the other three
  c.run(10, cut_off(l));
  c.run(60);
  for (std::size_t i = 0; i < 5; ++i) {
    CHECK(c.book.where.contains(90 + i) == (i < 2));
    if (i < 2)
      CHECK(c.fate_of(l, tokens[i]) == fate::done); // a majority has them
    else
      check_superseded(c, l, tokens[i]);
  }
  c.book.check();
}

} // namespace
} // namespace quorate
