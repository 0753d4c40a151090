#include "quorate/effect/event.hpp"

#include <doctest/doctest.h>

#include <string_view>

namespace quorate {
namespace {

TEST_CASE("every refusal has a name of its own") {
  auto const last = static_cast<int>(last_enumerator(refusal{}));
  for (int i = 0; i <= last; ++i)
    for (int k = 0; k < i; ++k)
      CHECK(std::string_view{name_of(static_cast<refusal>(i))} != name_of(static_cast<refusal>(k)));
  for (int i = 0; i <= last; ++i) CHECK(std::string_view{name_of(static_cast<refusal>(i))} != "unknown");
  CHECK(std::string_view{name_of(static_cast<refusal>(last + 1))} == "unknown"); // it is the last
}

} // namespace
} // namespace quorate
