// Segments: the files, each preallocated, that together hold the stream of frames.
#pragma once

#include "quorate/storage/wal/folder.hpp"
#include "quorate/storage/wal/format.hpp"
#include "quorate/storage/wal/log.hpp"

#include <string_view>

namespace quorate {

// How a store is opened.
struct wal_options {
  std::string directory{}; // made if missing; must be empty or hold this node's store
  cluster_id cluster{};
  node_id node{};         // 1 or more
  std::string protocol{}; // the protocol's name and version, at most 64 bytes: another protocol's log is refused
  // Of the frames of a segment file, on top of its head and slots, three pages: 512 to 1 TiB; a turn that is
  // larger gets a larger one.
  std::uint64_t segment_bytes = std::uint64_t{64} << 20;
  std::size_t cache_bytes = std::size_t{4} << 20; // of the newest log kept in memory for reading
  // Why there must be a store already, as a clause, such as that another file is there. Not empty: a directory
  // without a store is refused, with this as the reason. Empty: a store is made in it.
  std::string expected_because{};
  log_start start{}; // a store made by this opening begins behind here; an existing one begins where it does
};

// What an opening found and did.
struct wal_recovery {
  bool created = false; // the directory was empty: a new store
  // A torn tail, which was cut: what there was of the last turn, or, where nothing was, its place. A crash has
  // interrupted that turn before it was acknowledged, or its bytes have rotted since: the two look the same.
  std::string cut_file{};
  std::uint64_t cut_offset{};
  std::uint64_t cut_bytes{};        // 0: nothing was cut
  std::vector<std::string> notes{}; // one sentence for each thing found amiss and mended, the cut included
};

} // namespace quorate

namespace quorate::wal {

struct segment {
  std::uint64_t start{};                   // log offset of its first frame
  std::uint64_t size{};                    // of the file, in bytes
  log_index before{};                      // the log's last index when it was made
  std::uint32_t page{};                    // as in its head
  std::uint32_t version = format_version;  // of its head, its slots and its frames
  log_index lowest_cut{~std::uint64_t{0}}; // the least index from which on a record in it needs what was before

  bool has_slots() const { return page != 0; }
  std::uint64_t slot_at(std::uint64_t number) const { return page * (1 + number % 2); }
  std::uint64_t offset_of(std::uint64_t at) const { return frames_at(page) + (at - start); }

  // Where the frames begin, behind the head and the slots.
  static constexpr std::uint64_t frames_at(std::uint32_t page) {
    return page == 0 ? segment_head::earlier_size : std::uint64_t{3} * page;
  }
};

inline constexpr char const* store_name = "store";
inline constexpr char const* new_store_name = "store.new";
inline constexpr char const* state_name = "state";
inline constexpr char const* new_segment_name = "log.new";
inline constexpr std::string_view segment_prefix = "log-";

inline std::string hex(std::uint64_t n) {
  std::string s(16, '0');
  for (std::size_t i = 16; i-- > 0; n >>= 4) s[i] = "0123456789abcdef"[n & 15];
  return s;
}
inline std::string hex_byte(unsigned n) { return "0x" + hex(n).substr(14); }
inline std::string segment_name(std::uint64_t start) { return std::string{segment_prefix} + hex(start); }
inline std::optional<std::uint64_t> segment_start(std::string_view name) {
  if (name.size() != segment_prefix.size() + 16 || !name.starts_with(segment_prefix)) return std::nullopt;
  std::uint64_t n = 0;
  for (char const c : name.substr(segment_prefix.size())) {
    auto const digit = std::string_view{"0123456789abcdef"}.find(c);
    if (digit == std::string_view::npos) return std::nullopt;
    n = n << 4 | digit;
  }
  return n;
}

// Whether a segment file has more in it than a head and slots, each whole or torn. If its head can't be read, it
// is of that version, with pages of that size.
inline bool holds_frames(byte_span raw, std::uint32_t page, std::uint32_t version = format_version) {
  if (auto const head = segment_head::decode(raw)) page = head->page, version = head->version;
  auto const written = [&raw](std::uint64_t from, std::uint64_t to) {
    auto const end = static_cast<std::size_t>((std::min<std::uint64_t>)(to, raw.size()));
    return from < end && !blank(raw.first(end).subspan(static_cast<std::size_t>(from)));
  };
  auto const begin = segment::frames_at(page);
  bool found = written(begin, raw.size());
  if (page != 0)
    for (std::uint64_t at = 0; at < begin; at += page)
      found = found ||
              written(at + (at == 0 ? segment_head::size_in(version) : state_slot::size_in(version)), at + page);
  return found;
}

// Makes a segment, ready to be written to: its whole size is reserved, head and slots are in it, and its name is
// durable, before any frame is in it. So a file that is shorter than its head says has been cut by somebody else.
// `slot` goes into both slots, the second time with a number that is greater by one.
template <wal_files Files>
bool make_segment(folder<Files>& dir, std::string const& name, segment_head const& head, state_slot slot,
                  std::uint64_t salt, typename Files::file& out) {
  static_assert(Files::page_bytes >= segment_head::encoded_size);
  segment const s{head.start, head.size, {}, head.page, head.version};
  auto const write_slot = [&] { return dir.write(out, name, s.slot_at(slot.number), slot.encode(salt)); };
  if (!dir.open(name, file_mode::create, out) || !dir.allocate(out, name, head.size) ||
      !dir.write(out, name, 0, head.encode()) || !write_slot())
    return false;
  ++slot.number;
  return write_slot() && dir.sync_file(out, name) && dir.sync();
}

inline constexpr std::uint64_t least_segment_bytes = 512, most_segment_bytes = std::uint64_t{1} << 40;

// Room for a segment's head and slots, and for one frame at the least.
inline std::uint64_t size_of_segment(std::uint32_t page, std::uint64_t asked, std::uint64_t frame) {
  return segment::frames_at(page) + (std::max)(asked, frame);
}

} // namespace quorate::wal
