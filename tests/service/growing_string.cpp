#include "quorate/service/growing_string.hpp"

#include <doctest/doctest.h>

#include <random>
#include <string>

namespace quorate::service {
namespace {

std::string text(growing_string const& s) {
  return s.with([](std::string_view bytes) { return std::string{bytes}; });
}

TEST_CASE("it is what a string would be, however it grew") {
  std::mt19937 random{3};
  for (int round = 0; round < 200; ++round) {
    growing_string s;
    std::string model;
    for (int i = 0; i < 30; ++i) {
      std::string const more(random() % (random() % 4 == 0 ? 9000 : 300), static_cast<char>('a' + i % 26));
      if (random() % 12 == 0) {
        s = more;
        model = more;
      } else {
        s.append(more);
        model += more;
      }
      REQUIRE(s.size() == model.size());
      REQUIRE(s == std::string_view{model});
      REQUIRE(s == growing_string{model});
      REQUIRE(s.memory() >= s.size());
    }
    CHECK(text(s) == model);
    model.back() ^= 1;
    CHECK_FALSE(s == std::string_view{model});
    CHECK_FALSE(s == growing_string{model});
    auto copy = s;
    copy.append("x");
    CHECK(copy.size() == s.size() + 1);
  }
}

TEST_CASE("a short one lies in a row, and a long one never moves what it has") {
  growing_string s;
  for (std::size_t i = 0; i < growing_string::piece; ++i) s.append("x");
  CHECK(s.whole());
  growing_string large{std::string(1'000'000, 'x')};
  auto const before = large.memory();
  large.append("y");
  CHECK_FALSE(large.whole()); // as a std::string it would have 2,000,000 bytes now, and all moved
  CHECK(large.memory() < before + 1000);
  for (int i = 0; i < 1'000'000; ++i) large.append("z");
  CHECK(large.memory() < 2'200'000);
}

} // namespace
} // namespace quorate::service
