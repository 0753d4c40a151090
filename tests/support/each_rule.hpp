// Every rule of a protocol, one after the other, as a constant.
#pragma once

#include <cstddef>
#include <utility>

namespace quorate::test {

// Calls f.template operator()<R>() for each of the first `Count` enumerators R of `Rule`.
template <class Rule, std::size_t Count, class F>
void each_rule(F&& f) {
  [&]<std::size_t... N>(std::index_sequence<N...>) { (f.template operator()<static_cast<Rule>(N)>(), ...); }
  (std::make_index_sequence<Count>{});
}

} // namespace quorate::test
