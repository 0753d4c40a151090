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

  // Room for n more bytes, which hold anything until written; nullptr if that is beyond the bound.
  std::byte* add(std::size_t n) {
    if (n > capacity_ - size_ && !grow(n)) return nullptr;
    auto* const at = bytes_.get() + size_;
    size_ += n;
    return at;
  }
  // False, and it is empty, if that is beyond the bound.
  bool assign(std::span<std::byte const> from) {
    clear();
    auto* const at = add(from.size());
    if (at != nullptr && !from.empty()) std::memcpy(at, from.data(), from.size());
    return at != nullptr || from.empty();
  }
  void clear() { size_ = 0; }
  std::size_t size() const { return size_; }
  std::span<std::byte const> view() const { return {bytes_.get(), size_}; }

private:
  [[gnu::cold]] bool grow(std::size_t n) {
    if (n > bound_ || size_ > bound_ - n) return false;
    auto wanted = capacity_ == 0 ? std::size_t{4096} : 2 * capacity_;
    while (wanted - size_ < n) wanted *= 2;
    if (wanted > bound_) wanted = bound_;
    std::unique_ptr<std::byte[]> larger{new std::byte[wanted]};
    if (size_ > 0) std::memcpy(larger.get(), bytes_.get(), size_);
    bytes_ = std::move(larger);
    capacity_ = wanted;
    return true;
  }

  std::size_t bound_;
  std::unique_ptr<std::byte[]> bytes_{};
  std::size_t capacity_ = 0;
  std::size_t size_ = 0;
};

} // namespace quorate
