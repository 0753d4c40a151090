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
  node_id node{}; // 1 or more
  std::string
      protocol{}; // the protocol's name and version, at most 64 bytes: another protocol's log is refused
  std::uint64_t segment_bytes = std::uint64_t{64}
                                << 20; // of a segment file: 512 to 1 TiB; a turn that is larger gets a larger one
  std::size_t cache_bytes = std::size_t{4} << 20; // of the newest log kept in memory for reading
  log_start start{}; // a store made by this opening begins behind here; an existing one begins where it does
};

// What an opening found and did.
struct wal_recovery {
  bool created = false; // the directory was empty: a new store
  // A torn tail: the end of a turn that was being written at a crash, and that nobody has acknowledged. It
  // was cut.
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
  log_index lowest_cut{~std::uint64_t{0}}; // the least index from which a record in it truncates

  std::uint64_t offset_of(std::uint64_t at) const { return segment_head::encoded_size + (at - start); }
};

inline constexpr char const* store_name = "store";
inline constexpr char const* new_store_name = "store.new";
inline constexpr char const* state_name = "state";
inline constexpr std::string_view segment_prefix = "log-";

inline std::string hex(std::uint64_t n) {
  std::string s(16, '0');
  for (std::size_t i = 16; i-- > 0; n >>= 4) s[i] = "0123456789abcdef"[n & 15];
  return s;
}
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

// Makes a segment, ready to be written to: its whole size is reserved and its name durable, before any frame
// is in it. So a file that is shorter than its head says has been cut by somebody else.
template <wal_files Files>
bool make_segment(folder<Files>& dir, segment_head const& head, typename Files::file& out) {
  auto const name = segment_name(head.start);
  return dir.open(name, file_mode::create, out) && dir.allocate(out, name, head.size) &&
         dir.write(out, name, 0, head.encode()) && dir.sync_file(out, name) && dir.sync();
}

// The first frame of a store, that of its first opening, must fit into the first segment.
inline constexpr std::uint64_t least_segment_bytes = 512, most_segment_bytes = std::uint64_t{1} << 40;

// Room for a segment's head and one frame at the least.
inline std::uint64_t size_of_segment(std::uint64_t asked, std::uint64_t frame) {
  return greater(asked, segment_head::encoded_size + aligned(frame));
}

} // namespace quorate::wal
