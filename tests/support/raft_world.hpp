// A world of Raft cores that a test moves by hand (quorate/world/log_world.hpp), by short names.
#pragma once

#include "quorate/raft/node.hpp"
#include "quorate/world/log_world.hpp"

#include <cstddef>
#include <cstdint>
#include <initializer_list>

namespace quorate::test {
inline namespace on_raft {

using raft::timer;
using packet = quorate::world::packet<raft::node<>::messages, quorate::world::no_payload>;

inline constexpr node_index A{0}, B{1}, C{2}, D{3}, E{4};

constexpr term_id term(std::uint64_t n) { return term_id{n}; }
constexpr log_index at(std::uint64_t n) { return log_index{n}; }

template <std::size_t Runs>
using disk = quorate::world::shape_disk<Runs>;

template <std::size_t Nodes, class Core = raft::node<limits<limit_values{.nodes = 7, .append_entries = 64}>>,
          std::size_t Runs = 64>
class world : public quorate::world::log_world<quorate::world::log_play<Core, disk<Runs>>, Nodes> {
public:
  using quorate::world::log_world<quorate::world::log_play<Core, disk<Runs>>, Nodes>::log_world;

  // Starts `n` from a disk with the configuration entry, entries of these terms behind it, and this hard state.
  constexpr void lay_down(node_index n, std::initializer_list<std::uint64_t> terms, std::uint64_t current,
                          node_index vote = no_node) {
    auto d = this->play().founded();
    for (auto const t : terms) (void)d.log.put({d.log.last() + 1, 1, term(t), entry_kind::command});
    d.hard = {term(current), founder_at(vote)};
    this->crash(n, d);
  }
};

} // namespace on_raft
} // namespace quorate::test
