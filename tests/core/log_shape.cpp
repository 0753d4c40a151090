#include "quorate/core/log_shape.hpp"

#include <doctest/doctest.h>

#include <vector>

namespace quorate {
namespace {

using growing_shape = basic_log_shape<std::vector<log_span>, std::vector<config_mark>>;
static_assert(log_view<log_shape<4, 4>>);
static_assert(log_view<growing_shape>);

constexpr entry_run run(std::uint64_t first, std::uint32_t n, std::uint64_t term,
                        entry_kind kind = entry_kind::command) {
  return {log_index{first}, n, stamp{term}, kind};
}
constexpr configuration three{node_set<64>::first(3)};
constexpr configuration five{node_set<64>::first(5)};

template <class Shape>
Shape sample() { // 1: configuration; 2..4 term 1; 5 no-op term 3; 6..7 term 3; 8: configuration term 3
  Shape s;
  CHECK(s.put(run(1, 1, 0, entry_kind::configuration), three));
  CHECK(s.put(run(2, 3, 1)));
  CHECK(s.put(run(5, 1, 3, entry_kind::no_op)));
  CHECK(s.put(run(6, 2, 3)));
  CHECK(s.put(run(8, 1, 3, entry_kind::configuration), five));
  return s;
}

TEST_CASE_TEMPLATE("what a log shape tells", Shape, log_shape<8, 8>, growing_shape) {
  auto const s = sample<Shape>();

  SUBCASE("knows every entry's stamp, and none before the first") {
    CHECK(s.last() == log_index{8});
    std::uint64_t const stamps[] = {0, 0, 1, 1, 1, 3, 3, 3, 3};
    for (std::uint64_t i = 0; i <= 8; ++i) CHECK(s.stamp_at(log_index{i}) == stamp{stamps[i]});
  }
  SUBCASE("gives runs of one stamp and one kind") {
    CHECK(s.run_at(log_index{2}, 100) == run(2, 3, 1));
    CHECK(s.run_at(log_index{3}, 1) == run(3, 1, 1));
    CHECK(s.run_at(log_index{5}, 100) == run(5, 1, 3, entry_kind::no_op));
    CHECK(s.run_at(log_index{6}, 100) == run(6, 2, 3));
  }
  SUBCASE("finds the last entry not above a stamp") {
    CHECK(s.last_not_above(log_index{8}, stamp{3}) == log_index{8});
    CHECK(s.last_not_above(log_index{8}, stamp{2}) == log_index{4});
    CHECK(s.last_not_above(log_index{3}, stamp{2}) == log_index{3});
    CHECK(s.last_not_above(log_index{8}, stamp{0}) == log_index{1});
    CHECK(s.last_not_above(log_index{0}, stamp{9}) == log_index{0});
  }
}

TEST_CASE_TEMPLATE("how a log shape changes", Shape, log_shape<8, 8>, growing_shape) {
  auto s = sample<Shape>();

  SUBCASE("a configuration is in force from its entry on, and goes when truncated") {
    CHECK(s.config_at(log_index{7}).voters == three.voters);
    CHECK(s.config_at(log_index{8}).voters == five.voters);
    s.truncate(log_index{8});
    CHECK(s.last() == log_index{7});
    CHECK(s.config_at(s.last()).voters == three.voters);
    s.truncate(log_index{1});
    CHECK(s.last() == log_index{0});
    CHECK(s.config_at(log_index{0}) == configuration{});
  }
  SUBCASE("truncating inside a run keeps its front") {
    s.truncate(log_index{4});
    CHECK(s.last() == log_index{3});
    CHECK(s.run_at(log_index{2}, 100) == run(2, 2, 1));
    CHECK(s.put(run(4, 1, 9)));
    CHECK(s.stamp_at(log_index{4}) == stamp{9});
    CHECK(s.stamp_at(log_index{3}) == stamp{1});
  }
  SUBCASE("compaction keeps the stamp and the configuration where it ends") {
    for (std::uint64_t upto = 1; upto <= 8; ++upto) {
      CAPTURE(upto);
      auto c = s;
      c.compact(log_index{upto});
      CHECK(c.compacted() == log_index{upto});
      CHECK(c.last() == log_index{8});
      CHECK(c.config_at(log_index{upto}) == s.config_at(log_index{upto}));
      for (auto i = upto; i <= 8; ++i) CHECK(c.stamp_at(log_index{i}) == s.stamp_at(log_index{i}));
      for (auto i = upto + 1; i <= 8; ++i) {
        CHECK(c.kind_at(log_index{i}) == s.kind_at(log_index{i}));
        CHECK(c.run_at(log_index{i}, 9) == s.run_at(log_index{i}, 9));
      }
    }
  }
  SUBCASE("refuses a run that leaves a gap or overlaps") {
    CHECK_FALSE(s.put(run(10, 1, 3)));
    CHECK_FALSE(s.put(run(8, 1, 3)));
    CHECK_FALSE(s.put(run(9, 0, 3)));
    CHECK(s == sample<Shape>());
  }
}

TEST_CASE("a bounded log shape refuses what does not fit and stays as it was") {
  log_shape<2, 2> s;
  CHECK(s.put(run(1, 1, 1)));
  CHECK(s.put(run(2, 1, 2)));
  auto const before = s;
  CHECK_FALSE(s.put(run(3, 1, 3)));
  CHECK_FALSE(s.put(run(3, 1, 3, entry_kind::configuration), three));
  CHECK(s == before);
  CHECK(s.put(run(3, 5, 2)));
}

TEST_CASE("a log may begin at any index") {
  log_shape<4, 4> s{log_index{100}, stamp{7}, three};
  CHECK(s.last() == log_index{100});
  CHECK(s.stamp_at(log_index{100}) == stamp{7});
  CHECK(s.config_at(log_index{100}) == three);
  CHECK(s.last_not_above(log_index{100}, stamp{1}) == log_index{100});
  CHECK(s.put(run(101, 3, 8)));
  CHECK(s.last_not_above(log_index{103}, stamp{7}) == log_index{100});
}

} // namespace
} // namespace quorate
