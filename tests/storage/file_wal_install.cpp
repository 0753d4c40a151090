// The log on a disk, when it is made to begin behind a snapshot: what stands above the mark, what a crash leaves,
// and which segments go when.
#include "image_judge.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <random>
#include <string>
#include <utility>

namespace quorate {
namespace {

using enum above_mark;

snapshot_mark mark_at(std::uint64_t at, std::uint64_t term, std::uint64_t voters = 5) {
  return {log_index{at}, stamp{term}, config_of(log_index{at}, voters)};
}
std::size_t segments_on(disk const& d) {
  return static_cast<std::size_t>(
      std::ranges::count_if(d.names, [](auto const& n) { return wal::segment_start(n.first).has_value(); }));
}

struct installing {
  snapshot_mark mark{};
  above_mark above{};
};

// A log in small segments, and what it should hold.
struct small_store {
  disk d{};
  player<disk_wal> p{};
  std::optional<disk_wal> wal{};
  std::uint64_t newest_before = 0; // the last entry before the newest segment was made

  small_store() { open(); }
  small_store(small_store const&) = delete; // its files know where its disk is
  small_store& operator=(small_store const&) = delete;

  disk_wal& w() { return *wal; }
  void open() {
    wal.reset();
    auto o = open_disk(d, disk_options(512));
    REQUIRE_MESSAGE(o, o.error);
    wal = std::move(o.wal);
    CHECK(contents(w()) == p.acked);
    p.now = p.acked;
  }
  // A configuration, and turns of one entry each of term 1.
  void fill(std::uint64_t upto) {
    if (p.now.last() == log_index{}) p.put(w(), 1, 0, entry_kind::configuration, 4);
    while (p.now.last().value < upto) put();
  }
  void put(std::uint64_t term = 1) {
    auto const before = segments_on(d);
    auto const last = p.acked.last();
    p.put(w(), 1, term, entry_kind::command, 40);
    sync();
    if (segments_on(d) > before) newest_before = last.value;
  }
  void install(snapshot_mark const& m, above_mark above) {
    REQUIRE(p.install(w(), m, above));
    CHECK(contents(w()) == p.now);
  }
  void sync() {
    REQUIRE(p.sync(w()));
    CHECK(contents(w()) == p.now);
  }
};

TEST_CASE("S21: what stands above the mark stays if the entry there agrees, or always if so asked; else it goes") {
  struct trial {
    snapshot_mark mark;
    above_mark above;
    std::uint64_t last;
  };
  for (auto const& t : {trial{mark_at(6, 1), if_agreeing, 20}, trial{mark_at(6, 2), if_agreeing, 6},
                        trial{mark_at(6, 1), always, 20}, trial{mark_at(6, 2), always, 20},
                        trial{mark_at(20, 1), if_agreeing, 20}, trial{mark_at(20, 2), always, 20},
                        trial{mark_at(31, 1), if_agreeing, 31}, trial{mark_at(31, 2), always, 31}}) {
    CAPTURE(t.mark.at.value);
    CAPTURE(t.mark.written_at.value);
    CAPTURE(static_cast<int>(t.above));
    small_store s;
    s.fill(20);
    s.install(t.mark, t.above);
    auto const& log = s.w().log();
    CHECK(log.last().value == t.last);
    CHECK(log.compacted() == t.mark.at);
    CHECK(log.stamp_at(t.mark.at) == t.mark.written_at);
    CHECK(log.config_at(t.mark.at) == t.mark.config);
    s.put(3);
    s.sync();
    s.open();
    s.put(3);
    s.open();
  }
}

TEST_CASE("a configuration above the mark stays in force where the entries stay") {
  small_store s;
  s.fill(8);
  s.p.put(s.w(), 1, 1, entry_kind::configuration, 3);
  s.fill(16);
  auto const later = s.w().log().config_at(log_index{9});
  s.install(mark_at(5, 1), if_agreeing);
  CHECK(s.w().log().config_at(log_index{8}) == mark_at(5, 1).config);
  CHECK(s.w().log().config_at(log_index{16}) == later);
  s.sync();
  s.open();
}

TEST_CASE("S3: without a sync the log is the old one, and with it the new one") {
  for (bool const synced : {false, true}) {
    small_store s;
    s.fill(20);
    auto const old = s.p.acked;
    s.install(mark_at(9, 2), if_agreeing);
    s.p.put(s.w(), 2, 2, entry_kind::command, 30);
    if (synced) s.sync();
    CHECK((s.p.acked == old) == !synced);
    s.open();
  }
}

TEST_CASE("old segments go with the sync that makes the installation durable, and not before it") {
  small_store s;
  s.fill(40);
  auto const before = segments_on(s.d);
  REQUIRE(before > 5);
  s.install(mark_at(100, 4), if_agreeing);
  s.d.events.clear();
  auto pending = s.w().prepare(tickets{}.order());
  REQUIRE(pending);
  CHECK(segments_on(s.d) == before);
  pending->wait();
  REQUIRE(s.w().finish(std::move(*pending)));
  s.p.acked = s.p.now;
  CHECK(segments_on(s.d) <= 2);
  s.open();
}

TEST_CASE("an installation while a sync is under way is not part of that") {
  for (bool const first_is_one : {false, true}) {
    small_store s;
    s.fill(30);
    if (first_is_one) s.install(mark_at(12, 1), if_agreeing);
    s.p.put(s.w(), 1, 1, entry_kind::command, 10);
    auto pending = s.w().prepare(tickets{}.order());
    REQUIRE(pending);
    auto const covered = s.p.now;
    s.install(mark_at(60, 3), if_agreeing);
    s.p.put(s.w(), 1, 3, entry_kind::command, 10);
    pending->wait();
    REQUIRE(s.w().finish(std::move(*pending)));
    s.p.acked = covered;
    CHECK(contents(s.w()) == s.p.now);
    auto left = s.d; // a power cut now
    std::mt19937_64 random{1};
    left.crash(random);
    auto o = open_disk(left, disk_options(512));
    REQUIRE_MESSAGE(o, o.error);
    CHECK(contents(*o.wal) == covered);
    s.sync();
    s.open();
  }
}

// What a record says of the log before it must be there when it is replayed.
TEST_CASE("the segment of an installation that reaches back before it does not stand alone") {
  for (auto const& i : {installing{mark_at(6, 1, 3), if_agreeing}, installing{mark_at(6, 9), if_agreeing},
                        installing{mark_at(6, 9), always}}) {
    CAPTURE(i.mark.written_at.value);
    CAPTURE(static_cast<int>(i.above));
    small_store s;
    s.fill(30);
    s.install(i.mark, i.above);
    s.sync();
    s.open();
    for (int n = 0; n < 30; ++n) { // what is compacted moves on, segment by segment
      s.put(9);
      s.p.compact(s.w(), s.p.now.last() - 1);
      s.sync();
      s.open();
    }
    CHECK(segments_on(s.d) <= 3);
  }
}

TEST_CASE("a mark at the very place behind which the first segment that is left begins") {
  for (auto const& i : {installing{mark_at(0, 1), if_agreeing}, installing{mark_at(0, 7), if_agreeing},
                        installing{mark_at(0, 7), always}}) {
    CAPTURE(i.mark.written_at.value);
    small_store s;
    s.fill(30);
    while (s.newest_before + 1 != s.p.now.last().value) s.put(); // a new segment
    s.put();
    auto const m = mark_at(s.newest_before, i.mark.written_at.value, 3);
    s.install(m, i.above);
    s.sync();
    CHECK(segments_on(s.d) == 1);
    s.open();
    CHECK(s.w().log().config_at(m.at) == m.config);
  }
}

TEST_CASE("one installation over another, with all else between them") {
  small_store s;
  s.fill(30);
  s.install(mark_at(10, 1), if_agreeing);
  s.install(mark_at(20, 4), always);
  s.p.truncate(s.w(), log_index{25});
  s.p.compact(s.w(), log_index{22});
  s.install(mark_at(24, 4), if_agreeing);
  s.p.put(s.w(), 2, 4, entry_kind::command, 20);
  s.install(mark_at(25, 4), if_agreeing);
  CHECK(s.w().log().last() == log_index{26});
  s.p.compact(s.w(), log_index{26});
  s.sync();
  s.open();
  s.put(5);
  s.open();
}

TEST_CASE("a long log is given back") {
  for (auto const above : {if_agreeing, always}) {
    disk d;
    player<disk_wal> p;
    auto o = open_disk(d, disk_options(1 << 16));
    for (int k = 0; k < 60; ++k) p.put(*o.wal, 50, 1, entry_kind::command, 3) && p.sync(*o.wal);
    REQUIRE(p.install(*o.wal, mark_at(2000, 2), above));
    REQUIRE(p.sync(*o.wal));
    CHECK(contents(*o.wal, 1000) == p.now);
    p.put(*o.wal, 5, 2, entry_kind::command, 3) && p.sync(*o.wal);
    o.wal.reset();
    auto again = open_disk(d, disk_options(1 << 16));
    REQUIRE_MESSAGE(again, again.error);
    CHECK(contents(*again.wal, 1000) == p.now);
  }
}

// Each operation of a turn that installs, and what a power cut before it may leave: the old log or the new one.
TEST_CASE("S10: a power cut at any operation of a turn that installs") {
  image_counts n;
  test::dice dice{3};
  for (auto const& i : {installing{mark_at(14, 1), if_agreeing}, installing{mark_at(14, 2), if_agreeing},
                        installing{mark_at(14, 2), always}, installing{mark_at(99, 2), always}}) {
    CAPTURE(i.mark.at.value);
    CAPTURE(static_cast<int>(i.above));
    disk d;
    player<disk_wal> p;
    auto o = open_disk(d);
    for (int k = 0; k < 24; ++k) p.put(*o.wal, 1, 1, entry_kind::command, 150) && p.sync(*o.wal);
    REQUIRE(segments_on(d) > 4);
    std::string wrong;
    std::uint64_t unlinked = 0;
    d.watch = [&](disk const& now) {
      if (!wrong.empty() || image_judge::only_read(now)) return;
      ++n.points;
      unlinked += now.events.back().what == std::string{"unlink"} ? 1 : 0;
      image_judge const is_right{p.acked, p.now, {}, n};
      (void)crash_images{now}.each(40, dice, [&](disk image) {
        wrong = is_right(image);
        if (wrong.empty() && n.images % 40 == 0) wrong = is_right.in_recovery(std::move(image), dice);
        return wrong.empty();
      });
    };
    p.hard(*o.wal, 3, 1);
    p.install(*o.wal, i.mark, i.above);
    p.put(*o.wal, 1, 2, entry_kind::command, 20);
    CHECK(p.sync(*o.wal));
    CHECK(wrong == "");
    CHECK(unlinked > 1);
    d.watch = nullptr;
  }
  CHECK(n.images > 200);
}

} // namespace
} // namespace quorate
