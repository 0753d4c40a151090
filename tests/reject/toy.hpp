// The least protocol and sink that the pairs about sending need.
#pragma once

#include "quorate/effect/sink.hpp"

namespace toy {

struct promised { // asserts something that its sender must remember
  static constexpr quorate::strength says = quorate::strength::binding;
};
struct refused { // asserts nothing
  static constexpr quorate::strength says = quorate::strength::advisory;
};
struct undecided {}; // does not say

struct sink : quorate::sink<sink> {
  template <class Write>
  void accept(Write const&) {}
  template <class M>
  void advise(quorate::peer, M const&) {}
  template <class M>
  void bind(quorate::peer, M const&, quorate::written) {}
};

inline constexpr quorate::peer peer{quorate::node_index{1}};

} // namespace toy
