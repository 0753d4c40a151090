// How versions 1 and 2 wrote what this version writes in another way. They are only read: a store that is opened
// goes on in this version, in a new segment.
#pragma once

#include "quorate/log/hard.hpp"
#include "quorate/storage/wal/fields.hpp"

namespace quorate::wal::earlier {

// A hard state was the term or ballot (8 bytes), the place voted for (1) and the mark (8). It is kept as these 17
// bytes, of a kind that cores know (log/hard.hpp).
inline hard_state read_hard(byte_reader& r) {
  constexpr std::size_t promised = 8, vote = 1, chosen = 8;
  auto const found = r.bytes(promised + vote + chosen);
  bool const never_written = blank(found.first(promised)) && found[promised] == std::byte{no_node.value} &&
                             blank(found.subspan(promised + vote));
  hard_state h;
  if (never_written) return h;
  h.kind = earlier_hard_state::kind;
  h.size = static_cast<std::uint8_t>(found.size());
  std::ranges::copy(found, h.bytes.begin());
  return h;
}

inline constexpr std::size_t node_state_size = 33;
inline node_state read_node_state(byte_reader& r) {
  node_state s;
  s.sequence = r.u64();
  s.hard = read_hard(r);
  s.incarnation = incarnation_id{r.u64()};
  return s;
}

// A configuration was its voters, 8 bytes. They were founders, and no entry but the first said so.
inline configuration read_config(byte_reader& r) {
  configuration c{node_set<64>{r.u64()}};
  if (!c.voters.empty()) c.number = log_index{1};
  return c;
}

} // namespace quorate::wal::earlier
