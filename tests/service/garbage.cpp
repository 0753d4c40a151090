#include "quorate/service/garbage.hpp"

#include "quorate/service/growing_string.hpp"

#include <doctest/doctest.h>

#include <map>
#include <string>

namespace quorate::service {
namespace {

struct named {
  std::string text;
  auto operator<=>(named const&) const = default;
};
using store = std::map<named, growing_string>;

growing_string bytes(std::size_t n) { return growing_string{std::string(n, 'x')}; }

TEST_CASE("small values are freed at once, large ones and whole maps when there is time") {
  garbage<store> g;
  g.add(bytes(100));
  g.add(store{});
  CHECK(g.empty());
  for (int i = 0; i < 10; ++i) g.add(bytes(1 << 20));
  for (int m = 0; m < 3; ++m) {
    store s;
    for (int i = 0; i < 10; ++i) s.emplace(named{std::to_string(i)}, std::string(1, 'v'));
    g.add(std::move(s));
  }
  int slices = 0;
  auto const budget = std::uint64_t{500'000}; // a value of a megabyte costs 262,644
  for (work_budget slice{budget}; !g.tidy(slice); slice.left = budget) {
    CHECK(slice.left == 0);
    REQUIRE(++slices < 10);
  }
  CHECK(slices == 5);
  CHECK(g.empty());
}

TEST_CASE("a copy has none of it, a move takes it along, and it tells no two stores apart") {
  garbage<store> a;
  a.add(bytes(10000));
  garbage<store> b{a};
  CHECK(b.empty());
  CHECK(a == b);
  garbage<store> c{std::move(a)};
  CHECK_FALSE(c.empty());
  b = c;
  CHECK(b.empty());
  b = std::move(c);
  CHECK_FALSE(b.empty());
}

} // namespace
} // namespace quorate::service
