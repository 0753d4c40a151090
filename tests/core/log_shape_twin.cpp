// The log's shape, which knows runs, against a dumb twin that knows entries: what log_view's table promises, at
// every index, through random puts, truncations and compactions.
#include "quorate/core/log_shape.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <random>
#include <vector>

namespace quorate {
namespace {

struct twin {
  struct entry {
    stamp written_at{};
    entry_kind kind{};
    configuration config{}; // in force from here on
  };
  std::uint64_t compacted = 0;
  std::vector<entry> entries{entry{}}; // at its index; [0] stands for the place before the first
  std::uint64_t last() const { return entries.size() - 1; }

  entry_run run_at(std::uint64_t i, std::uint32_t max) const {
    entry_run run{log_index{i}, 0, entries[i].written_at, entries[i].kind};
    for (; i <= last() && run.count < max; ++i, ++run.count)
      if (entries[i].written_at != run.written_at || entries[i].kind != run.kind ||
          (run.count > 0 && run.kind == entry_kind::configuration))
        break;
    return run;
  }
  std::uint64_t last_not_above(std::uint64_t i, stamp s) const {
    while (i > compacted && entries[i].written_at > s) --i;
    return i;
  }
  // How much a shape needs for this: of runs, and of configurations.
  std::size_t needed() const {
    std::size_t runs = 0, configurations = 0;
    for (auto i = compacted + 1; i <= last(); ++i) {
      auto const& e = entries[i];
      auto const& before = entries[i - 1];
      runs += i == compacted + 1 || e.written_at != before.written_at || e.kind != before.kind ||
                      e.kind == entry_kind::configuration
                  ? 1
                  : 0;
      configurations += e.kind == entry_kind::configuration ? 1 : 0;
    }
    return std::max(runs, configurations);
  }
};

template <class Shape>
constexpr std::size_t room_for = ~std::size_t{0};
template <std::size_t Runs>
constexpr std::size_t room_for<log_shape<Runs, Runs>> = Runs;

template <class Shape>
void check_same(Shape const& s, twin const& t) {
  REQUIRE(s.compacted().value == t.compacted);
  REQUIRE(s.last().value == t.last());
  CHECK(s.room() > t.last());
  for (auto i = t.compacted; i <= t.last(); ++i) {
    auto const& e = t.entries[i];
    CHECK(s.stamp_at(log_index{i}) == e.written_at);
    CHECK(s.config_at(log_index{i}).voters == e.config.voters);
    for (std::uint64_t term = 0; term < 8; ++term)
      CHECK(s.last_not_above(log_index{i}, stamp{term}).value == t.last_not_above(i, stamp{term}));
    if (i == t.compacted) continue;
    CHECK(s.kind_at(log_index{i}) == e.kind);
    for (std::uint32_t const max : {1U, 2U, 5U, ~0U}) {
      CHECK(s.run_at(log_index{i}, max) == t.run_at(i, max));
      for (std::size_t const bytes : {0U, 1U, 19U, 20U, 45U, 1000U}) { // of which an entry takes 20
        auto const fits = std::max<std::uint32_t>(1, static_cast<std::uint32_t>(bytes / Shape::entry_size));
        CHECK(s.fit(log_index{i}, max, bytes) == t.run_at(i, std::min(max, fits)));
      }
    }
  }
}

template <class Shape>
void live(std::uint64_t seed) {
  std::mt19937_64 random{seed};
  auto const below = [&](std::uint64_t n) { return random() % n; };
  Shape s;
  twin t;
  std::uint64_t term = 1;
  for (int step = 0; step < 60; ++step) {
    switch (below(8)) {
    case 0: {
      if (t.last() == t.compacted) break;
      auto const from = t.compacted + 1 + below(t.last() - t.compacted + 1); // behind the last one, too
      s.truncate(log_index{from});
      t.entries.resize(std::min<std::size_t>(t.entries.size(), from));
      break;
    }
    case 1: { // what is compacted already, too
      auto const upto = below(t.last() + 1);
      s.compact(log_index{upto});
      t.compacted = std::max(t.compacted, upto);
      break;
    }
    default: {
      term = std::min<std::uint64_t>(7, term + below(2));
      auto const kind = static_cast<entry_kind>(below(8) < (seed % 2 == 0 ? 6 : 1) ? 0 : 1 + below(2));
      auto const count = static_cast<std::uint32_t>(kind == entry_kind::configuration ? 1 : 1 + below(4));
      configuration const config{{1 + below(100)}};
      auto const now = kind == entry_kind::configuration ? config : t.entries.back().config;
      auto longer = t;
      for (std::uint32_t i = 0; i < count; ++i) longer.entries.push_back({stamp{term}, kind, now});
      bool const fits = longer.needed() <= room_for<Shape>;
      CHECK(s.put({log_index{t.last() + 1}, count, stamp{term}, kind}, config) == fits);
      if (fits) t = longer;
    }
    }
    check_same(s, t);
  }
}

TEST_CASE_TEMPLATE("a log shape reads as its twin does, entry by entry", Shape, log_shape<4, 4>, log_shape<32, 32>,
                   basic_log_shape<std::vector<log_span>, std::vector<config_mark>>) {
  for (std::uint64_t seed = 0; seed < 40; ++seed) {
    CAPTURE(seed);
    live<Shape>(seed);
  }
}

} // namespace
} // namespace quorate
