// What a node sends of a snapshot, how much at once, and to whom.
#include "transfer.hpp"

#include <cstddef>
#include <span>

namespace quorate::test {
namespace {

TEST_CASE("a window bounds what is on its way, and a rate what leaves from one tick to the next") {
  link l;
  keep(l.theirs, 30, state_of(5, 5'000));
  auto const id = l.theirs.newest()->id;
  auto const pieces = [](peer, auto const&, std::span<std::byte const>) {};
  std::size_t n = 0;
  auto const count = [&](peer, auto const&, std::span<std::byte const> b) { n += b.size(); };
  l.serve.heard(needy, {led, l.asker, log_index{20}, id, 0, false}, led, count);
  CHECK(n == 400);
  l.serve.tick(count);
  CHECK(n == 400);
  l.serve.heard(needy, {led, l.asker, log_index{20}, id, 100, false}, led, count);
  CHECK(n == 500);
  l.serve.heard(needy, {led, l.asker, log_index{20}, id, 50, false}, led, count); // of an earlier moment
  CHECK(n == 500);

  auto slow = small;
  slow.a_tick = 150;
  snapshot_serve<memory_snapshots, 3> limited{l.theirs, l.server, slow};
  n = 0;
  limited.heard(needy, {led, l.asker, log_index{20}, id, 0, false}, led, count);
  CHECK(n == 150);
  limited.heard(other, {led, l.asker, log_index{20}, id, 0, false}, led, count);
  CHECK(n == 150);
  for (int i = 1; i <= 4; ++i) {
    limited.tick(count);
    CHECK(n == 150U * static_cast<unsigned>(i + 1)); // both together
  }
  for (int i = 0; i <= 20; ++i) limited.tick(pieces);
  CHECK(!limited.in_use(id)); // whoever asks for nothing is forgotten
  CHECK(l.serve.in_use(id));
}

TEST_CASE("who does not lead that era answers nothing, and nobody is sent what lies behind the end") {
  link l;
  keep(l.theirs, 30, state_of(5, 300));
  auto const id = l.theirs.newest()->id;
  std::size_t said = 0;
  auto const count = [&](peer, auto const&, std::span<std::byte const>) { ++said; };
  for (auto const other_era : {stamp{}, stamp{6}, stamp{8}}) {
    l.serve.heard(needy, {led, l.asker, log_index{20}, {}, 0, false}, other_era, count);
    l.serve.heard(needy, {led, l.asker, log_index{20}, id, 0, false}, other_era, count);
  }
  l.serve.heard(needy, {led, l.asker, log_index{20}, id, 301, false}, led, count);
  CHECK(said == 0);
  CHECK(!l.serve.in_use(id));
  l.serve.heard(needy, {led, l.asker, log_index{20}, id, 300, false}, led, count);
  CHECK(said == 0); // it has all
  l.serve.heard(needy, {led, l.asker, log_index{20}, id, 299, true}, led, count);
  CHECK(said == 1);
}

} // namespace
} // namespace quorate::test
