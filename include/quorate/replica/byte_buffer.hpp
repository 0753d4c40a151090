// Bytes laid end to end in memory that grows and is kept: once warm, nothing is allocated. (A std::vector would fill
// with zeros what is about to be overwritten.)
#pragma once

#include <cstddef>
#include <cstring>
#include <memory>
#include <span>
#include <utility>

namespace quorate {

class byte_buffer {
public:
  // It never holds more than `bound`.
  explicit byte_buffer(std::size_t bound = ~std::size_t{0} / 4) : bound_{bound} {}
  byte_buffer(byte_buffer&& other) noexcept
      : bound_{other.bound_}, bytes_{std::move(other.bytes_)}, end_{std::exchange(other.end_, nullptr)},
        room_{std::exchange(other.room_, 0)} {}
  byte_buffer& operator=(byte_buffer&&) = delete;

  // Sees to it that n more bytes can be added; false if that is beyond the bound.
  bool make_room(std::size_t n) { return n <= room_ || grow(n); }
  // The next n bytes, which hold anything until written. Precondition: make_room(n).
  std::byte* add(std::size_t n) {
    room_ -= n;
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
    if (bound_ > 0) room_ += size();
    end_ = bytes_.get();
  }
  // What is there stays until cleared; nothing can be added any more.
  void close() { bound_ = room_ = 0; }
  std::size_t size() const { return static_cast<std::size_t>(end_ - bytes_.get()); }
  std::span<std::byte const> view() const { return {bytes_.get(), size()}; }

private:
  [[gnu::cold]] bool grow(std::size_t n) {
    auto const used = size();
    if (n > bound_ || used > bound_ - n) return false;
    auto wanted = used + room_ == 0 ? std::size_t{4096} : 2 * (used + room_);
    while (wanted - used < n) wanted *= 2;
    if (wanted > bound_) wanted = bound_;
    std::unique_ptr<std::byte[]> larger{new std::byte[wanted]};
    if (used > 0) std::memcpy(larger.get(), bytes_.get(), used);
    bytes_ = std::move(larger);
    end_ = bytes_.get() + used;
    room_ = wanted - used;
    return true;
  }

  std::size_t bound_;
  std::unique_ptr<std::byte[]> bytes_{};
  std::byte* end_ = nullptr; // of what was added
  std::size_t room_ = 0;     // behind it
};

} // namespace quorate
