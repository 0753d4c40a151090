// The simulated disk: what a power cut may take, and what it may not.
#include "quorate/sim/disk.hpp"

#include "quorate/raft/hard.hpp"

#include <doctest/doctest.h>

#include <cstddef>
#include <cstdint>
#include <utility>

namespace quorate {
namespace {

struct numbers : ticket_source {
  using ticket_source::next;
  using ticket_source::order;
};

using hard = raft::term_and_vote;
struct core { // as much of one as the disk asks about
  using hard_type = hard;
};

struct written_to {
  sim::disk<memory> disk{{.store = store_id{1}, .incarnation = incarnation_id{1}}, 64};
  numbers tickets{};

  void term(std::uint64_t t) {
    REQUIRE(disk.put(to_hard_state(hard{stamp{t}, no_member})));
    (void)tickets.next();
  }
  void entry(std::uint64_t index, std::uint64_t t) {
    static constexpr std::byte record[payloads::prefix]{};
    REQUIRE(disk.put({log_index{index}, 1, stamp{t}, entry_kind::command}, payloads::trusted(record, 1)));
    (void)tickets.next();
  }
  void cut_from(std::uint64_t index) {
    REQUIRE(disk.truncate(log_index{index}));
    (void)tickets.next();
  }
  bool was_durable(log_index i, stamp era) const { return disk.was_durable<core>(i, era); }
  sync_order order() {
    disk.close_group();
    return tickets.order();
  }
};

TEST_CASE("a power cut keeps the oldest groups of what no sync covered, each as a whole") {
  for (std::size_t kept = 0; kept <= 3; ++kept) {
    written_to d;
    d.term(1), d.entry(1, 1);
    REQUIRE(d.disk.sync(d.order()));
    d.cut_from(1), d.entry(1, 2), d.entry(2, 2); // written over: never only the truncation
    (void)d.order();
    d.term(3);
    (void)d.order();
    d.entry(3, 3);
    CHECK(d.disk.groups_at_risk() == 3);
    d.disk.crash(kept);
    CHECK(d.disk.log().last() == log_index{kept == 0 ? 1U : kept == 3 ? 3U : 2U});
    CHECK(d.disk.log().stamp_at(log_index{1}) == stamp{kept == 0 ? 1U : 2U});
    CHECK(from_hard_state<hard>(d.disk.hard())->term == stamp{kept >= 2 ? 3U : 1U});
    CHECK(d.disk.groups_at_risk() == 0);
    CHECK(d.disk.durable_log().last() == d.disk.log().last());
  }
}

TEST_CASE("a later sync that ends earlier covers what the earlier one was for") {
  written_to d;
  d.entry(1, 1);
  auto first = d.order();
  d.entry(2, 1);
  REQUIRE(d.disk.sync(d.order()));
  CHECK(d.disk.durable_log().last() == log_index{2});
  REQUIRE(d.disk.sync(std::move(first)));
  d.disk.crash(0);
  CHECK(d.disk.log().last() == log_index{2});
}

TEST_CASE("each life of a disk has its own incarnation and counts its writes anew") {
  written_to d;
  d.entry(1, 1);
  auto const before = d.disk.identity().incarnation;
  d.disk.crash(1);
  CHECK(before < d.disk.identity().incarnation);
  CHECK(d.disk.writes() == 0);
  d.tickets = {};
  d.entry(2, 1);
  REQUIRE(d.disk.sync(d.order()));
  d.disk.crash(0);
  CHECK(d.disk.log().last() == log_index{2});
}

// Entry 1 of term 1 and, in term 2, another one in its place.
TEST_CASE("what a later era writes over was durable when its own write was, though it stands there no more") {
  log_index const at{1};
  stamp const before{1}, after{2};
  written_to d;
  d.term(1), d.entry(1, 1);
  auto first = d.order();
  CHECK_FALSE(d.was_durable(at, before));
  SUBCASE("each has a sync of its own") {
    d.term(2), d.cut_from(1), d.entry(1, 2);
    CHECK_FALSE(d.was_durable(at, before));
    REQUIRE(d.disk.sync(std::move(first)));
    CHECK(d.was_durable(at, before));
    CHECK_FALSE(d.disk.is_durable(at)); // what stands there now is another one
    CHECK_FALSE(d.was_durable(at, after));
    REQUIRE(d.disk.sync(d.order()));
    CHECK(d.was_durable(at, before));
    CHECK(d.was_durable(at, after));
  }
  SUBCASE("one sync covers both, and a third write waits") {
    d.term(2), d.cut_from(1), d.entry(1, 2);
    auto both = d.order();
    d.term(3);
    CHECK_FALSE(d.was_durable(at, before));
    REQUIRE(d.disk.sync(std::move(both)));
    CHECK(d.was_durable(at, before));
    CHECK(d.was_durable(at, after));
  }
  SUBCASE("a sync covers neither, or the first without its entry") {
    written_to e;
    e.term(1);
    auto term_only = e.order();
    e.entry(1, 1), e.term(2), e.cut_from(1);
    REQUIRE(e.disk.sync(std::move(term_only)));
    CHECK_FALSE(e.was_durable(at, before));
    CHECK_FALSE(e.was_durable(log_index{2}, before)); // and nothing ever stood there
  }
  SUBCASE("the place is cut off and stays empty") {
    REQUIRE(d.disk.sync(std::move(first)));
    d.term(2), d.cut_from(1);
    CHECK(d.was_durable(at, before));
    CHECK_FALSE(d.disk.is_durable(at));
  }
}

// Entries 1 and 2 are on the disk; a snapshot of index 3 comes, and entry 4 behind it.
TEST_CASE("an installation is there after a power cut, with what stood above it, or the log is the old one") {
  for (std::size_t kept = 0; kept <= 2; ++kept) {
    CAPTURE(kept);
    written_to d;
    d.term(1), d.entry(1, 1), d.entry(2, 1);
    REQUIRE(d.disk.sync(d.order()));
    configuration config{node_set<64>::first(3)};
    (void)d.tickets.next();
    REQUIRE(d.disk.install({log_index{3}, stamp{1}, config}, above_mark::if_agreeing));
    (void)d.order();
    CHECK(d.disk.installs());
    CHECK(d.disk.durable_log().compacted() == log_index{});
    CHECK(d.disk.is_durable(log_index{2}));
    CHECK_FALSE(d.disk.is_durable(log_index{3}));
    CHECK_FALSE(d.was_durable(log_index{3}, stamp{1}));
    d.entry(4, 1);
    d.disk.crash(kept);
    CHECK_FALSE(d.disk.installs());
    CHECK(d.disk.log().compacted() == log_index{kept == 0 ? 0U : 3U});
    CHECK(d.disk.log().last() == log_index{kept + 2});
    CHECK(d.disk.durable_log().last() == d.disk.log().last());
    CHECK(d.disk.is_durable(log_index{3}) == (kept > 0));
  }
}

TEST_CASE("a disk in trouble takes nothing, and says why") {
  written_to d;
  d.disk.make(sim::disk_trouble::full);
  CHECK_FALSE(d.disk.put(to_hard_state(hard{stamp{1}, no_member})));
  CHECK(d.disk.failure() == "the disk is full");
  d.disk.crash(0);
  CHECK(d.disk.put(to_hard_state(hard{stamp{1}, no_member})));
}

TEST_CASE("a damaged record can't be read, and an opening finds it") {
  written_to d;
  d.entry(1, 1), d.entry(2, 1), d.entry(3, 1);
  d.disk.damage(log_index{2});
  CHECK(d.disk.read(log_index{1}, 1));
  CHECK_FALSE(d.disk.read(log_index{1}, 2));
  CHECK(d.disk.damaged());
}

} // namespace
} // namespace quorate
