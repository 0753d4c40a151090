// What goes with a turn's sync and takes as long as syncs do: the next segment is made, and those that nobody
// needs any more are removed. It is written down on the log's own thread, and may be carried out on another. That
// one touches two files, which the log leaves alone meanwhile.
#pragma once

#include "quorate/storage/wal/segment.hpp"

#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace quorate::wal {

// The same file layer for a second folder, which notes its failures apart.
template <wal_files Files>
struct files_aside {
  using file = typename Files::file;
  static constexpr std::uint32_t page_bytes = Files::page_bytes;
  Files* files;

  int open(std::string const& path, file_mode mode, file& f) { return files->open(path, mode, f); }
  int size(file const& f, std::uint64_t& n) { return files->size(f, n); }
  io_result read(file const& f, std::uint64_t at, std::span<std::byte> into) { return files->read(f, at, into); }
  io_result write(file const& f, std::uint64_t at, byte_span from) { return files->write(f, at, from); }
  int allocate(file const& f, std::uint64_t n) { return files->allocate(f, n); }
  int sync_data(file const& f) { return files->sync_data(f); }
  int sync_file(file const& f) { return files->sync_file(f); }
  int lock(file const& f) { return files->lock(f); }
  int make_directory(std::string const& path) { return files->make_directory(path); }
  int list(std::string const& path, std::vector<std::string>& names) { return files->list(path, names); }
  int sync_directory(std::string const& path) { return files->sync_directory(path); }
  int rename(std::string const& from, std::string const& to) { return files->rename(from, to); }
  int unlink(std::string const& path) { return files->unlink(path); }
  int random(std::uint64_t& n) { return files->random(n); }
};

// A turn's frame for which the newest segment has no room, and the segment that is made for it. That is complete,
// and named in `state`, before anything is in it.
struct new_segment {
  segment_head head{};
  state_slot slot{}; // for its slots, as they are made
  state_copy state{};
  std::vector<std::byte> frame{};
  state_slot after{}; // the slot that is written with the frame
};

// Segments whose entries are all compacted. Those before the first that stays may not stand alone, so `state`
// disowns them all before the first is removed.
struct removed_segments {
  std::vector<std::uint64_t> starts{};
  state_copy state{};
};

struct chores {
  bool dirty = false;                // there is something to sync
  std::uint64_t active{};            // where the segment begins that is synced
  std::optional<new_segment> next{}; // nothing: the frame is written already
  std::optional<removed_segments> dropped{};
};

template <wal_files Files>
bool save_state(folder<Files>& dir, typename Files::file& state_file, state_copy const& copy) {
  return dir.write(state_file, state_name, 0, copy.encode()) && dir.sync_data(state_file, state_name);
}

// Makes the segment in a file of that name, and goes over to it.
template <wal_files Files>
bool make_segment(folder<Files>& dir, std::string const& name, new_segment const& made, std::uint64_t salt,
                  typename Files::file& active) {
  typename Files::file next;
  if (!make_segment(dir, name, made.head, made.slot, salt, next)) return false;
  active = std::move(next);
  return true;
}

// Waits until the turn is on stable storage. Returns what went wrong; empty: nothing.
template <wal_files Files>
std::string carry_out(chores const& work, Files& files, std::string const& path, std::uint64_t salt,
                      typename Files::file& active, typename Files::file& state_file) {
  folder<files_aside<Files>> dir{{&files}, path};
  auto const name = segment_name(work.active);
  if (work.next) {
    auto const& n = *work.next;
    segment const s{n.head.start, n.head.size, {}, n.head.page, n.head.version};
    (void)(make_segment(dir, name, n, salt, active) && save_state(dir, state_file, n.state) &&
           dir.write(active, name, s.offset_of(n.head.start), n.frame) &&
           dir.write(active, name, s.slot_at(n.after.number), n.after.encode(salt)));
  }
  if (work.dirty) (void)dir.sync_data(active, name);
  if (work.dropped && save_state(dir, state_file, work.dropped->state)) {
    for (auto const start : work.dropped->starts) (void)dir.unlink(segment_name(start));
    (void)dir.sync();
  }
  return dir.problem();
}

} // namespace quorate::wal
