// The user's node ids, and their dense places in the configuration.
#pragma once

#include "quorate/core/bounded.hpp"
#include "quorate/core/entry.hpp"
#include "quorate/core/payloads.hpp"

#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

namespace quorate {

// The members of a cluster, least id first, so that every node that is given the same ids gives them the same
// places, in whatever order they came.
template <std::size_t Capacity>
class membership {
public:
  // False if there are none, too many, or the same twice.
  [[nodiscard]] bool assign(std::span<node_id const> ids) {
    ids_.clear();
    for (auto const id : ids) {
      if (find(id) != no_node || !ids_.push_back(id)) return false;
      for (auto i = ids_.size() - 1; i > 0 && ids_[i] < ids_[i - 1]; --i) std::swap(ids_[i], ids_[i - 1]);
    }
    return !ids_.empty();
  }
  std::size_t size() const { return ids_.size(); }
  node_id operator[](node_index n) const { return ids_[n.value]; }
  // no_node if it is none of them.
  node_index find(node_id id) const {
    for (std::size_t i = 0; i < ids_.size(); ++i)
      if (ids_[i] == id) return node_index{static_cast<std::uint8_t>(i)};
    return no_node;
  }
  configuration config() const { return {node_set<64>::first(ids_.size())}; }

  // The configuration entry as one record: the voters, then the ids (4 bytes each), all little-endian.
  std::vector<std::byte> record() const {
    std::vector<std::byte> out(payloads::prefix);
    put(out, config().voters.bits, 8);
    for (auto const id : ids_) put(out, id.value, 4);
    payloads::put_length(out.data(), static_cast<std::uint32_t>(out.size() - payloads::prefix));
    return out;
  }

private:
  static void put(std::vector<std::byte>& out, std::uint64_t value, unsigned bytes) {
    for (unsigned i = 0; i < bytes; ++i) out.push_back(static_cast<std::byte>(value >> (8 * i)));
  }
  bounded<node_id, Capacity> ids_{};
};

} // namespace quorate
