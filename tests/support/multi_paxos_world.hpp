// A world of Multi-Paxos cores that a test moves by hand (quorate/world/log_world.hpp), by short names. Each slot
// holds a value that has a name, which travels with accept and fetched as payloads do.
#pragma once

#include "quorate/multi_paxos/node.hpp"
#include "quorate/world/log_world.hpp"
#include "quorate/world/slot_disk.hpp"

#include <cstddef>
#include <cstdint>

namespace quorate::test {
inline namespace on_multi_paxos {

using multi_paxos::timer;
using value = quorate::world::slot_value;
using cell = quorate::world::slot;
using offer = quorate::world::slot_offer;
using values = quorate::world::slot_values;
using packet = quorate::world::packet<multi_paxos::node<>::messages, offer>;

inline constexpr node_index A{0}, B{1}, C{2}, D{3}, E{4};

constexpr log_index at(std::uint64_t n) { return log_index{n}; }
constexpr stamp ballot(std::uint64_t round, node_index owner) { return multi_paxos::make_ballot(round, owner); }

using small_core =
    multi_paxos::node<limits<limit_values{.nodes = 7, .append_entries = 8, .mark = 8, .reserve = 4}>>;

struct slot_reports : quorate::world::log_reports {
  bool overwrote = false; // a value at or below the commit index was replaced
  bool fell = false;      // a promise was written below an earlier one

  template <class Host, class What>
  constexpr void note(Host const&, What const&) {}
  template <class Host>
  constexpr void note(Host const& h, entry_run const& w) {
    for (auto i = w.first; i <= w.last() && i <= h.core.commit_index(); i = i + 1)
      overwrote = overwrote || i > h.written.log.compacted();
  }
  template <class Host>
  constexpr void note(Host const& h, multi_paxos::promise_and_mark const& w) {
    fell = fell || w.promised < h.written.hard.promised || w.chosen < h.written.hard.chosen;
  }
};
template <class Core, std::size_t Slots>
struct slot_play : quorate::world::log_play<Core, quorate::world::slot_disk<Slots>> {
  using remembered = slot_reports;
  static constexpr int lost_checks = 2;
};

template <std::size_t Nodes, class Core = small_core, std::size_t Slots = 96>
class world : public quorate::world::log_world<slot_play<Core, Slots>, Nodes> {
  using base = quorate::world::log_world<slot_play<Core, Slots>, Nodes>;
  static_assert(Core::options::limit.append_entries <= quorate::world::most_slot_values);

public:
  static constexpr std::size_t slots = Slots;
  static constexpr std::uint64_t config = 1; // the founding one's number

  // Commands that nobody has proposed before.
  constexpr void propose(node_index n, std::uint32_t count = 1) {
    offer o{this->log(n).last() + 1, {}};
    for (std::uint32_t i = 0; i < count; ++i) (void)o.what.push_back({this->state(n).promised, ++made_});
    this->step(n, quorate::propose{count}, o);
  }
  // A message with values of its owner's making: an accept or a fetched.
  template <class M>
  constexpr void receive_new(node_index to, node_index sender, M const& m, std::uint64_t number) {
    offer o{m.first, {}};
    for (std::uint32_t i = 0; i < m.count; ++i) (void)o.what.push_back({m.voted, number + i});
    this->receive(to, sender, m, o);
  }

private:
  std::uint64_t made_ = 0;
};

} // namespace on_multi_paxos
} // namespace quorate::test
