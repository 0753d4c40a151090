// A shorter list of actions that breaks the same sentence: delta debugging (Zeller and Hildebrandt), then fewer
// nodes, then lower numbers.
#pragma once

#include "quorate/sim/replay.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <iterator>
#include <utility>
#include <vector>

namespace quorate::sim {

struct shrunk {
  cluster_options built{};
  schedule actions{};
  char const* broken = nullptr;
  std::size_t replays = 0;
};

template <class Family>
class shrinker {
public:
  // `actions` break `sentence` in a cluster that is built so. At most so many replays are tried.
  shrinker(cluster_options const& built, schedule actions, char const* sentence, std::size_t most = 20'000)
      : best_{built, std::move(actions), sentence, 0}, most_{most} {}

  shrunk run() {
    if (!breaks(best_.built, schedule{best_.actions})) { // which keeps only what was possible
      best_.broken = nullptr;
      return best_;
    }
    for (std::size_t before = 0; before != best_.actions.size() && best_.replays < most_;) {
      before = best_.actions.size();
      without_nodes();
      without_pieces();
      without_pairs();
    }
    with_fewer_nodes();
    with_lower_numbers();
    return best_;
  }

private:
  // If the list still breaks the sentence, what of it was carried out becomes the best one.
  bool breaks(cluster_options const& built, schedule const& actions) {
    if (best_.replays >= most_) return false;
    ++best_.replays;
    auto r = replay<Family>(built, actions);
    if (r.broken == nullptr || std::strcmp(r.broken, best_.broken) != 0) return false;
    best_.built = built;
    best_.actions = std::move(r.carried_out);
    return true;
  }
  template <class Goes>
  bool try_without(Goes&& goes) {
    schedule rest;
    for (std::size_t i = 0; i < best_.actions.size(); ++i)
      if (!goes(i)) rest.push_back(best_.actions[i]);
    return rest.size() < best_.actions.size() && breaks(best_.built, rest);
  }

  void without_nodes() {
    for (std::uint32_t n = 0; n < best_.built.nodes; ++n)
      try_without([&](std::size_t i) {
        auto const& a = best_.actions[i];
        return a.node == n || (a.what == act::deliver && a.peer == n);
      });
    for (std::uint8_t what = 0; what <= static_cast<std::uint8_t>(last_enumerator(act{})); ++what)
      try_without([&](std::size_t i) { return static_cast<std::uint8_t>(best_.actions[i].what) == what; });
  }
  // Pieces of half the list, then of a quarter ... from the end, where the damage is.
  void without_pieces() {
    for (auto piece = (std::max<std::size_t>)(best_.actions.size() / 2, 1);; piece /= 2) {
      for (auto end = best_.actions.size(); end > 0 && best_.replays < most_;) {
        auto const begin = end > piece ? end - piece : 0;
        try_without([&](std::size_t i) { return begin <= i && i < end; });
        end = (std::min)(begin, best_.actions.size());
      }
      if (piece <= 1) return;
    }
  }
  // A crash and its restart, a message and the turn that it needed: neither goes without the other.
  void without_pairs() {
    if (best_.actions.size() > 200) return;
    for (auto j = best_.actions.size(); j-- > 1;)
      for (auto i = j; i-- > 0 && best_.replays < most_;) {
        if (j >= best_.actions.size()) break;
        try_without([&](std::size_t k) { return k == i || k == j; });
      }
  }

  // Nodes to which nothing happens need not be there: the others are numbered anew, from the first one on.
  void with_fewer_nodes() {
    std::uint8_t place[64];
    std::fill(std::begin(place), std::end(place), std::uint8_t{0xff});
    std::uint8_t used = 0;
    for (auto const& a : best_.actions) {
      if (place[a.node] == 0xff) place[a.node] = used++;
      if (a.what == act::deliver && place[a.peer] == 0xff) place[a.peer] = used++;
    }
    auto renumbered = best_.actions;
    for (auto& a : renumbered) a.node = place[a.node], a.peer = a.what == act::deliver ? place[a.peer] : a.peer;
    auto fewer = best_.built;
    for (fewer.nodes = used; fewer.nodes < best_.built.nodes; ++fewer.nodes)
      if (breaks(fewer, renumbered)) return;
  }
  void with_lower_numbers() {
    for (std::size_t i = 0; i < best_.actions.size(); ++i) {
      auto const a = best_.actions[i];
      if (a.what == act::crash && a.argument > 0) change(i, [](action& x) { x.argument = 0; });
      if (a.what == act::compact) change(i, [](action& x) { x.argument /= 2; });
    }
    // The time of each at that of the one before it, where nothing waits for the time to pass.
    for (std::size_t i = 1; i < best_.actions.size(); ++i) {
      auto const earlier = best_.actions[i - 1].time;
      auto const gap = best_.actions[i].time - earlier;
      if (gap > 0) change_from(i, gap);
    }
  }
  template <class Change>
  void change(std::size_t i, Change&& f) {
    auto other = best_.actions;
    f(other[i]);
    (void)breaks(best_.built, other);
  }
  void change_from(std::size_t i, std::uint64_t gap) {
    auto other = best_.actions;
    for (; i < other.size(); ++i) {
      other[i].time -= gap;
      if (other[i].what == act::turn) other[i].match -= (std::min)(gap, other[i].match);
    }
    (void)breaks(best_.built, other);
  }

  shrunk best_;
  std::size_t most_;
};

} // namespace quorate::sim
