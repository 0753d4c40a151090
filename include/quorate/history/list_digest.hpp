// A list in sixteen bytes: its length, and a hash of its values in their order.
#pragma once

#include "quorate/message/hash.hpp"

#include <cstddef>
#include <cstdint>

namespace quorate::check {

// What a client of a growing list is told in place of the list itself. Two lists of one length share a digest
// once in 2^64 by chance, and oftener when somebody looks for such two.
struct list_digest {
  std::uint64_t length = 0;
  std::uint64_t hash = 0;

  // That of the list with one more value.
  constexpr list_digest followed_by(std::uint64_t value) const {
    hasher h;
    h.number(hash);
    h.number(value);
    return {length + 1, h.value()};
  }
  template <class Values>
  static constexpr list_digest of(Values const& values) {
    list_digest all;
    for (auto const v : values) all = all.followed_by(v);
    return all;
  }
  friend constexpr bool operator==(list_digest const&, list_digest const&) = default;
};

} // namespace quorate::check
