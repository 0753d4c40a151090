// Links between nodes: what becomes of a message, and when it arrives.
#pragma once

#include "quorate/sim/coverage.hpp"
#include "quorate/sim/random.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

namespace quorate::sim {

// Which links lose everything, by (from, to).
using link_list = std::vector<std::pair<std::uint32_t, std::uint32_t>>;

class network {
public:
  network(std::uint32_t nodes, stream& draw, weather const& w, coverage& covered)
      : nodes_{nodes}, draw_{draw}, weather_{w}, covered_{covered},
        links_(std::size_t{nodes} * nodes), base_{draw.on_log_scale(50, 2000)} {}

  // Cuts may lie over each other: a link works when none of them is left.
  void cut(link_list const& which) {
    for (auto const& [from, to] : which) ++at(from, to).cuts;
  }
  void mend(link_list const& which) {
    for (auto const& [from, to] : which)
      if (at(from, to).cuts > 0) --at(from, to).cuts;
  }
  void mend_all() {
    for (auto& l : links_) l.cuts = 0, l.clogged_until = 0;
  }
  void clog(std::uint32_t from, std::uint32_t to, std::uint64_t until) { at(from, to).clogged_until = until; }

  // Calls arrive(time, again) for each copy that will; `again`: another one follows. False: lost.
  template <class Arrive>
  bool send(std::uint32_t from, std::uint32_t to, std::uint64_t now, Arrive&& arrive) {
    auto& l = at(from, to);
    if (l.cuts > 0) return false;
    if (strikes(fault::loss, 300)) return false;
    auto const first = arrival(l, now);
    if (!strikes(fault::duplication, 500)) return arrive(first, false), true;
    auto const second = (std::max)(first, now + delay());
    arrive(first, true), arrive(second, false);
    return true;
  }

private:
  struct link {
    std::uint32_t cuts = 0;
    std::uint64_t clogged_until = 0;
    std::uint64_t last = 0; // arrival: nothing overtakes it, unless there is reordering
  };
  link& at(std::uint32_t from, std::uint32_t to) { return links_[from * nodes_ + to]; }

  // With odds of `ppm` in a million for each step of the fault's force.
  bool strikes(fault f, std::uint64_t ppm) {
    if (!draw_.chance(weather_.force(f) * ppm)) return false;
    ++covered_[f];
    return true;
  }
  std::uint64_t delay() { return base_ + draw_.below(base_ + 1); }
  std::uint64_t arrival(link& l, std::uint64_t now) {
    auto when = now + delay();
    if (strikes(fault::spikes, 50)) when += base_ * (draw_.below(4) == 0 ? 100 : 10);
    if (l.clogged_until > when) when = l.clogged_until, ++covered_[fault::clogs];
    bool const overtaken = strikes(fault::reordering, 500);
    if (overtaken) return when + draw_.below(8 * base_);
    l.last = (std::max)(l.last, when);
    return l.last;
  }

  std::uint32_t nodes_;
  stream& draw_;
  weather const& weather_;
  coverage& covered_;
  std::vector<link> links_;
  std::uint64_t base_; // of a delay, in microseconds
};

// --- partitions

// All links in both directions between two nodes for which apart(a, b) is true.
template <class Apart>
link_list cut_where(std::uint32_t nodes, Apart&& apart) {
  link_list out;
  for (std::uint32_t a = 0; a < nodes; ++a)
    for (std::uint32_t b = 0; b < nodes; ++b)
      if (a != b && (apart(a, b) || apart(b, a))) out.emplace_back(a, b);
  return out;
}

// One of the shapes that are known to hurt; `leader` is a place, or none if it is `nodes`.
inline link_list draw_partition(stream& draw, std::uint32_t nodes, std::uint32_t leader) {
  auto const one = static_cast<std::uint32_t>(draw.below(nodes));
  auto const sides = draw();
  auto const side = [&](std::uint32_t n) { return sides >> n & 1U; };
  switch (draw.below(5)) {
  case 0: return cut_where(nodes, [&](auto a, auto) { return a == (leader < nodes ? leader : one); });
  case 1: return cut_where(nodes, [&](auto a, auto) { return a == one; });
  case 2: return cut_where(nodes, [&](auto a, auto b) { return side(a) != side(b); });
  case 3: // a ring: each hears its two neighbours only
    return cut_where(nodes, [&](auto a, auto b) { return (a + 1) % nodes != b && (b + 1) % nodes != a; });
  default: // two sides, and one node that hears both
    return cut_where(nodes, [&](auto a, auto b) { return a != one && b != one && side(a) != side(b); });
  }
}

} // namespace quorate::sim
