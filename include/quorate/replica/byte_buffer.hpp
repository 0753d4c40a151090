// Bytes laid end to end in memory that grows and is kept: once warm, nothing is allocated. (A std::vector would
// fill with zeros what is about to be overwritten.)
#pragma once

#include "quorate/core/config.hpp"

#include <cstddef>
#include <cstring>
#include <span>
#include <utility>

namespace quorate {

class byte_buffer {
public:
  // It never holds more than `bound`.
  explicit byte_buffer(std::size_t bound = ~std::size_t{0} / 4) : bound_{bound} {}
  byte_buffer(byte_buffer&& other) noexcept
      : bound_{other.bound_}, bytes_{std::exchange(other.bytes_, nullptr)},
        end_{std::exchange(other.end_, nullptr)}, limit_{std::exchange(other.limit_, nullptr)} {}
  byte_buffer& operator=(byte_buffer&&) = delete;
  ~byte_buffer() { delete[] bytes_; } // <memory> is a dear header

  // Sees to it that n more bytes can be added; false if that is beyond the bound.
  bool make_room(std::size_t n) { return n <= room() || grow(n); }
  // The next n bytes, which hold anything until written. Precondition: make_room(n).
  std::byte* add(std::size_t n) {
    QUORATE_ASSERT(n <= room(), "byte_buffer: ", n, " bytes more where there is room for ", room());
    return std::exchange(end_, end_ + n);
  }
  // False, and it is empty, if that is beyond the bound.
  bool assign(std::span<std::byte const> from) {
    clear();
    if (!make_room(from.size())) return false;
    if (!from.empty()) std::memcpy(add(from.size()), from.data(), from.size());
    return true;
  }
  void clear() {
    end_ = bytes_;
    if (bound_ == 0) limit_ = end_;
  }
  // What is there stays until cleared; nothing can be added any more.
  void close() {
    bound_ = 0;
    limit_ = end_;
  }
  std::size_t size() const { return static_cast<std::size_t>(end_ - bytes_); }
  std::span<std::byte const> view() const { return {bytes_, size()}; }

private:
  std::size_t room() const { return static_cast<std::size_t>(limit_ - end_); }
  [[gnu::cold]] bool grow(std::size_t n) {
    auto const used = size();
    if (n > bound_ || used > bound_ - n) return false;
    auto wanted = used + room() == 0 ? std::size_t{4096} : 2 * (used + room());
    while (wanted - used < n) wanted *= 2;
    if (wanted > bound_) wanted = bound_;
    auto* const larger = new std::byte[wanted];
    if (used > 0) std::memcpy(larger, bytes_, used);
    delete[] std::exchange(bytes_, larger);
    end_ = bytes_ + used;
    limit_ = bytes_ + wanted;
    return true;
  }

  std::size_t bound_;
  std::byte* bytes_ = nullptr;
  std::byte* end_ = nullptr;   // of what was added
  std::byte* limit_ = nullptr; // of what there is room for
};

} // namespace quorate
