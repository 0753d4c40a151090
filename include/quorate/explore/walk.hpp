// One long random way through a System (world.hpp), in place of all short ones: more nodes, longer logs, other
// quorum systems than can be exhausted. The same seed takes the same way. What must be true is the same, and is
// asked after every step; then all faults end, and the nodes must come to rest.
#pragma once

#include "quorate/core/breach.hpp"
#include "quorate/core/id.hpp"
#include "quorate/core/node_set.hpp"
#include "quorate/explore/world.hpp"
#include "quorate/sim/random.hpp"

#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

namespace quorate::check {

// Beside what world.hpp asks, a System has
//
//   usual, rare            events in any order, with repeats for those that are to happen more often
//   calms, brings_on       those by which, all being well, every node forgets a leader, and one is brought on
//   settled(nodes)         all being well: has everything ended?
//   forgettable(nodes)     of logs: up to where all may be compacted, and nobody will miss it
template <class System>
class random_walk {
public:
  using node = typename System::node;
  using message = typename System::message;
  using ghost = typename System::ghost;
  static constexpr std::size_t nodes = System::nodes;

  random_walk(System const& s, std::uint64_t seed) : system_{s}, draw_{seed, 0}, ghost_{s.first_ghost()} {
    for (std::uint8_t i = 0; i < nodes; ++i) nodes_.push_back(s.first(node_index{i}));
    // How fast things go wrong differs from seed to seed.
    calm_ = 8 + draw_.below(80);
    lossy_ = draw_.below(3) == 0 ? 25 : draw_.below(8);
    reorders_ = draw_.below(2) == 0;
    compacts_ = draw_.below(4) == 0;
  }

  // False: a law is broken, and told() says which. `rest` is told as one, should the nodes not come to rest.
  bool run(std::size_t steps, char const* rest) {
    for (; steps > 0; --steps)
      if (!one()) return false;
    return end_well() || (!told_ && told_(rest));
  }
  breach const& told() const { return told_; }
  std::uint64_t marks() const { return marks_; }

private:
  struct hands {
    std::vector<message>& net;
    breach tell{};
    step_notes notes{};
    void send(message const& m) { net.push_back(m); }
    template <class What>
    void note(What what) {
      notes.note(what);
    }
  };

  bool one() {
    auto const n = draw_.below(nodes);
    if (draw_.below(calm_) == 0) return disturb(n);
    if (draw_.below(20) < 13) return network();
    return makes_room(n) && maybe(n, pick(System::usual));
  }
  bool disturb(std::size_t n) {
    switch (draw_.below(8)) {
    case 0: cut_ = draw_.below(std::uint64_t{1} << nodes); return true;
    case 1:
    case 2: cut_ = 0; return true;
    case 3: return compact();
    default: break;
    }
    auto const code = pick(System::rare);
    if constexpr (requires { System::contact; }) // who times out is seldom the only one that hears of no leader
      if (code == System::election)
        for (std::size_t v = 0; v < nodes; ++v)
          if (draw_.below(2) == 0 && !maybe(v, System::contact)) return false;
    return makes_room(n) && maybe(n, code);
  }
  bool network() {
    if (net_.empty()) return true;
    auto const i = reorders_ ? draw_.below(net_.size()) : 0;
    auto const m = net_[i];
    bool const lost = ((cut_ >> m.from.value ^ cut_ >> m.to.value) & 1) != 0 || draw_.below(100) < lossy_;
    if (lost || draw_.below(20) != 0)
      net_.erase(net_.begin() + static_cast<std::ptrdiff_t>(i)); // or it comes again
    if (net_.size() > 100) net_.erase(net_.begin());
    return lost || (makes_room(m.to.value) && hear(m));
  }
  bool compact() {
    if constexpr (requires { System::forgettable(std::span<node const>{nodes_}); }) {
      auto const upto = System::forgettable(std::span<node const>{nodes_});
      for (auto& n : nodes_)
        if (compacts_ && !n.syncing && upto > n.written.log.compacted())
          for (auto* disk : {&n.written, &n.durable}) disk->log.compact(upto);
    }
    return true;
  }

  // --- steps
  bool maybe(std::size_t n, std::size_t code) { return !system_.can(nodes_[n], code) || event(n, code); }
  // So that no outbox is ever full: a step says at most as much as this to each.
  bool makes_room(std::size_t n) {
    if (nodes_[n].held.room() > 2 * nodes + 2) return true;
    for (auto const code : {System::sync_returns, System::sync_begins, System::sync_returns})
      if (!maybe(n, code)) return false;
    return true;
  }
  bool event(std::size_t n, std::size_t code) {
    auto const before = nodes_[n];
    hands out{net_};
    system_.step(nodes_[n], code, out);
    return looks_right(n, out, [&](breach& b) { return system_.follows(before, code, nodes_[n], b); });
  }
  bool hear(message const& m) {
    auto const n = m.to.value;
    auto const before = nodes_[n];
    hands out{net_};
    system_.receive(nodes_[n], m, out);
    return looks_right(n, out, [&](breach& b) { return system_.follows(before, m, nodes_[n], out.notes, b); });
  }
  template <class Follows>
  bool looks_right(std::size_t n, hands const& out, Follows&& follows) {
    auto const& now = nodes_[n];
    marks_ |= System::marks(now);
    told_ = out.tell;
    bool right = !told_ && System::holds(now, told_) && follows(told_) && System::observe(ghost_, now, told_);
    for (std::size_t j = 0; right && j < nodes; ++j) {
      right = System::holds_beside(ghost_, nodes_[j], told_);
      if (right && j != n) right = System::agree(nodes_[j < n ? j : n], nodes_[j < n ? n : j], told_);
    }
    return right;
  }

  // --- all links and nodes are well from here on
  bool end_well() {
    cut_ = 0;
    net_.clear();
    for (int round = 0; round < 10; ++round)
      for (std::size_t n = 0; n < nodes; ++n) {
        for (auto const code : System::calms)
          for (std::size_t v = 0; v < nodes; ++v)
            if (!maybe(v, code) || !flow()) return false;
        for (auto const code : System::brings_on)
          if (!maybe(n, code) || !flow()) return false;
        if (System::settled(std::span<node const>{nodes_})) return true;
      }
    return false;
  }
  // Everything that is said is heard, in order, and every disk is quick.
  bool flow() {
    for (std::size_t left = 10'000; left > 0; --left) {
      bool waits = false;
      for (std::size_t n = 0; n < nodes; ++n)
        for (auto const code : {System::sync_begins, System::sync_returns})
          if (system_.can(nodes_[n], code)) {
            waits = true;
            if (!event(n, code)) return false;
          }
      if (net_.empty() && !waits) return true;
      if (net_.empty()) continue;
      auto const m = net_.front();
      net_.erase(net_.begin());
      if (!hear(m)) return false;
    }
    return told_("with the faults gone there is an end of talk");
  }
  template <std::size_t N>
  std::size_t pick(std::size_t const (&some)[N]) {
    return some[draw_.below(N)];
  }

  System system_;
  sim::stream draw_;
  ghost ghost_;
  std::vector<node> nodes_{};
  std::vector<message> net_{};
  breach told_{};
  std::uint64_t calm_, lossy_;
  bool reorders_, compacts_;
  std::uint64_t cut_ = 0; // a node talks only to those on its side
  std::uint64_t marks_ = 0;
};

} // namespace quorate::check
