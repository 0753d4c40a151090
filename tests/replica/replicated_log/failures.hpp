// A storage that fails, at each of its operations in turn: the replica stops, nothing that waited on the
// failure is ever said, nothing is tried again, and every token has its one outcome (scenarios T3, T4, P8).
#pragma once

#include "replica/replicated_log/names.hpp"

#include <algorithm>
#include <cstdint>

namespace quorate {
namespace {

using fragile = combination::fragile_cluster;

// Elections, proposals and reads on all nodes, a truncation, a compaction, a full circle of leaders. Requests
// are made on whatever still takes them. Returns how many operations node `victim` did.
std::uint64_t script(std::uint32_t victim, std::uint64_t fails_at) {
  fragile c{3, {.entries = 256, .bytes = 4096}};
  std::uint64_t made = 0;
  auto const ask = [&](std::uint32_t id) {
    if (c[id]->stopped()) {
      CHECK(!c[id]->propose(1));
      CHECK(!c[id]->read());
      return;
    }
    c.propose(id, ++made);
    (void)c.read(id);
  };
  c.crash(victim); // so that the founding entry is among the operations
  c[victim].disk =
      tripping<combination::storage>{{.identity = {cluster_id{7}, node_id{victim}, store_id{9}, incarnation_id{1}},
                                      .entries = 256,
                                      .bytes = 4096}};
  c[victim].disk.fails_at = fails_at;
  c.restart(victim);
  c.run(330);
  for (int round = 0; round < 3; ++round) {
    for (std::uint32_t id = 1; id <= 3; ++id) ask(id);
    c.run(4);
  }
  if (auto const l = c.leader()) { // alone, with a tail that will be truncated
    ask(l);
    c.run(2, cut_off(l));
    ask(l);
    c.run(330, cut_off(l));
    for (std::uint32_t id = 1; id <= 3; ++id) ask(id);
    c.run(10, cut_off(l));
    c.run(100);
  }
  log_index everywhere{~std::uint64_t{0}}; // nobody can be served what is compacted
  for (std::uint32_t id = 1; id <= 3; ++id)
    if (!c[id]->stopped()) everywhere = std::min(everywhere, c[id]->applied_index());
  for (std::uint32_t id = 1; id <= 3; ++id) c[id]->compact(everywhere);
  for (std::uint32_t id = 1; id <= 3; ++id) ask(id);
  c.run(c.settings.request + 100);

  for (std::uint32_t id = 1; id <= 3; ++id) {
    auto& h = c[id];
    CHECK(h.told.size() == h.commands.size());
    CHECK(h.read.size() == h.must_see.size());
    CHECK(h.disk.asked_after == 0); // no retry, of a sync or of anything
    CHECK(h->stopped() == h.disk.tripped());
    CHECK(h->failure() == h.disk.failure());
  }
  c.book.check();
  if (fails_at != 0 && c[victim].disk.tripped()) { // two of three go on
    auto const other = victim % 3 + 1;
    auto const token = c.propose(other, 9999);
    c.run(300);
    CHECK(c.fate_of(other, token) == fate::done);
  }
  return c[victim].disk.operations;
}

TEST_CASE("T3, P8: whichever operation of a node's storage fails, it stops there, and nobody is told "
          "anything untrue") {
  for (std::uint32_t victim = 1; victim <= 3; ++victim) {
    auto const all = script(victim, 0);
    CHECK(all > 20);
    for (std::uint64_t k = 1; k <= all; ++k) {
      INFO("node ", victim, ", operation ", k, " of ", all);
      script(victim, k);
    }
  }
}

TEST_CASE("a sync that fails in flight stops the replica through stop(): what waited on it is never said") {
  cluster c;
  auto const l = c.elect();
  auto const f = c.other_than(l);
  c.net.clear();
  auto const placed = c.propose(l, 1);
  c.turn(l);
  c.deliver([&](auto const& p) { return p.to.value == f; });
  auto const forwarded = c.propose(f, 2);
  auto& h = c[f];
  c.collect(h);
  REQUIRE(h->start_sync());
  auto const settled = c.sent_binding;
  h->stop();
  auto const staged_too_late = h->propose(3);
  CHECK(!staged_too_late);
  CHECK(!h->start_sync());
  c.release(h);
  CHECK(c.sent_binding == settled);
  CHECK(c.fate_of(f, forwarded) == fate::unknown);
  CHECK(c.reason_of(f, forwarded) == refusal::stopped);
  c.run(300);
  CHECK(c.sent_binding > settled); // the others'
  CHECK(c.fate_of(l, placed) == fate::done);
  CHECK(h.told.size() == 1);
}

TEST_CASE("a token made durable before the stop releases nothing after it") {
  cluster c;
  auto const l = c.elect();
  auto const f = c.other_than(l);
  c.net.clear();
  (void)c.propose(l, 1);
  c.turn(l);
  c.deliver([&](auto const& p) { return p.to.value == f; });
  auto& h = c[f];
  c.collect(h);
  auto order = h->start_sync();
  REQUIRE(order);
  auto const d = h.disk.sync(std::move(*order));
  REQUIRE(d);
  h->stop();
  h->synced(*d);
  auto const settled = c.sent_binding;
  c.release(h);
  c.turn(f);
  CHECK(c.sent_binding == settled);
}

} // namespace
} // namespace quorate
