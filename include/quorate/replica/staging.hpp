// Proposals that no turn has taken up yet, encoded.
#pragma once

#include "quorate/core/payloads.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <utility>

namespace quorate {

// Grows to its bound and keeps what it has: once warm, adding allocates nothing.
template <class Time>
class staging {
public:
  explicit staging(std::size_t bound) : bound_{bound} {}

  // Room for one more record of `size` bytes, or nullptr if that is beyond the bound.
  std::byte* add(std::size_t size) {
    auto const whole = payloads::prefix + size;
    if (whole > capacity_ - size_ && !grow(whole)) return nullptr;
    auto* const at = bytes_.get() + size_;
    payloads::put_length(at, static_cast<std::uint32_t>(size));
    size_ += whole;
    ++count_;
    return at + payloads::prefix;
  }
  bool empty() const { return count_ == 0; }
  std::uint32_t count() const { return count_; }
  std::uint64_t first() const { return taken_ + 1; } // the number of the oldest one here
  std::uint64_t last() const { return taken_ + count_; }
  payloads view() const { return payloads::trusted({bytes_.get(), size_}, count_); }
  void clear() {
    taken_ += count_;
    count_ = 0;
    size_ = 0;
    deadline.reset();
  }

  std::optional<Time> deadline{}; // when to give up waiting for a leader

private:
  bool grow(std::size_t more) {
    if (more > bound_ || size_ > bound_ - more) return false;
    auto wanted = capacity_ == 0 ? std::size_t{4096} : 2 * capacity_;
    while (wanted < size_ + more) wanted *= 2;
    std::unique_ptr<std::byte[]> larger{new std::byte[wanted]};
    for (std::size_t i = 0; i < size_; ++i) larger[i] = bytes_[i];
    bytes_ = std::move(larger);
    capacity_ = wanted;
    return true;
  }

  std::size_t bound_;
  std::unique_ptr<std::byte[]> bytes_{};
  std::size_t capacity_ = 0;
  std::size_t size_ = 0;
  std::uint32_t count_ = 0;
  std::uint64_t taken_ = 0; // how many came and went
};

} // namespace quorate
