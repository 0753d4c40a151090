// The entries of a key-value store, and the order in which they lie.
#pragma once

#include "quorate/service/growing_string.hpp"
#include "quorate/service/sip_hash.hpp"

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

namespace quorate::service {

// The hash of a key: never 0, and below 2^53 so that every client language can hold it.
// To find two keys with one hash takes 2^26 tries. SCAN cannot stop between keys of one hash (key_walk). So the
// hash is one for which nobody can construct many such keys. Its two numbers are no secret: nodes and clients
// agree on them. They stay for ever: what is saved lies in this order.
constexpr std::uint64_t entry_hash(std::string_view key) {
  return sip_hash(0x71756f7261746521, 0x6b65792d76616c75, key) >> 11 | 1;
}

struct entry_key {
  std::uint64_t hash;
  std::string text;
  friend bool operator==(entry_key const&, entry_key const&) = default;
};
// To look for a key without a string of its own.
struct entry_probe {
  std::uint64_t hash;
  std::string_view text;
};
// By the hash, then by the bytes.
struct entry_order {
  using is_transparent = void;
  template <class A, class B>
  bool operator()(A const& a, B const& b) const {
    return a.hash != b.hash ? a.hash < b.hash : std::string_view{a.text} < std::string_view{b.text};
  }
};
using entry_map = std::map<entry_key, growing_string, entry_order>;

} // namespace quorate::service
