// Who takes part: what the entry of a configuration says, as far as cores and storages know it, and its bytes.
#pragma once

#include "quorate/core/id.hpp"
#include "quorate/core/little_endian.hpp"
#include "quorate/core/node_set.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

namespace quorate {

// Sets are of places, and `members` says who has each place.
struct configuration {
  node_set<64> voters{};
  node_set<64> outgoing{};  // of a joint configuration: the voters before it (Raft §4.3)
  node_set<64> learners{};  // they are told everything, and have no vote
  node_set<64> witnesses{}; // they have a vote, and keep no data
  std::uint64_t lease{};    // how long a leader's lease is, in the timer's unit; 0: there are none
  log_index number{};       // the index where its entry stands, which is its name
  std::uint32_t flags{};    // none is known yet
  member_id last_member{};  // the greatest number that was given: the next one is above it
  std::array<member_id, 64> members{};

  constexpr configuration() = default;
  // Of founders: the members 1, 2, ... at the places 0, 1, ..., of which these vote.
  constexpr configuration(node_set<64> founders) : voters{founders} {
    founders.for_each([&](node_index n) { members[n.value] = last_member = founder_at(n); });
  }

  constexpr member_id member_at(node_index place) const {
    return place.value < 64 ? members[place.value] : no_member;
  }
  // Is that member here, at that place?
  constexpr bool has(peer p) const { return p.member != no_member && member_at(p.place) == p.member; }
  constexpr peer at(node_index place) const { return {place, member_at(place)}; }
  // no_node: it is not here.
  constexpr node_index place_of(member_id m) const {
    if (m != no_member)
      for (std::uint8_t i = 0; i < 64; ++i)
        if (members[i] == m) return node_index{i};
    return no_node;
  }
  constexpr node_set<64> places() const { return voters | outgoing | learners | witnesses; }
  friend constexpr bool operator==(configuration const&, configuration const&) = default;
};

// One row of an entry's table. The bytes are the user's: an address, say.
struct member_row {
  node_index place{};
  member_id member{};
  node_id node{};
  store_id store{}; // 0: not known yet, as in the entry that founders lay down
  std::span<std::byte const> bytes{};
};

// The bytes of a configuration's entry, little-endian:
//
//   fixed part  mark (4 bytes), form (2), rows (2), number (8), voters, outgoing, learners, witnesses (8 each),
//               lease (8), last_member (2), 0 (2), flags (4)
//   each row    place (1), 0 (1), member (2), node id (4), store id (8), length (4), so many bytes
//
// Rows rise by their places. What is 0 is reserved: what has something else there is refused.
// In versions 1 and 2 of the formats the first entry, and no other, was: voters (8), and of each the node id (4).
struct configuration_form {
  static constexpr std::uint32_t mark = 0x47464351; // "QCFG", which are no voters that stood there
  static constexpr std::uint16_t form = 1;
  static constexpr std::size_t fixed_size = 64;
  static constexpr std::size_t row_size = 20;

  using bytes = std::span<std::byte const>;

