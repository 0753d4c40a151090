// A sequence that grows and whose elements never move.
#pragma once

#include "quorate/core/config.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <stdexcept>
#include <utility>
#include <vector>

namespace quorate::check {

// Elements may be read by any thread that has learned of them by way of a lock or a barrier, while another adds.
// Throws std::length_error beyond 2^28 elements.
template <class T>
class chunked {
public:
  std::size_t size() const { return size_; }
  T const& operator[](std::size_t i) const { return (*chunks_[i / chunk])[i % chunk]; }
  T& operator[](std::size_t i) { return (*chunks_[i / chunk])[i % chunk]; }
  std::size_t push_back(T value) {
    if (size_ == chunk * chunks_.size()) throw std::length_error("quorate: check: more than 2^28 elements");
    auto& c = chunks_[size_ / chunk];
    if (!c) c = std::make_unique<std::array<T, chunk>>();
    (*c)[size_ % chunk] = std::move(value);
    return size_++;
  }
  std::size_t bytes() const { return (size_ + chunk - 1) / chunk * chunk * sizeof(T) + sizeof(chunks_); }

private:
  static constexpr std::size_t chunk = 4096;
  std::array<std::unique_ptr<std::array<T, chunk>>, 65536> chunks_{};
  std::size_t size_ = 0;
};

// From a number to another, both of the caller's choosing; the key 0 is not used. Open addressing, never shrinks.
class number_map {
public:
  // What was put there, or nullptr.
  std::uint32_t const* find(std::uint64_t key) const {
    if (slots_.empty()) return nullptr;
    for (auto i = place(key);; i = (i + 1) & (slots_.size() - 1)) {
      if (slots_[i].key == key) return &slots_[i].value;
      if (slots_[i].key == 0) return nullptr;
    }
  }
  void put(std::uint64_t key, std::uint32_t value) {
    if (count_ * 2 >= slots_.size()) grow();
    auto i = place(key);
    while (slots_[i].key != 0 && slots_[i].key != key) i = (i + 1) & (slots_.size() - 1);
    count_ += slots_[i].key == 0 ? 1 : 0;
    slots_[i] = {key, value};
  }
  std::size_t bytes() const { return slots_.size() * sizeof(slot); }

private:
  struct slot {
    std::uint64_t key = 0;
    std::uint32_t value = 0;
  };
  std::size_t place(std::uint64_t key) const {
    return static_cast<std::size_t>((key ^ key >> 29) * 0x9e3779b97f4a7c15U >> 20) & (slots_.size() - 1);
  }
  void grow() {
    std::vector<slot> old(slots_.empty() ? 1024 : slots_.size() * 2);
    old.swap(slots_);
    count_ = 0;
    for (auto const& s : old)
      if (s.key != 0) put(s.key, s.value);
  }
  std::vector<slot> slots_{};
  std::size_t count_ = 0;
};

} // namespace quorate::check
