// Strong ids: numbers that do not mix. `stamp + stamp` does not compile, nor does comparing an index with a stamp.
#pragma once

#include "quorate/core/config.hpp"

#include <compare>
#include <cstdint>

namespace quorate {

// An ordered number with a name of its own. `Tag` tells two kinds apart; nothing but ordering is offered, because
// most ids have no arithmetic (log_index, below, has the little that positions need).
template <class Tag, class Rep>
struct strong_id {
  using rep = Rep;
  Rep value{};

  constexpr strong_id() = default;
  constexpr explicit strong_id(Rep v) : value{v} {}
  friend constexpr auto operator<=>(strong_id, strong_id) = default;
};

template <class T>
inline constexpr bool is_strong_id = false;
template <class Tag, class Rep>
inline constexpr bool is_strong_id<strong_id<Tag, Rep>> = true;

// Four words that are not the same:
//
//   term     Raft's number of a period of time, the same on all nodes. At most one node leads in it (§3.3)
//   ballot   Paxos' number of an attempt: a round and the one node that owns it (ballot.hpp)
//   stamp    a term or a ballot, for code that need not know which: log, storage and wire. 64 bits; the higher
//            stamp is the later one. Each entry carries the stamp under which it was written. Zero: before any
//            leader
//   era      the stamp that a core is in now, `core.era()`: Raft's current term, Multi-Paxos' promised ballot
using stamp = strong_id<struct stamp_tag, std::uint64_t>;
using term_id = stamp;

// Of terms. Behind the last one there is none, and never one that wraps.
inline constexpr stamp last_stamp{~std::uint64_t{0}};
constexpr stamp next(stamp s) {
  QUORATE_ASSERT(s != last_stamp, "no term is behind the last one");
  return stamp{s.value + 1};
}

// The user's name for a node, as it stands in the configuration and on the wire.
using node_id = strong_id<struct node_tag, std::uint32_t>;

// A node's dense place in the configuration, 0..63: what the cores count with. A place is free again when the
// member that had it is gone.
using node_index = strong_id<struct node_index_tag, std::uint8_t>;

inline constexpr node_index no_node{0xff};

// A member's number: given once in a cluster's life, and never to another. Founders have 1 to n, in the order of
// their node ids. Votes and ballots name members. So a vote for one that is gone is no vote for who has its place
// now, and no two members ever share a ballot.
using member_id = strong_id<struct member_tag, std::uint16_t>;

inline constexpr member_id no_member{};

// The number of the founder at that place, and where it was. Of no_node: no_member, for 255 + 1 is 0 in a byte.
constexpr member_id founder_at(node_index place) { return member_id{static_cast<std::uint8_t>(place.value + 1)}; }
constexpr node_index founded_place(member_id m) {
  return m == no_member || m.value > 64 ? no_node : node_index{static_cast<std::uint8_t>(m.value - 1)};
}

// Whom a message comes from or goes to: a member, and the place that it has here; no_node if the log here does not
// know it. A place alone stands for its founder.
struct peer {
  node_index place = no_node;
  member_id member{};

  constexpr peer() = default;
  constexpr peer(node_index founder) : place{founder}, member{founder_at(founder)} {}
  constexpr peer(node_index at, member_id who) : place{at}, member{who} {}
  friend constexpr bool operator==(peer, peer) = default;
};

// Raised and synced at each opening of a store, before anything is sent; the first one is 1.
using incarnation_id = strong_id<struct incarnation_tag, std::uint64_t>;

// Made at random once for each data directory: tells a wiped disk from the one that voted.
using store_id = strong_id<struct store_tag, std::uint64_t>;

// Chosen by whoever founds a cluster: keeps the nodes of two clusters apart.
using cluster_id = strong_id<struct cluster_tag, std::uint64_t>;

// A position in the log. The first entry ever is 1; 0 is the place before it.
struct log_index {
  using rep = std::uint64_t;
  std::uint64_t value{};

  constexpr log_index() = default;
  constexpr explicit log_index(std::uint64_t v) : value{v} {}
  friend constexpr auto operator<=>(log_index, log_index) = default;

  friend constexpr log_index operator+(log_index i, std::uint64_t n) { return log_index{i.value + n}; }
  // Precondition: n <= i.value.
  friend constexpr log_index operator-(log_index i, std::uint64_t n) {
    QUORATE_ASSERT(n <= i.value, "no index is ", n, " before ", i.value);
    return log_index{i.value - n};
  }
  // How many steps from b up to a. Precondition: b <= a.
  friend constexpr std::uint64_t operator-(log_index a, log_index b) {
    QUORATE_ASSERT(b.value <= a.value, "no steps lead up from index ", b.value, " to ", a.value);
    return a.value - b.value;
  }
};

template <>
inline constexpr bool is_strong_id<log_index> = true;

} // namespace quorate