  static constexpr std::size_t size(configuration const& c, std::size_t user_bytes = 0) {
    return fixed_size + row_size * c.places().size() + user_bytes;
  }
  // Appends byte by byte. `row_of(place)` gives each row's node, store and bytes.
  template <class Put, class RowOf>
  [[gnu::cold]] static constexpr void write(configuration const& c, Put&& put, RowOf&& row_of) {
    number const fixed[] = {{mark, 4},
                            {form, 2},
                            {c.places().size(), 2},
                            {c.number.value, 8},
                            {c.voters.bits, 8},
                            {c.outgoing.bits, 8},
                            {c.learners.bits, 8},
                            {c.witnesses.bits, 8},
                            {c.lease, 8},
                            {c.last_member.value, 2},
                            {0, 2},
                            {c.flags, 4}};
    for (auto const& n : fixed) little_endian::put(put, n.value, n.size);
    c.places().for_each([&](node_index place) {
      member_row const r = row_of(place);
      number const row[] = {
          {place.value, 1},   {0, 1}, {c.member_at(place).value, 2}, {r.node.value, 4}, {r.store.value, 8},
          {r.bytes.size(), 4}};
      for (auto const& n : row) little_endian::put(put, n.value, n.size);
      for (auto const b : r.bytes) put(b);
    });
  }
  // What stands at `number` in a log; nothing if it is no configuration's entry. Calls `row` for each row.
  template <class Row>
  [[gnu::cold]] static constexpr std::optional<configuration> read(bytes b, log_index number, Row&& row) {
    if (b.size() < 8) return std::nullopt;
    if (little_endian::get(b, 0, 4) != mark) return read_earlier(b, number, row);
    if (b.size() < fixed_size || little_endian::get(b, 4, 2) != form) return std::nullopt;
    configuration c;
    c.number = log_index{little_endian::get(b, 8, 8)};
    c.voters.bits = little_endian::get(b, 16, 8);
    c.outgoing.bits = little_endian::get(b, 24, 8);
    c.learners.bits = little_endian::get(b, 32, 8);
    c.witnesses.bits = little_endian::get(b, 40, 8);
    c.lease = little_endian::get(b, 48, 8);
    c.last_member = member_id{static_cast<std::uint16_t>(little_endian::get(b, 56, 2))};
    c.flags = static_cast<std::uint32_t>(little_endian::get(b, 60, 4));
    if (c.number != number || c.voters.empty() || c.flags != 0 || little_endian::get(b, 58, 2) != 0 ||
        little_endian::get(b, 6, 2) != c.places().size())
      return std::nullopt;
    return read_rows(b.subspan(fixed_size), c, row) ? std::optional{c} : std::nullopt;
  }
  static constexpr std::optional<configuration> read(bytes b, log_index number) {
    return read(b, number, [](member_row const&) {});
  }

private:
  struct number {
    std::uint64_t value;
    unsigned size;
  };
  template <class Row>
  static constexpr bool read_rows(bytes b, configuration& c, Row&& row) {
    bool sound = true;
    c.places().for_each([&](node_index place) { sound = sound && read_row(b, place, c, row); });
    return sound && b.empty();
  }
  template <class Row>
  static constexpr bool read_row(bytes& b, node_index place, configuration& c, Row&& row) {
    if (b.size() < row_size) return false;
    member_row r{node_index{static_cast<std::uint8_t>(little_endian::get(b, 0, 1))},
                 member_id{static_cast<std::uint16_t>(little_endian::get(b, 2, 2))},
                 node_id{static_cast<std::uint32_t>(little_endian::get(b, 4, 4))},
                 store_id{little_endian::get(b, 8, 8)},
                 {}};
    auto const length = little_endian::get(b, 16, 4);
    if (r.place != place || little_endian::get(b, 1, 1) != 0 || length > b.size() - row_size) return false;
    if (r.member == no_member || r.member > c.last_member || c.place_of(r.member) != no_node) return false;
    r.bytes = b.subspan(row_size, static_cast<std::size_t>(length));
    b = b.subspan(row_size + static_cast<std::size_t>(length));
    c.members[place.value] = r.member;
    row(static_cast<member_row const&>(r));
    return true;
  }
  template <class Row>
  static constexpr std::optional<configuration> read_earlier(bytes b, log_index number, Row&& row) {
    node_set<64> const voters{little_endian::get(b, 0, 8)};
    auto const n = voters.size();
    if (n == 0 || voters != node_set<64>::first(n) || b.size() != 8 + 4 * n || number != log_index{1})
      return std::nullopt;
    configuration c{voters};
    c.number = number;
    voters.for_each([&](node_index place) {
      auto const id = little_endian::get(b, 8 + std::size_t{4} * place.value, 4);
      row(member_row{place, founder_at(place), node_id{static_cast<std::uint32_t>(id)}, {}, {}});
    });
    return c;
  }
};

} // namespace quorate
