// A snapshot's transfer: what comes is what was sent, whatever the network does, and a window is all that is sent
// twice after a cut.
#include "transfer.hpp"

#include <algorithm>
#include <optional>
#include <random>
#include <utility>
#include <vector>

namespace quorate::test {
namespace {

TEST_CASE("what is fetched is what was kept, of any size, with its mark and its configuration's entry") {
  for (std::size_t const size : {0U, 1U, 99U, 100U, 101U, 400U, 5000U}) {
    link l;
    auto const state = state_of(size, size);
    keep(l.theirs, 30, state);
    l.want(20);
    l.settle();
    REQUIRE(l.fetch.complete());
    auto const mark = l.sealed();
    REQUIRE(mark);
    CHECK(*mark == l.theirs.newest()->mark);
    CHECK(kept(l.ours) == state);
    CHECK(!l.fetch.under_way());
    CHECK(l.sent_bytes == size); // and nothing twice
    auto const entry = *l.ours.entry(l.ours.newest()->id), sent = *l.theirs.entry(l.theirs.newest()->id);
    CHECK(std::equal(entry.begin(), entry.end(), sent.begin(), sent.end()));
  }
}

TEST_CASE("S6, S14: whatever is lost, comes twice or late, what is sealed is one snapshot of one leader") {
  std::size_t sealed = 0;
  for (std::uint64_t seed = 0; seed < 300; ++seed) {
    CAPTURE(seed);
    std::mt19937_64 draw{seed};
    link l;
    auto state = state_of(seed, 1500);
    keep(l.theirs, 30, state);
    memory_snapshots others; // another leader has another one, of the same index
    keep(others, 30, state_of(~seed, 1500));
    snapshot_serve<memory_snapshots, 3> beside{others, incarnation_id{5}, small};
    for (int step = 0; step < 6000 && !l.fetch.complete(); ++step) {
      auto const dice = draw() % 100;
      if (dice < 8) {
        l.tick(), beside.tick(l.says(other));
        l.want(20, draw() % 12 == 0 ? other : leader);
      } else if (dice == 8 && draw() % 10 == 0) { // a newer one takes its place
        keep(l.theirs, l.theirs.newest()->mark.at.value + 1, state_of(draw(), 1500));
        if (draw() % 2 == 0) l.theirs.drop(l.theirs.before(l.theirs.newest()->id)->id);
      } else if (!l.net.empty()) {
        // In order, mostly: what comes out of it is as good as lost.
        auto const i =
            static_cast<std::ptrdiff_t>(draw() % 8 == 0 ? draw() % std::min<std::size_t>(l.net.size(), 6) : 0);
        auto const m = l.net[static_cast<std::size_t>(i)];
        if (dice < 90) l.net.erase(l.net.begin() + i); // else it comes again
        if (dice < 15) continue;                       // lost
        auto const* ask = std::get_if<snapshot_ask>(&m.what);
        if (ask != nullptr && m.to == other)
          beside.heard(m.from, *ask, led, l.says(other));
        else
          l.hand_over(m);
      }
    }
    if (!l.fetch.complete()) continue;
    auto const mark = l.sealed();
    REQUIRE(mark);
    auto const got = kept(l.ours);
    bool same = got == kept(others);
    for (auto s = l.theirs.newest(); s && !same; s = l.theirs.before(s->id)) {
      bytes b(static_cast<std::size_t>(s->size));
      REQUIRE(l.theirs.read(s->id, 0, b) == b.size());
      same = b == got && s->mark == *mark;
    }
    // Or it was dropped since, and its checksum has said that it was whole.
    CHECK((same || mark->at < l.theirs.newest()->mark.at));
    ++sealed;
  }
  CHECK(sealed > 250);
}

TEST_CASE("after a cut the transfer goes on where it stood, and at most a window is sent twice") {
  link l;
  auto const state = state_of(3, 10'000);
  keep(l.theirs, 30, state);
  l.want(20);
  while (l.fetch.got() < 9'000) {
    auto const m = l.net.front();
    l.net.erase(l.net.begin());
    l.hand_over(m);
  }
  l.net.clear(); // the cut
  for (int i = 0; i < 10; ++i) {
    l.tick();
    l.net.clear();
  }
  CHECK(l.fetch.got() == 9'000);
  auto const before = l.sent_bytes;
  // What was asked again while the link was cut has been sent in vain: a window for each time.
  l.sent_bytes = 0;
  for (int i = 0; i < 20 && !l.fetch.complete(); ++i) {
    l.tick();
    l.settle();
  }
  CHECK(l.fetch.complete());
  CHECK(l.sent_bytes <= 1'000 + small.window);
  CHECK(before >= 9'000);
  CHECK(l.sealed());
  CHECK(kept(l.ours) == state);
}

TEST_CASE("S18: a transfer that is slow is not given up, one that stands still is") {
  link l{20};
  keep(l.theirs, 30, state_of(4, 2'000));
  l.want(20);
  for (int age = 0; age < 10; ++age) {
    for (int i = 0; i < 15; ++i) l.tick(); // fifteen ticks, and then one piece comes
    auto const got = l.fetch.got();
    for (std::size_t i = 0; i < l.net.size() && l.fetch.got() == got; ++i) {
      auto const m = l.net[i];
      l.hand_over(m);
    }
    l.net.clear();
    REQUIRE(l.fetch.under_way());
    CHECK(l.fetch.got() == got + 100);
  }
  for (int i = 0; i < 21; ++i) l.tick();
  CHECK(!l.fetch.under_way());
  l.net.clear();
  l.want(20); // and the next offer begins anew
  l.settle();
  CHECK(l.fetch.complete());
}

TEST_CASE("what is not of that leader, life or snapshot changes nothing; what is damaged is not sealed") {
  link l;
  keep(l.theirs, 30, state_of(6, 150));
  auto const say = [](peer, auto const&) {};
  l.want(20);
  auto const head = [&] {
    auto const i = *l.theirs.newest();
    return snapshot_head{l.asker, l.server,  i.id, i.mark.at, i.mark.written_at, i.mark.config.number,
                         i.size,  i.checksum};
  }();
  auto const entry = *l.theirs.entry(head.id);
  auto other_life = head;
  other_life.asker = incarnation_id{8};
  l.fetch.heard(leader, other_life, entry, say);
  l.fetch.heard(other, head, entry, say);
  auto early = head;
  early.at = log_index{19};
  l.fetch.heard(leader, early, entry, say);
  l.fetch.heard(leader, head, entry.first(entry.size() - 1), say); // no configuration
  bytes piece(100);
  l.fetch.heard(leader, snapshot_piece{l.asker, l.server, head.id, 0}, piece, say); // before its head
  CHECK(l.fetch.got() == 0);
  l.fetch.heard(leader, head, entry, say);
  l.fetch.heard(leader, snapshot_piece{l.asker, incarnation_id{3}, head.id, 0}, piece, say);
  l.fetch.heard(leader, snapshot_piece{l.asker, l.server, snapshot_id{99}, 0}, piece, say);
  l.fetch.heard(other, snapshot_piece{l.asker, l.server, head.id, 0}, piece, say);
  l.fetch.heard(leader, snapshot_piece{l.asker, l.server, head.id, 50}, piece, say);
  l.fetch.heard(leader, snapshot_piece{l.asker, l.server, head.id, 0}, bytes(151), say); // more than there is
  CHECK(l.fetch.got() == 0);
  l.fetch.heard(leader, snapshot_piece{l.asker, l.server, head.id, 0}, piece, say);
  l.fetch.heard(leader, snapshot_piece{l.asker, l.server, head.id, 100}, bytes(50), say);
  REQUIRE(l.fetch.complete());
  CHECK(!l.sealed()); // zeros, which are not what the checksum is of
  CHECK(!l.fetch.under_way());
}

// A link that carries a piece in so many ticks, loses nothing, and keeps all that it is given in line.
std::size_t sent_over(std::uint32_t ticks_a_piece, std::size_t pieces) {
  link l;
  auto const state = state_of(9, pieces * 100);
  keep(l.theirs, 30, state);
  l.want(20);
  std::vector<message> line;
  for (std::uint32_t t = 0; t < 40 * ticks_a_piece * pieces && !l.fetch.complete(); ++t) {
    l.tick();
    auto given = std::move(l.net);
    l.net.clear();
    if (t % ticks_a_piece == 0 && !line.empty()) {
      auto const m = line.front();
      line.erase(line.begin());
      l.hand_over(m);
    }
    for (auto& m : given) { // what is asked takes no time, what is answered does
      if (!std::holds_alternative<snapshot_ask>(m.what))
        line.push_back(std::move(m));
      else
        l.hand_over(m);
    }
    for (auto& m : std::exchange(l.net, {}))
      if (std::holds_alternative<snapshot_ask>(m.what))
        l.hand_over(m);
      else
        line.push_back(std::move(m));
    for (auto& m : std::exchange(l.net, {})) line.push_back(std::move(m));
  }
  REQUIRE(l.fetch.complete());
  CHECK(l.sealed());
  CHECK(kept(l.ours) == state);
  return l.sent_bytes;
}
TEST_CASE("S18: what stands in line on a slow link is not lost, and is seldom sent again") {
  for (std::uint32_t const slow : {1U, 2U, 3U, 6U}) {
    CAPTURE(slow);
    CHECK(sent_over(slow, 300) <= 2U * 300 * 100);
  }
}

TEST_CASE("a snapshot that was sealed and not installed is not fetched again") {
  link l;
  keep(l.theirs, 30, state_of(10, 300));
  l.want(20);
  l.settle();
  auto const mark = l.sealed();
  REQUIRE(mark);
  l.want(25, leader, stamp{8}); // the era has ended meanwhile
  CHECK(l.here == mark);
  CHECK(!l.fetch.under_way());
  l.want(31, leader, stamp{8}); // it is not enough any more
  CHECK(!l.here);
  CHECK(l.fetch.under_way());
  l.fetch.end();
  l.want(25, leader, stamp{6}); // an era before that mark's has another log
  CHECK(!l.here);
}

TEST_CASE("S14, P54: a save that is begun in the same store ends the transfer, and gets none of its bytes") {
  link l;
  keep(l.theirs, 30, state_of(11, 300));
  l.want(20);
  for (int i = 0; i < 3; ++i) { // the head, and a piece
    auto const m = l.net.front();
    l.net.erase(l.net.begin());
    l.hand_over(m);
  }
  auto const own = state_of(12, 100);
  configuration c{node_set<64>::first(3)};
  c.number = log_index{1};
  REQUIRE(l.ours.begin({log_index{10}, stamp{7}, c}, entry_of(c)));
  REQUIRE(l.ours.write(own));
  l.settle();
  CHECK(!l.fetch.under_way());
  REQUIRE(l.ours.seal());
  CHECK(kept(l.ours) == own);
}

TEST_CASE("who leads another era is silent, and a head of a later one is not heard") {
  link l;
  keep(l.theirs, 30, state_of(13, 300));
  l.want(20, leader, stamp{6});
  l.settle();
  CHECK(!l.fetch.complete());
  auto const i = *l.theirs.newest();
  l.fetch.heard(leader,
                snapshot_head{l.asker, l.server, i.id, i.mark.at, i.mark.written_at, i.mark.config.number, i.size,
                              i.checksum},
                *l.theirs.entry(i.id), [](peer, auto const&) {});
  CHECK(l.fetch.got() == 0);
  CHECK(!l.ours.unfinished());
}

TEST_CASE("a new era ends a transfer, and one that has nothing to give is silent") {
  link l;
  l.want(20);
  l.settle();
  CHECK(l.fetch.got() == 0);
  keep(l.theirs, 10, state_of(7, 300)); // below what is wanted
  l.want(20);
  l.tick(), l.tick();
  l.settle();
  CHECK(l.fetch.got() == 0);
  keep(l.theirs, 30, state_of(8, 300));
  l.tick();
  auto m = l.net.front();
  l.net.clear();
  l.hand_over(m); // it is told which
  m = l.net.front();
  l.net.clear();
  l.hand_over(m);
  l.want(20, leader, stamp{8});
  CHECK(l.fetch.era() == stamp{8});
  CHECK(l.fetch.got() == 0);
  l.fetch.end();
  CHECK(!l.sealed());
}

TEST_CASE("S14: a late head begins nothing anew, neither while pieces come nor when all have come") {
  link l;
  keep(l.theirs, 30, state_of(14, 300));
  l.want(20);
  auto const head_of = [&](std::uint64_t id, std::uint64_t at) {
    auto const i = *l.theirs.newest();
    return snapshot_head{l.asker,       l.server,          snapshot_id{id},
                         log_index{at}, i.mark.written_at, i.mark.config.number,
                         i.size,        i.checksum};
  };
  auto const entry = *l.theirs.entry(l.theirs.newest()->id);
  for (int i = 0; i < 4; ++i) { // the head, and a piece
    auto const m = l.net.front();
    l.net.erase(l.net.begin());
    l.hand_over(m);
  }
  auto const got = l.fetch.got();
  REQUIRE(got > 0);
  l.fetch.heard(leader, head_of(77, 25), entry, [](peer, auto const&) {});
  l.fetch.heard(leader, head_of(78, 30), entry, [](peer, auto const&) {});
  CHECK(l.fetch.got() == got);
  l.settle();
  REQUIRE(l.fetch.complete());
  l.fetch.heard(leader, head_of(79, 31), entry, [](peer, auto const&) {});
  CHECK(l.fetch.complete());
  CHECK(l.sealed());
}

TEST_CASE("S14: what is sealed is what was fetched, and no save that has the same bytes") {
  link l;
  auto const state = state_of(15, 300);
  keep(l.theirs, 30, state);
  l.want(20);
  l.settle();
  REQUIRE(l.fetch.complete());
  configuration c{node_set<64>::first(3)};
  c.number = log_index{1};
  REQUIRE(l.ours.begin({log_index{10}, stamp{7}, c}, entry_of(c)));
  REQUIRE(l.ours.write(state));
  CHECK(!l.sealed());
  CHECK(!l.ours.newest());
}

} // namespace
} // namespace quorate::test
