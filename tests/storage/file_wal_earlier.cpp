// Stores of the format versions 1 and 2 are opened and carried on, also those that a crash has left, and an
// opening that a crash interrupts is begun again.
#include "earlier_store.hpp"
#include "format_1.hpp"
#include "format_2.hpp"
#include "image_judge.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cstdint>
#include <map>
#include <string>
#include <utility>

namespace quorate {
namespace {

struct earlier_format {
  std::uint32_t version;
  char const* journal;
};
constexpr earlier_format formats[] = {{1, format_1_journal}, {2, format_2_journal}};

std::string const newest = "log-0000000000000558"; // of the finished store, in both

std::uint32_t format_of(disk& d) { return wal::store_head::decode(d.file("store"))->format; }
std::uint32_t newest_version(disk& d) {
  std::string last;
  for (auto const& [name, id] : d.names)
    if (wal::segment_start(name)) last = std::max(last, name);
  return wal::segment_head::decode(d.file(last))->version;
}

TEST_CASE("a store of an earlier format is opened, says so, and goes on in the present format") {
  auto const turns = earlier_turns();
  for (auto const& format : formats) {
    CAPTURE(format.version);
    earlier_store s{format.journal};
    s.finish();
    REQUIRE(s.turns + 1 == turns.size());
    REQUIRE(format_of(s.d) == format.version);
    REQUIRE(newest_version(s.d) == format.version);
    REQUIRE(s.d.names.contains(newest));
    player<disk_wal> p;
    {
      auto o = open_disk(s.d);
      REQUIRE_MESSAGE(o, o.error);
      CHECK(contents(*o.wal) == turns.back());
      CHECK(format_of(s.d) == wal::format_version);
      CHECK(newest_version(s.d) == wal::format_version);
      CHECK(s.d.file("state").size() == wal::state_copy::size);
      REQUIRE(o.wal->recovered().notes.size() == 1);
      CHECK(o.wal->recovered().notes[0] ==
            "brought the store in /disk from format version " + std::to_string(format.version) + " to 3");
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
      if (wal::segment_start(name)) CHECK(wal::segment_head::decode(s.d.file(name))->version == 3);
  }
}

TEST_CASE("whatever a crash has left of a store of an earlier format, it opens with what was acknowledged") {
  auto const turns = earlier_turns();
  for (auto const& format : formats) {
    CAPTURE(format.version);
    earlier_store s{format.journal};
    image_counts n;
    test::dice dice{1};
    std::uint64_t empty_segments = 0;
    for (bool more = true; more; ++n.points) {
      auto const& acked = turns[s.turns];
      auto const& flying = turns[std::min(s.turns + 1, turns.size() - 1)];
      image_judge const is_right{acked, flying, {}, n};
      std::string wrong;
      (void)crash_images{s.d}.each(format.version == 1 ? 243 : 81, dice, [&](disk image) {
        wrong = is_right(image);
        if (wrong.empty() && n.images % 8 == 0) wrong = is_right.in_recovery(std::move(image), dice);
        return wrong.empty();
      });
      INFO("after ", n.points, " operations");
      REQUIRE(wrong == "");
      for (auto const& [name, id] : s.d.names) {
        if (!wal::segment_start(name)) continue;
        auto const& raw = s.d.file(name);
        auto const head = wal::segment_head::decode(raw);
        empty_segments += head && wal::written_end(raw) <= wal::segment::frames_at(head->page) ? 1 : 0;
      }
      more = s.step();
    }
    MESSAGE("format ", format.version, ": ", n.points, " crash points, ", n.images, " images, in ", n.cut,
            " a torn tail; ", n.within, " crashes inside the opening");
    CHECK(n.images > 1000);
    CHECK(n.cut > 300);
    CHECK(n.within > 1000);
    CHECK(empty_segments > 10); // whose name the new segment needs
  }
}

// A program of an earlier format must not open what it would not understand.
TEST_CASE("the file `store` says the present format, durably, before there is anything of that format") {
  for (auto const& format : formats) {
    CAPTURE(format.version);
    earlier_store s{format.journal};
    s.finish();
    std::size_t early = 0, seen = 0;
    s.d.watch = [&](disk const& now) {
      auto const store = wal::store_head::decode(now.inodes.at(now.durable_names.at("store")).durable);
      for (auto const& [name, id] : now.names) {
        auto const& bytes = now.inodes.at(id).now;
        auto const head = wal::segment_head::decode(bytes);
        bool const is_new =
            head ? head->version == 3 : name == "state" && bytes.size() != wal::state_copy::earlier_size;
        if (!is_new) continue;
        ++seen;
        early += store->format != 3 ? 1 : 0;
      }
    };
    CHECK(open_disk(s.d));
    CHECK(early == 0);
    CHECK(seen > 5);
  }
}

void spoil(disk& d, std::uint32_t version, int how) {
  auto& log = d.file(newest);
  bool const slots = version == 2;
  std::size_t const first = slots ? 3 * disk_files::page_bytes : wal::segment_head::earlier_size,
                    last = first + 80;
  switch (how) {
  case 0: log[first + 50] ^= std::byte{1}; break; // an early turn
  case 1: // turns of which something else knows that they were there: `state` in version 1, slots in version 2
    std::fill(log.begin() + static_cast<std::ptrdiff_t>(slots ? first : last), log.end(), std::byte{0});
    break;
  case 2: // the last turn, and what there is of second copies of term and vote
    log[last + 50] ^= std::byte{1};
    if (slots)
      log[disk_files::page_bytes + 20] ^= std::byte{1}, log[2 * disk_files::page_bytes + 20] ^= std::byte{1};
    else
      d.file("state")[20] ^= std::byte{1};
    break;
  default: log[20] ^= std::byte{1}; // the head
  }
}

TEST_CASE("damage of a store of an earlier format is refused as it was, and leaves it as it is") {
  for (auto const& format : formats)
    for (int how = 0; how < 4; ++how) {
      CAPTURE(format.version);
      CAPTURE(how);
      earlier_store s{format.journal};
      s.finish();
      spoil(s.d, format.version, how);
      auto const before = s.d.inodes;
      auto const o = open_disk(s.d);
      CHECK_FALSE(o);
      CHECK_MESSAGE(o.error.find("the file /disk/" + newest + " is damaged at offset ") == 0, o.error);
      CHECK_MESSAGE(o.error.find("Nothing has been changed") != std::string::npos, o.error);
      CHECK(format_of(s.d) == format.version);
      for (auto const& [id, f] : before) CHECK(s.d.inodes[id].now == f.now);
    }
}

// A slot of version 2 may be ahead of its frames: its state goes into the slots of the new segment, and that one's
// head goes on from the frames.
TEST_CASE("term and vote that only a slot of version 2 has are carried over") {
  auto const turns = earlier_turns();
  earlier_store s{format_2_journal};
  s.finish();
  auto& log = s.d.file(newest);
  std::fill(log.begin() + 3 * disk_files::page_bytes + 80, log.end(), std::byte{0}); // the last turn
  for (int times = 0; times < 2; ++times) {
    auto o = open_disk(s.d);
    REQUIRE_MESSAGE(o, o.error);
    CHECK(contents(*o.wal) == turns.back());
    auto const& notes = o.wal->recovered().notes;
    REQUIRE(notes.size() == (times == 0 ? 3U : 0U));
    if (times == 0) CHECK(notes[0].find("took term and vote from the copy at offset ") == 0);
  }
}

} // namespace
} // namespace quorate
