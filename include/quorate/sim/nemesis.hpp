// Whoever does the damage: strikes of the faults that come by themselves, at times drawn for each of them.
#pragma once

#include "quorate/sim/disk.hpp"
#include "quorate/sim/network.hpp"
#include "quorate/trace/trace.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace quorate::sim {

// `Simulation` offers what simulation.hpp has under "what a nemesis may do".
template <class Simulation>
class nemesis {
public:
  explicit nemesis(Simulation& s) : s_{s} {}

  // Puts the first strike of each fault into the queue.
  void begin() {
    for (auto const f : {fault::clogs, fault::partitions, fault::one_way, fault::flapping, fault::crashes,
                         fault::pauses, fault::jumps, fault::frozen_clocks, fault::failed_writes,
                         fault::full_disks, fault::wiped_disks, fault::damage, fault::damaged_snapshots})
      if (s_.sky().has(f)) next(f);
  }
  void strike(fault f) {
    if (!s_.sky().has(f)) return;
    if (carry_out(f)) ++s_.world().covered()[f];
    next(f);
  }
  // A link that was cut comes back; a flapping one goes again, a few times.
  void mend(std::size_t which) {
    auto& c = cuts_[which];
    if (c.out) s_.links().mend(c.links);
    tell_links(c.out ? "mended" : "cut again", c.links);
    c.out = !c.out && c.flaps > 0;
    if (c.out) --c.flaps, s_.links().cut(c.links);
    if (c.out || c.flaps > 0) s_.mend_at(s_.now() + c.lasts, which);
  }
  void end() {
    for (auto& c : cuts_) c.flaps = 0, c.out = false;
  }

private:
  struct cut {
    link_list links{};
    std::uint64_t lasts = 0;
    unsigned flaps = 0;
    bool out = true;
  };

  // From once in 40 seconds to four times a second.
  void next(fault f) {
    std::uint64_t mean = 50'000'000 / (1 + s_.sky().force(f) / 5);
    if (f == fault::wiped_disks || f == fault::damage || f == fault::damaged_snapshots)
      mean = (std::max<std::uint64_t>)(mean, 10'000'000);
    s_.strike_at(s_.now() + 1 + draw(f).around(mean), f);
  }
  stream& draw(fault f) {
    auto& all = s_.draws();
    if (f <= fault::flapping) return all.network;
    if (f <= fault::slow_nodes) return all.processes;
    if (f >= fault::failed_seals) return all.snapshots;
    return f <= fault::frozen_clocks ? all.clock : all.disk;
  }

  bool carry_out(fault f) {
    auto& random = draw(f);
    auto const nodes = s_.world().size();
    auto const n = static_cast<std::uint32_t>(random.below(nodes));
    switch (f) {
    case fault::clogs: return clog(random, n);
    case fault::partitions: return partition(random);
    case fault::one_way: return one_way(random, n);
    case fault::flapping: return flap(random, n);
    case fault::crashes: return s_.crash(random.below(2) == 0 && s_.leader() < nodes ? s_.leader() : n);
    case fault::pauses:
    case fault::jumps:
    case fault::frozen_clocks: return take_time(f, n, random);
    case fault::failed_writes: return s_.trouble(n, disk_trouble::writes_fail);
    case fault::full_disks: return s_.trouble(n, disk_trouble::full);
    case fault::wiped_disks: return s_.wipe(n);
    case fault::damage: return s_.damage(n, random);
    case fault::damaged_snapshots: return s_.rot(n, random);
    default: return false; // those that strike where something happens
    }
  }
  bool take_time(fault f, std::uint32_t n, stream& random) {
    auto const most = f == fault::frozen_clocks ? 4'000'000U : 8'000'000U;
    auto const us = random.on_log_scale(f == fault::frozen_clocks ? 10'000U : 1000U, most);
    tell(f == fault::pauses  ? "it stands still for"
         : f == fault::jumps ? "its clock leaps by"
                             : "its clock stands still for",
         std::to_string(us) + " us", n + 1);
    if (f == fault::pauses) return s_.pause(n, s_.now() + us);
    if (f == fault::jumps) return s_.clock_of(n).leap(us, s_.now()), true;
    return s_.clock_of(n).freeze(s_.now() + us, s_.now()), true;
  }
  static std::uint64_t long_while(stream& random) { return random.on_log_scale(50'000, 16'000'000); }

  bool cut_off(link_list links, std::uint64_t lasts, unsigned flaps) {
    if (links.empty()) return false;
    s_.links().cut(links);
    tell_links("cut", links);
    cuts_.push_back({std::move(links), lasts, flaps, true});
    s_.mend_at(s_.now() + lasts, cuts_.size() - 1);
    return true;
  }
  // Two draws are two statements, here as everywhere: compilers differ in which argument they compute first.
  bool partition(stream& random) {
    auto links = draw_partition(random, s_.world().size(), s_.leader());
    return cut_off(std::move(links), long_while(random), 0);
  }
  bool clog(stream& random, std::uint32_t n) {
    auto const nodes = s_.world().size();
    if (nodes < 2) return false;
    auto const peer = (n + 1 + static_cast<std::uint32_t>(random.below(nodes - 1))) % nodes;
    s_.links().clog(n, peer, s_.now() + random.on_log_scale(10'000, 4'000'000));
    return false; // counted when a message is held up
  }
  // One link, or all from a node, or all to it.
  bool one_way(stream& random, std::uint32_t n) {
    auto const nodes = s_.world().size();
    link_list links;
    auto const how = random.below(3);
    for (std::uint32_t peer = 0; peer < nodes; ++peer)
      if (peer != n && (how != 0 || peer == (n + 1) % nodes))
        links.push_back(how == 2 ? std::pair{peer, n} : std::pair{n, peer});
    return cut_off(std::move(links), long_while(random), 0);
  }
  bool flap(stream& random, std::uint32_t n) {
    auto const nodes = s_.world().size();
    auto const peer = static_cast<std::uint32_t>(random.below(nodes));
    if (peer == n) return false;
    auto const lasts = random.on_log_scale(2'000, 1'000'000);
    return cut_off({{n, peer}, {peer, n}}, lasts, static_cast<unsigned>(random.between(2, 20)));
  }

  // For whoever reads the trace; `node` is an id, 0: all.
  void tell(char const* what, std::string text, std::uint32_t node) {
    s_.world().log().note(
        {.time = s_.now(), .node = node, .kind = check::trace_kind::fault, .name = what, .text = std::move(text)});
  }
  void tell_links(char const* what, link_list const& links) {
    if (!s_.world().log().traces()) return;
    std::string text;
    for (auto const& [from, to] : links)
      text += (text.empty() ? "" : ", ") + std::to_string(from + 1) + "->" + std::to_string(to + 1);
    tell(what, std::move(text), 0);
  }

  Simulation& s_;
  std::vector<cut> cuts_{};
};

} // namespace quorate::sim
