// Stores of format version 1 are opened and carried on, also those that a crash has left, and an opening that a
// crash interrupts is begun again.
#include "format_1.hpp"
#include "image_judge.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cstdint>
#include <string>
#include <utility>

namespace quorate {
namespace {

std::uint32_t format_of(disk& d) { return wal::store_head::decode(d.file("store"))->format; }
std::uint32_t newest_page(disk& d) {
  std::string newest;
  for (auto const& [name, id] : d.names)
    if (wal::segment_start(name)) newest = std::max(newest, name);
  return wal::segment_head::decode(d.file(newest))->page;
}

TEST_CASE("a store of format 1 is opened, says so, and goes on in the present format") {
  auto const turns = format_1_turns();
  format_1_store s;
  s.finish();
  REQUIRE(s.turns + 1 == turns.size());
  REQUIRE(format_of(s.d) == 1);
  REQUIRE(newest_page(s.d) == 0);
  player<disk_wal> p;
  {
    auto o = open_disk(s.d);
    REQUIRE_MESSAGE(o, o.error);
    CHECK(contents(*o.wal) == turns.back());
    CHECK(format_of(s.d) == wal::format_version);
    CHECK(newest_page(s.d) == disk_files::page_bytes);
    REQUIRE(o.wal->recovered().notes.size() == 1);
    CHECK(o.wal->recovered().notes[0] == "brought the store in /disk from format version 1 to 2");
    p.now = contents(*o.wal);
    for (std::uint64_t t = 5; t < 30; ++t) {
      p.hard(*o.wal, t, 1);
      p.put(*o.wal, 2, t, entry_kind::command, 30);
      if (t % 3 == 0) p.compact(*o.wal, p.now.last());
      REQUIRE(p.sync(*o.wal));
    }
  }
  auto o = open_disk(s.d);
  REQUIRE_MESSAGE(o, o.error);
  CHECK(contents(*o.wal) == p.acked);
  CHECK(o.wal->recovered().notes.empty());
  for (auto const& [name, id] : s.d.names) // nothing of the old format is left, once it is compacted
    if (wal::segment_start(name)) CHECK(wal::segment_head::decode(s.d.file(name))->page != 0);
}

TEST_CASE("whatever a crash has left of a store of format 1, it opens with what was acknowledged") {
  auto const turns = format_1_turns();
  format_1_store s;
  image_counts n;
  test::dice dice{1};
  std::uint64_t empty_segments = 0;
  for (bool more = true; more; ++n.points) {
    auto const& acked = turns[s.turns];
    auto const& flying = turns[std::min(s.turns + 1, turns.size() - 1)];
    image_judge const is_right{acked, flying, {}, n};
    std::string wrong;
    (void)crash_images{s.d}.each(243, dice, [&](disk image) {
      wrong = is_right(image);
      if (wrong.empty() && n.images % 8 == 0) wrong = is_right.in_recovery(std::move(image), dice);
      return wrong.empty();
    });
    INFO("after ", n.points, " operations");
    REQUIRE(wrong == "");
    for (auto const& [name, id] : s.d.names)
      empty_segments +=
          wal::segment_start(name) && wal::written_end(s.d.file(name)) == wal::segment_head::encoded_size;
    more = s.step();
  }
  MESSAGE(n.points, " crash points, ", n.images, " images, in ", n.cut, " a torn tail; ", n.within,
          " crashes inside the opening");
  CHECK(n.images > 1000);
  CHECK(n.cut > 300);
  CHECK(n.within > 1000);
  CHECK(empty_segments > 10); // whose name the new segment needs
}

TEST_CASE("damage of a store of format 1 is refused as it was, and leaves it as it is") {
  format_1_store s;
  s.finish();
  std::string const newest = "log-0000000000000550";
  auto const first_frame = wal::segment_head::encoded_size;
  SUBCASE("an early turn") { s.d.file(newest)[first_frame + 50] ^= std::byte{1}; }
  SUBCASE("the last turn, which changed term and vote: `state` knows that it was there") {
    auto& log = s.d.file(newest);
    std::fill(log.begin() + 208, log.end(), std::byte{0});
  }
  SUBCASE("the last turn and the second copy of term and vote") {
    s.d.file(newest)[208 + 50] ^= std::byte{1};
    s.d.file("state")[20] ^= std::byte{1};
  }
  auto const before = s.d.inodes;
  auto const o = open_disk(s.d);
  CHECK_FALSE(o);
  CHECK_MESSAGE(o.error.find("the file /disk/" + newest + " is damaged at offset ") == 0, o.error);
  CHECK_MESSAGE(o.error.find("Nothing has been changed") != std::string::npos, o.error);
  CHECK(format_of(s.d) == 1);
  for (auto const& [id, f] : before) CHECK(s.d.inodes[id].now == f.now);
}

} // namespace
} // namespace quorate
