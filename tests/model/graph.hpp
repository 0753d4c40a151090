// A graph that is written down, as a model for the explorer.
#pragma once

#include "support/dice.hpp"

#include "quorate/explore/explore.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <stdexcept>
#include <vector>

namespace quorate::check {

// State 0 is the initial one. An action is the place of an edge among those of its state.
struct graph {
  struct place {
    std::vector<std::uint32_t> to{};
    bool bad = false; // to come here breaks something
    bool goal = false;
  };
  std::vector<place> at;

  static graph drawn(std::uint64_t seed) {
    test::dice roll{seed};
    graph g{std::vector<place>(1 + roll(3000))};
    auto const edges = 1 + roll(4), bad = roll(3) * roll(3), goals = 1 + roll(5);
    for (std::size_t i = 0; i < g.at.size(); ++i)
      for (auto n = roll(edges + 1) + (i == 0 ? 1 : 0); n != 0; --n)
        g.at[i].to.push_back(static_cast<std::uint32_t>(roll(g.at.size())));
    for (std::uint64_t i = 0; i < bad; ++i) g.at[roll(g.at.size())].bad = true;
    for (std::uint64_t i = 0; i < goals; ++i) g.at[roll(g.at.size())].goal = true;
    if (roll(2) == 0)
      for (auto& p : g.at) p.goal = p.goal || p.to.empty(); // then only cycles can miss the goal
    return g;
  }

  // Rows are of many lengths, and one that comes back other than it went is an error.
  static std::vector<std::uint32_t> row_of(std::uint32_t i) {
    std::vector<std::uint32_t> words{i};
    for (std::uint32_t n = i % 5; n != 0; --n) words.push_back(i * 31 + n);
    return words;
  }
  static std::uint32_t place_of(row r) {
    auto const words = row_of(r[0]);
    if (!std::equal(words.begin(), words.end(), r.begin(), r.end())) throw std::logic_error("a row was damaged");
    return r[0];
  }
  static fingerprint print_of(std::uint32_t i) {
    digester h;
    h.add(i);
    return h.result();
  }

  class worker {
  public:
    explicit worker(graph const& g) : g_{g} {}
    template <class Add>
    void initial(Add&& add) const {
      add(row{row_of(0)}, print_of(0), g_.at[0].bad ? "bad" : nullptr);
    }
    template <class Emit>
    void expand(row r, Emit&& emit) const {
      auto const& to = g_.at[place_of(r)].to;
      for (std::uint32_t a = 0; a < to.size(); ++a)
        emit(a, row{row_of(to[a])}, print_of(to[a]), g_.at[to[a]].bad ? "bad" : nullptr);
    }
    bool goal(row r) const { return g_.at[place_of(r)].goal; }

  private:
    graph const& g_;
  };
};

} // namespace quorate::check
