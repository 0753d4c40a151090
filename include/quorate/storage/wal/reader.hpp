// Brings the bytes of entries back: from the newest log in memory, or from the segments, checksums verified.
#pragma once

#include "quorate/storage/wal/segment.hpp"
#include "quorate/storage/wal/tail.hpp"

namespace quorate::wal {

template <wal_files Files> class reader {
public:
  // The payloads of entries i..i+n-1 as one piece, borrowed until the next call or the next change of `tail`;
  // nothing when reading failed, and `dir` says why. Precondition: n >= 1 and the entries are in `log`; what
  // `tail` does not hold has been written to `segments`, up to the log offset `end`.
  std::optional<payloads> read(folder<Files>& dir, std::vector<segment> const& segments, tail const& newest,
                               std::uint64_t end, std::uint64_t salt, wal_log const& log, log_index i,
                               std::uint32_t n) {
    QUORATE_ASSERT(n >= 1 && log.compacted() < i && i + (n - 1) <= log.last(), "file_wal: entries from ", i,
                   " on, ", n, " of them, of a log of entries above ", log.compacted(), " up to ", log.last());
    if (dir.failed()) return std::nullopt;
    scratch_.clear();
    for (auto k = i; k <= i + (n - 1);) {
      auto const first = log.where(k);
      auto bytes = std::size_t{first.bytes};
      // The entries that lie with this one in one record are read, and checked, together.
      for (k = k + 1; k <= i + (n - 1); k = k + 1) {
        auto const p = log.where(k);
        if (p.record != first.record) break;
        bytes += p.bytes;
      }
      auto const before = static_cast<std::size_t>(first.at - first.record);
      auto piece = newest.find(first.record, before + bytes);
      if (!piece) piece = fetch(dir, segments, end, salt, first.record, before + bytes);
      if (!piece) return std::nullopt;
      auto const blob = piece->subspan(before, bytes);
      if (scratch_.empty() && k > i + (n - 1)) return payloads::trusted(blob, n);
      scratch_.insert(scratch_.end(), blob.begin(), blob.end());
    }
    return payloads::trusted(scratch_, n);
  }

  // Segments that were read may be gone now.
  void forget() { *this = reader{}; }

private:
  // The record at a log offset, of at least `bytes` bytes, read from its segment and checked.
  std::optional<byte_span> fetch(folder<Files>& dir, std::vector<segment> const& segments, std::uint64_t end,
                                 std::uint64_t salt, std::uint64_t at, std::size_t bytes) {
    if (checked_ == at && holds(at, bytes)) return view(at);
    auto k = segments.size() - 1;
    while (k > 0 && segments[k].start > at) --k; // reads are mostly of the newest
    auto const& s = segments[k];
    auto const limit = k + 1 < segments.size() ? segments[k + 1].start : end;
    if (!holds(at, greater(bytes, record_head::encoded_size)) && !load(dir, s, at, bytes, limit))
      return std::nullopt;
    auto const whole = record_head::encoded_size + byte_reader{view(at).data()}.u32();
    if (whole > limit - at || whole < bytes) return bad(dir, s, at);
    if (!holds(at, whole) && !load(dir, s, at, whole, limit)) return std::nullopt;
    if (record_head::good(view(at), salt).empty()) return bad(dir, s, at);
    checked_ = at;
    return view(at);
  }

  std::optional<byte_span> bad(folder<Files>& dir, segment const& s, std::uint64_t at) {
    dir.refuse("the file " + dir.in(segment_name(s.start)) + " is damaged at offset " +
               std::to_string(s.offset_of(at)) +
               ": the record there has a bad checksum, and was good when it was written or last read. The "
               "disk may be failing: look at the system's log before you start the node again.");
    return std::nullopt;
  }

  bool holds(std::uint64_t at, std::size_t n) const { return at >= at_ && at + n <= at_ + window_.size(); }
  byte_span view(std::uint64_t at) const { return byte_span{window_}.subspan(static_cast<std::size_t>(at - at_)); }

  // Reads ahead: what follows is likely to be wanted next.
  bool load(folder<Files>& dir, segment const& s, std::uint64_t at, std::size_t bytes, std::uint64_t limit) {
    auto const name = segment_name(s.start);
    if (open_ != s.start) {
      if (!dir.open(name, file_mode::read, file_)) return false;
      open_ = s.start;
    }
    checked_ = none;
    at_ = at;
    auto const wanted = lesser<std::uint64_t>(limit - at, greater(bytes, read_ahead));
    window_.resize(static_cast<std::size_t>(wanted));
    return dir.read(file_, name, s.offset_of(at), window_);
  }

  static constexpr std::uint64_t none = ~std::uint64_t{0};
  static constexpr std::size_t read_ahead = std::size_t{256} << 10;

  std::vector<std::byte> scratch_{}; // pieces of several records, copied together
  std::vector<std::byte> window_{};  // bytes of one segment, from log offset at_ on
  std::uint64_t at_ = 0;
  std::uint64_t checked_ = none; // the record in the window that was checked last
  typename Files::file file_{};
  std::uint64_t open_ = none; // which segment file_ is
};

} // namespace quorate::wal
