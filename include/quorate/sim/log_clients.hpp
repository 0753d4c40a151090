// Clients of a replicated log: they append numbers to one list and read it, and at the end they ask for progress.
#pragma once

#include "quorate/core/node_set.hpp"
#include "quorate/sim/action.hpp"
#include "quorate/sim/random.hpp"

#include <cstdint>
#include <optional>

namespace quorate::sim {

template <class Cluster>
class log_clients {
public:
  log_clients(Cluster& c, stream& draw) : c_{c}, draw_{draw} {}

  // What to ask of node n next, if anything: seven in ten are appends.
  std::optional<action> next(std::uint32_t) {
    if (draw_.below(10) < 3 && Cluster::node_type::core_type::options::reads) return action{.what = act::read};
    return action{.what = act::propose, .argument = ++made_};
  }
  std::optional<action> tidy(std::uint32_t n) {
    auto const& h = c_[n];
    if (!h.up() || h.node->stopped()) return std::nullopt;
    auto const applied = h.node->applied_index().value;
    auto const kept = draw_.below(4) == 0 ? draw_.below(20) : 0;
    return action{.what = act::compact,
                  .argument = static_cast<std::uint32_t>(applied - (kept < applied ? kept : 0))};
  }
  // An entry whose record may be lost: one that has been there for long. 0: none.
  std::uint32_t what_may_rot(std::uint32_t n, stream& draw) const {
    auto const first = c_[n].disk.log().compacted() + 1;
    auto const end = c_[n].disk.durable_log().last();
    return first < end ? static_cast<std::uint32_t>(first.value + draw.below(end - first)) : 0;
  }

  // --- at the end
  void begin_anew() { fresh_ = made_ + 1, known_ = c_.ghost().book().committed(); }
  // Has anything that was asked since then been done?
  bool had_fresh_answers(node_set<64>) const {
    auto const& book = c_.ghost().book();
    for (auto i = book.acknowledged(); i > known_; --i)
      if (book.at(i).number >= fresh_) return true;
    return false;
  }
  // One leader, known to all, and equal logs, of which all is applied.
  bool settled(node_set<64> core) const { return what_is_missing(core) == nullptr; }
  char const* what_is_missing(node_set<64> core) const {
    char const* missing = nullptr;
    node_index leader = no_node;
    core.for_each([&](node_index n) {
      if (c_[n.value].up() && c_[n.value].node->leads()) leader = n;
    });
    if (leader == no_node) return "with the faults gone a quorum has a leader soon";
    auto const& log = c_[leader.value].disk.log();
    core.for_each([&](node_index n) {
      auto const& h = c_[n.value];
      if (!h.up() || h.node->stopped() || h.node->core().leader() != leader)
        missing = "with the faults gone all soon know the leader";
      else if (h.node->applied_index() != log.last() || (!rewrites && h.disk.log().last() != log.last()))
        missing = "with the faults gone all logs are soon the same, and applied";
    });
    return missing != nullptr || had_fresh_answers(core) ? missing
                                                         : "with the faults gone there are soon fresh commits";
  }

private:
  // There a node may hold votes, which nobody asks for, behind all that its leader has.
  static constexpr bool rewrites = Cluster::node_type::core_type::rewrites;
  Cluster& c_;
  stream& draw_;
  std::uint32_t made_ = 0;
  std::uint32_t fresh_ = 1; // the first number asked for since the faults are gone
  std::uint64_t known_ = 0; // what was committed then
};

} // namespace quorate::sim
