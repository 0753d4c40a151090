// Snapshots in memory: for tests, and for nodes that need not survive.
#pragma once

#include "quorate/replica/snapshotting.hpp"
#include "quorate/snapshot/slots.hpp"

#include <deque>
#include <vector>

namespace quorate {

class growing_image {
public:
  std::span<std::byte const> bytes() const { return bytes_; }
  std::span<std::byte> bytes() { return bytes_; }
  bool append(std::span<std::byte const> more) {
    bytes_.insert(bytes_.end(), more.begin(), more.end());
    return true;
  }

private:
  std::vector<std::byte> bytes_{};
};

struct growing_slots : std::deque<snapshot_slot<growing_image>> {
  value_type* vacant() {
    for (auto& s : *this)
      if (s.now == value_type::is::vacant) return &s;
    return &emplace_back();
  }
};

class memory_snapshots : public snapshot_slots<growing_slots> {
public:
  memory_snapshots() : snapshot_slots{0} {}

  // The power goes: what is sealed is there afterwards, and nothing else. A start is reopen().
  void crash() { abandon(); }
  // The newest snapshot rots: its byte at `at`, counted from its head and round again, gets other bits.
  void spoil(std::uint64_t at) {
    auto const n = newest();
    if (!n) return;
    auto const image = find(cells(), n->id)->image.bytes();
    image[static_cast<std::size_t>(at % image.size())] ^= std::byte{0x10};
  }
};

static_assert(snapshot_store<memory_snapshots>);

} // namespace quorate
