// A store of a few turns in one segment, to be changed byte by byte and opened again.
#pragma once

#include "wal_model.hpp"

#include <doctest/doctest.h>

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace quorate {

inline std::string const log_file = "log-0000000000000000";
inline constexpr std::size_t page = disk_files::page_bytes,
                             frames = wal::segment::frames_at(disk_files::page_bytes);

// What the last turn of a sample does.
enum class turn { entries, entries_and_vote, vote };

// A store with a few synced turns, as it lies on the disk.
struct sample {
  disk d{};
  disk before{};                      // the last turn
  std::vector<model> after{};         // what is acknowledged after each turn
  std::vector<std::size_t> ends{};    // and where in the file its frame ends
  std::vector<std::size_t> records{}; // where each record of the log ends

  explicit sample(int turns, turn last = turn::entries) {
    auto o = open_disk(d, disk_options(1 << 14));
    REQUIRE_MESSAGE(o, o.error);
    player<disk_wal> p;
    for (int t = 1; t <= turns; ++t) {
      before = d;
      if (t == 2) p.hard(*o.wal, 5, 1);
      if (t < turns || last != turn::vote) {
        p.put(*o.wal, 2, 5, entry_kind::command, 20);
        if (t == 3) p.truncate(*o.wal, p.now.last());
        p.put(*o.wal, 1, 5, entry_kind::no_op, 0);
      }
      if (t == turns && last != turn::entries) p.hard(*o.wal, 6, 2);
      REQUIRE(p.sync(*o.wal));
      after.push_back(p.acked);
      ends.push_back(frames + o.wal->counters().bytes);
    }
    mark_records();
  }

  void mark_records() {
    wal::byte_span const all{d.file(log_file)};
    for (std::size_t at = frames; at < ends.back();) {
      auto const length = wal::byte_reader{all.data() + at + 4}.u32();
      auto const end = at + wal::frame_head::encoded_size + length;
      records.push_back(at += wal::frame_head::encoded_size);
      while (at < end) {
        at += wal::record_head::encoded_size + wal::byte_reader{all.data() + at}.u32();
        records.push_back(at);
      }
      at = wal::aligned(end);
    }
  }
};

// What an opening of a changed copy of a store comes to.
struct outcome {
  std::optional<model> found{};
  wal_recovery report{};
  std::string error{};
  bool changed = false; // on disk, by an opening that refused
};

inline outcome reopen(disk d) {
  d.locked.clear();
  auto const before = d.names;
  auto const bytes = d.inodes;
  auto o = open_disk(d, disk_options(1 << 14));
  if (!o) {
    bool same = d.names == before;
    for (auto const& [id, f] : d.inodes) same = same && f.now == bytes.at(id).now;
    return {{}, {}, o.error, !same};
  }
  outcome r{contents(*o.wal), o.wal->recovered(), {}, false};
  player<disk_wal> p; // and it goes on from there
  p.now = *r.found;
  REQUIRE(p.put(*o.wal, 3, 9, entry_kind::command, 10));
  REQUIRE(p.sync(*o.wal));
  o.wal.reset();
  auto again = open_disk(d, disk_options(1 << 14));
  REQUIRE_MESSAGE(again, again.error);
  CHECK(contents(*again.wal) == p.acked);
  CHECK(again.wal->recovered().cut_bytes == 0);
  return r;
}

inline bool names(std::string const& sentence, std::string const& file, std::size_t offset) {
  return sentence.find("/disk/" + file) != std::string::npos &&
         sentence.find("offset " + std::to_string(offset)) != std::string::npos;
}

} // namespace quorate
