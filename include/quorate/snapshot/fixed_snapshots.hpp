// Snapshots in arrays, without a heap: for firmware. What is in them lasts as long as the memory does.
#pragma once

#include "quorate/replica/snapshotting.hpp"
#include "quorate/snapshot/slots.hpp"

#include <array>

namespace quorate {

template <std::size_t Bytes>
class fixed_image {
public:
  std::span<std::byte const> bytes() const { return std::span{bytes_}.first(size_); }
  std::span<std::byte> bytes() { return std::span{bytes_}.first(size_); }
  bool append(std::span<std::byte const> more) {
    if (more.size() > Bytes - size_) return false;
    std::ranges::copy(more, bytes_.begin() + static_cast<std::ptrdiff_t>(size_));
    size_ += more.size();
    return true;
  }

private:
  std::array<std::byte, Bytes> bytes_{};
  std::size_t size_ = 0;
};

template <std::size_t Bytes, std::size_t Slots>
struct fixed_slots : std::array<snapshot_slot<fixed_image<Bytes>>, Slots> {
  typename fixed_slots::value_type* vacant() {
    for (auto& s : *this)
      if (s.now == fixed_slots::value_type::is::vacant) return &s;
    return nullptr;
  }
};

// `Slots` snapshots, the unfinished one among them, of `Bytes` bytes each: 88 of them, and the configuration's
// entry, are the store's. In memory that a reset leaves as it is, call reopen() after one.
template <std::size_t Bytes, std::size_t Slots = 2>
class fixed_snapshots : public snapshot_slots<fixed_slots<Bytes, Slots>> {
  static_assert(Slots >= 2,
                "quorate: a snapshot is made beside the newest one; give fixed_snapshots 2 slots or more");
  static_assert(Bytes > snapshot_form::head_size + snapshot_form::end_size + configuration_form::fixed_size,
                "quorate: fixed_snapshots has slots in which no snapshot has room; give each some hundred bytes");

public:
  // `ids_above`: snapshots are named by the numbers above it. Give another one at each start where others may
  // still know the names of the last one.
  explicit fixed_snapshots(std::uint64_t ids_above = 0) : snapshot_slots<fixed_slots<Bytes, Slots>>{ids_above} {}
};

static_assert(snapshot_store<fixed_snapshots<1024>>);

} // namespace quorate
