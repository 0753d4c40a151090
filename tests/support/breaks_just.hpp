// What a conformance suite says of a wrong policy: the law that it breaks, by name, and no other.
#pragma once

#include "quorate/conform/report.hpp"

#include <doctest/doctest.h>

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>

namespace quorate::test {

inline void breaks_just(check::conformance const& c, std::string_view law) {
  INFO(law, " is broken: ", c.text());
  REQUIRE(c.broken.size() == 1);
  CHECK(c.broken[0].law == law);
  CHECK(!c.broken[0].expected.empty());
  CHECK(!c.broken[0].came.empty());
  CHECK(c.text().find(std::string{law} + ": expected ") != std::string::npos);
}

// Each law of an enumeration of `Count` in turn: f.template operator()<law>() gives what was found out.
template <class Law, std::size_t Count, class F>
void each_law_is_missed(F&& f) {
  [&]<std::size_t... I>(std::index_sequence<I...>) {
    (breaks_just(f.template operator()<static_cast<Law>(I)>(), name_of(static_cast<Law>(I))), ...);
  }
  (std::make_index_sequence<Count>{});
}

inline void keeps_its_laws(check::conformance const& c) {
  INFO(c.text());
  CHECK(c);
  CHECK(c.cases > 0);
}

} // namespace quorate::test
