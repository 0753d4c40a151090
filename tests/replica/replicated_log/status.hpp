// What a node tells of itself: who leads, what is committed and applied, and why there is no progress.
#pragma once

#include "replica/replicated_log/names.hpp"

#include <cstdint>
#include <string_view>
#include <type_traits>

namespace quorate {
namespace {

TEST_CASE("a cluster that works has no trouble, and every node says the same of it") {
  cluster c;
  auto const l = c.elect();
  (void)c.propose(c.other_than(l), 1);
  c.run(50);
  auto const era = c[l]->status().era;
  for (std::uint32_t id = 1; id <= 3; ++id) {
    auto const s = c[id]->status();
    CHECK(s.self == node_id{id});
    CHECK(s.leads == (id == l));
    CHECK(s.leader == node_id{l});
    CHECK(s.era == era);
    CHECK(s.commit == c[id].applied.back().first);
    CHECK(s.applied == s.commit);
    CHECK(s.applied == c[id]->applied_index());
    CHECK(s.first == log_index{1});
    CHECK(s.last == s.commit);
    CHECK(s.trouble.empty());
    CHECK(s.counters.leader_changes >= 1);
    CHECK(s.counters.syncs >= 1);
    CHECK(s.written.entries >= s.last.value);
  }
  CHECK(c[l]->status().counters.elections >= 1);
}

TEST_CASE("without a majority the reason is that no leader is known, until there is one again") {
  cluster c;
  auto const l = c.elect();
  auto const cut = cut_off(l);
  c.run(3 * c.settings.election, cut);
  auto const alone = c[l]->status();
  CHECK(!alone.leads);
  CHECK(!alone.leader);
  CHECK(alone.trouble == "no leader is known");
  CHECK(c[c.leader()]->status().trouble.empty());
  c.run(200);
  CHECK(c[l]->status().trouble.empty());
  CHECK(c[l]->status().leader == node_id{c.leader()});
}

TEST_CASE("a replica that has stopped says so, and keeps what it knew") {
  cluster c;
  auto const l = c.elect();
  auto const before = c[l]->status();
  c[l]->stop();
  c.turn(l);
  CHECK(c[l]->stopped());
  CHECK(c[l]->failure() == "the replica was stopped");
  auto const s = c[l]->status();
  CHECK(s.trouble == "stopped");
  CHECK(s.commit == before.commit);
  CHECK(s.applied == before.applied);
}

TEST_CASE("what is committed is handed to the machine as one range, each index once, with its era") {
  cluster c;
  auto const l = c.elect();
  std::vector<log_index> indices;
  stamp era{};
  for (std::uint64_t i = 0; i < 10; ++i) (void)c.propose(l, 10 + i);
  auto& h = c[l];
  for (int turns = 0; turns < 20; ++turns) {
    ++c.now;
    c.deliver([](auto const&) { return true; });
    for (std::uint32_t id = 1; id <= 3; ++id)
      if (id != l) c.turn(id);
    h->turn(ticks<combination::timer>::time(c.now), c.sender(h), [&](auto const& e) {
      if constexpr (requires { e.written_at; }) indices.push_back(e.index), era = e.written_at;
      c.hear(h, e);
    });
  }
  REQUIRE(indices.size() == 10);
  for (std::size_t i = 1; i < 10; ++i) CHECK(indices[i] == indices[i - 1] + 1);
  CHECK(indices.back() == h->status().commit);
  CHECK(era == h->status().era);
}

TEST_CASE("what was compacted is not in the log any more, what is not applied stays") {
  cluster c;
  auto const l = c.elect();
  for (std::uint64_t i = 0; i < 5; ++i) (void)c.propose(l, 10 + i);
  c.run(50);
  auto const applied = c[l]->applied_index();
  c[l]->compact(applied + 100); // at most what is applied
  auto const s = c[l]->status();
  CHECK(s.first > log_index{1});
  CHECK(s.first <= applied + 1);
  CHECK(s.last == applied);
  CHECK(!c[l]->stopped());
  auto const token = c.propose(l, 20);
  c.run(50);
  CHECK(c.fate_of(l, token) == fate::done);
}

} // namespace
} // namespace quorate
