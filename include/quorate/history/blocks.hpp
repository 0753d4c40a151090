// Memory that grows by a little at a time and never moves, so that a bound on it can be kept: a sequence in
// blocks, and an index by hash that grows by one bucket with each element.
#pragma once

#include "quorate/core/config.hpp"

#include <cstddef>
#include <cstdint>
#include <vector>

namespace quorate::check::history_detail {

// What the blocks of all sequences are made of: this many bytes each, and what an allocator takes beside.
inline constexpr std::size_t block_bytes = std::size_t{1} << 14;
inline constexpr std::size_t block_cost = block_bytes + 32;

// A sequence whose elements stay where they are. It grows by a block, where a vector takes twice and half as much
// for as long as it moves.
template <class T>
class blocks {
public:
  static constexpr std::size_t per_block = block_bytes / sizeof(T);

  T& operator[](std::size_t i) { return of_[i / per_block][i % per_block]; }
  T const& operator[](std::size_t i) const { return of_[i / per_block][i % per_block]; }
  std::size_t size() const { return size_; }
  void push_back(T const& x) {
    if (size_ == of_.size() * per_block) of_.emplace_back(per_block);
    (*this)[size_++] = x;
  }
  // Drops the last one. A block more than is needed is kept, so that going to and fro costs nothing.
  void pop_back() {
    --size_;
    if (size_ + 2 * per_block <= of_.size() * per_block) of_.pop_back();
  }

  std::size_t bytes() const { return of_.size() * block_cost + of_.capacity() * sizeof(std::vector<T>); }

private:
  std::vector<std::vector<T>> of_;
  std::size_t size_ = 0;
};

// Elements 0, 1, 2, ... by hash: chains through the elements, as many as there are elements (Litwin's linear
// hashing). Whoever uses it keeps for each element its hash and the next of its chain, a link.
class hash_index {
public:
  static constexpr std::uint32_t none = 0xffff'ffff;
  struct link {
    std::uint32_t hash;
    std::uint32_t next;
  };

  std::uint32_t first(std::uint32_t hash) const { return heads_.size() == 0 ? none : heads_[bucket(hash)]; }

  // Element `i` is new. `link_of(i)` is its link, with the hash in place.
  template <class LinkOf>
  void add(std::uint32_t i, LinkOf link_of) {
    split(link_of);
    push(bucket(link_of(i).hash), i, link_of);
  }
  // Element `i` is the last that was added, or is the last by now.
  template <class LinkOf>
  void remove(std::uint32_t i, LinkOf link_of) {
    auto* at = &heads_[bucket(link_of(i).hash)];
    while (*at != i) at = &link_of(*at).next;
    *at = link_of(i).next;
    join(link_of);
  }

  std::size_t bytes() const { return heads_.bytes(); }

private:
  std::uint32_t bucket(std::uint32_t hash) const {
    auto const b = hash & (2 * half_ - 1);
    return b < heads_.size() ? b : b & (half_ - 1);
  }
  template <class LinkOf>
  void push(std::uint32_t to, std::uint32_t i, LinkOf link_of) {
    link_of(i).next = heads_[to];
    heads_[to] = i;
  }
  // One bucket more, which takes its elements from the one that held them till now.
  template <class LinkOf>
  void split(LinkOf link_of) {
    auto const fresh = static_cast<std::uint32_t>(heads_.size());
    heads_.push_back(none);
    if (fresh == 2 * half_) half_ *= 2;
    if (fresh == 0) return;
    auto const from = fresh & (half_ - 1);
    auto i = heads_[from];
    heads_[from] = none;
    while (i != none) {
      auto const next = link_of(i).next;
      push(bucket(link_of(i).hash), i, link_of);
      i = next;
    }
  }
  // One bucket fewer: its elements go back.
  template <class LinkOf>
  void join(LinkOf link_of) {
    auto const last = static_cast<std::uint32_t>(heads_.size() - 1);
    auto i = heads_[last];
    heads_.pop_back();
    if (last == half_ && half_ > 1) half_ /= 2;
    while (i != none) {
      auto const next = link_of(i).next;
      push(bucket(link_of(i).hash), i, link_of);
      i = next;
    }
  }

  blocks<std::uint32_t> heads_;
  std::uint32_t half_ = 1; // a power of two: there are more buckets than that, or one, and at most twice as many
};

} // namespace quorate::check::history_detail
