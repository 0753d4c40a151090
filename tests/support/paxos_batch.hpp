// The exact effects of one step of a Paxos role, to be compared with what they should be.
#pragma once

#include "support/paxos_names.hpp"

#include "quorate/effect/batch.hpp"
#include "quorate/paxos/node.hpp"

#include <cstddef>
#include <initializer_list>

namespace quorate::test {

template <class Core>
struct effects_of {
  using batch_type = batch<Core>;
  using effect = typename batch_type::effect;
  using said = typename batch_type::message;
  using timer_on = armed<paxos::timer>;
  using timer_off = disarmed<paxos::timer>;

  static constexpr bool are(batch_type const& b, std::initializer_list<effect> expected) {
    if (b.overflowed() || b.effects().size() != expected.size()) return false;
    std::size_t i = 0;
    for (auto const& e : expected)
      if (!(b.effects()[i++] == e)) return false;
    return true;
  }
};

// Steps a role or a node and returns what that one step did; the numbering of writes goes on.
template <class Core, class Role, class Event>
constexpr batch<Core> const& step(Role& role, batch<Core>& out, Event const& e) {
  out.clear();
  role.step(e, out);
  return out;
}
template <class Core, class Role, class M>
constexpr batch<Core> const& hear(Role& role, batch<Core>& out, node_index sender, M const& m) {
  return step(role, out, from<M>{sender, m});
}

} // namespace quorate::test
