// Scenario P13: a torn tail is not damage. Files cut or changed at every byte of the last turn and of an
// early one, and at every boundary of a record.
#include "wal_sample.hpp"

#include <doctest/doctest.h>

#include <algorithm>

namespace quorate {
namespace {

TEST_CASE("P13: a last turn of which only a part was written is cut, and reported") {
  sample const s{5};
  auto const begin = s.ends[3], end = s.ends[4];
  for (auto at = begin; at < end; ++at) {
    INFO("written up to ", at);
    auto d = s.d;
    auto& log = d.file(log_file);
    std::fill(log.begin() + static_cast<std::ptrdiff_t>(at), log.end(), std::byte{0});
    bool const missing = log != s.d.inodes.at(s.d.names.at(log_file)).now; // the rest may have been zeros
    auto const r = reopen(d);
    REQUIRE_MESSAGE(r.found, r.error);
    CHECK(*r.found == s.after[missing ? 3 : 4]);
    CHECK((r.report.cut_bytes != 0) == missing);
    if (missing) {
      CHECK(r.report.cut_offset == begin);
      CHECK(r.report.cut_bytes == end - begin); // the slot says how long it was, though nothing be there of it
      CHECK(r.report.cut_file == "/disk/" + log_file);
      REQUIRE(r.report.notes.size() == 1);
      CHECK(names(r.report.notes[0], log_file, begin));
    }
  }
}

TEST_CASE("a last turn that has a hole is cut from its beginning") {
  sample const s{5};
  for (auto at = s.ends[3]; at + 8 <= s.records.back(); ++at) {
    INFO("hole at ", at);
    auto d = s.d;
    auto const from = d.file(log_file).begin() + static_cast<std::ptrdiff_t>(at);
    if (wal::blank({from, from + 8})) continue;
    std::fill(from, from + 8, std::byte{0});
    auto const r = reopen(d);
    REQUIRE_MESSAGE(r.found, r.error);
    CHECK(*r.found == s.after[3]);
    CHECK(r.report.cut_offset == s.ends[3]);
  }
}

TEST_CASE("P13: a flipped byte in the last turn looks like a torn tail") {
  sample const s{5};
  auto const last = s.records.back();
  for (auto at = s.ends[3]; at < s.ends[4]; ++at) {
    INFO("flipped at ", at);
    auto d = s.d;
    d.file(log_file)[at] ^= std::byte{0x40};
    auto const r = reopen(d);
    REQUIRE_MESSAGE(r.found, r.error);
    CHECK(*r.found == s.after[at < last ? 3 : 4]); // behind the last record there is only padding
    CHECK((r.report.cut_bytes != 0) == (at < last));
  }
}

TEST_CASE(
    "P13: a flipped byte in an early turn is damage: refused, with file and offset, and nothing is changed") {
  sample const s{5};
  for (auto at = s.ends[0]; at < s.ends[1]; ++at) {
    INFO("flipped at ", at);
    auto d = s.d;
    d.file(log_file)[at] ^= std::byte{1};
    auto const r = reopen(d);
    if (r.found) { // it was padding
      CHECK(*r.found == s.after[4]);
      CHECK(s.ends[1] - at < wal::frame_alignment);
      continue;
    }
    CHECK_MESSAGE(names(r.error, log_file, s.ends[0]), r.error);
    CHECK_FALSE(r.changed);
  }
}

TEST_CASE("a file cut short at any record, or at any byte of the last one, is damage") {
  sample const s{5};
  auto cuts = s.records;
  for (auto at = s.records[s.records.size() - 2]; at < s.ends[4]; ++at) cuts.push_back(at);
  for (auto const at : cuts) {
    INFO("cut at ", at);
    auto d = s.d;
    d.file(log_file).resize(at); // space was reserved before anything was acknowledged: no crash does this
    auto const r = reopen(d);
    CHECK_FALSE(r.found);
    CHECK_MESSAGE(names(r.error, log_file, at), r.error);
    CHECK_FALSE(r.changed);
  }
}

TEST_CASE("P13: turns that are missing below one that is there are damage") {
  sample const s{5};
  auto d = s.d;
  auto& log = d.file(log_file);
  std::fill(log.begin() + static_cast<std::ptrdiff_t>(s.ends[1]),
            log.begin() + static_cast<std::ptrdiff_t>(s.ends[2]), std::byte{0});
  auto const r = reopen(d);
  CHECK_FALSE(r.found);
  CHECK_MESSAGE(names(r.error, log_file, s.ends[1]), r.error);
}

TEST_CASE("a missing state file costs nothing") {
  sample const s{3};
  auto d = s.d;
  d.names.erase("state");
  auto const r = reopen(d);
  REQUIRE_MESSAGE(r.found, r.error);
  CHECK(*r.found == s.after[2]);
}

TEST_CASE("a turn of an earlier life that shows again where this one goes on is not taken for one of this one") {
  disk d;
  auto const options = disk_options(1 << 14);
  model expected;
  disk::content old;
  std::size_t ghost = 0;
  {
    auto o = open_disk(d, options);
    player<disk_wal> p;
    REQUIRE(p.put(*o.wal, 1, 1, entry_kind::command, 20));
    REQUIRE(p.sync(*o.wal));
    expected = p.acked;
    ghost = frames + o.wal->counters().bytes;
    REQUIRE(p.put(*o.wal, 1, 1, entry_kind::command, 24));
    d.fail_at = d.operations + 1;
    REQUIRE_FALSE(p.sync(*o.wal));
  }
  d.heal();
  {
    auto o = open_disk(d, options); // it was torn, and is cut
    REQUIRE_MESSAGE(o, o.error);
    CHECK(o.wal->recovered().cut_bytes > 0);
    ghost += o.wal->counters().bytes;
  }
  {
    // A frame of the first life, good in itself, for the very place where the second life's log ends.
    auto const at = ghost - frames;
    wal::tail t{at};
    auto const blob = blob_of(expected.entries, 0, 1);
    t.add_entries({log_index{2}, 1, stamp{1}, entry_kind::command}, blob);
    auto const salt = wal::store_head::decode(d.file("store"))->salt;
    auto const bytes = t.seal(at, incarnation_id{1}, salt);
    old.assign(bytes.begin(), bytes.end());
  }
  disk::apply(d.file(log_file), {ghost, old}, 0, old.size());
  auto const r = reopen(d);
  REQUIRE_MESSAGE(r.found, r.error);
  CHECK(*r.found == expected);
  CHECK(r.report.cut_offset == ghost);
}

// Recovery is idempotent: cut short at any operation, by a failure or a power failure, and begun anew, it
// ends the same.
TEST_CASE("a recovery that fails at any operation can be begun again") {
  sample const s{5};
  auto torn = s.d;
  torn.file(log_file)[s.ends[3] + 50] ^= std::byte{1};
  auto no_state = s.d;
  no_state.file("state")[9] ^= std::byte{1};
  auto no_slot = s.d;
  no_slot.file(log_file)[page + 9] ^= std::byte{1};
  for (auto const* start : {&torn, &no_state, &no_slot})
    for (int mode = 0; mode < 3; ++mode) {
      std::uint64_t k = 1;
      for (bool done = false; !done; ++k) {
        INFO("operation ", k, " mode ", mode);
        auto d = *start;
        for (auto& [id, f] : d.inodes) f.durable = f.now; // the damage is on the disk
        d.heal();
        d.locked.clear();
        d.fail_at = k;
        d.power_fails = mode != 0;
        auto o = open_disk(d, disk_options(1 << 14));
        done = d.operations < k;
        CHECK(done == o.wal.has_value());
        o.wal.reset();
        d.heal();
        d.power_fails = false;
        std::mt19937_64 random{k};
        if (mode == 2) d.crash(random);
        auto const r = reopen(d);
        REQUIRE_MESSAGE(r.found, r.error);
        CHECK(*r.found == s.after[start == &torn ? 3 : 4]);
      }
      CHECK(k > 15);
    }
}

} // namespace
} // namespace quorate
