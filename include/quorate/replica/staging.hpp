// Proposals that no turn has taken up yet, encoded.
#pragma once

#include "quorate/core/payloads.hpp"
#include "quorate/replica/byte_buffer.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>

namespace quorate {

template <class Time>
class staging {
public:
  explicit staging(std::size_t bound) : buffer_{bound} {}

  // Room for one more record of `size` bytes, or nullptr if that is beyond the bound.
  std::byte* add(std::size_t size) {
    if (!buffer_.make_room(payloads::prefix + size)) return nullptr;
    auto* const at = buffer_.add(payloads::prefix + size);
    payloads::put_length(at, static_cast<std::uint32_t>(size));
    ++count_;
    return at + payloads::prefix;
  }
  bool empty() const { return count_ == 0; }
  std::uint32_t count() const { return count_; }
  std::uint64_t first() const { return taken_ + 1; } // the number of the oldest one here
  std::uint64_t last() const { return taken_ + count_; }
  payloads view() const { return payloads::trusted(buffer_.view().subspan(gone_), count_); }
  // The oldest ones, which are `part`, have found their place.
  void drop(payloads const& part) {
    if (part.count() == count_) return clear();
    taken_ += part.count();
    count_ -= part.count();
    gone_ += part.whole().size();
  }
  void clear() {
    taken_ += count_;
    count_ = 0;
    gone_ = 0;
    buffer_.clear();
    deadline.reset();
  }

  // Takes nothing more.
  void close() { buffer_.close(); }

  std::optional<Time> deadline{}; // when to give up waiting for a leader

private:
  byte_buffer buffer_;
  std::size_t gone_ = 0; // bytes of those that came before the oldest one here
  std::uint32_t count_ = 0;
  std::uint64_t taken_ = 0; // how many came and went
};

} // namespace quorate
