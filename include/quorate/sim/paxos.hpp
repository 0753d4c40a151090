// Single-decree Paxos and CASPaxos under the simulator. A decision, once everybody knows it, makes room for the
// next one, on empty disks; a register is changed and read all along.
#pragma once

#include "quorate/paxos.hpp"
#include "quorate/sim/decree_ghost.hpp"
#include "quorate/sim/random.hpp"
#include "quorate/timer/manual.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>

namespace quorate::sim {

template <class Cluster>
class decree_clients {
  using core_type = typename Cluster::node_type::core_type;
  static constexpr bool rewrites = core_type::options::rewrites;

public:
  decree_clients(Cluster& c, stream& draw) : c_{c}, draw_{draw} {}

  std::optional<action> next(std::uint32_t n) {
    bool const reads = draw_.below(10) < 3;
    auto const& h = c_[n];
    if (!h.up() || h.node->stopped() || (h.seen.waits && draw_.below(4) != 0)) return std::nullopt;
    if (rewrites && reads) return action{.what = act::read};
    return action{.what = act::propose, .argument = ++made_};
  }
  std::optional<action> tidy(std::uint32_t) {
    if (rewrites || ending_ || !c_.ghost().any_chosen()) return std::nullopt;
    for (std::uint32_t n = 0; n < c_.size(); ++n)
      if (!knows(n) && !c_[n].lost) return std::nullopt;
    return action{.what = act::renew};
  }
  std::uint32_t what_may_rot(std::uint32_t, stream&) const { return 1; }

  // --- at the end
  void begin_anew() { fresh_ = made_ + 1, ending_ = true; }
  // A decision may have to be proposed again until all know it: acceptors of several ballots tell a learner
  // nothing.
  bool had_fresh_answers(node_set<64> core) const {
    if (rewrites) return c_.ghost().last_done() >= fresh_;
    bool all = c_.ghost().any_chosen();
    core.for_each([&](node_index n) { all = all && knows(n.value); });
    return all;
  }
  bool settled(node_set<64> core) const { return what_is_missing(core) == nullptr; }
  char const* what_is_missing(node_set<64> core) const {
    if (rewrites ? !had_fresh_answers(core) : !c_.ghost().any_chosen())
      return "with the faults gone there is soon a choice";
    char const* missing = nullptr;
    core.for_each([&](node_index n) {
      auto const& h = c_[n.value];
      if (!h.up() || h.node->stopped() || !h.node->idle())
        missing = "with the faults gone all proposers soon rest";
      else if (!knows(n.value))
        missing = "with the faults gone all soon know the decision";
    });
    return missing;
  }

private:
  bool knows(std::uint32_t n) const {
    if constexpr (rewrites)
      return true;
    else
      return c_[n].up() && c_[n].node->core().template as<paxos::learner>().knows();
  }

  Cluster& c_;
  stream& draw_;
  std::uint32_t made_ = 0;
  std::uint32_t fresh_ = 1;
  bool ending_ = false;
};

template <class Core, class Timer = manual_timer>
struct decree_family {
  using node = decree_node<Core, Timer>;
  template <class Cluster>
  using ghost = decree_ghost<Cluster>;
  template <class Cluster>
  using clients = decree_clients<Cluster>;

  static constexpr char const* name = Core::protocol_name;
  static constexpr bool renews = !Core::options::rewrites;
  static constexpr bool replicates_a_log = false;

  static auto make_disk(store_identity const& identity, std::size_t) {
    return record_disk<typename Core::value_type>{identity};
  }
  static bool can_damage(record_disk<typename Core::value_type> const&, std::uint64_t) { return true; }
};

template <class Core = paxos::full_node<std::uint64_t>, class Timer = manual_timer>
using paxos_family = decree_family<Core, Timer>;
template <class Core = paxos::register_node<register_value>, class Timer = manual_timer>
using caspaxos_family = decree_family<Core, Timer>;

} // namespace quorate::sim
