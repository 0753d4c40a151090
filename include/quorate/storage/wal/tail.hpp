// The newest bytes of the log, in memory: the frame that is being built, and behind it what was written
// lately and is likely to be read soon (by an apply, by a peer).
#pragma once

#include "quorate/storage/wal/record.hpp"

#include <vector>

namespace quorate::wal {

class tail {
public:
  explicit tail(std::uint64_t at = 0) : start_{at} {}

  // A frame has been begun: something waits for a sync.
  bool dirty() const { return frame_ != none; }
  std::uint64_t end() const { return start_ + bytes_.size(); }
  // In the frame that was begun there are states and nothing else.
  bool states_alone() const { return dirty() && states_alone_; }
  // Log offset of the frame that was begun. Precondition: dirty().
  std::uint64_t frame_at() const {
    QUORATE_ASSERT(dirty(), "file_wal: no frame was begun");
    return start_ + frame_;
  }
  std::uint64_t frame_bytes() const { return dirty() ? bytes_.size() - frame_ : 0; }

  // Adds a record; its log offset.
  std::uint64_t add(record_head head, byte_span behind = {}) {
    begin();
    head.length = static_cast<std::uint32_t>(behind.size());
    last_ = head;
    last_at_ = bytes_.size();
    states_alone_ = states_alone_ && head.type == record_type::state;
    bytes_.resize(last_at_ + record_head::encoded_size);
    head.encode(bytes_.data() + last_at_);
    bytes_.insert(bytes_.end(), behind.begin(), behind.end());
    return start_ + last_at_;
  }

  struct spot {
    std::uint64_t record;
    std::uint32_t back; // from the record's head to the bytes
  };
  // Adds entries: to the record before them if they go on with its run. A turn of many small puts costs one head.
  spot add_entries(entry_run const& run, byte_span blob) {
    if (!goes_on(run, blob.size())) {
      auto const at = add({0, record_type::entries, run.kind, run.count, run.first, run.written_at}, blob);
      return {at, record_head::encoded_size};
    }
    auto const back = static_cast<std::uint32_t>(record_head::encoded_size) + last_.length;
    last_.length += static_cast<std::uint32_t>(blob.size());
    last_.count += run.count;
    last_.encode(bytes_.data() + last_at_);
    bytes_.insert(bytes_.end(), blob.begin(), blob.end());
    return {start_ + last_at_, back};
  }

  // Ends the frame: all of its bytes, padded, until the next call that isn't const. Precondition: dirty().
  byte_span seal(std::uint64_t durable, incarnation_id incarnation, std::uint64_t salt) {
    QUORATE_ASSERT(dirty(), "file_wal: no frame was begun");
    auto const records = frame_ + frame_head::encoded_size;
    auto const length = bytes_.size() - records;
    for (auto at = records; at < bytes_.size();) {
      auto const n = record_head::encoded_size + byte_reader{bytes_.data() + at}.u32();
      record_head::seal(std::span{bytes_}.subspan(at, n), salt);
      at += n;
    }
    frame_head{static_cast<std::uint32_t>(length), frame_at(), durable, incarnation}.encode(bytes_.data() + frame_,
                                                                                            salt);
    bytes_.resize(frame_ + static_cast<std::size_t>(aligned(bytes_.size() - frame_)));
    auto const whole = byte_span{bytes_}.subspan(frame_);
    frame_ = none;
    return whole;
  }

  // Forgets the oldest bytes when there are more than `limit`, down to half of that: so each byte moves once. A
  // frame that was begun stays.
  void shrink(std::size_t limit) {
    if (bytes_.size() <= limit) return;
    auto const gone = (std::min)(bytes_.size() - limit / 2, dirty() ? frame_ : bytes_.size());
    bytes_.erase(bytes_.begin(), bytes_.begin() + static_cast<std::ptrdiff_t>(gone));
    start_ += gone;
    if (!dirty()) return;
    frame_ -= gone;
    last_at_ -= gone;
  }

  // n bytes from a log offset on; nothing if they are not all here.
  std::optional<byte_span> find(std::uint64_t at, std::size_t n) const {
    if (at < start_ || at + n > end()) return std::nullopt;
    return byte_span{bytes_}.subspan(static_cast<std::size_t>(at - start_), n);
  }

private:
  static constexpr std::size_t none = ~std::size_t{0};
  // A record is checked as a whole when one of its entries is read from disk, so it must not grow large by
  // merging.
  static constexpr std::size_t merge_limit = std::size_t{64} << 10;

  void begin() {
    if (dirty()) return;
    frame_ = bytes_.size();
    bytes_.resize(frame_ + frame_head::encoded_size);
    last_ = {};
    states_alone_ = true;
  }
  bool goes_on(entry_run const& run, std::size_t bytes) const {
    return dirty() && last_.type == record_type::entries && last_.kind == run.kind &&
           run.kind == entry_kind::command && last_.written_at == run.written_at &&
           last_.first + last_.count == run.first && last_.length + bytes <= merge_limit;
  }

  std::uint64_t start_;
  std::vector<std::byte> bytes_{};
  std::size_t frame_ = none; // where in bytes_ the frame that is being built begins
  record_head last_{};       // its last record
  std::size_t last_at_ = 0;
  bool states_alone_ = true; // its records
};

} // namespace quorate::wal
