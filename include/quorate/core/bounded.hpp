// Containers with a capacity fixed at compile time: copyable, comparable, constexpr, never on the heap. What does
// not fit is an ordinary outcome that the caller hears of, never an assertion.
#pragma once

#include "quorate/core/config.hpp"

#include <bit>
#include <cstddef>
#include <cstdint>

namespace quorate {

// A vector of at most Capacity elements.
template <class T, std::size_t Capacity>
class bounded {
public:
  using value_type = T;
  static constexpr std::size_t capacity() { return Capacity; }

  constexpr std::size_t size() const { return size_; }
  constexpr bool empty() const { return size_ == 0; }
  constexpr bool full() const { return size_ == Capacity; }
  // False, and nothing changes, when full.
  [[nodiscard]] constexpr bool push_back(T const& x) {
    if (full()) return false;
    items_[size_++] = x;
    return true;
  }
  // Precondition: not empty.
  constexpr void pop_back() {
    QUORATE_ASSERT(!empty(), "bounded: pop_back() of none");
    items_[--size_] = T{};
  }
  constexpr void clear() {
    while (!empty()) pop_back();
  }
  // Precondition: i < size(); of back(): not empty.
  constexpr T& operator[](std::size_t i) { return items_[there(i)]; }
  constexpr T const& operator[](std::size_t i) const { return items_[there(i)]; }
  constexpr T& back() { return items_[there(size_ - 1)]; }
  constexpr T const& back() const { return items_[there(size_ - 1)]; }
  constexpr T* begin() { return items_; }
  constexpr T* end() { return items_ + size_; }
  constexpr T const* begin() const { return items_; }
  constexpr T const* end() const { return items_ + size_; }

  friend constexpr bool operator==(bounded const& a, bounded const& b) {
    if (a.size_ != b.size_) return false;
    for (std::size_t i = 0; i < a.size_; ++i)
      if (!(a.items_[i] == b.items_[i])) return false;
    return true;
  }

private:
  constexpr std::size_t there(std::size_t i) const {
    QUORATE_ASSERT(i < size_, "bounded: element ", i, " of ", size_);
    return i;
  }

  T items_[Capacity]{};
  std::size_t size_ = 0;
};

// A first-in-first-out queue of at most Capacity elements.
template <class T, std::size_t Capacity>
class bounded_queue {
public:
  using value_type = T;
  static constexpr std::size_t capacity() { return Capacity; }

  constexpr std::size_t size() const { return size_; }
  constexpr std::size_t room() const { return Capacity - size_; }
  constexpr bool empty() const { return size_ == 0; }
  constexpr bool full() const { return size_ == Capacity; }
  // False, and nothing changes, when full.
  [[nodiscard]] constexpr bool push(T const& x) {
    if (full()) return false;
    items_[place(size_++)] = x;
    return true;
  }
  // The next element, which holds anything, to be written where it lies. Precondition: not full.
  constexpr T& add() {
    QUORATE_ASSERT(!full(), "bounded_queue: add() to ", size_, " of ", Capacity);
    return items_[place(size_++)];
  }
  // Preconditions: not empty; i < size(). The oldest is [0].
  constexpr void pop() {
    QUORATE_ASSERT(!empty(), "bounded_queue: pop() of none");
    head_ = place(1);
    --size_;
  }
  constexpr T& front() { return items_[first()]; }
  constexpr T const& front() const { return items_[first()]; }
  constexpr T& back() { return items_[there(size_ - 1)]; }
  constexpr T const& back() const { return items_[there(size_ - 1)]; }
  constexpr T& operator[](std::size_t i) { return items_[there(i)]; }
  constexpr T const& operator[](std::size_t i) const { return items_[there(i)]; }
  constexpr void clear() { head_ = size_ = 0; }

  friend constexpr bool operator==(bounded_queue const& a, bounded_queue const& b) {
    if (a.size_ != b.size_) return false;
    for (std::uint32_t i = 0; i < a.size_; ++i)
      if (!(a[i] == b[i])) return false;
    return true;
  }

private:
  static constexpr std::size_t places = std::bit_ceil(Capacity); // so that a place is found by a mask
  constexpr std::uint32_t place(std::size_t i) const {
    return static_cast<std::uint32_t>((head_ + i) & (places - 1));
  }
  constexpr std::uint32_t first() const {
    QUORATE_ASSERT(!empty(), "bounded_queue: front() of none");
    return head_;
  }
  constexpr std::uint32_t there(std::size_t i) const {
    QUORATE_ASSERT(i < size_, "bounded_queue: element ", i, " of ", size_);
    return place(i);
  }

  T items_[places]{};
  std::uint32_t head_ = 0;
  std::uint32_t size_ = 0;
};

} // namespace quorate
