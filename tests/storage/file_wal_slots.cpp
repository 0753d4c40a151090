// Term and vote are in the frames and in two slots at the head of the segment: what of that may be torn, rotten or
// lost, and what becomes of a log that has lost its end.
#include "wal_sample.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cstddef>
#include <initializer_list>
#include <string>

namespace quorate {
namespace {

enum class state { whole, torn, lost };

// Makes bytes from..to of the log's file those of before the last turn, or half of them.
void spoil(sample const& s, disk& d, state how, std::size_t from, std::size_t to) {
  if (how == state::whole) return;
  auto const& before = s.before.inodes.at(s.before.names.at(log_file)).now;
  auto const middle = how == state::lost ? from : from + (to - from) / 2;
  std::copy(before.begin() + static_cast<std::ptrdiff_t>(middle), before.begin() + static_cast<std::ptrdiff_t>(to),
            d.file(log_file).begin() + static_cast<std::ptrdiff_t>(middle));
}

// Where the slot begins that the last turn has written; the other one begins at `other`.
struct slot_places {
  std::size_t newest = page, other = 2 * page;
  explicit slot_places(sample const& s) {
    auto const& now = s.d.inodes.at(s.d.names.at(log_file)).now;
    auto const& before = s.before.inodes.at(s.before.names.at(log_file)).now;
    if (std::equal(now.begin() + page, now.begin() + 2 * page, before.begin() + page)) std::swap(newest, other);
  }
};

TEST_CASE("a turn writes the slot that the turn before it has not written") {
  CHECK(slot_places{sample{4}}.newest != slot_places{sample{5}}.newest);
}

TEST_CASE("a crash in the last turn: frame and slot are whole, torn or lost by themselves, and each opens") {
  int kept = 0;
  for (auto const what : {turn::entries, turn::entries_and_vote, turn::vote}) {
    sample const s{5, what};
    auto const slot = slot_places{s}.newest;
    for (auto const frame : {state::whole, state::torn, state::lost})
      for (auto const copy : {state::whole, state::torn, state::lost}) {
        CAPTURE(static_cast<int>(what));
        CAPTURE(static_cast<int>(frame));
        CAPTURE(static_cast<int>(copy));
        auto d = s.d;
        spoil(s, d, frame, s.ends[3], s.ends[4]);
        spoil(s, d, copy, slot, slot + wal::state_slot::size);
        auto const r = reopen(d);
        REQUIRE_MESSAGE(r.found, r.error);
        // The turn is there as a whole if its frame is, or if all of it is in the slot.
        bool const there = frame == state::whole || (copy == state::whole && what == turn::vote);
        CHECK(*r.found == s.after[there ? 4 : 3]);
        bool const missed = frame == state::torn || (frame == state::lost && copy == state::whole);
        CHECK((r.report.cut_bytes != 0) == missed);
        kept += there ? 1 : 0;
      }
  }
  CHECK(kept == 3 * 3 + 2);
}

TEST_CASE("term and vote are kept twice: any flipped byte in the frame that has them costs nothing") {
  sample const s{5, turn::vote};
  for (auto at = s.ends[3]; at < s.records.back(); ++at) {
    INFO("flipped at ", at);
    auto d = s.d;
    d.file(log_file)[at] ^= std::byte{0x40};
    auto const r = reopen(d);
    REQUIRE_MESSAGE(r.found, r.error);
    CHECK(*r.found == s.after[4]);
    REQUIRE(r.report.notes.size() == 2); // what was taken from where, and what was cut
    CHECK_MESSAGE(r.report.notes[0].find("took term and vote from the copy at offset ") == 0, r.report.notes[0]);
    CHECK(names(r.report.notes[1], log_file, s.ends[3]));
  }
}

TEST_CASE("a turn is not taken in part: term and vote are cut with the entries that were written with them") {
  sample const s{5, turn::entries_and_vote};
  for (auto at = s.ends[3]; at < s.records.back(); ++at) {
    INFO("flipped at ", at);
    auto d = s.d;
    d.file(log_file)[at] ^= std::byte{0x40};
    auto const r = reopen(d);
    REQUIRE_MESSAGE(r.found, r.error);
    CHECK(*r.found == s.after[3]);
    CHECK(r.report.cut_offset == s.ends[3]);
  }
}

TEST_CASE("any flipped byte in a slot, or in the file `state`, costs nothing") {
  sample const s{5, turn::vote};
  struct copy {
    std::string file;
    std::size_t from, size;
  };
  for (auto const& c : {copy{log_file, page, wal::state_slot::size},
                        copy{log_file, 2 * page, wal::state_slot::size}, copy{"state", 0, wal::state_copy::size}})
    for (auto at = c.from; at < c.from + c.size; ++at) {
      INFO("flipped at ", at, " of ", c.file);
      auto d = s.d;
      d.file(c.file)[at] ^= std::byte{0x10};
      auto const r = reopen(d);
      REQUIRE_MESSAGE(r.found, r.error);
      CHECK(*r.found == s.after[4]);
      REQUIRE(r.report.notes.size() == 1);
      CHECK_MESSAGE(r.report.notes[0].find("/disk/" + c.file) != std::string::npos, r.report.notes[0]);
      if (c.file == log_file) CHECK(names(r.report.notes[0], log_file, c.from));
    }
}

TEST_CASE("the last turn's frame and its slot are bad: those of the turn before hold") {
  for (auto const what : {turn::entries, turn::entries_and_vote, turn::vote}) {
    sample const s{5, what};
    for (auto at = s.ends[3]; at < s.records.back(); at += 5) {
      INFO("flipped at ", at);
      auto d = s.d;
      d.file(log_file)[at] ^= std::byte{1};
      d.file(log_file)[slot_places{s}.newest + 20] ^= std::byte{1};
      auto const r = reopen(d);
      REQUIRE_MESSAGE(r.found, r.error);
      CHECK(*r.found == s.after[3]);
      CHECK(r.report.cut_offset == s.ends[3]);
    }
  }
}

TEST_CASE("both slots are bad: the node stays down, be the log whole or torn") {
  for (bool const torn : {false, true}) {
    sample const s{5, turn::vote};
    auto d = s.d;
    d.file(log_file)[page + 20] ^= std::byte{1};
    d.file(log_file)[2 * page + 20] ^= std::byte{1};
    if (torn) d.file(log_file)[s.ends[3] + 9] ^= std::byte{1};
    auto const r = reopen(d);
    CHECK_FALSE(r.found);
    CHECK_MESSAGE(names(r.error, log_file, page), r.error);
    CHECK_MESSAGE(names(r.error, log_file, 2 * page), r.error);
    CHECK_MESSAGE(r.error.find("both copies of term and vote") != std::string::npos, r.error);
    CHECK_MESSAGE(r.error.find("Restore it") != std::string::npos, r.error);
    CHECK_FALSE(r.changed);
  }
}

TEST_CASE("K7: zeros over the end of a log that was synced are damage, but for those over its last turn alone") {
  sample const s{6};
  auto const& whole = s.d.inodes.at(s.d.names.at(log_file)).now;
  auto const end = s.ends.back();
  std::size_t refused = 0, cut = 0;
  for (std::size_t zeros = 1; zeros <= end - s.ends[0]; ++zeros) {
    INFO(zeros, " zeros");
    auto d = s.d;
    auto& log = d.file(log_file);
    std::fill_n(log.begin() + static_cast<std::ptrdiff_t>(end - zeros), zeros, std::byte{0});
    auto const lost = std::mismatch(log.begin(), log.end(), whole.begin()).first - log.begin(); // the first byte
    auto const r = reopen(d);
    if (lost >= static_cast<std::ptrdiff_t>(s.ends[4])) {
      bool const unharmed = log == whole;
      REQUIRE_MESSAGE(r.found, r.error);
      CHECK(*r.found == s.after[unharmed ? 5 : 4]);
      CHECK((r.report.cut_bytes != 0) == !unharmed);
      ++cut;
      continue;
    }
    ++refused;
    CHECK_FALSE(r.found);
    CHECK_FALSE(r.changed);
    auto const hit = *(std::upper_bound(s.ends.begin(), s.ends.end(), static_cast<std::size_t>(lost)) - 1);
    CHECK_MESSAGE(names(r.error, log_file, hit), r.error);
    auto const expected = "Expected good frames up to log offset " + std::to_string(s.ends[4] - frames) + ",";
    CHECK_MESSAGE(r.error.find(expected) != std::string::npos, r.error);
  }
  CHECK(refused > 3 * cut);
}

} // namespace
} // namespace quorate
