// What several blocks and records of the write-ahead log hold alike: the node's state, and a configuration. All
// numbers are little-endian.
#pragma once

#include "quorate/core/configuration.hpp"
#include "quorate/core/entry.hpp"
#include "quorate/storage/wal/bytes.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>

namespace quorate {

// The place that a log begins behind: an empty log has it for its last index.
struct log_start {
  log_index compacted{};
  stamp written_at{};
  configuration config{};
  friend bool operator==(log_start const&, log_start const&) = default;
};

} // namespace quorate

namespace quorate::wal {

// In version 2 hard states had fields, as all protocols' had the same, and a configuration was its voters. In
// version 1, besides, a segment had no slots, and `state` was the second copy of term and vote. Stores of both are
// opened, and go on in this version (earlier.hpp).
inline constexpr std::uint32_t format_version = 3;

template <std::size_t N>
using block = std::array<std::byte, N>;

template <std::size_t N>
void seal(block<N>& b, std::uint64_t salt = 0) {
  byte_writer{b.data() + N - 4}.u32(checksum{salt}.add(byte_span{b}.first(N - 4)).value());
}
template <std::size_t N>
bool sealed(byte_span b, std::uint64_t salt = 0) {
  return b.size() >= N && byte_reader{b.data() + N - 4}.u32() == checksum{salt}.add(b.first(N - 4)).value();
}

// What must survive beside the log, with a number that grows by one at each change: of two copies the greater
// is newer.
struct node_state {
  std::uint64_t sequence{};
  hard_state hard{};
  incarnation_id incarnation{};
  friend bool operator==(node_state const&, node_state const&) = default;

  static constexpr std::size_t encoded_size = 48;
  void write(byte_writer& w) const {
    w.u64(sequence).u8(hard.kind).u8(hard.size).bytes(hard.bytes).u64(incarnation.value);
  }
  // What no hard state has is left out: bytes behind its size, and anything of one that was never written.
  static node_state read(byte_reader& r) {
    node_state s;
    s.sequence = r.u64();
    hard_state h;
    h.kind = r.u8();
    h.size = (std::min)(r.u8(), static_cast<std::uint8_t>(h.bytes.size()));
    auto const bytes = r.bytes(h.bytes.size());
    std::copy_n(bytes.begin(), h.size, h.bytes.begin());
    if (h.kind != 0) s.hard = h;
    s.incarnation = incarnation_id{r.u64()};
    return s;
  }
};

// A configuration where its entry may be gone. An entry's own bytes are configuration_form's.
struct config_fields {
  static constexpr std::size_t encoded_size = 56 + 2 * 64;

  static void write(byte_writer& w, configuration const& c) {
    w.u64(c.number.value).u64(c.voters.bits).u64(c.outgoing.bits).u64(c.learners.bits).u64(c.witnesses.bits);
    w.u64(c.lease).u32(0).u16(c.last_member.value).u16(0);
    for (auto const m : c.members) w.u16(m.value);
  }
  // Flags, of which none is known, are left out.
  static configuration read(byte_reader& r) {
    configuration c;
    c.number = log_index{r.u64()};
    c.voters.bits = r.u64();
    c.outgoing.bits = r.u64();
    c.learners.bits = r.u64();
    c.witnesses.bits = r.u64();
    c.lease = r.u64();
    r.bytes(4);
    c.last_member = member_id{r.u16()};
    r.bytes(2);
    for (auto& m : c.members) m = member_id{r.u16()};
    return c;
  }
};

} // namespace quorate::wal
