// The names of enumerators, as they are spelt, for the tables and stories of tools and tests.
#pragma once

#include "quorate/core/config.hpp"

#include <cstddef>
#include <string_view>
#include <utility>

namespace quorate::detail {

template <auto Enumerator>
constexpr std::string_view enumerator_name() {
  // "... [with auto Enumerator = a::b::c; ...]", or "... [Enumerator = a::b::c]"
  std::string_view const s = __PRETTY_FUNCTION__;
  auto const begin = s.find("Enumerator = ") + 13;
  auto const name = s.substr(begin, s.find_first_of(";]", begin) - begin);
  return name.substr(name.rfind(':') + 1); // "(a::b)7", where 7 is no enumerator, ends in "b)7"
}

// How many enumerators there are: 0, 1, 2 ... without a gap.
template <class Enum, std::size_t N = 0>
constexpr std::size_t enumerators() {
  if constexpr (enumerator_name<static_cast<Enum>(N)>().find(')') != std::string_view::npos)
    return N;
  else
    return enumerators<Enum, N + 1>();
}

template <class Enum, std::size_t... N>
constexpr std::string_view name_among(Enum e, std::index_sequence<N...>) {
  std::string_view name;
  ((e == static_cast<Enum>(N) ? void(name = enumerator_name<static_cast<Enum>(N)>()) : void()), ...);
  return name;
}

template <class Enum>
constexpr std::string_view name_among(Enum e) {
  return name_among(e, std::make_index_sequence<enumerators<Enum>()>{});
}

} // namespace quorate::detail
