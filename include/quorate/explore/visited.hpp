// The states that were seen, by fingerprint, and how each was reached first.
#pragma once

#include "quorate/explore/fingerprint.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <vector>

namespace quorate::check {

// A set for several threads. 32 bytes a state on average.
class visited {
public:
  // Whether it is new.
  bool insert(fingerprint f) {
    if (f == fingerprint{}) f.low = 1; // zero marks a free slot
    auto& s = shards_[static_cast<std::size_t>(f.high >> 58)];
    std::scoped_lock const lock{s.mutex};
    if (s.count * 3 >= s.places.size() * 2) grow(s);
    if (!put(s.places, f)) return false;
    ++s.count;
    return true;
  }
  std::size_t bytes() const {
    std::size_t n = 0;
    for (auto const& s : shards_) n += s.places.capacity() * sizeof(fingerprint);
    return n;
  }

private:
  struct alignas(64) shard {
    std::mutex mutex{};
    std::vector<fingerprint> places{};
    std::size_t count = 0;
  };
  static bool put(std::vector<fingerprint>& places, fingerprint f) {
    auto i = static_cast<std::size_t>(f.low) & (places.size() - 1);
    for (; places[i] != fingerprint{}; i = (i + 1) & (places.size() - 1))
      if (places[i] == f) return false;
    places[i] = f;
    return true;
  }
  static void grow(shard& s) {
    std::vector<fingerprint> bigger(s.places.empty() ? 256 : s.places.size() * 2);
    for (auto const f : s.places)
      if (f != fingerprint{}) (void)put(bigger, f);
    s.places = std::move(bigger);
  }
  std::array<shard, 64> shards_{};
};

// A state's number: which thread found it and as its how manieth.
class state_number {
public:
  constexpr state_number() = default;
  constexpr state_number(std::size_t thread, std::size_t place)
      : bits_{static_cast<std::uint64_t>(place) << 4 | thread} {}
  constexpr std::size_t thread() const { return bits_ & 15; }
  constexpr std::size_t place() const { return static_cast<std::size_t>(bits_ >> 4); }
  constexpr std::uint64_t bits() const { return bits_; }

private:
  std::uint64_t bits_ = 0;
};
inline constexpr std::size_t most_threads = 16;

// Which action led to a state, and from where: 8 bytes. Room for 2^36 states a thread and 2^24 actions.
class step_taken {
public:
  static constexpr std::uint32_t none = 0xffffff; // the state is an initial one
  static constexpr std::uint32_t most = none - 1;
  constexpr step_taken() = default;
  constexpr step_taken(state_number from, std::uint32_t action) : bits_{from.bits() << 24 | action} {}
  constexpr state_number from() const {
    auto const b = bits_ >> 24;
    return {static_cast<std::size_t>(b & 15), static_cast<std::size_t>(b >> 4)};
  }
  constexpr std::uint32_t action() const { return static_cast<std::uint32_t>(bits_ & none); }

private:
  std::uint64_t bits_ = 0;
};

} // namespace quorate::check
